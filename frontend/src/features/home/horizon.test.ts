import { expect, test } from 'vitest';

import { inTheNextDay, total, weekAgo } from '@/features/home/horizon';
import { counts, schedule } from '@/test/things';

const NOW = Date.parse('2026-11-24T12:00:00.000Z');
const at = (id: string, next: string | null) => schedule({ id, next_occurrence_at: next });

test('what starts within 24 hours comes soonest first, the rest stands apart', () => {
  const { soon, later } = inTheNextDay(
    [
      at('tomorrow', '2026-11-25T11:59:59.000Z'),
      at('never', null),
      at('after', '2026-11-25T12:00:00.000Z'),
      at('soon', '2026-11-24T13:00:00.000Z'),
    ],
    NOW,
  );
  expect(soon.map((c) => c.schedule.id)).toEqual(['soon', 'tomorrow']);
  expect(later.map((c) => c.schedule.id)).toEqual(['after']);
});

test('totals sum every state, and are nothing for nothing', () => {
  const sum = total([
    schedule({ counts: counts({ read: 3, failed: 1 }) }),
    schedule({ counts: counts({ read: 2 }) }),
  ]);
  expect(sum).toEqual(counts({ read: 5, failed: 1 }));
  expect(total([])).toBeNull();
});

test('the week holds today and the six days before', () => {
  expect(weekAgo(NOW)).toBe('2026-11-18T00:00:00.000Z');
});
