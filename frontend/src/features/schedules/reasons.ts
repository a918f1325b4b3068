import type { Delivery, DeliveryStatus, Reason } from '@/api/types';

export interface ReasonGroup {
  status: DeliveryStatus;
  reason: Reason;
  count: number;
}

/** Deliveries by state and reason, the most frequent first. */
export function groupReasons(deliveries: Delivery[]): ReasonGroup[] {
  const groups = new Map<string, ReasonGroup>();
  for (const { status, reason } of deliveries) {
    if (reason === null) continue;
    const key = `${status} ${reason.code}`;
    const known = groups.get(key);
    groups.set(key, { status, reason, count: (known?.count ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
