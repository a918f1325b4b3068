import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';

import { PeopleImport } from '@/entities/recipient/PeopleImport';
import { HttpResponse, route, startApi, url } from '@/test/api';
import { renderApp } from '@/test/render';

let sent: unknown;
startApi(
  route.post(url('/recipients/bulk'), async ({ request }) => {
    sent = await request.json();
    return HttpResponse.json({
      created: 1,
      updated: 0,
      skipped: 0,
      errors: [{ index: 1, field: 'phone', code: 'invalid_phone', message: 'Not a phone number.' }],
      warnings: [],
    });
  }),
);

async function paste(): Promise<void> {
  const box = screen.getByLabelText('Or paste lines');
  await userEvent.click(box);
  await userEvent.paste('name,phone\nMarta,+525555550101\nPepe,12');
}

test('people are added with where they agreed, and each refused row is shown', async () => {
  renderApp(<PeopleImport groupIds={['g1']} />);
  await paste();
  await userEvent.click(screen.getByLabelText(/These people agreed/));
  expect(screen.getByRole('button', { name: 'Add 2 people' })).toBeDisabled();
  await userEvent.type(screen.getByLabelText('Where and when did they agree?'), 'Form, May');
  await userEvent.click(screen.getByRole('button', { name: 'Add 2 people' }));
  expect(await screen.findByText(/not a possible phone number/)).toBeVisible();
  expect(screen.getByRole('row', { name: /^3 This is not a possible .* Pepe, 12$/ })).toBeVisible();
  expect(sent).toEqual({
    items: [
      {
        name: 'Marta',
        phone: '+525555550101',
        consent: { marketing: 'opted_in', source: 'Form, May' },
      },
      { name: 'Pepe', phone: '12', consent: { marketing: 'opted_in', source: 'Form, May' } },
    ],
    group_ids: ['g1'],
    on_conflict: 'update',
  });
});
