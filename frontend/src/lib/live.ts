import { useSyncExternalStore } from 'react';

import { refreshSession } from '@/lib/http';
import { answered, fromProxy, unanswered } from '@/lib/reach';
import { accessToken } from '@/lib/session';
import { readEvents, type ServerEvent } from '@/lib/sse';

/**
 * Live events of the workspace. EventSource can't send an Authorization header,
 * so the stream is read through fetch; after a break it resumes where it ended.
 */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

let connected = false;
const watchers = new Set<() => void>();

function setConnected(value: boolean): void {
  if (connected === value) return;
  connected = value;
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const isConnected = (): boolean => connected;

/** How often a query should ask by itself: never while the stream tells it. */
export function usePollInterval(everyMs = 4_000): number | false {
  return useSyncExternalStore(subscribe, isConnected) ? false : everyMs;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
}

async function open(lastId: string | null, signal: AbortSignal): Promise<Response> {
  const headers = new Headers({ Accept: 'text/event-stream' });
  const token = accessToken();
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  if (lastId !== null) headers.set('Last-Event-ID', lastId);
  try {
    return await fetch('/api/v1/events', { headers, signal, cache: 'no-store' });
  } catch (silence) {
    if (!signal.aborted) unanswered();
    throw silence;
  }
}

/** Follow the stream until `signal` aborts, reconnecting with growing pauses. */
export async function followEvents(
  onEvent: (event: ServerEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let lastId: string | null = null;
  let wait = FIRST_WAIT_MS;
  while (!signal.aborted) {
    try {
      const response = await open(lastId, signal);
      const type = response.headers.get('Content-Type') ?? '';
      if (fromProxy(response.status, type)) unanswered();
      else answered();
      if (response.status === 401) await refreshSession();
      if (response.ok && response.body !== null) {
        setConnected(true);
        wait = FIRST_WAIT_MS;
        for await (const event of readEvents(response.body)) {
          lastId = event.id ?? lastId;
          onEvent(event);
        }
      }
    } catch {
      // Polling takes over meanwhile; the next round tries the stream again.
    }
    setConnected(false);
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
