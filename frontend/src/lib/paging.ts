import { infiniteQueryOptions, type QueryKey } from '@tanstack/react-query';

import type { Page } from '@/api/types';
import { http } from '@/lib/http';

export type Filters = Record<
  string,
  string | number | boolean | readonly string[] | null | undefined
>;

/** A keyset list: pages are appended, so rows that are read don't move. */
export function pagedList<T>(key: QueryKey, url: string, filters: Filters = {}) {
  return infiniteQueryOptions({
    queryKey: [...key, filters],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const params = { ...filters, cursor: pageParam ?? undefined };
      return (await http.get<Page<T>>(url, { params, signal })).data;
    },
    getNextPageParam: (last) => last.next_cursor,
  });
}
