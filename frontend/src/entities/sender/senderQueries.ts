import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Page, Sender } from '@/api/types';
import { http } from '@/lib/http';
import { refresh } from '@/lib/queryClient';

const root = ['senders'] as const;

/** A workspace has few numbers: one page holds them all. */
export const sendersQuery = queryOptions({
  queryKey: root,
  queryFn: async ({ signal }) =>
    (await http.get<Page<Sender>>('/senders', { params: { limit: 200 }, signal })).data.items,
});

export const senderQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Sender>(`/senders/${id}`, { signal })).data,
  });

export interface NewSender {
  name: string;
  phone_number_id: string;
  waba_id: string;
  access_token: string;
  app_secret?: string;
}

export function useAddSender() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (sender: NewSender) => (await http.post<Sender>('/senders', sender)).data,
    onSuccess: () => refresh(client, root),
  });
}

export function useCheckSender() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => (await http.post<Sender>(`/senders/${id}/check`)).data,
    onSettled: () => refresh(client, root),
  });
}

/** What the team calls it: two numbers may share one verified name. */
export const senderName = (sender: Sender): string =>
  sender.name || (sender.verified_name ?? sender.phone_number_id);

/** What the recipient sees above the chat. */
export const businessName = (sender: Sender): string => sender.verified_name ?? senderName(sender);

export interface SenderChange {
  name: string;
  throughput_mps: number;
  access_token?: string;
}

export function useChangeSender(sender: Sender) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: SenderChange) =>
      http.patch<Sender>(`/senders/${sender.id}`, change, {
        headers: { 'If-Match': `"${sender.version}"` },
      }),
    onSuccess: () => refresh(client, root),
  });
}

/** Pause stops sending at once; resume goes on with what waits. */
export function useStopSender(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: 'pause' | 'resume') => http.post<Sender>(`/senders/${id}/${action}`),
    onSettled: () => refresh(client, root),
  });
}
