import type { TFunction } from 'i18next';

import type { Counts, Schedule } from '@/api/types';
import { formatInstant, zoneCity } from '@/lib/time';
import { wallToInstant } from '@/lib/wall';

/** Who gets it, who doesn't, and of whom we can't be sure. The three sum to the audience. */
export function outcome(counts: Counts): { reached: number; not: number; unsure: number } {
  const not = counts.skipped + counts.expired + counts.cancelled + counts.failed;
  const unsure = counts.unconfirmed;
  return { reached: counts.audience - not - unsure, not, unsure };
}

/** People whose message has not left yet: the ones a cancellation still spares. */
export const stillWaiting = (counts: Counts): number => counts.scheduled + counts.sending;

export const isOver = (schedule: Schedule): boolean =>
  ['completed', 'cancelled', 'failed', 'archived'].includes(schedule.status);

/** Without an audience: none was found, none was looked for, or it is still to be taken. */
function ofNobody(schedule: Schedule, t: TFunction): string {
  if (!isOver(schedule)) return t('schedule.notYet');
  if (schedule.status === 'cancelled') return t('schedule.calledOff');
  return schedule.status === 'completed' ? t('schedule.nobody') : t('schedule.none');
}

/** "1,204 people: 1,180 get it, 24 don't." */
export function sentence(schedule: Schedule, t: TFunction, n: (value: number) => string): string {
  const { audience } = schedule.counts;
  if (audience === 0) return ofNobody(schedule, t);
  const { reached, not, unsure } = outcome(schedule.counts);
  const got = isOver(schedule)
    ? t('schedule.got', { n: n(reached) })
    : t('schedule.get', { n: n(reached) });
  const parts = [got];
  if (not > 0)
    parts.push(
      isOver(schedule) ? t('schedule.didNot', { n: n(not) }) : t('schedule.doNot', { n: n(not) }),
    );
  if (unsure > 0) parts.push(t('schedule.unsure', { n: n(unsure) }));
  return `${t('count.people', { count: audience, n: n(audience) })}: ${parts.join(', ')}.`;
}

/** Whose clock a schedule goes by. */
export const zoneOf = ({ timing }: Schedule, workspaceZone: string): string =>
  (timing.kind === 'once' ? timing.timezone : null) ?? workspaceZone;

/** The instant a schedule goes out first; of a send "now" the moment it was made. */
export function plannedInstant(schedule: Schedule, workspaceZone: string): Date {
  const { timing } = schedule;
  if (timing.kind === 'now') return new Date(schedule.created_at);
  const hasOffset = /(Z|[+-]\d{2}:\d{2})$/.test(timing.at);
  return hasOffset
    ? new Date(timing.at)
    : wallToInstant(timing.at, zoneOf(schedule, workspaceZone));
}

/** The local time a schedule goes out, with its zone's name. */
export function plannedFor(schedule: Schedule, workspaceZone: string, locale: string): string {
  const zone = zoneOf(schedule, workspaceZone);
  return `${formatInstant(plannedInstant(schedule, workspaceZone), zone, locale)} ${zoneCity(zone)}`;
}
