import type { TFunction } from 'i18next';

import type { TimelineEntry } from '@/api/types';

/** Ids that mean nothing to people; `by` has a line of its own. */
const HIDDEN = new Set(['attempt_id', 'by']);
/** Values of machines, to be copied rather than read. */
const CODES = new Set(['wamid', 'wamids', 'duplicate_of']);

type Exists = (key: string) => boolean;

export interface Fact {
  name: string;
  value: string;
  /** An id or a machine's value. */
  code: boolean;
}

/** What happened, in the reader's words; an event we don't know keeps its name. */
export function eventText(event: string, t: TFunction, exists: Exists): string {
  return exists(`event.${event}`)
    ? t(`event.${event as 'planned'}`)
    : event.replaceAll(/[._]/g, ' ');
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(plain).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface MetaError {
  code: number;
  title: string | null;
  details: string | null;
}

/** What WhatsApp said of a failure, in its own words. */
const inItsWords = (errors: MetaError[]): string =>
  errors.map(({ code, title, details }) => `${details ?? title ?? ''} (Meta ${code})`).join(', ');

function valueText(name: string, value: unknown, t: TFunction, exists: Exists): string {
  const text = plain(value);
  if (name === 'errors') return inItsWords(value as MetaError[]);
  if (name === 'inferred') return t('delivery.inferred');
  if (name === 'reason' && exists(`reason.${text}`)) return t(`reason.${text as 'expired'}`);
  if (name === 'before' && exists(`state.${text}`)) return t(`state.${text as 'failed'}`);
  return text;
}

/** The details of an entry, each with its name in the reader's words. */
export function factsOf(
  detail: TimelineEntry['detail'],
  t: TFunction,
  exists: Exists,
  instant: (at: string) => string,
): Fact[] {
  return Object.entries(detail)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, raw]): Fact => {
      const text = valueText(name, raw, t, exists);
      const label = exists(`detail.${name}`) ? t(`detail.${name as 'reason'}`) : name;
      const isTime = /(^|_)at$/.test(name) && !Number.isNaN(Date.parse(text));
      return {
        name: label.replaceAll('_', ' '),
        value: isTime ? instant(text) : text,
        code: CODES.has(name),
      };
    })
    .filter(({ value }) => value !== '');
}

/**
 * The story with WhatsApp's id told once: reports repeat it, but only one of an attempt
 * before the last says something new by it.
 */
export function withoutEcho(timeline: TimelineEntry[], wamid: string | null): TimelineEntry[] {
  return timeline.map((entry) => {
    if (entry.source !== 'webhook' || entry.detail.wamid !== wamid) return entry;
    return { ...entry, detail: { ...entry.detail, wamid: null } };
  });
}

/** Who did it, as the ledger writes it: `user:<id>` or `key:<id>`; null when nobody did. */
export function actorOf(detail: TimelineEntry['detail']): string | null {
  return typeof detail.by === 'string' ? detail.by : null;
}

/** When the last attempt was made; null when there was none. */
export function lastAttemptAt(timeline: TimelineEntry[]): string | null {
  return timeline.findLast((entry) => entry.event === 'attempted')?.at ?? null;
}
