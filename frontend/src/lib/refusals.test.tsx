import { render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { changeLanguage } from '@/lib/i18n';
import { ApiProblem } from '@/lib/problem';
import { refusalText } from '@/lib/refusals';
import { Failed } from '@/ui/Feedback';
import { UiProvider } from '@/ui/Provider';

afterEach(() => changeLanguage('en'));

const show = (error: ApiProblem) =>
  render(
    <UiProvider motion={false}>
      <Failed error={error} />
    </UiProvider>,
  );

test('a refusal is told in Spanish by its code', async () => {
  await changeLanguage('es');
  show(new ApiProblem(412, 'stale_version', 'The version is 4.'));
  expect(screen.getByRole('alert')).toHaveTextContent('Alguien lo cambió mientras tanto');
});

test('the one field that was wrong tells more than the answer', () => {
  const errors = [{ field: 'timing.at', code: 'in_past', message: 'is past' }];
  show(new ApiProblem(422, 'in_past', 'timing.at: is past', { errors }));
  expect(screen.getByRole('alert')).toHaveTextContent('This moment has passed.');
});

test('what only an owner may do is not told as a matter of roles in general', () => {
  show(new ApiProblem(403, 'owner_needed', 'no'));
  expect(screen.getByRole('alert')).toHaveTextContent('Only an owner');
});

test('a code without words keeps those of the server, and Meta is quoted', () => {
  expect(refusalText({ code: 'brand_new', message: 'It is new.' })).toBe('It is new.');
  expect(refusalText({ code: 'token_invalid', message: 'Error 190' })).toMatch(/\(Error 190\)$/);
});
