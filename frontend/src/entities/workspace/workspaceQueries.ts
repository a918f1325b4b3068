import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import type { Workspace } from '@/api/types';
import { http } from '@/lib/http';
import { myZone } from '@/lib/time';

export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: async ({ signal }) => (await http.get<Workspace>('/workspace', { signal })).data,
  staleTime: 60_000,
});

export const useWorkspace = () => useQuery(workspaceQuery);

/** The workspace's time zone; until it is known, the browser's. */
export function useZone(): string {
  return useWorkspace().data?.timezone ?? myZone();
}

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
    onSuccess: (workspace) => client.setQueryData(workspaceQuery.queryKey, workspace),
  });
}
