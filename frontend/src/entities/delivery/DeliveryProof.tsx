import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { DeliveryDetail, TimelineEntry } from '@/api/types';
import styles from '@/entities/delivery/Delivery.module.css';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { detailText } from '@/entities/delivery/timeline';
import { useReasonText } from '@/entities/delivery/useReasonText';
import { usePollInterval } from '@/lib/live';
import { Failed, Loading, Note } from '@/ui/Feedback';
import { Facts } from '@/ui/Page';
import { phoneMessage } from '@/ui/phoneMessage';
import { PhonePreview } from '@/ui/PhonePreview';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

function useEventWords() {
  const { t, i18n } = useTranslation();
  return (event: string): string => {
    const key = event.replaceAll('.', '_');
    return i18n.exists(`event.${key}`)
      ? t(`event.${key as 'planned'}`)
      : event.replaceAll(/[._]/g, ' ');
  };
}

function Timeline({ entries, zone }: { entries: TimelineEntry[]; zone: string }) {
  const { t } = useTranslation();
  const words = useEventWords();
  return (
    <ol className={styles.timeline}>
      {entries.map((entry, i) => (
        <li key={i} className={styles.entry} data-source={entry.source}>
          <div className={styles.event}>{words(entry.event)}</div>
          <div className={styles.meta}>
            <TimeText at={entry.at} zone={zone} seconds /> · {t(`source.${entry.source}`)}
          </div>
          <div className={styles.detail}>{detailText(entry.detail)}</div>
        </li>
      ))}
    </ol>
  );
}

function Why({ delivery }: { delivery: DeliveryDetail }) {
  const text = useReasonText();
  const { reason } = delivery;
  if (reason === null) return null;
  return (
    <Note kind={delivery.status === 'failed' ? 'bad' : 'warn'}>
      <strong>{text.title(reason)}.</strong> {text.explanation(reason)} {text.action(reason)}
      {reason.meta_code != null && <span> (Meta {reason.meta_code})</span>}
    </Note>
  );
}

interface ProofProps {
  delivery: DeliveryDetail;
  zone: string;
  from: string;
}

function Proof({ delivery, zone, from }: ProofProps) {
  const { t } = useTranslation();
  const message = phoneMessage(delivery.rendered);
  return (
    <>
      <div className={styles.head}>
        <StateBadge state={delivery.status} />
        <span className={styles.phone}>{delivery.recipient.phone}</span>
      </div>
      <Why delivery={delivery} />
      <div className={styles.block}>
        <h3>{t('delivery.timeline')}</h3>
        <Timeline entries={delivery.timeline} zone={zone} />
      </div>
      {message !== null && (
        <div className={styles.block}>
          <h3>{t('delivery.message')}</h3>
          <PhonePreview sender={from} message={message} />
        </div>
      )}
      <div className={styles.block}>
        <Facts
          items={[
            [t('delivery.attempts'), delivery.attempts],
            [t('delivery.wamid'), delivery.wamid ?? '–'],
            ...(delivery.reference === null
              ? []
              : ([[t('delivery.reference'), delivery.reference]] as [string, string][])),
          ]}
        />
      </div>
    </>
  );
}

/** Everything known about one message to one person. */
export function DeliveryProof({ id, ...rest }: { id: string; zone: string; from: string }) {
  const refetchInterval = usePollInterval(3_000);
  const delivery = useQuery({ ...deliveryQuery(id), refetchInterval });
  if (delivery.isPending) return <Loading />;
  if (delivery.isError) {
    return <Failed error={delivery.error} onRetry={() => void delivery.refetch()} />;
  }
  return <Proof delivery={delivery.data} {...rest} />;
}
