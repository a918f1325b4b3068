import i18next from 'i18next';
import { describe, expect, test } from 'vitest';

import { outcome, plannedFor, sentence } from '@/entities/schedule/wording';
import { counts, schedule } from '@/test/things';

const n = (value: number): string => value.toLocaleString('en');

describe('sentence', () => {
  test('says who gets it, who doesn’t and who is unclear', () => {
    const some = counts({ delivered: 1150, skipped: 24, failed: 4, unconfirmed: 2 });
    expect(sentence(schedule({ counts: some }), i18next.t, n)).toBe(
      "1,180 people: 1,150 get it, 28 don't, 2 unconfirmed.",
    );
  });

  test('speaks of the past when it is over', () => {
    const done = schedule({ status: 'completed', counts: counts({ read: 1 }) });
    expect(sentence(done, i18next.t, n)).toBe('1 person: 1 got it.');
  });

  test('does not blame an empty audience when it was called off before', () => {
    const off = schedule({ status: 'cancelled' });
    expect(sentence(off, i18next.t, n)).toBe('Cancelled before it started: nobody got it.');
    expect(sentence({ ...off, status: 'completed' }, i18next.t, n)).toMatch(/no one was in/);
    expect(sentence({ ...off, status: 'archived' }, i18next.t, n)).toBe('It reached nobody.');
  });

  test('does not claim nobody while the list of people is still to be taken', () => {
    expect(sentence(schedule({ status: 'scheduled' }), i18next.t, n)).toMatch(/Waiting/);
  });
});

test('the three parts of an outcome sum to the audience', () => {
  const some = counts({
    scheduled: 1,
    sending: 2,
    sent: 3,
    expired: 4,
    cancelled: 5,
    unconfirmed: 6,
  });
  const { reached, not, unsure } = outcome(some);
  expect(reached + not + unsure).toBe(some.audience);
});

test('a planned time is told by the schedule’s own clock', () => {
  expect(plannedFor(schedule(), 'UTC', 'en-GB')).toBe('Tue 1 Dec, 09:00 Mexico City');
  const instant = schedule({ timing: { kind: 'once', at: '2026-12-01T15:00:00Z' } });
  expect(plannedFor(instant, 'America/Mexico_City', 'en-GB')).toBe('Tue 1 Dec, 09:00 Mexico City');
});
