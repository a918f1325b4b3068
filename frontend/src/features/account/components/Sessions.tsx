import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Session } from '@/api/types';
import { sessionsQuery, useEndSession } from '@/features/account/accountQueries';
import styles from '@/features/account/components/Account.module.css';
import { deviceOf } from '@/features/account/device';
import { useZone } from '@/lib/access';
import { Answered } from '@/ui/Answered';
import { ActionButton } from '@/ui/ActionButton';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Card } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

function Row({ session }: { session: Session }) {
  const { t } = useTranslation();
  const zone = useZone();
  const end = useEndSession();
  const { browser, system } = deviceOf(session.user_agent);
  const device = [browser, system].filter(Boolean).join(', ') || t('account.unknownDevice');
  return (
    <li className={styles.row}>
      <div>
        <strong>{device}</strong>
        {session.current && ` (${t('account.thisOne')})`}
        <div className={styles.sub}>
          {session.address !== null && `${session.address} · `}
          {t('account.lastUsed')} <TimeText at={session.last_used_at} zone={zone} />
        </div>
      </div>
      {!session.current && (
        <ActionButton
          size="xs"
          aria-label={`${t('menu.logOut')}: ${device}`}
          action={() => end.mutateAsync(session.id)}
        >
          {t('menu.logOut')}
        </ActionButton>
      )}
    </li>
  );
}

/** Where one is logged in, and a way to end it. */
export function Sessions() {
  const { t } = useTranslation();
  const query = useQuery(sessionsQuery);
  const end = useEndSession();
  const others = (query.data ?? []).filter((s) => !s.current).length;
  return (
    <Card
      title={t('account.sessions')}
      hint={t('account.sessionsHint')}
      side={
        others > 1 && (
          <ConfirmButton
            size="xs"
            title={t('account.endOthersTitle')}
            body={t('account.endOthersText', { count: others })}
            confirm={t('account.endOthers')}
            action={() => end.mutateAsync(null)}
          >
            {t('account.endOthers')}
          </ConfirmButton>
        )
      }
    >
      <Answered query={query} lines={2}>
        {(sessions) => (
          <ul className={styles.list}>
            {sessions.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Answered>
    </Card>
  );
}
