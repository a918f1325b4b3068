import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';

import { toProblem } from '@/lib/problem';

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
  const unplaced = problem.errors.filter(({ field, message }) => {
    const name = fields[field];
    if (name === undefined) return true;
    setError(name, { message });
    return false;
  });
  if (problem.errors.length === 0) return problem.message;
  return unplaced.length === 0 ? null : unplaced.map((e) => e.message).join(' ');
}
