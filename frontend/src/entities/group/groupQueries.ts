import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Group, Page, Recipient } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['groups'] as const;

export const groupList = (filters: { q?: string } = {}) =>
  pagedList<Group>([...root, 'list'], '/groups', filters);

/** The groups to choose from; more than 200 are found by typing. */
export const groupChoices = queryOptions({
  queryKey: [...root, 'choices'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Group>>('/groups', { params: { limit: 200 }, signal })).data.items,
});

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Group>(`/groups/${id}`, { signal })).data,
  });

export const groupMembers = (id: string) =>
  pagedList<Recipient>([...root, 'members', id], `/groups/${id}/members`);

export function useCreateGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (group: { name: string; description?: string }) =>
      (await http.post<Group>('/groups', { ...group, kind: 'static' })).data,
    onSuccess: () => refresh(client, root),
  });
}

export function useChangeMembers(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { add?: string[]; remove?: string[] }) =>
      http.post(`/groups/${id}/members`, { add: [], remove: [], ...change }),
    onSuccess: () => Promise.all([refresh(client, root), refresh(client, ['recipients'])]),
  });
}

export function useDeleteGroup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => http.delete(`/groups/${id}`),
    onSuccess: () => refresh(client, root),
  });
}
