import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { afterEach, expect, test } from 'vitest';

import { RequireSession } from '@/app/RequireSession';
import { useAccess } from '@/lib/access';
import { http } from '@/lib/http';
import { accessToken, signIn, signOut } from '@/lib/session';
import { commonPlace, useSwitchWorkspace } from '@/lib/workspaces';
import { HttpResponse, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { me } from '@/test/things';

const token = (wid: string): string => `h.${btoa(JSON.stringify({ wid }))}.s`;
const ofToken = (request: Request): string =>
  request.headers.get('Authorization') === `Bearer ${token('w2')}` ? 'Boreal' : 'Aurora';

const server = startApi(
  route.get(url('/auth/me'), ({ request }) =>
    HttpResponse.json(me({ workspace: { ...me().workspace, name: ofToken(request) } })),
  ),
  // Asked once the test's session has ended.
  route.get(url('/setup'), () => HttpResponse.json({ needed: false })),
);
afterEach(signOut);

function Where() {
  const change = useSwitchWorkspace();
  return (
    <button type="button" onClick={() => change.mutate('w2')}>
      {useAccess()?.workspace.name}
    </button>
  );
}

const open = (at: string) =>
  renderApp(
    <Routes>
      <Route element={<RequireSession />}>
        <Route path="*" element={<Where />} />
      </Route>
    </Routes>,
    at,
  );

test('going to another workspace forgets what was known and leaves the object behind', async () => {
  let asked: unknown;
  server.use(
    route.post(url('/auth/switch'), async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({ access_token: token('w2') });
    }),
  );
  signIn(token('w1'));
  open('/schedules/c1?status=failed');
  await userEvent.click(await screen.findByRole('button', { name: 'Aurora' }));
  expect(await screen.findByRole('button', { name: 'Boreal' })).toBeVisible();
  expect(asked).toEqual({ workspace_id: 'w2' });
  // The router changes the address when nothing more urgent is to be shown.
  await waitFor(() => expect(screen.getByTestId('address')).toHaveTextContent(/^\/schedules$/));
});

test('a switch in another tab shows here too, and what was under way is not done there', async () => {
  let posts = 0;
  server.use(
    route.post(url('/auth/refresh'), () => HttpResponse.json({ access_token: token('w2') })),
    route.post(url('/groups'), () => {
      posts += 1;
      return problem(401, 'token_invalid');
    }),
  );
  signIn(token('w1'));
  open('/groups');
  await screen.findByRole('button', { name: 'Aurora' });
  await expect(http.post('/groups', {})).rejects.toMatchObject({ code: 'elsewhere' });
  expect(posts).toBe(1);
  expect(accessToken()).toBe(token('w2'));
  expect(await screen.findByRole('button', { name: 'Boreal' })).toBeVisible();
});

test('a late refusal of the workspace before is not repeated in the new one', async () => {
  let letGo = (): void => undefined;
  const late = new Promise<void>((go) => {
    letGo = go;
  });
  let posts = 0;
  server.use(
    route.post(url('/auth/refresh'), () => HttpResponse.json({ access_token: token('w2') })),
    route.post(url('/groups'), async () => {
      posts += 1;
      await late;
      return problem(401, 'token_invalid');
    }),
  );
  signIn(token('w1'));
  const write = http.post('/groups', {}).catch((refusal: unknown) => refusal);
  await waitFor(() => expect(posts).toBe(1));
  signIn(token('w2'));
  letGo();
  expect(await write).toMatchObject({ code: 'elsewhere' });
  expect(posts).toBe(1);
});

test.each([
  ['/schedules/c1', '/schedules'],
  ['/deliveries/d1', '/schedules'],
  ['/settings/team', '/settings/team'],
  ['/', '/'],
])('%s is in the other workspace %s', (here, there) => {
  expect(commonPlace(here)).toBe(there);
});

test('where another tab goes, this one follows at once, and logs out with it', async () => {
  server.use(
    route.post(url('/auth/refresh'), () => HttpResponse.json({ access_token: token('w2') })),
    route.get(url('/setup'), () => HttpResponse.json({ needed: false })),
  );
  signIn(token('w1'));
  open('/groups');
  await screen.findByRole('button', { name: 'Aurora' });
  fireEvent(window, new StorageEvent('storage', { key: 'workspace', newValue: 'w2' }));
  expect(await screen.findByRole('button', { name: 'Boreal' })).toBeVisible();
  fireEvent(window, new StorageEvent('storage', { key: 'session', newValue: null }));
  await waitFor(() => expect(accessToken()).toBeNull());
});
