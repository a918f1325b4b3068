import { useQuery } from '@tanstack/react-query';

import type { Forecast, Group, ScheduleInput } from '@/api/types';
import { groupChoices } from '@/entities/group/groupQueries';
import { forecastQuery } from '@/entities/schedule/scheduleQueries';
import { atMost, audienceOf, type Draft } from '@/features/schedules/draft';

export interface Reach {
  /** People in the audience. */
  people: number;
  /** False when groups may share people and only the upper bound is known. */
  exact: boolean;
  forecast: Forecast | null;
}

const NOBODY: ScheduleInput = {
  message_id: '',
  sender_id: '',
  audience: { group_ids: [], recipient_ids: [], exclude_group_ids: [] },
  timing: { kind: 'now' },
};

const NO_GROUPS: Group[] = [];

/** How many people the draft reaches: the server's forecast, or until it speaks, the sum of the groups. */
export function useReach(draft: Draft, input: ScheduleInput | null): Reach {
  const groups = useQuery(groupChoices).data ?? NO_GROUPS;
  const forecast = useQuery({
    ...forecastQuery(input ?? NOBODY),
    enabled: input !== null,
    retry: false,
  });
  if (input !== null && forecast.data) {
    return { people: forecast.data.audience, exact: true, forecast: forecast.data };
  }
  const { group_ids: chosen, exclude_group_ids: without } = audienceOf(draft);
  const overlaps = chosen.length > 1 || without.length > 0 || draft.people.length > chosen.length;
  const exact = !(chosen.length > 0 && overlaps);
  return { people: atMost(draft, groups), exact, forecast: null };
}
