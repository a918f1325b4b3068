import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';

import { toProblem } from '@/lib/problem';
import { refusalText } from '@/lib/refusals';

/**
 * Put the API's field errors beside their fields. `fields` maps the API's name
 * to the form's; what has no field here is returned as the sentence to show.
 */
export function showFieldErrors<T extends FieldValues>(
  error: unknown,
  setError: UseFormSetError<T>,
  fields: Partial<Record<string, Path<T>>>,
): string | null {
  const problem = toProblem(error);
  const unplaced = problem.errors.filter((refused) => {
    const name = fields[refused.field];
    if (name === undefined) return true;
    setError(name, { message: refusalText(refused) });
    return false;
  });
  if (problem.errors.length === 0) return refusalText(problem);
  return unplaced.length === 0 ? null : unplaced.map(refusalText).join(' ');
}
