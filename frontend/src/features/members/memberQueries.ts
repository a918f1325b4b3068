import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Invitation, Member, NewInvitation, Page, Role } from '@/api/types';
import { http } from '@/lib/http';
import { membersQuery } from '@/lib/members';
import { refresh } from '@/lib/queryClient';

/** From all of it to looking only. */
export const ROLES = ['owner', 'admin', 'editor', 'approver', 'viewer'] as const;

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Invitation>>('/invitations', { params: { limit: 200 }, signal })).data
      .items,
});

/** Members and invitations change together: who loses a role loses the invitations they made. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    Promise.all([
      refresh(client, membersQuery.queryKey),
      refresh(client, invitationsQuery.queryKey),
      refresh(client, ['me']),
    ]);
}

export function useChangeRole() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) =>
      http.patch<Member>(
        `/members/${member.id}`,
        { role },
        { headers: { 'If-Match': `"${member.version}"` } },
      ),
    onSettled,
  });
}

export function useRemoveMember() {
  const onSettled = useRefresh();
  return useMutation({ mutationFn: (id: string) => http.delete(`/members/${id}`), onSettled });
}

/** The answer holds the link, this once. */
export function useInvite() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: async (whom: { email: string; role: Role }) =>
      (await http.post<NewInvitation>('/invitations', whom)).data,
    onSuccess,
  });
}

export function useWithdraw() {
  const onSettled = useRefresh();
  return useMutation({ mutationFn: (id: string) => http.delete(`/invitations/${id}`), onSettled });
}
