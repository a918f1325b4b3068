import i18next from 'i18next';
import { expect, test } from 'vitest';

import type { TimelineEntry } from '@/api/types';
import { actorOf, factsOf, lastAttemptAt, withoutEcho } from '@/entities/delivery/story';

const entry = (some: Partial<TimelineEntry>): TimelineEntry => ({
  at: '2026-11-24T10:00:00.000Z',
  source: 'dispatcher',
  event: 'attempted',
  detail: {},
  ...some,
});
const exists = (key: string): boolean => i18next.exists(key);
const facts = (detail: TimelineEntry['detail']) =>
  factsOf(detail, i18next.t, exists, (at) => `<${at}>`);

test('details have names people know, codes are worded, instants told by the clock', () => {
  expect(
    facts({ reason: 'no_consent', due_at: '2026-12-01T15:00:00.000Z', before: 'unconfirmed' }),
  ).toEqual([
    { name: 'reason', value: 'No consent', code: false },
    { name: 'due', value: '<2026-12-01T15:00:00.000Z>', code: false },
    { name: 'before', value: 'Unconfirmed', code: false },
  ]);
});

test('a failure is told in WhatsApp’s words, and when it was only inferred', () => {
  const errors = [{ code: 131049, title: 'Limited', details: null, reason: 'marketing_limit' }];
  expect(facts({ errors, inferred: true }).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    'in its words: Limited (Meta 131049)',
    'matched: by number and time, for WhatsApp named no id',
  ]);
});

test('what we have no name for is shown as it is, nothing empty, no inner ids', () => {
  expect(facts({ odd_thing: 7, why: null, attempt_id: 'x', by: 'user:1' })).toEqual([
    { name: 'odd thing', value: '7', code: false },
  ]);
});

test('WhatsApp’s id is told by the attempt; reports repeat it only for another attempt', () => {
  const story = [
    entry({ event: 'accepted', detail: { wamid: 'B' } }),
    entry({ source: 'webhook', event: 'delivered', detail: { wamid: 'B' } }),
    entry({ source: 'webhook', event: 'delivered', detail: { wamid: 'A' } }),
  ];
  expect(withoutEcho(story, 'B').map((e) => e.detail.wamid)).toEqual(['B', null, 'A']);
});

test('the last attempt counts, and a person’s act has an actor', () => {
  const story = [
    entry({ at: '2026-11-24T10:00:00.000Z' }),
    entry({ at: '2026-11-24T11:00:00.000Z' }),
    entry({ at: '2026-11-24T12:00:00.000Z', event: 'unconfirmed' }),
  ];
  expect(lastAttemptAt(story)).toBe('2026-11-24T11:00:00.000Z');
  expect(lastAttemptAt([])).toBeNull();
  expect(actorOf({ by: 'user:u1' })).toBe('user:u1');
  expect(actorOf({})).toBeNull();
});
