import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import type { DeliveryDetail } from '@/api/types';
import { DeliveryProof } from '@/entities/delivery/DeliveryProof';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { delivery, me, viewer } from '@/test/things';

const MINUTE = 60_000;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

function unclear(attempted: string): DeliveryDetail {
  return {
    ...delivery({ id: 'd1', status: 'unconfirmed' }),
    rendered: 'Hello *Marta*',
    timeline: [
      { at: '2026-11-24T10:00:00.123Z', source: 'planner', event: 'planned', detail: {} },
      { at: attempted, source: 'dispatcher', event: 'attempted', detail: { attempt: 1 } },
      { at: attempted, source: 'dispatcher', event: 'unconfirmed', detail: { wamid: 'wamid.A' } },
    ],
  };
}

const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(me())),
  route.get(url('/members'), () => page([])),
  route.get(url('/deliveries/d1'), () => HttpResponse.json(unclear(ago(20 * MINUTE)))),
);

const open = () =>
  renderApp(<DeliveryProof id="d1" zone="America/Mexico_City" from="Aurora" />, '/deliveries/d1');

test('times are told to the millisecond on the schedule’s clock, attempts with WhatsApp’s id', async () => {
  open();
  const planned = (await screen.findByText('Planned')).closest('li');
  expect(planned).toHaveTextContent('04:00:00.123');
  const doubt = screen.getByText('Unclear whether WhatsApp has it').closest('li');
  expect(doubt).toHaveTextContent('wamid.A');
  expect(screen.getByText(/by the clock of America\/Mexico_City/)).toBeVisible();
  expect(screen.getByText('Marta', { selector: 'strong' })).toBeVisible();
});

test('sending again warns that it may arrive twice, then shows the new proof', async () => {
  let asked: unknown;
  server.use(
    route.post(url('/deliveries/d1/resolve'), async ({ request }) => {
      asked = await request.json();
      const proof = { ...unclear(ago(20 * MINUTE)), status: 'scheduled' };
      server.use(route.get(url('/deliveries/d1'), () => HttpResponse.json(proof)));
      return HttpResponse.json(proof);
    }),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Send again' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent('Marta Ruiz gets the message twice');
  expect(asked).toBeUndefined();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Send again to Marta Ruiz' }));
  expect(await screen.findByText('Scheduled')).toBeVisible();
  expect(asked).toEqual({ action: 'resend', confirm: true });
  await waitFor(() =>
    expect(screen.queryByRole('button', { name: 'Send again' })).not.toBeInTheDocument(),
  );
});

test('while WhatsApp may still report, sending again waits and says until when', async () => {
  server.use(route.get(url('/deliveries/d1'), () => HttpResponse.json(unclear(ago(5 * MINUTE)))));
  open();
  expect(await screen.findByRole('button', { name: 'Send again' })).toBeDisabled();
  expect(screen.getByText(/possible from .* Mexico City/)).toBeVisible();
  expect(screen.getByRole('button', { name: 'Mark as failed' })).toBeEnabled();
});

test('a refusal is shown where the decision was made', async () => {
  server.use(
    route.post(url('/deliveries/d1/resolve'), () =>
      problem(409, 'conflict', { detail: "A delivery that is read can't be marked as failed." }),
    ),
  );
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Mark as failed' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Mark as failed' }));
  expect(await within(dialog).findByRole('alert')).toHaveTextContent("can't be marked as failed");
});

test('who may only look gets the story without the decisions', async () => {
  let known = false;
  server.use(
    route.get(url('/auth/me'), () => {
      known = true;
      return HttpResponse.json(viewer());
    }),
  );
  open();
  expect(await screen.findByText('Unclear whether WhatsApp has it')).toBeVisible();
  await waitFor(() => expect(known).toBe(true));
  expect(screen.queryByRole('button', { name: 'Send again' })).not.toBeInTheDocument();
});

test('another workspace’s delivery is simply not there', async () => {
  server.use(route.get(url('/deliveries/d1'), () => problem(404, 'not_found')));
  open();
  expect(await screen.findByText('There is no such page')).toBeVisible();
});
