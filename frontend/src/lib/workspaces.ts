import { useMutation } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';

import type { AccessToken, Me } from '@/api/types';
import { useAccess } from '@/lib/access';
import { http } from '@/lib/http';
import { signIn } from '@/lib/session';

/** Part of the dashboard that every workspace has: pages of one object and filters stay behind. */
export function commonPlace(pathname: string): string {
  if (pathname.startsWith('/settings')) return pathname;
  const [, section = ''] = pathname.split('/');
  return section === 'deliveries' ? '/schedules' : `/${section}`;
}

/** The caller's other workspaces; none while unknown. */
export function useOtherWorkspaces(): Me['workspaces'] {
  const me = useAccess();
  return me?.workspaces.filter(({ id }) => id !== me.workspace.id) ?? [];
}

/**
 * Go on in another workspace. The new token makes everything of the one before go: pages,
 * caches, the live stream. `stay` keeps the address, for a link into the other workspace.
 */
export function useSwitchWorkspace({ stay = false } = {}) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (id: string) => {
      // Before: the object on the page is not to be asked for over there.
      if (!stay) await navigate(commonPlace(pathname));
      return (await http.post<AccessToken>('/auth/switch', { workspace_id: id })).data;
    },
    onSuccess: (token) => signIn(token.access_token),
  });
}
