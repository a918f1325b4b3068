import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { TeamPage } from '@/features/members/pages/TeamPage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { me, member } from '@/test/things';

const ana = member();
const luz = member({ id: 'u2', email: 'luz@example.com', name: 'Luz', role: 'viewer', version: 3 });
const owner = () => me({ scopes: [...me().scopes, 'members:write', 'owners:write'] });

const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(owner())),
  route.get(url('/members'), () => page([ana, luz])),
  route.get(url('/invitations'), () => page([])),
);

async function choose(label: string, option: string): Promise<void> {
  await userEvent.click(await screen.findByLabelText(label));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

test('a role is changed for the version that was seen', async () => {
  const asked: unknown[] = [];
  server.use(
    route.patch(url('/members/u2'), async ({ request }) => {
      asked.push(request.headers.get('If-Match'), await request.json());
      return HttpResponse.json({ ...luz, role: 'editor' });
    }),
  );
  renderApp(<TeamPage />);
  await choose('Role of Luz', 'Editor');
  await waitFor(() => expect(asked).toEqual(['"3"', { role: 'editor' }]));
});

test('the last owner can’t go, and is told why', async () => {
  const words = 'make somebody else an owner first';
  server.use(route.delete(url('/members/u1'), () => problem(409, 'last_owner')));
  renderApp(<TeamPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Leave' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Leave' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent(words);
});

test('an admin can neither change owners nor make new ones', async () => {
  const admin = me({ scopes: [...me().scopes, 'members:write'] });
  server.use(route.get(url('/auth/me'), () => HttpResponse.json({ ...admin, user: null })));
  renderApp(<TeamPage />);
  expect(await screen.findByLabelText('Role of Ana Sol')).toBeDisabled();
  await userEvent.click(await screen.findByLabelText('Role of Luz'));
  expect(await screen.findByRole('option', { name: 'Admin' })).toBeVisible();
  expect(screen.queryByRole('option', { name: 'Owner' })).not.toBeInTheDocument();
});

test('an invitation’s link is shown once, to be copied', async () => {
  let asked: unknown;
  server.use(
    route.post(url('/invitations'), async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json(
        {
          id: 'i1',
          email: 'eva@example.com',
          role: 'editor',
          invited_by: 'u1',
          expires_at: '2026-11-27T10:00:00.000Z',
          expired: false,
          created_at: '2026-11-24T10:00:00.000Z',
          link: 'https://plan.example.com/invitation#token=abc',
          token: 'abc',
        },
        { status: 201 },
      );
    }),
  );
  renderApp(<TeamPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Invite somebody' }));
  await userEvent.type(await screen.findByLabelText('Email'), 'eva@example.com');
  await userEvent.click(screen.getByRole('button', { name: 'Make the link' }));
  expect(await screen.findByLabelText('Invitation link')).toHaveValue(
    'https://plan.example.com/invitation#token=abc',
  );
  expect(asked).toEqual({ email: 'eva@example.com', role: 'editor' });
  await userEvent.click(screen.getByRole('button', { name: 'I have copied it' }));
  await waitFor(() => expect(screen.queryByLabelText('Invitation link')).not.toBeInTheDocument());
});
