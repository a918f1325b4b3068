import { expect, test } from 'vitest';

import { daysFor, roomOf } from '@/entities/sender/limit';

test('3,000 people at 250 a day take 12 days', () => {
  expect(daysFor(3000, 250)).toBe(12);
  expect(daysFor(251, 250)).toBe(2);
});

test('what is used is taken off, and never below nothing', () => {
  expect(roomOf({ messaging_limit: 250, messaging_used_24h: 30 })).toBe(220);
  expect(roomOf({ messaging_limit: 250, messaging_used_24h: 300 })).toBe(0);
  expect(roomOf({ messaging_limit: null, messaging_used_24h: null })).toBeNull();
});
