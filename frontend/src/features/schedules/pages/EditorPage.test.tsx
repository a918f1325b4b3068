import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { EditorPage } from '@/features/schedules/pages/EditorPage';
import { HttpResponse, page, problem, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';
import { group, me, message, recipient, schedule, sender } from '@/test/things';

const server = startApi(
  route.get(url('/auth/me'), () =>
    HttpResponse.json(me({ workspace: { ...me().workspace, timezone: 'America/Mexico_City' } })),
  ),
  route.get(url('/senders'), () => page([sender()])),
  route.get(url('/messages'), () => page([message()])),
  route.get(url('/messages/m1'), () => HttpResponse.json(message())),
  route.post(url('/messages/m1/preview'), () =>
    HttpResponse.json({ rendered: 'Hello Marta Ruiz', payload: {}, missing: [] }),
  ),
  route.get(url('/groups'), () => page([group()])),
  route.get(url('/recipients'), () => page([recipient()])),
);

async function chooseReaders(): Promise<void> {
  await userEvent.click(screen.getByLabelText('Groups and people'));
  await userEvent.click(await screen.findByText('Readers'));
}

test('the button says whom and when, and sends exactly that', async () => {
  let sent: unknown;
  server.use(
    route.post(url('/schedules'), async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json(schedule(), { status: 201 });
    }),
  );
  renderApp(<EditorPage />, '/schedules/new?message=m1');
  expect(await screen.findByText('Hello Marta Ruiz')).toBeVisible();
  await chooseReaders();
  const button = await screen.findByRole('button', {
    name: /^Schedule for 1,204 people, .* Mexico City$/,
  });
  await userEvent.click(button);
  await waitFor(() => expect(screen.getByTestId('address')).toHaveTextContent('/schedules/c1'));
  expect(sent).toMatchObject({
    name: 'Weekly offer',
    message_id: 'm1',
    sender_id: 's1',
    audience: { group_ids: ['g1'], recipient_ids: [], exclude_group_ids: [] },
    timing: { kind: 'once', timezone: 'America/Mexico_City', zone_mode: 'fixed' },
  });
});

test('nothing is sent while people are missing, and the field says so', async () => {
  renderApp(<EditorPage />, '/schedules/new?message=m1');
  await screen.findByText('Hello Marta Ruiz');
  await userEvent.click(screen.getByRole('button', { name: 'Schedule' }));
  expect(await screen.findByText('Choose at least one group or person.')).toBeVisible();
});

test('a refusal stands beside its field', async () => {
  server.use(
    route.post(url('/schedules'), () =>
      problem(422, 'validation_failed', {
        errors: [{ field: 'timing.at', code: 'in_past', message: 'That time has passed.' }],
      }),
    ),
  );
  renderApp(<EditorPage />, '/schedules/new?message=m1');
  await screen.findByText('Hello Marta Ruiz');
  await chooseReaders();
  await userEvent.click(await screen.findByRole('button', { name: /^Schedule for/ }));
  const said = 'This moment has passed.';
  await waitFor(() => expect(screen.getByLabelText('Day')).toHaveAccessibleDescription(said));
});

test('a copy starts with the same message and people, at a time that has not passed', async () => {
  const old = schedule({
    name: 'Spring',
    audience: { group_ids: ['g1'], recipient_ids: ['r1'], exclude_group_ids: [] },
    timing: { kind: 'once', at: '2020-03-01T09:00', timezone: 'Europe/Madrid' },
  });
  server.use(
    route.get(url('/schedules/c1'), () => HttpResponse.json(old)),
    route.get(url('/recipients/r1'), () => HttpResponse.json(recipient())),
  );
  renderApp(<EditorPage />, '/schedules/new?from=c1');
  expect(await screen.findByDisplayValue('Spring')).toBeVisible();
  expect(await screen.findByText('Readers')).toBeVisible();
  expect(screen.getByText('Marta Ruiz')).toBeVisible();
  const button = await screen.findByRole('button', { name: /^Schedule for .* Madrid$/ });
  expect(button).toHaveAccessibleName(/up to 1,205 people/);
});
