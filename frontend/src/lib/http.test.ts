import { beforeEach, describe, expect, test } from 'vitest';

import { http } from '@/lib/http';
import { toProblem } from '@/lib/problem';
import { accessToken, sessionState, signIn } from '@/lib/session';
import { HttpResponse, problem, route, startApi, url } from '@/test/api';

const server = startApi();

/** An API that takes only the token `fresh`, and counts what reaches it. */
function expiredSession() {
  const seen = { refreshes: 0, keys: [] as (string | null)[] };
  server.use(
    route.post(url('/auth/refresh'), () => {
      seen.refreshes += 1;
      return HttpResponse.json({ access_token: 'fresh', token_type: 'bearer', expires_in: 600 });
    }),
    route.all(url('/groups'), ({ request }) => {
      if (request.method === 'POST') seen.keys.push(request.headers.get('Idempotency-Key'));
      return request.headers.get('Authorization') === 'Bearer fresh'
        ? HttpResponse.json({ items: [] })
        : problem(401, 'token_expired');
    }),
  );
  return seen;
}

beforeEach(() => signIn('old'));

describe('an expired access token', () => {
  test('is renewed once for many requests at a time', async () => {
    const seen = expiredSession();
    const answers = await Promise.all([1, 2, 3, 4].map(() => http.get('/groups')));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    expect(seen.refreshes).toBe(1);
    expect(accessToken()).toBe('fresh');
  });

  test('lets a repeated POST keep its Idempotency-Key', async () => {
    const seen = expiredSession();
    await http.post('/groups', {});
    expect(seen.keys).toHaveLength(2);
    expect(seen.keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.keys[1]).toBe(seen.keys[0]);
  });

  test('ends the session when the cookie is refused', async () => {
    server.use(
      route.post(url('/auth/refresh'), () => problem(401, 'session_ended')),
      route.get(url('/groups'), () => problem(401, 'token_expired')),
    );
    await expect(http.get('/groups')).rejects.toMatchObject({ code: 'session_ended' });
    expect(sessionState()).toBe('out');
  });

  test('keeps the session when the network is away', async () => {
    server.use(
      route.post(url('/auth/refresh'), () => HttpResponse.error()),
      route.get(url('/groups'), () => problem(401, 'token_expired')),
    );
    await expect(http.get('/groups')).rejects.toMatchObject({ code: 'offline' });
    expect(sessionState()).toBe('in');
  });
});

test('a wrong password is an answer, not an expired session', async () => {
  server.use(route.post(url('/auth/login'), () => problem(401, 'invalid_credentials')));
  await expect(http.post('/auth/login', {})).rejects.toMatchObject({ code: 'invalid_credentials' });
  expect(sessionState()).toBe('in');
});

test('a problem keeps its fields and the id of the request', async () => {
  const errors = [{ field: 'timing.at', code: 'in_past', message: 'That has passed.' }];
  server.use(
    route.post(url('/schedules'), () =>
      problem(422, 'validation_failed', { errors, request_id: 'req-7' }),
    ),
  );
  const refusal = await http.post('/schedules', {}).catch(toProblem);
  expect(refusal).toMatchObject({ status: 422, errors, requestId: 'req-7' });
});
