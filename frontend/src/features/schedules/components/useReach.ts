import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Schedule } from '@/api/types';
import { groupChoices } from '@/entities/group/groupQueries';
import { reachOf } from '@/features/schedules/draft';
import { useNumber } from '@/lib/i18n';

/** "1,204 people": counted once the schedule has begun, before that by its groups' sizes. */
export function useReach(schedule: Schedule): string {
  const { t } = useTranslation();
  const number = useNumber();
  const groups = useQuery(groupChoices).data ?? [];
  const { audience } = schedule.counts;
  const { people, exact } =
    audience > 0 ? { people: audience, exact: true } : reachOf(schedule.audience, groups);
  return t(exact ? 'count.people' : 'count.upToPeople', { count: people, n: number(people) });
}
