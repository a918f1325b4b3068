import { useSyncExternalStore } from 'react';

/** Whether the server answered when it was last asked. Everything that asks it says so here. */
let silent = false;
const listeners = new Set<() => void>();

function note(next: boolean): void {
  if (silent === next) return;
  silent = next;
  for (const listener of listeners) listener();
}

/** It answered, if only to refuse. */
export const answered = (): void => note(false);
/** No answer came, or only one of a proxy before it. */
export const unanswered = (): void => note(true);

/** What a proxy says when nobody stands behind it. */
export const fromProxy = (status: number, type: string): boolean =>
  [502, 503, 504].includes(status) && !type.includes('json');

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSilence = (): boolean => useSyncExternalStore(subscribe, () => silent);
