import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import type { AuditEntry } from '@/api/types';
import { changesOf, pageOf } from '@/features/audit/acts';
import { AuditPage } from '@/features/audit/pages/AuditPage';
import { HttpResponse, page, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { me, member, viewer } from '@/test/things';

const entry = (some: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 'a1',
  at: '2026-11-24T10:00:00.000Z',
  actor: { kind: 'person', id: 'u1', name: 'ana@example.com' },
  action: 'schedule.changed',
  object: { type: 'schedule', id: 'c1' },
  before: { name: 'Offer' },
  after: { name: 'Weekly offer', priority: 'campaign' },
  address: '192.0.2.7',
  request_id: 'q1',
  ...some,
});

let asked: URLSearchParams[] = [];
const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(me())),
  route.get(url('/members'), () => page([member()])),
  route.get(url('/audit-log'), ({ request }) => {
    asked.push(new URL(request.url).searchParams);
    return page([entry()]);
  }),
);

test('each line says who did what, to what, from where and what changed', async () => {
  renderApp(<AuditPage />);
  const table = await screen.findByRole('table', { name: 'Audit log' });
  const line = within(table).getAllByRole('row')[1];
  expect(line).toHaveTextContent('ana@example.com');
  expect(line).toHaveTextContent('192.0.2.7');
  expect(line).toHaveTextContent('Changed a schedule');
  expect(screen.getByRole('link', { name: 'Weekly offer' })).toHaveAttribute(
    'href',
    '/schedules/c1',
  );
  await userEvent.click(screen.getByText('2 fields'));
  expect(screen.getByText('Offer')).toBeVisible();
});

test('filters come from the address and go to the API', async () => {
  asked = [];
  renderApp(<AuditPage />, '/?action=sender.paused&who=u1&days=7');
  await screen.findByRole('table', { name: 'Audit log' });
  expect(asked[0]?.get('action')).toBe('sender.paused');
  expect(asked[0]?.get('actor_id')).toBe('u1');
  expect(Date.parse(asked[0]?.get('from') ?? '')).toBeLessThan(Date.now() - 6 * 86_400_000);
});

test('whoever is no admin is told so, and nothing is asked for', async () => {
  asked = [];
  server.use(route.get(url('/auth/me'), () => HttpResponse.json(viewer())));
  renderApp(<AuditPage />);
  expect(await screen.findByText(/role doesn't allow/)).toBeVisible();
  expect(asked).toEqual([]);
});

test('what is gone has no page', () => {
  expect(pageOf(entry({ action: 'schedule.deleted' }))).toBeNull();
  expect(pageOf(entry({ object: { type: 'session', id: 'x' } }))).toBeNull();
  expect(changesOf(entry({ before: null, after: { days: 3 } }))).toEqual([
    { field: 'days', before: null, after: '3' },
  ]);
});
