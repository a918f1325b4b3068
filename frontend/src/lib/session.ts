import { useSyncExternalStore } from 'react';

/**
 * The access token lives in memory only, so no script that reads storage can
 * take it; after a reload the httpOnly refresh cookie brings a new one.
 */
export type SessionState = 'unknown' | 'in' | 'out';

/** Remembers that there may be a refresh cookie, so that newcomers aren't greeted by a 401. */
const HINT = 'session';

let token: string | null = null;
let state: SessionState = localStorage.getItem(HINT) === null ? 'out' : 'unknown';
const listeners = new Set<() => void>();

function change(next: SessionState, nextToken: string | null): void {
  token = nextToken;
  state = next;
  if (next === 'in') localStorage.setItem(HINT, '1');
  else localStorage.removeItem(HINT);
  for (const listener of listeners) listener();
}

export const accessToken = (): string | null => token;
export const sessionState = (): SessionState => state;
export const signIn = (newToken: string): void => change('in', newToken);
export const signOut = (): void => change('out', null);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSession = (): SessionState => useSyncExternalStore(subscribe, sessionState);
