import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { AccessToken } from '@/api/types';
import { http } from '@/lib/http';
import { signIn, signOut } from '@/lib/session';

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: async ({ signal }) => (await http.get<{ needed: boolean }>('/setup', { signal })).data,
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
  return useMutation({
    mutationFn: () => http.post('/auth/logout'),
    onSettled: signOut,
  });
}

export interface NewOwner {
  workspace_name: string;
  name: string;
  email: string;
  password: string;
  timezone: string;
  country: string;
  locale: string;
  setup_token?: string;
}

/** Makes the first owner and logs them in. */
export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (owner: NewOwner) => (await http.post<AccessToken>('/setup', owner)).data,
    onSuccess: (token) => {
      client.setQueryData(setupQuery.queryKey, { needed: false });
      signIn(token.access_token);
    },
  });
}
