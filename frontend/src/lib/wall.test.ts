import { describe, expect, test } from 'vitest';

import { instantToWall, wallToInstant } from '@/lib/wall';

describe('wallToInstant', () => {
  test.each([
    ['2026-12-01T09:00', 'America/Mexico_City', '2026-12-01T15:00:00.000Z'],
    ['2026-07-01T09:00', 'Europe/Madrid', '2026-07-01T07:00:00.000Z'],
    ['2026-12-01T00:30', 'Asia/Kathmandu', '2026-11-30T18:45:00.000Z'],
    // The hour the clocks skip: the first instant after it.
    ['2026-03-29T02:30', 'Europe/Madrid', '2026-03-29T01:00:00.000Z'],
    ['2026-03-08T02:15', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
    // The night the clocks go back: the first of the two.
    ['2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
  ])('%s in %s is %s', (wall, zone, instant) => {
    expect(wallToInstant(wall, zone).toISOString()).toBe(instant);
  });
});

test('instantToWall reads the zone’s own clock', () => {
  const at = new Date('2026-12-01T15:00:00.000Z');
  expect(instantToWall(at, 'America/Mexico_City')).toBe('2026-12-01T09:00');
  expect(instantToWall(at, 'Pacific/Auckland')).toBe('2026-12-02T04:00');
});
