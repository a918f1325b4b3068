import type { Delivery } from '@/api/types';

export interface Unclear {
  first: Delivery;
  count: number;
}

/** Deliveries together with the others of their schedule; direct ones stand alone. */
export function bySchedule(deliveries: Delivery[]): Unclear[] {
  const groups = new Map<string, Unclear>();
  for (const delivery of deliveries) {
    const key = delivery.schedule_id ?? delivery.id;
    const known = groups.get(key);
    groups.set(key, { first: known?.first ?? delivery, count: (known?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}
