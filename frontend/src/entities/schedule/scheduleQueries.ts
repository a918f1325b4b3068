import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Page, Schedule, ScheduleInput, ScheduleStatus } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['schedules'] as const;

export interface ScheduleFilters {
  q?: string;
  status?: readonly ScheduleStatus[];
  sender_id?: string;
  /** Bounds of the instant at which an occurrence is due, RFC 3339. */
  from?: string;
  to?: string;
}

export const scheduleList = (filters: ScheduleFilters) =>
  pagedList<Schedule>([...root, 'list'], '/schedules', { ...filters, sort: '-created_at' });

/** The newest schedules that match, and whether there are more. */
export const scheduleSample = (filters: ScheduleFilters, limit = 10) =>
  queryOptions({
    queryKey: [...root, 'sample', filters, limit],
    queryFn: async ({ signal }) =>
      (await http.get<Page<Schedule>>('/schedules', { params: { ...filters, limit }, signal }))
        .data,
  });

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Schedule>(`/schedules/${id}`, { signal })).data,
  });

function useRefresh() {
  const client = useQueryClient();
  return () => Promise.all([refresh(client, root), refresh(client, ['deliveries'])]);
}

export function useCreateSchedule() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: async (input: ScheduleInput) =>
      (await http.post<Schedule>('/schedules', input)).data,
    onSuccess,
  });
}

export type ScheduleMove = 'submit' | 'pause' | 'resume' | 'send-now' | 'cancel' | 'archive';

/** A move of the schedule's state. Its answer is shown at once, whoever was faster. */
export function useMoveSchedule(id: string) {
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async (move: ScheduleMove) =>
      (await http.post<Schedule>(`/schedules/${id}/${move}`)).data,
    onSuccess: (schedule) => client.setQueryData(scheduleQuery(id).queryKey, schedule),
    onSettled: refresh,
  });
}

export function useDeleteDraft(id: string) {
  const onSuccess = useRefresh();
  return useMutation({ mutationFn: () => http.delete(`/schedules/${id}`), onSuccess });
}
