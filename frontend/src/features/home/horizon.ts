import type { Counts, Schedule } from '@/api/types';

const DAY_MS = 86_400_000;

export interface Coming {
  schedule: Schedule;
  at: string;
}

/** Schedules by their next start, soonest first: within 24 hours of `now`, and after. */
export function inTheNextDay(
  schedules: Schedule[],
  now: number,
): { soon: Coming[]; later: Coming[] } {
  const known = schedules
    .flatMap((schedule) => {
      const at = schedule.next_occurrence_at;
      return at === null ? [] : [{ schedule, at }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const isSoon = ({ at }: Coming): boolean => Date.parse(at) < now + DAY_MS;
  return { soon: known.filter(isSoon), later: known.filter((c) => !isSoon(c)) };
}

/** The counts of several schedules together. */
export function total(schedules: Schedule[]): Counts | null {
  return schedules.reduce<Counts | null>((sum, { counts }) => {
    if (sum === null) return { ...counts };
    const keys = Object.keys(counts) as (keyof Counts)[];
    return Object.fromEntries(keys.map((k) => [k, sum[k] + counts[k]])) as unknown as Counts;
  }, null);
}

/** Midnight UTC six days before `now`: a bound that stays the same for a day, so it can be kept. */
export const weekAgo = (now: number): string =>
  new Date(Math.floor(now / DAY_MS) * DAY_MS - 6 * DAY_MS).toISOString();
