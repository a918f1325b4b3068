import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { ApiKey, NewApiKey, Page } from '@/api/types';
import { expiryOf } from '@/features/settings/lifetimes';
import { http } from '@/lib/http';
import { refresh } from '@/lib/queryClient';

const root = ['api-keys'] as const;

/** What a key may see, change or send, area by area. */
export const AREAS = [
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

export type Area = (typeof AREAS)[number];

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

export interface KeyInput {
  name: string;
  scopes: string[];
  /** How long it may live; '' is for ever. */
  days: string;
}

/** The answer holds the key itself, this once. */
export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ days, ...key }: KeyInput) => {
      const body = { ...key, expires_at: expiryOf(days, Date.now()) };
      return (await http.post<NewApiKey>('/api-keys', body)).data;
    },
    onSuccess: () => refresh(client, root),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => http.delete(`/api-keys/${id}`),
    onSuccess: () => refresh(client, root),
  });
}
