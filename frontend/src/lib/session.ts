import { useSyncExternalStore } from 'react';

/**
 * The access token lives in memory only, so no script that reads storage can
 * take it; after a reload the httpOnly refresh cookie brings a new one.
 */
export type SessionState = 'unknown' | 'in' | 'out';

/** Remembers that there may be a refresh cookie, so that newcomers aren't greeted by a 401. */
const HINT = 'session';
/** The workspace last gone to in any tab. */
export const WORKSPACE = 'workspace';

let token: string | null = null;
/** Which workspace the token is for; another tab may have gone elsewhere with the same session. */
let workspace: string | null = null;
let state: SessionState = localStorage.getItem(HINT) === null ? 'out' : 'unknown';
const listeners = new Set<() => void>();

/** The claim `wid` of a JWT, unverified: it only tells our own caches apart. */
function workspaceOf(jwt: string | null): string | null {
  try {
    const payload = (jwt ?? '').split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const { wid } = claims as { wid?: unknown };
    return typeof wid === 'string' ? wid : null;
  } catch {
    return null;
  }
}

function change(next: SessionState, nextToken: string | null): void {
  token = nextToken;
  workspace = workspaceOf(nextToken);
  state = next;
  if (next === 'in') localStorage.setItem(HINT, '1');
  else localStorage.removeItem(HINT);
  if (workspace !== null) localStorage.setItem(WORKSPACE, workspace);
  for (const listener of listeners) listener();
}

export const accessToken = (): string | null => token;
export const sessionWorkspace = (): string | null => workspace;
export const sessionState = (): SessionState => state;
export const signIn = (newToken: string): void => change('in', newToken);
export const signOut = (): void => change('out', null);

/** Whether another tab's note says that the session is over, or elsewhere. */
export const isOver = ({ key, newValue }: StorageEvent): boolean =>
  key === HINT && newValue === null && state === 'in';
export const isElsewhere = ({ key, newValue }: StorageEvent): boolean =>
  key === WORKSPACE && newValue !== null && state === 'in' && newValue !== workspace;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSession = (): SessionState => useSyncExternalStore(subscribe, sessionState);
export const useSessionWorkspace = (): string | null =>
  useSyncExternalStore(subscribe, sessionWorkspace);
