import { queryOptions, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Member, Page } from '@/api/types';
import { useAccess, useCan } from '@/lib/access';
import { http } from '@/lib/http';

/** The people of the workspace; only its admins may ask. */
export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: async ({ signal }) =>
    (await http.get<Page<Member>>('/members', { params: { limit: 200 }, signal })).data.items,
});

/** Who stands behind an actor of the ledgers, such as `user:<id>`. */
export function useActorName(): (actor: string) => string {
  const { t } = useTranslation();
  const own = useAccess()?.user?.id;
  const members = useQuery({ ...membersQuery, enabled: useCan('admin') }).data ?? [];
  return (actor) => {
    const [kind, id] = actor.split(':');
    if (kind === 'rule') return t('actor.rule');
    if (kind !== 'user') return t('actor.key');
    if (id === own) return t('actor.you');
    const member = members.find((m) => m.id === id);
    return member ? member.name || member.email : t('actor.colleague');
  };
}
