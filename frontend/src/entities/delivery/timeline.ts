import type { TFunction } from 'i18next';

import type { TimelineEntry } from '@/api/types';

/** Ids that stand once, below the timeline, or mean nothing to people. */
const HIDDEN = new Set(['wamid', 'attempt_id']);

type Exists = (key: string) => boolean;

/** What happened, in the reader's words; an event we don't know keeps its name. */
export function eventText(event: string, t: TFunction, exists: Exists): string {
  return exists(`event.${event}`)
    ? t(`event.${event as 'planned'}`)
    : event.replaceAll(/[._]/g, ' ');
}

function valueText(name: string, value: unknown, t: TFunction, exists: Exists): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return name === 'reason' && exists(`reason.${text}`) ? t(`reason.${text as 'expired'}`) : text;
}

/** The details of an entry as `name: value` pairs on one line. */
export function detailText(
  detail: TimelineEntry['detail'],
  t: TFunction,
  exists: Exists,
  instant: (at: string) => string,
): string {
  return Object.entries(detail)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]): [string, string] => {
      const text = valueText(name, value, t, exists);
      return [name, /(^|_)at$/.test(name) && text !== '' ? instant(text) : text];
    })
    .filter(([, text]) => text !== '')
    .map(([name, text]) => {
      const label = exists(`detail.${name}`) ? t(`detail.${name as 'reason'}`) : name;
      return `${label.replaceAll('_', ' ')}: ${text}`;
    })
    .join(' · ');
}
