import type { AuditEntry } from '@/api/types';

/** What the ledger tells of, in its order: the kind of object, a dot, what became of it. */
export const ACTS = [
  'schedule.created',
  'schedule.changed',
  'schedule.submitted',
  'schedule.paused',
  'schedule.resumed',
  'schedule.sent_now',
  'schedule.cancelled',
  'schedule.archived',
  'schedule.duplicated',
  'schedule.deleted',
  'occurrence.paused',
  'occurrence.resumed',
  'occurrence.cancelled',
  'occurrence.skipped',
  'occurrence.forgotten',
  'delivery.resolved',
  'recipient.exported',
  'recipient.erased',
  'sender.created',
  'sender.changed',
  'sender.paused',
  'sender.resumed',
  'sender.deleted',
  'member.changed',
  'member.removed',
  'invitation.created',
  'invitation.withdrawn',
  'invitation.accepted',
  'api_key.created',
  'api_key.revoked',
  'session.started',
  'session.refused',
  'session.ended',
  'user.password_changed',
  'workspace.created',
] as const;

const PAGES: Record<string, string> = {
  schedule: '/schedules',
  delivery: '/deliveries',
  recipient: '/recipients',
  sender: '/senders',
};

/** Where the object of an act can be seen; null when it has no page, or is gone. */
export function pageOf({ action, object }: AuditEntry): string | null {
  const place = PAGES[object.type];
  const gone = action.endsWith('.deleted') || action.endsWith('.erased');
  return place === undefined || object.id === null || gone ? null : `${place}/${object.id}`;
}

export interface Change {
  field: string;
  before: string | null;
  after: string | null;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** The fields that an act changed, as the ledger keeps them. */
export function changesOf({ before, after }: AuditEntry): Change[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const told = (side: Record<string, unknown> | null, field: string): string | null =>
    side !== null && field in side ? text(side[field]) : null;
  return [...fields].map((field) => ({
    field,
    before: told(before, field),
    after: told(after, field),
  }));
}
