import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from 'react-router';

/** `n` starts a schedule, `/` goes to the page's search. Neither while typing. */
export function useShortcuts(): void {
  const navigate = useNavigate();
  useHotkeys([
    ['n', () => void navigate('/schedules/new')],
    ['/', () => document.querySelector<HTMLInputElement>('input[type="search"]')?.focus()],
  ]);
}
