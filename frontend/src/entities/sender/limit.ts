import type { Sender } from '@/api/types';

/** In how many days `people` can be written to first, `limit` of them in each. */
export const daysFor = (people: number, limit: number): number =>
  Math.ceil(people / Math.max(1, limit));

/** How many people a number may still write to first; null without a limit. */
export function roomOf({
  messaging_limit: limit,
  messaging_used_24h: used,
}: Pick<Sender, 'messaging_limit' | 'messaging_used_24h'>): number | null {
  return limit === null ? null : Math.max(0, limit - (used ?? 0));
}
