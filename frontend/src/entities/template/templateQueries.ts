import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Page, Template } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['templates'] as const;

export const templateList = (filters: { q?: string; status?: string }) =>
  pagedList<Template>([...root, 'list'], '/templates', { ...filters });

export const templateChoices = queryOptions({
  queryKey: [...root, 'choices'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Template>>('/templates', { params: { limit: 200 }, signal })).data.items,
});

/** A few templates that Meta has put into this state. */
export const templatesWith = (status: string, limit = 5) =>
  queryOptions({
    queryKey: [...root, 'with', status, limit],
    queryFn: async ({ signal }) =>
      (await http.get<Page<Template>>('/templates', { params: { status, limit }, signal })).data
        .items,
  });

/** Asks for the list at Meta; the answer arrives a moment later. */
export function useSyncTemplates() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (senderId: string) => http.post('/templates/sync', { sender_id: senderId }),
    onSuccess: () => refresh(client, root),
  });
}

export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Template>(`/templates/${id}`, { signal })).data,
  });
