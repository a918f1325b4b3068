import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Occurrence, Page } from '@/api/types';
import { http } from '@/lib/http';
import { refresh } from '@/lib/queryClient';

const root = ['occurrences'] as const;

/** The firing of a schedule that waits for a person, with what may stand in; null when none does. */
export const heldOccurrence = (scheduleId: string) =>
  queryOptions({
    queryKey: [...root, 'held', scheduleId],
    queryFn: async ({ signal }): Promise<Occurrence | null> => {
      const list = `/schedules/${scheduleId}/occurrences`;
      const { items } = (await http.get<Page<Occurrence>>(list, { signal })).data;
      const held = items.find(({ status }) => status === 'held');
      if (held?.id == null) return null;
      return (await http.get<Occurrence>(`/occurrences/${held.id}`, { signal })).data;
    },
  });

/** Let a held firing go on, with another template when one is given. */
export function useResumeHeld(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (substitute: string | null) =>
      http.post(`/occurrences/${id}/resume`, { substitute_template_id: substitute }),
    onSettled: () => Promise.all([refresh(client, root), refresh(client, ['schedules'])]),
  });
}
