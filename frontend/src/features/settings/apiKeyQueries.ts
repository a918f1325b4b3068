import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { ApiKey, Page } from '@/api/types';
import { http } from '@/lib/http';

const root = ['api-keys'] as const;

const AREAS = [
  'messages',
  'templates',
  'recipients',
  'groups',
  'schedules',
  'deliveries',
  'conversations',
  'analytics',
  'senders',
  'webhooks',
] as const;

export const SCOPES: string[] = [...AREAS.flatMap((a) => [`${a}:read`, `${a}:write`]), 'admin'];

/** What a shop system needs: to plan, to send, and to learn what happened. */
export const USUAL_SCOPES = [
  'messages:write',
  'messages:read',
  'recipients:write',
  'recipients:read',
  'schedules:write',
  'schedules:read',
  'deliveries:read',
];

export const apiKeysQuery = queryOptions({
  queryKey: root,
  queryFn: async ({ signal }) =>
    (await http.get<Page<ApiKey>>('/api-keys', { params: { limit: 200 }, signal })).data.items,
});

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: { name: string; scopes: string[] }) =>
      (await http.post<ApiKey & { key: string }>('/api-keys', body)).data,
    onSuccess: () => client.invalidateQueries({ queryKey: root }),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => http.delete(`/api-keys/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: root }),
  });
}
