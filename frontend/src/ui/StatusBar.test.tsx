import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import { counts } from '@/test/things';
import { filledStates, StatusBar, StatusLegend } from '@/ui/StatusBar';

const some = counts({ failed: 7, scheduled: 312, read: 258, skipped: 41 });

test('the parts come in the fixed order and sum to the audience', () => {
  const parts = filledStates(some);
  expect(parts.map(([state]) => state)).toEqual(['scheduled', 'read', 'skipped', 'failed']);
  expect(parts.reduce((sum, [, n]) => sum + n, 0)).toBe(some.audience);
});

test('the bar says its numbers to those who can’t see it', () => {
  render(<StatusBar counts={some} />);
  expect(screen.getByRole('img')).toHaveAccessibleName(
    'Scheduled 312, Read 258, Skipped 41, Failed 7',
  );
});

test('a state in the legend narrows to it, and a second press widens again', async () => {
  const onSelect = vi.fn();
  const { rerender } = render(<StatusLegend counts={some} selected={null} onSelect={onSelect} />);
  await userEvent.click(screen.getByRole('button', { name: /Failed/ }));
  expect(onSelect).toHaveBeenLastCalledWith('failed');
  rerender(<StatusLegend counts={some} selected="failed" onSelect={onSelect} />);
  await userEvent.click(screen.getByRole('button', { name: /Failed/, pressed: true }));
  expect(onSelect).toHaveBeenLastCalledWith(null);
});
