import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { ApiKeys } from '@/features/settings/components/ApiKeys';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { me } from '@/test/things';

const DAY = 86_400_000;
const key = {
  id: 'k1',
  name: 'Shop',
  prefix: 'wsk_abc',
  scopes: ['messages:write'],
  expires_at: '2020-01-01T00:00:00.000Z',
  last_used_at: null,
  created_at: '2026-11-24T10:00:00.000Z',
};

const server = startApi(
  route.get(url('/auth/me'), () =>
    HttpResponse.json(me({ scopes: [...me().scopes, 'api-keys:write'] })),
  ),
  route.get(url('/api-keys'), () => page([key])),
);

test('rights are chosen in plain words, and the key is shown this once', async () => {
  let asked: { name: string; scopes: string[]; expires_at: string } | undefined;
  server.use(
    route.post(url('/api-keys'), async ({ request }) => {
      asked = (await request.json()) as typeof asked;
      return HttpResponse.json({ ...key, key: 'wsk_secret' }, { status: 201 });
    }),
  );
  renderApp(<ApiKeys />);
  await userEvent.click(await screen.findByRole('button', { name: 'New API key' }));
  await userEvent.type(await screen.findByLabelText('Name'), 'Booking');
  await userEvent.click(screen.getByRole('checkbox', { name: 'See groups' }));
  await userEvent.click(
    screen.getByRole('checkbox', { name: 'Change schedules: plan, pause, cancel' }),
  );
  await userEvent.click(screen.getByLabelText('How long it works'));
  await userEvent.click(await screen.findByRole('option', { name: 'For 30 days' }));
  await userEvent.click(screen.getByRole('button', { name: 'Create key' }));
  expect(await screen.findByLabelText('Key')).toHaveValue('wsk_secret');
  expect(asked?.name).toBe('Booking');
  expect(asked?.scopes).toContain('groups:read');
  expect(asked?.scopes).not.toContain('schedules:write');
  const days = (Date.parse(asked?.expires_at ?? '') - Date.now()) / DAY;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThanOrEqual(30);
  await userEvent.click(screen.getByRole('button', { name: 'I have copied it' }));
  await waitFor(() => expect(screen.queryByDisplayValue('wsk_secret')).not.toBeInTheDocument());
});

test('a key that is over says so', async () => {
  renderApp(<ApiKeys />);
  expect(await screen.findByText(/Ended/)).toBeVisible();
  expect(screen.getByText('Not used yet')).toBeVisible();
});

test('who may not see keys is told so, not shown an error', async () => {
  server.use(
    route.get(url('/api-keys'), () => problem(403, 'missing_scope')),
    route.get(url('/auth/me'), () => HttpResponse.json(me({ scopes: [] }))),
  );
  renderApp(<ApiKeys />);
  expect(await screen.findByText('Not yours to see')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'New API key' })).not.toBeInTheDocument();
});
