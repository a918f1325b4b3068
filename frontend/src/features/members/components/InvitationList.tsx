import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Invitation } from '@/api/types';
import styles from '@/features/members/components/Members.module.css';
import { invitationsQuery, useWithdraw } from '@/features/members/memberQueries';
import { useZone } from '@/lib/access';
import { Answered } from '@/ui/Answered';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Card } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

function Row({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const zone = useZone();
  const withdraw = useWithdraw();
  const { id, email, role, expired, expires_at: until } = invitation;
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <strong>{email}</strong>
        <div className={styles.sub}>
          {t(expired ? 'team.expired' : 'team.expires')} <TimeText at={until} zone={zone} />
        </div>
      </div>
      <span>{t(`role.${role}`)}</span>
      <ConfirmButton
        size="xs"
        title={t('team.withdrawTitle', { email })}
        body={t('team.withdrawText')}
        confirm={t('team.withdraw')}
        action={() => withdraw.mutateAsync(id)}
      >
        {t('team.withdraw')}
      </ConfirmButton>
    </li>
  );
}

/** Who was invited and has not come yet. Not shown when there is nobody. */
export function InvitationList() {
  const { t } = useTranslation();
  const query = useQuery(invitationsQuery);
  if (query.data?.length === 0) return null;
  return (
    <Card title={t('team.invited')} hint={t('team.invitedHint')}>
      <Answered query={query} lines={2}>
        {(invitations) => (
          <ul className={styles.list}>
            {invitations.map((invitation) => (
              <Row key={invitation.id} invitation={invitation} />
            ))}
          </ul>
        )}
      </Answered>
    </Card>
  );
}
