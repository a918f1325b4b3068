import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Workspace } from '@/api/types';
import { accessQuery } from '@/lib/access';
import { http } from '@/lib/http';
import { refresh } from '@/lib/queryClient';

/** The workspace's settings, which only its admins may read. */
export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: async ({ signal }) => (await http.get<Workspace>('/workspace', { signal })).data,
  staleTime: 60_000,
});

export type WorkspaceChange = Partial<
  Pick<Workspace, 'name' | 'timezone' | 'country' | 'service_window' | 'marketing_requires_opt_in'>
>;

export function useChangeWorkspace() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ change, version }: { change: WorkspaceChange; version: number }) =>
      (
        await http.patch<Workspace>('/workspace', change, {
          headers: { 'If-Match': `"${version}"` },
        })
      ).data,
    onSuccess: (workspace) => {
      client.setQueryData(workspaceQuery.queryKey, workspace);
      // Name and zone of the workspace are told there, too.
      return refresh(client, accessQuery.queryKey);
    },
  });
}
