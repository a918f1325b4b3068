import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';

import { Splash } from '@/app/Splash';
import { setupQuery } from '@/entities/session/sessionQueries';
import { refreshSession } from '@/lib/http';
import { toProblem } from '@/lib/problem';
import { signOut, useSession } from '@/lib/session';
import { Failed } from '@/ui/Feedback';

/** Lets people with a session in; sends others to log in, or to the first set-up. */
export function RequireSession() {
  const session = useSession();
  const [silence, setSilence] = useState<unknown>(null);
  useEffect(() => {
    if (session !== 'unknown') return;
    refreshSession().catch((error: unknown) => {
      if (toProblem(error).status === 0) setSilence(error);
      else signOut();
    });
  }, [session]);
  if (session === 'in') return <Outlet />;
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
