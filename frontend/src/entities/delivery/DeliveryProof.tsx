import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { DeliveryDetail, TimelineEntry } from '@/api/types';
import styles from '@/entities/delivery/Delivery.module.css';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { detailText, eventText } from '@/entities/delivery/timeline';
import { useReasonText } from '@/entities/delivery/useReasonText';
import { useLocale } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { formatInstant } from '@/lib/time';
import { Failed, Loading, Note } from '@/ui/Feedback';
import { Facts } from '@/ui/Page';
import { phoneMessage } from '@/ui/phoneMessage';
import { PhonePreview } from '@/ui/PhonePreview';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

function Entry({ entry, zone }: { entry: TimelineEntry; zone: string }) {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const exists = (key: string): boolean => i18n.exists(key);
  const instant = (at: string): string => formatInstant(at, zone, locale, { seconds: true });
  const source = exists(`source.${entry.source}`)
    ? t(`source.${entry.source as 'planner'}`)
    : entry.source;
  return (
    <li className={styles.entry} data-source={entry.source}>
      <div className={styles.event}>{eventText(entry.event, t, exists)}</div>
      <div className={styles.meta}>
        <TimeText at={entry.at} zone={zone} seconds /> · {source}
      </div>
      <div className={styles.detail}>{detailText(entry.detail, t, exists, instant)}</div>
    </li>
  );
}

function Why({ delivery }: { delivery: DeliveryDetail }) {
  const text = useReasonText();
  const { reason } = delivery;
  if (reason === null) return null;
  return (
    <Note kind={delivery.status === 'failed' ? 'bad' : 'warn'}>
      <strong>{text.title(reason)}.</strong> {text.explanation(reason)} {text.action(reason)}
      {reason.meta_code !== undefined && <span> (Meta {reason.meta_code})</span>}
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
        <h2>{t('delivery.timeline')}</h2>
        <ol className={styles.timeline}>
          {delivery.timeline.map((entry, i) => (
            <Entry key={i} entry={entry} zone={zone} />
          ))}
        </ol>
      </div>
      {message !== null && (
        <div className={styles.block}>
          <h2>{t('delivery.message')}</h2>
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
