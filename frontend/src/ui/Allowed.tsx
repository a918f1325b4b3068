import type { ReactNode } from 'react';

import { useAccess } from '@/lib/access';
import { Forbidden } from '@/ui/Answered';
import { Loading } from '@/ui/Feedback';

/** A page's content for who may do what needs this scope; others are told that it isn't theirs. */
export function Allowed({ scope, children }: { scope: string; children: ReactNode }) {
  const access = useAccess();
  if (access === undefined) return <Loading />;
  return access.scopes.includes(scope) ? children : <Forbidden />;
}
