import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Member } from '@/api/types';
import styles from '@/features/members/components/Members.module.css';
import { RoleSelect } from '@/features/members/components/RoleSelect';
import { useChangeRole, useRemoveMember } from '@/features/members/memberQueries';
import { useAccess, useCan } from '@/lib/access';
import { membersQuery } from '@/lib/members';
import { Answered } from '@/ui/Answered';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Failed } from '@/ui/Feedback';

function Row({ member }: { member: Member }) {
  const { t } = useTranslation();
  const own = useAccess()?.user?.id === member.id;
  const mayChangeOwners = useCan('owners:write');
  const change = useChangeRole();
  const remove = useRemoveMember();
  const fixed = member.role === 'owner' && !mayChangeOwners;
  const name = member.name || member.email;
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <strong>{name}</strong>
        {own && ` (${t('actor.you')})`}
        <div className={styles.sub}>{member.email}</div>
      </div>
      <div className={styles.role}>
        <RoleSelect
          label={t('team.roleOf', { name })}
          hiddenLabel
          value={member.role}
          disabled={fixed || change.isPending}
          onChange={(role) => change.mutate({ member, role })}
        />
      </div>
      <ConfirmButton
        danger
        size="xs"
        disabled={fixed}
        title={own ? t('team.leaveTitle') : t('team.removeTitle', { name })}
        body={own ? t('team.leaveText') : t('team.removeText', { name })}
        confirm={own ? t('team.leave') : t('team.remove')}
        action={() => remove.mutateAsync(member.id)}
      >
        {own ? t('team.leave') : t('team.remove')}
      </ConfirmButton>
      {change.isError && (
        <div className={styles.refusal}>
          <Failed error={change.error} />
        </div>
      )}
    </li>
  );
}

/** Who belongs to the workspace, in which role. */
export function MemberList() {
  const query = useQuery(membersQuery);
  return (
    <Answered query={query} lines={3}>
      {(members) => (
        <ul className={styles.list}>
          {members.map((member) => (
            <Row key={member.id} member={member} />
          ))}
        </ul>
      )}
    </Answered>
  );
}
