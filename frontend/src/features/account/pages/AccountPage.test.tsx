import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';

import type { Session } from '@/api/types';
import { AccountPage } from '@/features/account/pages/AccountPage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { viewer } from '@/test/things';

const session = (id: string, current: boolean): Session => ({
  id,
  address: '192.0.2.7',
  user_agent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36',
  created_at: '2026-11-24T10:00:00.000Z',
  last_used_at: '2026-11-24T10:00:00.000Z',
  expires_at: '2026-12-24T10:00:00.000Z',
  current,
});

let open: string[] = [];
let ended: string[] = [];
const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(viewer())),
  route.get(url('/auth/sessions'), () => page(open.map((id) => session(id, id === 's1')))),
  route.delete(url('/auth/sessions/:id'), ({ params }) => {
    ended.push(String(params.id));
    open = open.filter((id) => id !== params.id);
    return new HttpResponse(null, { status: 204 });
  }),
);

beforeEach(() => {
  open = ['s1', 's2'];
  ended = [];
});

test('a session elsewhere is ended, the one in use can’t be', async () => {
  renderApp(<AccountPage />);
  expect(await screen.findByText(/this one/)).toBeVisible();
  const buttons = screen.getAllByRole('button', { name: 'Log out: Chrome, Windows' });
  expect(buttons).toHaveLength(1);
  await userEvent.click(buttons[0] as HTMLElement);
  await waitFor(() => expect(ended).toEqual(['s2']));
  await waitFor(() =>
    expect(screen.queryByRole('button', { name: /^Log out:/ })).not.toBeInTheDocument(),
  );
});

async function change(): Promise<void> {
  renderApp(<AccountPage />);
  await userEvent.type(await screen.findByLabelText('Current password'), 'old one');
  await userEvent.type(screen.getByLabelText('New password'), 'green river under bridge');
  await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
}

test('a wrong password is said beside its field', async () => {
  server.use(
    route.post(url('/auth/password'), () =>
      problem(422, 'wrong_password', {
        errors: [
          {
            field: 'current_password',
            code: 'wrong_password',
            message: 'This is not your password.',
          },
        ],
      }),
    ),
  );
  await change();
  expect(await screen.findByText('This is not your password.')).toBeVisible();
  expect(screen.getByLabelText('Current password')).toHaveAccessibleDescription(
    'This is not your password.',
  );
});

test('a changed password leaves the fields empty and says that others are out', async () => {
  let asked: unknown;
  server.use(
    route.post(url('/auth/password'), async ({ request }) => {
      asked = await request.json();
      return new HttpResponse(null, { status: 204 });
    }),
  );
  await change();
  expect(await screen.findByText(/other sessions have ended/)).toBeVisible();
  expect(asked).toEqual({
    current_password: 'old one',
    new_password: 'green river under bridge',
  });
  expect(screen.getByLabelText('Current password')).toHaveValue('');
});
