import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { TestSend } from '@/features/schedules/components/TestSend';
import type { Draft } from '@/features/schedules/draft';
import { HttpResponse, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { delivery } from '@/test/things';

const made = delivery({ id: 'd9', origin: 'test', status: 'scheduled' });
const server = startApi(
  route.post(url('/messages/m1/test'), () => HttpResponse.json(made, { status: 202 })),
);

async function sendTest(): Promise<void> {
  const draft: Draft = {
    name: '',
    messageId: 'm1',
    senderId: 's1',
    people: [],
    exclude: [],
    when: 'now',
    whenUnconfirmed: 'hold',
    at: '',
    zone: 'UTC',
  };
  renderApp(<TestSend draft={draft} />);
  await userEvent.type(screen.getByLabelText('Phone number'), '+525555550199');
  await userEvent.click(screen.getByRole('button', { name: 'Send a test now' }));
}

test('a test under way can be followed without leaving the draft', async () => {
  server.use(route.get(url('/deliveries/d9'), () => HttpResponse.json(made)));
  await sendTest();
  expect(await screen.findByText('The test is on its way.')).toBeVisible();
  const follow = screen.getByRole('link', { name: 'See what happens' });
  expect(follow).toHaveAttribute('href', '/deliveries/d9');
  expect(follow).toHaveAttribute('target', '_blank');
});

test('a test that was skipped says why, not that it is on its way', async () => {
  const reason = { code: 'no_consent', title: 'No consent', explanation: '', action: '' };
  const skipped = { ...made, status: 'skipped', reason };
  server.use(route.get(url('/deliveries/d9'), () => HttpResponse.json(skipped)));
  await sendTest();
  expect(await screen.findByText('No consent.')).toBeVisible();
  expect(screen.queryByText(/on its way/)).not.toBeInTheDocument();
});
