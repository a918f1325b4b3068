import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Delivery, DeliveryDetail, DeliveryStatus, Page, ResolutionSums } from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['deliveries'] as const;

export interface DeliveryFilters {
  schedule_id?: string;
  recipient_id?: string;
  status?: string;
  reason?: string;
}

export const deliveryList = (filters: DeliveryFilters) =>
  pagedList<Delivery>([...root, 'list'], '/deliveries', { ...filters });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) =>
      (await http.get<DeliveryDetail>(`/deliveries/${id}`, { signal })).data,
  });

/** One page of the people in a state, to learn the reasons from. */
export const deliverySample = (scheduleId: string, status: DeliveryStatus) =>
  queryOptions({
    queryKey: [...root, 'sample', scheduleId, status],
    queryFn: async ({ signal }) => {
      const params = { schedule_id: scheduleId, status, limit: 200 };
      return (await http.get<Page<Delivery>>('/deliveries', { params, signal })).data;
    },
  });

export const deliveriesWith = (status: DeliveryStatus, limit = 5) =>
  queryOptions({
    queryKey: [...root, 'with', status, limit],
    queryFn: async ({ signal }) =>
      (await http.get<Page<Delivery>>('/deliveries', { params: { status, limit }, signal })).data,
  });

export type { ResolutionSums };

export type Resolution = 'resend' | 'mark_failed';

/** A person's decision about a message in doubt or a failed one; its answer is the new proof. */
export function useResolveDelivery(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: Resolution) =>
      (await http.post<DeliveryDetail>(`/deliveries/${id}/resolve`, { action, confirm: true }))
        .data,
    onSuccess: (proof) => client.setQueryData(deliveryQuery(id).queryKey, proof),
    onSettled: () => Promise.all([refresh(client, root), refresh(client, ['schedules'])]),
  });
}

/** The same decision for all of a schedule that are in doubt; at most 10,000 by one call. */
export function useResolveAll(scheduleId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (action: Resolution) => {
      const filter = { status: ['unconfirmed'], schedule_id: scheduleId };
      const body = { action, confirm: true, filter };
      return (await http.post<ResolutionSums>('/deliveries/resolve', body)).data;
    },
    onSettled: () => Promise.all([refresh(client, root), refresh(client, ['schedules'])]),
  });
}
