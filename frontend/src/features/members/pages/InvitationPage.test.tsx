import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';

import { InvitationPage } from '@/features/members/pages/InvitationPage';
import { accessToken, signOut } from '@/lib/session';
import { HttpResponse, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';

let asked: unknown;
const server = startApi(
  route.post(url('/invitations/accept'), async ({ request }) => {
    asked = await request.json();
    return HttpResponse.json({ access_token: 'fresh', token_type: 'bearer', expires_in: 600 });
  }),
);

beforeEach(() => signOut());

async function join(): Promise<void> {
  renderApp(<InvitationPage />, '/invitation#token=abc');
  await userEvent.type(await screen.findByLabelText('Your name'), 'Luz');
  await userEvent.type(screen.getByLabelText('Password'), 'seven brown loaves');
  await userEvent.click(screen.getByRole('button', { name: 'Join' }));
}

test('the link’s token and a password make a member, logged in', async () => {
  await join();
  await waitFor(() => expect(screen.getByTestId('address')).toHaveTextContent(/^\/$/));
  expect(asked).toEqual({ token: 'abc', name: 'Luz', password: 'seven brown loaves' });
  expect(accessToken()).toBe('fresh');
});

test('a used link asks for a new one', async () => {
  server.use(
    route.post(url('/invitations/accept'), () =>
      problem(422, 'invitation_ended', {
        errors: [{ field: 'token', code: 'invitation_ended', message: 'x' }],
      }),
    ),
  );
  await join();
  expect(await screen.findByText(/Ask for a new one/)).toBeVisible();
});

test('who has an account is told that its password is meant', async () => {
  server.use(route.post(url('/invitations/accept'), () => problem(401, 'invalid_credentials')));
  await join();
  expect(await screen.findByRole('alert')).toHaveTextContent('this is not its password');
  expect(accessToken()).toBeNull();
});

test('a link without its end is recognised', async () => {
  renderApp(<InvitationPage />, '/invitation');
  expect(await screen.findByText('This link is not whole')).toBeVisible();
});
