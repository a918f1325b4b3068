import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';

import { renderApp } from '@/test/render';
import { type Option, Select } from '@/ui/Select';

const OPTIONS: Option[] = [
  { value: 'a', label: 'All customers', note: '200 people' },
  { value: 'b', label: 'Tasting club', note: '40 people' },
];

function Field() {
  const [chosen, setChosen] = useState<readonly Option[]>([]);
  return (
    <>
      <Select<true>
        isMulti
        label="Who"
        options={OPTIONS}
        closeMenuOnSelect={false}
        value={chosen}
        onChange={setChosen}
      />
      <button type="button">Next</button>
    </>
  );
}

test('Tab leaves an open list and adds nobody; what is chosen is removed by its name', async () => {
  renderApp(<Field />);
  const field = screen.getByRole('combobox', { name: 'Who' });
  await userEvent.type(field, 'All cust{Enter}');
  expect(screen.getByRole('button', { name: 'Remove All customers' })).toBeVisible();
  await userEvent.click(field);
  expect(screen.getByText('Tasting club')).toBeVisible();
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'Next' })).toHaveFocus();
  expect(screen.queryByText('Tasting club')).not.toBeInTheDocument();
});
