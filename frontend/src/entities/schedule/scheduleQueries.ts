import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Page, Schedule, ScheduleInput } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';

const root = ['schedules'] as const;

export const scheduleList = (filters: { q?: string; status?: string }) =>
  pagedList<Schedule>([...root, 'list'], '/schedules', { ...filters, sort: '-created_at' });

export const schedulesWith = (status: string, limit = 10) =>
  queryOptions({
    queryKey: [...root, 'with', status, limit],
    queryFn: async ({ signal }) =>
      (
        await http.get<Page<Schedule>>('/schedules', {
          params: { status: status || undefined, limit },
          signal,
        })
      ).data.items,
  });

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Schedule>(`/schedules/${id}`, { signal })).data,
  });

export function useCreateSchedule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: ScheduleInput) =>
      (await http.post<Schedule>('/schedules', input)).data,
    onSuccess: () => client.invalidateQueries({ queryKey: root }),
  });
}

export function useCancelSchedule(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => (await http.post<Schedule>(`/schedules/${id}/cancel`)).data,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: root }),
        client.invalidateQueries({ queryKey: ['deliveries'] }),
      ]),
  });
}
