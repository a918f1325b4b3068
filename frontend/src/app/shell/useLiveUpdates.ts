import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { followEvents } from '@/lib/live';

/** Which queries an event makes old. Progress comes often, so it is gathered first. */
const STALE: Record<string, readonly string[]> = {
  'schedule.updated': ['schedules', 'deliveries'],
  'occurrence.progress': ['schedules', 'deliveries'],
  'delivery.updated': ['deliveries', 'schedules'],
  'sender.updated': ['senders'],
  'import.progress': ['recipients', 'groups'],
  'inbound.message': ['recipients'],
};

const GATHER_MS = 800;

function gatherer(client: QueryClient) {
  const roots = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const everything = (): void => void client.invalidateQueries();
  const flush = (): void => {
    timer = undefined;
    for (const root of roots) void client.invalidateQueries({ queryKey: [root] });
    roots.clear();
  };
  return {
    add: (event: string): void => {
      // Something was missed while the stream was away: read all again.
      if (event === 'resync') everything();
      for (const root of STALE[event] ?? []) roots.add(root);
      if (roots.size > 0) timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: (): void => clearTimeout(timer),
  };
}

/** Keep what is on the screen fresh while a session lasts. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const leave = new AbortController();
    const gather = gatherer(client);
    void followEvents(({ event }) => gather.add(event), leave.signal);
    return () => {
      leave.abort();
      gather.stop();
    };
  }, [client]);
}
