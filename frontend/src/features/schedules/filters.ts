import type { ScheduleStatus } from '@/api/types';
import type { ScheduleFilters } from '@/entities/schedule/scheduleQueries';

/** States to narrow to. Without a choice all are listed that were not put out of sight. */
export const STATES = [
  'draft',
  'pending_approval',
  'scheduled',
  'sending',
  'paused',
  'completed',
  'cancelled',
  'failed',
  'archived',
] as const satisfies readonly ScheduleStatus[];

export const SPANS = ['next1', 'next7', 'last7', 'last30'] as const;
export type Span = (typeof SPANS)[number];

const DAY_MS = 86_400_000;
/** Bounds are rounded to it, so that the same page asked for twice is one question. */
const STEP_MS = 300_000;

function bounds(span: Span, now: number): Pick<ScheduleFilters, 'from' | 'to'> {
  const rounded = Math.floor(now / STEP_MS) * STEP_MS;
  const at = (days: number): string => new Date(rounded + days * DAY_MS).toISOString();
  const days = Number(span.slice(4));
  return span.startsWith('next') ? { from: at(0), to: at(days) } : { from: at(-days), to: at(0) };
}

export interface Chosen {
  q: string | null;
  status: string | null;
  sender: string | null;
  when: string | null;
}

/** What the address of the page says, as the API takes it; values it can't take are left out. */
export function toFilters({ q, status, sender, when }: Chosen, now: number): ScheduleFilters {
  const state = STATES.find((s) => s === status);
  const span = SPANS.find((s) => s === when);
  return {
    q: q ?? undefined,
    status: state === undefined ? STATES.filter((s) => s !== 'archived') : [state],
    sender_id: sender ?? undefined,
    ...(span === undefined ? {} : bounds(span, now)),
  };
}
