import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type {
  Category,
  Delivery,
  Message,
  MessagePreview,
  Page,
  TemplateParameters,
} from '@/api/types';
import { http } from '@/lib/http';
import { pagedList } from '@/lib/paging';
import { refresh } from '@/lib/queryClient';

const root = ['messages'] as const;

export const messageList = (filters: { q?: string; kind?: string }) =>
  pagedList<Message>([...root, 'list'], '/messages', { ...filters, archived: false });

export const messageChoices = queryOptions({
  queryKey: [...root, 'choices'],
  queryFn: async ({ signal }) =>
    (
      await http.get<Page<Message>>('/messages', {
        params: { limit: 200, archived: false },
        signal,
      })
    ).data.items,
});

/** Whether there is any message at all. */
export const messageSample = queryOptions({
  queryKey: [...root, 'sample'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Message>>('/messages', { params: { limit: 1 }, signal })).data.items,
});

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: [...root, 'one', id],
    queryFn: async ({ signal }) => (await http.get<Message>(`/messages/${id}`, { signal })).data,
  });

/** The message as one person would get it, and the variables it misses for them. */
export const messagePreview = (id: string, recipientId: string | null) =>
  queryOptions({
    queryKey: [...root, 'preview', id, recipientId],
    queryFn: async ({ signal }) =>
      (
        await http.post<MessagePreview>(
          `/messages/${id}/preview`,
          recipientId === null ? {} : { recipient_id: recipientId },
          { signal },
        )
      ).data,
  });

export interface MessageInput {
  title: string;
  kind: 'text' | 'template';
  /** Left out for a template, which brings its own. */
  category?: Category;
  content?: string;
  preview_url?: boolean;
  template?: { template_id: string; parameters: TemplateParameters };
}

export function useSaveMessage(existing?: Message) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (input: MessageInput) => {
      if (existing === undefined) return (await http.post<Message>('/messages', input)).data;
      const change: Partial<MessageInput> = { ...input };
      delete change.kind; // a message keeps its kind
      const headers = { 'If-Match': `"${existing.version}"` };
      return (await http.patch<Message>(`/messages/${existing.id}`, change, { headers })).data;
    },
    onSuccess: () => refresh(client, root),
  });
}

export function useTestSend() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...body }: { id: string; sender_id: string; to: string }) =>
      (await http.post<Delivery>(`/messages/${id}/test`, body)).data,
    onSuccess: () => refresh(client, ['deliveries']),
  });
}

export function useArchiveMessage(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => http.patch(`/messages/${id}`, { archived: true }),
    onSuccess: () => refresh(client, root),
  });
}
