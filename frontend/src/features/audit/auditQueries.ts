import type { AuditEntry } from '@/api/types';
import { pagedList } from '@/lib/paging';

export interface AuditFilters {
  action?: string;
  actor_id?: string;
  object_type?: string;
  object_id?: string;
  /** RFC 3339, UTC. */
  from?: string;
}

export const auditList = (filters: AuditFilters) =>
  pagedList<AuditEntry>(['audit-log'], '/audit-log', { ...filters });
