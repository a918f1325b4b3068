import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';

import { Splash } from '@/app/Splash';
import { setupQuery } from '@/entities/session/sessionQueries';
import { refreshSession } from '@/lib/http';
import { toProblem } from '@/lib/problem';
import { newQueryClient } from '@/lib/queryClient';
import { isElsewhere, isOver, signOut, useSession, useSessionWorkspace } from '@/lib/session';
import { Failed } from '@/ui/Feedback';

/** What was asked for in one workspace is known in that one alone; leaving it forgets all. */
function Workspace() {
  const [client] = useState(newQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Outlet />
    </QueryClientProvider>
  );
}

/** One session for all tabs: where one goes, or logs out, the others follow at once. */
function useOtherTabs(): void {
  useEffect(() => {
    const follow = (event: StorageEvent): void => {
      if (isOver(event)) signOut();
      // A failure shows at the next request, which refreshes as well.
      else if (isElsewhere(event)) refreshSession().catch(() => undefined);
    };
    window.addEventListener('storage', follow);
    return () => window.removeEventListener('storage', follow);
  }, []);
}

/** Lets people with a session in; sends others to log in, or to the first set-up. */
export function RequireSession() {
  const session = useSession();
  const workspace = useSessionWorkspace();
  const [silence, setSilence] = useState<unknown>(null);
  useOtherTabs();
  useEffect(() => {
    if (session !== 'unknown') return;
    refreshSession().catch((error: unknown) => {
      if (toProblem(error).status === 0) setSilence(error);
      else signOut();
    });
  }, [session]);
  if (session === 'in') return <Workspace key={workspace} />;
  if (silence !== null) {
    return <Failed error={silence} onRetry={() => window.location.reload()} />;
  }
  return session === 'unknown' ? <Splash /> : <WayIn />;
}

function WayIn() {
  const { pathname, search } = useLocation();
  const setup = useQuery(setupQuery);
  if (setup.isPending) return <Splash />;
  if (setup.data?.needed === true) return <Navigate to="/setup" replace />;
  const from = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={`/login${from}`} replace />;
}
