import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { Group, Recipient, Schedule } from '@/api/types';
import { groupChoices } from '@/entities/group/groupQueries';
import { recipientQuery } from '@/entities/recipient/recipientQueries';
import { scheduleQuery } from '@/entities/schedule/scheduleQueries';
import { plannedInstant, zoneOf } from '@/entities/schedule/wording';
import { useZone } from '@/lib/access';
import {
  defaultTime,
  type Draft,
  groupOption,
  isPast,
  personOption,
} from '@/features/schedules/draft';
import { instantToWall } from '@/lib/wall';

/** Single people are looked up one by one, so that erased ones are left out. */
const MOST_PEOPLE = 60;

/** A new draft like a schedule; a time that has passed is replaced by a near one. */
export function copyOf(
  schedule: Schedule,
  groups: Group[],
  people: Recipient[],
  workspaceZone: string,
  now: Date,
): Draft {
  const { audience, timing } = schedule;
  const zone = zoneOf(schedule, workspaceZone);
  const options = (ids: string[]) =>
    groups.filter((g) => ids.includes(g.id)).map((g) => groupOption(g, ''));
  const when = timing.kind === 'now' ? ('now' as const) : ('once' as const);
  const at = instantToWall(plannedInstant(schedule, workspaceZone), zone);
  const passed = when === 'now' || isPast({ when, at, zone }, now);
  return {
    name: schedule.name,
    messageId: schedule.message_id,
    senderId: schedule.sender_id,
    people: [...options(audience.group_ids), ...people.map(personOption)],
    exclude: options(audience.exclude_group_ids),
    when,
    at: passed ? defaultTime(now, zone) : at,
    zone,
    whenUnconfirmed: schedule.when_unconfirmed === 'resend' ? 'resend' : 'hold',
  };
}

/** The schedule `id` as a new draft; asks for nothing while it is null. */
export function useCopy(id: string | null) {
  const client = useQueryClient();
  const zone = useZone();
  return useQuery({
    queryKey: ['schedules', 'copy', id],
    enabled: id !== null,
    // A draft under a person's hands must not be read again.
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async () => {
      const schedule = await client.query(scheduleQuery(id ?? ''));
      const groups = await client.query(groupChoices);
      const asked = schedule.audience.recipient_ids.slice(0, MOST_PEOPLE);
      const found = await Promise.allSettled(asked.map((one) => client.query(recipientQuery(one))));
      const people = found.flatMap((f) => (f.status === 'fulfilled' ? [f.value] : []));
      return copyOf(schedule, groups, people, zone, new Date());
    },
  });
}
