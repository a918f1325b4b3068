import { queryOptions, useQuery } from '@tanstack/react-query';

import type { Me } from '@/api/types';
import { http } from '@/lib/http';
import { myZone } from '@/lib/time';

/** Who is logged in, to which workspace, and what they may do there. */
export const accessQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => (await http.get<Me>('/auth/me', { signal })).data,
  staleTime: 300_000,
});

export const useAccess = (): Me | undefined => useQuery(accessQuery).data;

/**
 * Whether the person may do what needs this scope (`schedules:write`, `admin`).
 * No until it is known: a button that comes late is better than one that refuses.
 */
export function useCan(scope: string): boolean {
  return useAccess()?.scopes.includes(scope) ?? false;
}

/** The workspace's time zone; until it is known, the browser's. */
export const useZone = (): string => useAccess()?.workspace.timezone ?? myZone();
