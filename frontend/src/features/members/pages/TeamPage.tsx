import { useTranslation } from 'react-i18next';

import { InvitationList } from '@/features/members/components/InvitationList';
import { Invite } from '@/features/members/components/Invite';
import { MemberList } from '@/features/members/components/MemberList';
import styles from '@/features/members/components/Members.module.css';
import { ROLES } from '@/features/members/memberQueries';
import { useCan } from '@/lib/access';
import { Card } from '@/ui/Page';

function Roles() {
  const { t } = useTranslation();
  return (
    <Card title={t('team.roles')}>
      <dl className={styles.roles}>
        {ROLES.flatMap((role) => [
          <dt key={role}>{t(`role.${role}`)}</dt>,
          <dd key={`${role} about`}>{t(`role.about.${role}`)}</dd>,
        ])}
      </dl>
    </Card>
  );
}

/** The people of the workspace, who was invited, and what each role may do. */
export function TeamPage() {
  const { t } = useTranslation();
  const mayInvite = useCan('members:write');
  return (
    <>
      <Card title={t('team.title')} side={mayInvite && <Invite />}>
        <MemberList />
      </Card>
      {mayInvite && <InvitationList />}
      <Roles />
    </>
  );
}
