import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { deliveriesWith } from '@/entities/delivery/deliveryQueries';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import styles from '@/features/home/components/Home.module.css';
import { usePollInterval } from '@/lib/live';
import { useMetaWords } from '@/lib/metaWords';
import { Card } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';

/** What stands still until a person decides. Not shown when there is nothing. */
export function NeedsYou() {
  const { t } = useTranslation();
  const meta = useMetaWords();
  const refetchInterval = usePollInterval(10_000);
  const unconfirmed = useQuery({ ...deliveriesWith('unconfirmed'), refetchInterval });
  const senders = useQuery(sendersQuery);
  const stopped = (senders.data ?? []).filter((s) => s.status !== 'active');
  const unclear = unconfirmed.data?.items ?? [];
  if (stopped.length + unclear.length === 0) return null;
  return (
    <Card title={t('home.needsYou')}>
      <ul className={styles.list}>
        {stopped.map((sender) => (
          <li key={sender.id}>
            <Link to="/senders" className={styles.row}>
              <span className={styles.name}>{t('home.stopped', { name: senderName(sender) })}</span>
              <StateBadge state={sender.status} />
              {sender.status_reason && (
                <span className={styles.sub}>{meta.reason(sender.status_reason)}</span>
              )}
            </Link>
          </li>
        ))}
        {unclear.map((delivery) => (
          <li key={delivery.id}>
            <Link to={`/deliveries/${delivery.id}`} className={styles.row}>
              <span className={styles.name}>
                {t('home.unconfirmed', {
                  name: delivery.recipient.name || delivery.recipient.phone,
                })}
              </span>
              <StateBadge state="unconfirmed" />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
