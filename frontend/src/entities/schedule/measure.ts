import { useState } from 'react';

/** How many people are done with, at an instant (ms since 1970). */
export interface Sample {
  at: number;
  done: number;
}

/** Long enough to be steady, short enough to notice a pause. */
const WINDOW_MS = 20_000;
const LEAST_MS = 1_500;

/** The samples to keep once another has come. */
export function withSample(samples: Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && last.at >= next.at) return samples;
  return [...samples.filter((s) => s.at >= next.at - WINDOW_MS), next];
}

/** Messages a second over the kept samples; null while too little is known, or nothing moves. */
export function paceOf(samples: Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null;
  const perSecond = ((last.done - first.done) * 1000) / (last.at - first.at);
  return perSecond > 0 ? perSecond : null;
}

/** The measured pace of what is counted up to `done`, read at `at`. */
export function usePace(done: number, at: number): number | null {
  const [samples, setSamples] = useState<Sample[]>([]);
  const next = withSample(samples, { at, done });
  if (next !== samples) setSamples(next);
  return paceOf(next);
}
