import { expect, test } from 'vitest';

import { paceOf, type Sample, withSample } from '@/entities/schedule/measure';

const from = (...samples: [number, number][]): Sample[] =>
  samples.reduce<Sample[]>((kept, [at, done]) => withSample(kept, { at, done }), []);

test('is what was done over the time it took', () => {
  expect(paceOf(from([10_000, 100], [12_000, 180], [14_000, 260]))).toBe(40);
});

test('is unknown from one look, from two in a moment, and while nothing moves', () => {
  expect(paceOf(from([10_000, 100]))).toBeNull();
  expect(paceOf(from([10_000, 100], [10_300, 140]))).toBeNull();
  expect(paceOf(from([10_000, 100], [14_000, 100]))).toBeNull();
});

test('forgets what is older than its window', () => {
  const samples = from([0, 0], [30_000, 10], [32_000, 110]);
  expect(samples.map((s) => s.at)).toEqual([30_000, 32_000]);
  expect(paceOf(samples)).toBe(50);
});

test('the same look twice adds nothing', () => {
  const samples = from([10_000, 1]);
  expect(withSample(samples, { at: 10_000, done: 5 })).toBe(samples);
});
