import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { BulkResult, MarketingConsent, Page, Recipient, RecipientInput } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['recipients'] as const;

export interface RecipientFilters {
  q?: string;
  consent?: string;
  group_id?: string;
}

export const recipientList = (filters: RecipientFilters) =>
  pagedList<Recipient>([...root, 'list'], '/recipients', { ...filters });

export const recipientQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) =>
      (await http.get<Recipient>(`/recipients/${id}`, { signal })).data,
  });

/** A few people that match, for pickers and previews. */
export const recipientSample = (filters: RecipientFilters, limit = 20) =>
  queryOptions({
    queryKey: [...root, 'sample', filters, limit],
    queryFn: async ({ signal }) =>
      (await http.get<Page<Recipient>>('/recipients', { params: { ...filters, limit }, signal }))
        .data.items,
  });

/** A name may be empty; then the number stands for the person. */
export const recipientName = (r: { name: string; phone: string | null }): string =>
  r.name || (r.phone ?? '–');

function useRefreshRecipients() {
  const client = useQueryClient();
  return () => Promise.all([refresh(client, root), refresh(client, ['groups'])]);
}

export function useAddRecipient() {
  const refresh = useRefreshRecipients();
  return useMutation({
    mutationFn: async (input: RecipientInput) =>
      (await http.post<Recipient>('/recipients', input)).data,
    onSuccess: refresh,
  });
}

export function useBulkRecipients() {
  const refresh = useRefreshRecipients();
  return useMutation({
    mutationFn: async (body: { items: RecipientInput[]; group_ids?: string[] }) =>
      (await http.post<BulkResult>('/recipients/bulk', { ...body, on_conflict: 'update' })).data,
    onSuccess: refresh,
  });
}

export interface ConsentChange {
  marketing?: MarketingConsent;
  all?: 'allowed' | 'opted_out';
  source: string;
  evidence?: string;
}

export function useChangeConsent(id: string) {
  const refresh = useRefreshRecipients();
  return useMutation({
    mutationFn: (change: ConsentChange) => http.post(`/recipients/${id}/consent`, change),
    onSuccess: refresh,
  });
}

export function useEraseRecipient() {
  const refresh = useRefreshRecipients();
  return useMutation({
    mutationFn: (id: string) => http.delete(`/recipients/${id}`),
    onSuccess: refresh,
  });
}
