import { QueryClient } from '@tanstack/react-query';

import { toProblem } from '@/lib/problem';

/** A refusal stays a refusal; only silence and 5xx are worth asking again. */
function retry(count: number, error: unknown): boolean {
  const { status } = toProblem(error);
  return count < 2 && (status === 0 || status >= 500);
}

export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: { retry, staleTime: 10_000 },
      // Without a network it fails at once: kept until later, a click would act on its own.
      mutations: { networkMode: 'always' },
    },
  });

export const queryClient = newQueryClient();

/**
 * Ask anew for all queries under a key, after something was changed.
 * A first answer still under way was perhaps read before the change, and an invalidated query
 * would wait for that one and take it for new: it is dropped.
 */
export async function refresh(client: QueryClient, queryKey: readonly unknown[]): Promise<void> {
  await client.cancelQueries({ queryKey });
  await client.invalidateQueries({ queryKey });
}
