import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { beforeEach, expect, test } from 'vitest';

import { SchedulePage } from '@/features/schedules/pages/SchedulePage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { counts, delivery, group, me, message, schedule, sender, viewer } from '@/test/things';

const skipped = delivery({
  id: 'd2',
  status: 'skipped',
  recipient: { id: 'r2', name: 'Luis Ortega', phone: '+525555550102' },
  reason: { code: 'no_consent', title: 'x', explanation: 'x', action: 'x' },
});
const running = schedule({ counts: counts({ scheduled: 3, delivered: 4, skipped: 1 }) });
let cancelled = false;

const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(me())),
  route.get(url('/groups'), () => page([])),
  route.get(url('/members'), () => page([])),
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
  expect(await within(drawer).findByText('No consent', { selector: 'dd' })).toBeVisible();
});

test('cancelling asks first, with the number of people it spares', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel schedule' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent("3 people who have not got the message won't get it.");
  expect(dialog).toHaveTextContent('already has the messages of 4 people');
  expect(dialog).toHaveTextContent('It was planned for Tue');
  expect(dialog).toHaveTextContent('09:00 Mexico City');
  expect(cancelled).toBe(false);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel it' }));
  expect(await screen.findByText('Cancelled')).toBeVisible();
});

test('pausing takes one click and turns into resuming', async () => {
  let status = 'sending';
  const answer = () => HttpResponse.json({ ...running, status });
  server.use(
    route.get(url('/schedules/c1'), answer),
    route.post(url('/schedules/c1/pause'), () => {
      status = 'paused';
      return answer();
    }),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Pause' }));
  expect(await screen.findByRole('button', { name: 'Resume' })).toBeEnabled();
});

test('a refused pause says why beside the buttons', async () => {
  server.use(
    route.post(url('/schedules/c1/pause'), () =>
      problem(409, 'conflict', { detail: "A schedule that is completed can't be paused." }),
    ),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Pause' }));
  expect(await screen.findByRole('alert')).toHaveTextContent("completed can't be paused");
});

test('a held send says why, and goes on with the template that is chosen', async () => {
  let held = true;
  const asked: unknown[] = [];
  const occurrence = { id: 'o1', status: 'held', status_reason: 'template_unavailable' };
  const spare = { id: 't2', name: 'notice_again', language: 'en_US', category: 'utility' };
  server.use(
    route.get(url('/schedules/c1'), () =>
      HttpResponse.json({ ...running, blocked_by: held ? 'hold' : null }),
    ),
    route.get(url('/schedules/c1/occurrences'), () => page([occurrence])),
    route.get(url('/occurrences/o1'), () =>
      HttpResponse.json({ ...occurrence, substitutes: [spare] }),
    ),
    route.post(url('/occurrences/o1/resume'), async ({ request }) => {
      asked.push(await request.json());
      held = false;
      return HttpResponse.json(occurrence);
    }),
  );
  open();
  expect(await screen.findByText(/Meta paused or rejected the template/)).toBeVisible();
  await userEvent.click(screen.getByLabelText('Another template'));
  await userEvent.click(await screen.findByText('notice_again'));
  await userEvent.click(screen.getByRole('button', { name: 'Go on with this template' }));
  await waitFor(() => expect(screen.queryByText(/Held until/)).not.toBeInTheDocument());
  expect(asked).toEqual([{ substitute_template_id: 't2' }]);
});

test('sending now names the people it goes to, before anything leaves', async () => {
  const planned = schedule({ status: 'scheduled', counts: counts() });
  let sent = 0;
  server.use(
    route.get(url('/schedules/c1'), () => HttpResponse.json(planned)),
    route.get(url('/groups'), () => page([group()])),
    route.post(url('/schedules/c1/send-now'), () => {
      sent += 1;
      return HttpResponse.json({ ...planned, status: 'sending' });
    }),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Send now' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/to 1,204 people, not Tue/)).toBeVisible();
  expect(sent).toBe(0);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send now to 1,204 people' }));
  await waitFor(() => expect(sent).toBe(1));
});

test('who may only look sees no button to change anything', async () => {
  server.use(route.get(url('/auth/me'), () => HttpResponse.json(viewer())));
  open();
  expect(await screen.findByText("8 people: 7 get it, 1 don't.")).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Cancel schedule' })).not.toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Pause' })).not.toBeInTheDocument();
  expect(screen.queryByRole('link', { name: 'Duplicate' })).not.toBeInTheDocument();
});

test('what waits for the daily limit says how many, until when and for how long', async () => {
  server.use(
    route.get(url('/senders'), () => page([sender({ messaging_limit: 2, messaging_used_24h: 2 })])),
    route.get(url('/schedules/c1'), () =>
      HttpResponse.json({
        ...running,
        blocked_by: 'daily_limit',
        waits_until: '2026-12-02T15:05:00Z',
      }),
    ),
  );
  open();
  expect(await screen.findByText("WhatsApp's daily limit is reached.")).toBeVisible();
  expect(screen.getByText(/3 people wait, and the next leave from .*09:05/)).toBeVisible();
  expect(screen.getByText(/All will have left in about 2 days/)).toBeVisible();
});

test('messages in doubt are sent again together, with a word on who may get it twice', async () => {
  let asked: unknown = null;
  const unsure = schedule({ counts: counts({ delivered: 4, unconfirmed: 3 }) });
  server.use(
    route.get(url('/schedules/c1'), () => HttpResponse.json(unsure)),
    route.post(url('/deliveries/resolve'), async ({ request }) => {
      asked = await request.json();
      return HttpResponse.json({ resolved: 2, too_early: 1, stopped: 0, remaining: 0 });
    }),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Send all again' }));
  const dialog = await screen.findByRole('dialog', { name: 'Send 3 messages again?' });
  expect(dialog).toHaveTextContent('3 people at most');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send again to 3 people' }));
  expect(await screen.findByText(/2 are sent again. 1 is too fresh/)).toBeVisible();
  expect(asked).toEqual({
    action: 'resend',
    confirm: true,
    filter: { status: ['unconfirmed'], schedule_id: 'c1' },
  });
});

test('a viewer sees that messages are in doubt, but not the ways on', async () => {
  const unsure = schedule({ counts: counts({ unconfirmed: 1 }) });
  server.use(
    route.get(url('/auth/me'), () => HttpResponse.json(viewer())),
    route.get(url('/schedules/c1'), () => HttpResponse.json(unsure)),
  );
  open();
  expect(await screen.findByText(/nobody knows whether it left/)).toBeVisible();
  expect(screen.queryByRole('button', { name: /again|failed/ })).not.toBeInTheDocument();
});
