import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Page, Session } from '@/api/types';
import { http } from '@/lib/http';
import { refresh } from '@/lib/queryClient';

/** Where one is logged in. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Session>>('/auth/sessions', { params: { limit: 200 }, signal })).data
      .items,
});

/** Ends one session, or with null all but this one. */
export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      http.delete(id === null ? '/auth/sessions' : `/auth/sessions/${id}`),
    onSettled: () => refresh(client, sessionsQuery.queryKey),
  });
}

export interface PasswordChange {
  current_password: string;
  new_password: string;
}

/** All other sessions end with it. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: PasswordChange) => http.post('/auth/password', change),
    onSuccess: () => refresh(client, sessionsQuery.queryKey),
  });
}
