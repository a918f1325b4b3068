import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { beforeEach, expect, test } from 'vitest';

import type { Sender } from '@/api/types';
import { SenderPage } from '@/features/senders/pages/SenderPage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { me, schedule, sender, viewer } from '@/test/things';

let found: Sender;
const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(me())),
  route.get(url('/senders/s1'), () => HttpResponse.json(found)),
  route.get(url('/schedules'), () => page([schedule()])),
);

beforeEach(() => {
  found = sender({ status: 'paused', status_reason: 'token_invalid' });
});

function open() {
  renderApp(
    <Routes>
      <Route path="/senders/:id" element={<SenderPage />} />
    </Routes>,
    '/senders/s1',
  );
}

test('why it stands still is said in words, and resuming takes one click', async () => {
  server.use(
    route.post(url('/senders/s1/resume'), () => {
      found = sender();
      return HttpResponse.json(found);
    }),
  );
  open();
  expect(await screen.findByText(/The access token expired, was revoked/)).toBeVisible();
  expect(await screen.findByText('Weekly offer')).toBeVisible();
  await userEvent.click(await screen.findByRole('button', { name: 'Resume' }));
  expect(await screen.findByText('Active')).toBeVisible();
  expect(screen.queryByText(/The access token expired/)).not.toBeInTheDocument();
});

test('a check that WhatsApp doesn’t answer is said beside the button', async () => {
  server.use(route.post(url('/senders/s1/check'), () => problem(502, 'upstream_unavailable')));
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Check now' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('WhatsApp did not answer');
});

test('speed and token are changed together; an empty token is not sent', async () => {
  const asked: unknown[] = [];
  server.use(
    route.patch(url('/senders/s1'), async ({ request }) => {
      asked.push(await request.json());
      return HttpResponse.json(found);
    }),
  );
  open();
  const speed = await screen.findByLabelText('Speed, messages per second');
  await userEvent.clear(speed);
  await userEvent.type(speed, '2000');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('A whole number from 1 to 1,000.')).toBeVisible();
  expect(asked).toEqual([]);
  await userEvent.clear(speed);
  await userEvent.type(speed, '40');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked).toEqual([{ name: 'Main', throughput_mps: 40 }]));
});

test('who may only look sees the state without buttons', async () => {
  let known = false;
  server.use(
    route.get(url('/auth/me'), () => {
      known = true;
      return HttpResponse.json(viewer());
    }),
  );
  open();
  expect(await screen.findByText('Paused')).toBeVisible();
  await waitFor(() => expect(known).toBe(true));
  expect(screen.queryByRole('button', { name: 'Resume' })).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
});
