import { describe, expect, test } from 'vitest';

import type { Group } from '@/api/types';
import {
  audienceOf,
  defaultTime,
  type Draft,
  groupOption,
  isPast,
  reachOf,
  toInput,
} from '@/features/schedules/draft';
import { group } from '@/test/things';

const readers = group();
const staff = group({ id: 'g2', name: 'Staff', size: 12 });
const person = { value: 'r:r1', label: 'Marta' };

const draft = (some: Partial<Draft> = {}): Draft => ({
  name: '',
  messageId: 'm1',
  senderId: 's1',
  people: [groupOption(readers, ''), person],
  exclude: [groupOption(staff, '')],
  when: 'once',
  at: '2026-12-01T09:00',
  zone: 'America/Mexico_City',
  whenUnconfirmed: 'hold',
  ...some,
});

describe('toInput', () => {
  test('sends the wall time and zone as chosen', () => {
    expect(toInput(draft(), 'Weekly offer')).toEqual({
      name: 'Weekly offer',
      message_id: 'm1',
      sender_id: 's1',
      audience: { group_ids: ['g1'], recipient_ids: ['r1'], exclude_group_ids: ['g2'] },
      timing: {
        kind: 'once',
        at: '2026-12-01T09:00',
        timezone: 'America/Mexico_City',
        zone_mode: 'fixed',
      },
      when_unconfirmed: 'hold',
    });
  });

  test('a name of its own wins over the message’s title', () => {
    expect(toInput(draft({ name: ' Mine ' }), 'Weekly offer')?.name).toBe('Mine');
  });

  test('is null while something is missing', () => {
    expect(toInput(draft({ people: [] }), 'x')).toBeNull();
    expect(toInput(draft({ messageId: null }), 'x')).toBeNull();
  });
});

describe('reachOf', () => {
  const reach = (some: Partial<Draft>, groups: Group[]) => reachOf(audienceOf(draft(some)), groups);

  test('is exact for one group, or for people alone', () => {
    expect(reach({ people: [groupOption(readers, '')], exclude: [] }, [readers])).toEqual({
      people: 1204,
      exact: true,
    });
    expect(reach({ people: [person] }, [readers])).toEqual({ people: 1, exact: true });
  });

  test('is an upper bound where people may be counted twice or left out', () => {
    const both = { people: [groupOption(readers, ''), groupOption(staff, '')], exclude: [] };
    expect(reach(both, [readers, staff])).toEqual({ people: 1216, exact: false });
    expect(reach({}, [readers, staff]).exact).toBe(false);
  });
});

test('the past is judged by the schedule’s clock, with a minute’s grace', () => {
  const now = new Date('2026-12-01T15:00:30.000Z');
  expect(isPast(draft(), now)).toBe(false);
  expect(isPast(draft(), new Date('2026-12-01T15:01:01.000Z'))).toBe(true);
  expect(isPast(draft({ zone: 'Europe/Madrid' }), now)).toBe(true);
  expect(isPast(draft({ when: 'now' }), now)).toBe(false);
});

test('the first time offered is a round one at least half an hour away', () => {
  const now = new Date('2026-11-24T10:01:00.000Z');
  expect(defaultTime(now, 'UTC')).toBe('2026-11-24T10:45');
});
