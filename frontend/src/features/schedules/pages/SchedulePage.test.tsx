import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { beforeEach, expect, test } from 'vitest';

import { SchedulePage } from '@/features/schedules/pages/SchedulePage';
import { HttpResponse, page, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { counts, delivery, message, schedule, sender } from '@/test/things';

const skipped = delivery({
  id: 'd2',
  status: 'skipped',
  recipient: { id: 'r2', name: 'Luis Ortega', phone: '+525555550102' },
  reason: { code: 'no_consent', title: 'x', explanation: 'x', action: 'x' },
});
const running = schedule({ counts: counts({ scheduled: 3, delivered: 4, skipped: 1 }) });
let cancelled = false;

startApi(
  route.get(url('/workspace'), () => HttpResponse.json({ timezone: 'UTC' })),
  route.get(url('/senders'), () => page([sender()])),
  route.get(url('/messages/m1'), () => HttpResponse.json(message())),
  route.get(url('/schedules/c1'), () =>
    HttpResponse.json(cancelled ? { ...running, status: 'cancelled' } : running),
  ),
  route.post(url('/schedules/c1/cancel'), () => {
    cancelled = true;
    return HttpResponse.json({ ...running, status: 'cancelled' });
  }),
  route.get(url('/deliveries'), ({ request }) => {
    const status = new URL(request.url).searchParams.get('status');
    return page(status === 'skipped' ? [skipped] : [delivery(), skipped]);
  }),
  route.get(url('/deliveries/d2'), () =>
    HttpResponse.json({
      ...skipped,
      rendered: null,
      timeline: [
        {
          at: skipped.due_at,
          source: 'planner',
          event: 'skipped',
          detail: { reason: 'no_consent' },
        },
      ],
    }),
  ),
);

beforeEach(() => {
  cancelled = false;
});

function open(at = '/schedules/c1') {
  renderApp(
    <Routes>
      <Route path="/schedules/:id" element={<SchedulePage />} />
    </Routes>,
    at,
  );
}

test('leads with the sentence and words the reasons', async () => {
  open();
  expect(await screen.findByText("8 people: 7 get it, 1 don't.")).toBeVisible();
  expect(await screen.findByText(/They never agreed to marketing/)).toBeVisible();
});

test('a state narrows the table, and the URL says so', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Skipped 1' }));
  const table = await screen.findByRole('table', { name: 'Person by person' });
  await waitFor(() => expect(within(table).queryByText('Marta Ruiz')).not.toBeInTheDocument());
  expect(screen.getByTestId('address')).toHaveTextContent('/schedules/c1?status=skipped');
});

test('the delivery of a link opens with its proof', async () => {
  open('/schedules/c1?delivery=d2');
  const drawer = await screen.findByRole('dialog');
  expect(await within(drawer).findByText('reason: No consent')).toBeVisible();
});

test('cancelling asks first, with the number of people it spares', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel schedule' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent("3 people who have not got the message won't get it.");
  expect(dialog).toHaveTextContent('already has the messages of 4 people');
  expect(cancelled).toBe(false);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel it' }));
  expect(await screen.findByText('Cancelled')).toBeVisible();
});
