import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { AccessToken, Me } from '@/api/types';
import { http } from '@/lib/http';
import { signIn, signOut } from '@/lib/session';

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: async ({ signal }) => (await http.get<{ needed: boolean }>('/setup', { signal })).data,
});

/** `GET /auth/me` answers the person, alone or beside the workspace. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const { data } = await http.get<Me | { user: Me }>('/auth/me', { signal });
    return 'user' in data ? data.user : data;
  },
  staleTime: 300_000,
});

export interface Credentials {
  email: string;
  password: string;
  totp_code?: string;
}

export function useLogIn() {
  return useMutation({
    mutationFn: async (credentials: Credentials) =>
      (await http.post<AccessToken>('/auth/login', credentials)).data,
    onSuccess: (token) => signIn(token.access_token),
  });
}

export function useLogOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => http.post('/auth/logout'),
    onSettled: () => {
      client.clear();
      signOut();
    },
  });
}
