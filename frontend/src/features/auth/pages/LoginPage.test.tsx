import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';

import { LoginPage, safeNext } from '@/features/auth/pages/LoginPage';
import { signOut } from '@/lib/session';
import { HttpResponse, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';

const server = startApi(
  route.get(url('/setup'), () => HttpResponse.json({ needed: false })),
  route.post(url('/auth/login'), async ({ request }) => {
    const body = (await request.json()) as { password: string };
    return body.password === 'right'
      ? HttpResponse.json({ access_token: 't', token_type: 'bearer', expires_in: 600 })
      : problem(401, 'invalid_credentials');
  }),
);

beforeEach(() => signOut());

async function logIn(password: string): Promise<void> {
  await userEvent.type(await screen.findByLabelText('Email'), 'ana@example.com');
  await userEvent.type(screen.getByLabelText('Password'), password);
  await userEvent.click(screen.getByRole('button', { name: 'Log in' }));
}

test('leads back to the page one came from', async () => {
  renderApp(<LoginPage />, '/login?next=%2Fschedules%3Fstatus%3Dsending');
  await logIn('right');
  await waitFor(() =>
    expect(screen.getByTestId('address')).toHaveTextContent('/schedules?status=sending'),
  );
});

test('says in plain words that the password is wrong', async () => {
  renderApp(<LoginPage />, '/login');
  await logIn('wrong');
  expect(await screen.findByRole('alert')).toHaveTextContent("Email and password don't match.");
});

test('a new installation leads to its set-up', async () => {
  server.use(route.get(url('/setup'), () => HttpResponse.json({ needed: true })));
  renderApp(<LoginPage />, '/login');
  await waitFor(() => expect(screen.getByTestId('address')).toHaveTextContent('/setup'));
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', null])(
  'never leads to another site: %s',
  (next) => expect(safeNext(next)).toBe('/'),
);
