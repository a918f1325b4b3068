import { expect, test } from 'vitest';

import { toFilters } from '@/features/schedules/filters';

const NOW = Date.parse('2026-11-24T12:03:20.000Z');
const none = { q: null, status: null, sender: null, when: null };

test('archived schedules are listed only when asked for', () => {
  expect(toFilters(none, NOW).status).not.toContain('archived');
  expect(toFilters({ ...none, status: 'archived' }, NOW).status).toEqual(['archived']);
});

test('a span is bounded on both sides, in whole minutes that a second look repeats', () => {
  const week = toFilters({ ...none, when: 'last7' }, NOW);
  expect(week).toMatchObject({
    from: '2026-11-17T12:00:00.000Z',
    to: '2026-11-24T12:00:00.000Z',
  });
  expect(toFilters({ ...none, when: 'last7' }, NOW + 60_000)).toEqual(week);
  const day = toFilters({ ...none, when: 'next1' }, NOW);
  expect(day.to).toBe('2026-11-25T12:00:00.000Z');
});

test('an address with values nobody offers narrows to nothing strange', () => {
  expect(toFilters({ ...none, status: 'x', when: 'y' }, NOW)).toEqual(toFilters(none, NOW));
});
