import { http as route, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';

export { HttpResponse, route };

/** The API's address as the browser would complete it. */
export const url = (path: string): string => `*/api/v1${path}`;

/** A server for one test file; a request nobody answers fails the test. */
export function startApi(...handlers: Parameters<typeof setupServer>) {
  const server = setupServer(...handlers);
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return server;
}

export const page = (items: object[]) => HttpResponse.json({ items, next_cursor: null });

export const problem = (status: number, code: string, more: object = {}) =>
  HttpResponse.json({ status, code, title: code, detail: code, ...more }, { status });
