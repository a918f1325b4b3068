import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import type { Schedule } from '@/api/types';
import { HomePage } from '@/features/home/pages/HomePage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { counts, delivery, me, message, recipient, schedule, sender, viewer } from '@/test/things';

const HOUR = 3_600_000;
const running = schedule({ id: 'c1', name: 'Rye', counts: counts({ scheduled: 3, read: 5 }) });
const coming = schedule({
  id: 'c2',
  name: 'Tasting',
  status: 'scheduled',
  next_occurrence_at: new Date(Date.now() + HOUR).toISOString(),
});

/** The schedules of each state that Home asks for. */
let known: Schedule[] = [];
const server = startApi(
  route.get(url('/auth/me'), () => HttpResponse.json(me())),
  route.get(url('/senders'), () => page([sender()])),
  route.get(url('/messages'), () => page([message()])),
  route.get(url('/recipients'), () => page([recipient()])),
  route.get(url('/templates'), () => page([])),
  route.get(url('/deliveries'), () => page([])),
  route.get(url('/schedules'), ({ request }) => {
    const states = new URL(request.url).searchParams.getAll('status');
    return page(known.filter((s) => states.length === 0 || states.includes(s.status)));
  }),
);

const card = async (name: string) => within(await screen.findByRole('region', { name }));

test('what runs can be stopped from here, what comes says whose time it is', async () => {
  known = [running, coming];
  let paused = 0;
  server.use(
    route.post(url('/schedules/c1/pause'), () => {
      paused += 1;
      known = [{ ...running, status: 'paused' }, coming];
      return HttpResponse.json(known[0]);
    }),
  );
  renderApp(<HomePage />);
  const now = await card('Running now');
  expect(await now.findByText('8 people: 8 get it.')).toBeVisible();
  const next = await card('Next 24 hours');
  expect(await next.findByText(/Mexico City/)).toBeVisible();
  await userEvent.click(await now.findByRole('button', { name: 'Pause' }));
  expect(await now.findByRole('button', { name: 'Resume' })).toBeVisible();
  expect(paused).toBe(1);
});

test('what needs a person is gathered, doubts by their schedule', async () => {
  known = [{ ...running, blocked_by: 'hold' }];
  const doubt = (id: string) => delivery({ id, status: 'unconfirmed', schedule_id: 'c9' });
  server.use(
    route.get(url('/deliveries'), () => page([doubt('d1'), doubt('d2')])),
    route.get(url('/senders'), () => page([sender({ status: 'paused' })])),
  );
  renderApp(<HomePage />);
  const needs = await card('Needs you');
  expect(
    await needs.findByRole('link', { name: /Unclear whether 2 people got the message/ }),
  ).toHaveAttribute('href', '/schedules/c9?status=unconfirmed');
  expect(await needs.findByRole('link', { name: /Rye is held back/ })).toHaveAttribute(
    'href',
    '/schedules/c1',
  );
  expect(needs.getByRole('link', { name: /Main doesn't send/ })).toHaveAttribute(
    'href',
    '/senders/s1',
  );
});

test('a template that Meta stopped matters only if a message needs it', async () => {
  known = [];
  const stopped = { id: 't1', name: 'spring_offer', status: 'PAUSED' };
  const unused = { id: 't2', name: 'old_one', status: 'PAUSED' };
  server.use(
    route.get(url('/templates'), ({ request }) => {
      const status = new URL(request.url).searchParams.get('status');
      return page(status === 'paused' ? [stopped, unused] : []);
    }),
    route.get(url('/messages'), () =>
      page([message({ template: { template_id: 't1', parameters: {} } })]),
    ),
  );
  renderApp(<HomePage />);
  expect(await screen.findByText('Meta stopped the template spring_offer')).toBeVisible();
  expect(screen.queryByText(/old_one/)).not.toBeInTheDocument();
});

test('the steps of the set-up that are left over lead there', async () => {
  known = [];
  server.use(route.get(url('/recipients'), () => page([])));
  renderApp(<HomePage />);
  expect(await screen.findByRole('link', { name: /Add the first people/ })).toHaveAttribute(
    'href',
    '/setup/steps?step=people',
  );
  expect(screen.queryByRole('link', { name: /Connect your/ })).not.toBeInTheDocument();
});

test('one part that doesn’t answer leaves the others standing, and can be asked again', async () => {
  known = [coming];
  let broken = true;
  server.use(
    route.get(url('/schedules'), ({ request }) => {
      const states = new URL(request.url).searchParams.getAll('status');
      if (broken && states.includes('sending') && states.length === 2)
        return problem(422, 'invalid', { detail: 'No.' });
      return page(known.filter((s) => states.includes(s.status)));
    }),
  );
  renderApp(<HomePage />);
  const now = await card('Running now');
  expect(await now.findByRole('alert')).toHaveTextContent('No.');
  expect(await (await card('Next 24 hours')).findByText('Tasting')).toBeVisible();
  broken = false;
  await userEvent.click(now.getByRole('button', { name: 'Try again' }));
  expect(await now.findByText('Nothing is being sent.')).toBeVisible();
});

test('who may only look is offered nothing to do', async () => {
  known = [running];
  let asked = false;
  server.use(
    route.get(url('/auth/me'), () => {
      asked = true;
      return HttpResponse.json(viewer());
    }),
  );
  renderApp(<HomePage />);
  expect(await screen.findByText('Rye')).toBeVisible();
  await waitFor(() => expect(asked).toBe(true));
  expect(await screen.findByRole('heading', { name: 'Hello, Eva' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Pause' })).not.toBeInTheDocument();
  expect(screen.queryByRole('link', { name: 'New schedule' })).not.toBeInTheDocument();
});

test('a number of poor quality needs somebody, before Meta lowers its limit', async () => {
  server.use(route.get(url('/senders'), () => page([sender({ quality_rating: 'RED' })])));
  renderApp(<HomePage />);
  const row = await screen.findByRole('link', { name: /its quality is low/ });
  expect(row).toHaveAttribute('href', '/senders/s1');
});

test('what needs somebody is not taken for nothing when it can’t be read', async () => {
  server.use(route.get(url('/deliveries'), () => problem(422, 'invalid_cursor')));
  renderApp(<HomePage />);
  const card = await screen.findByRole('region', { name: 'Needs you' });
  expect(within(card).getByRole('button', { name: 'Try again' })).toBeVisible();
});
