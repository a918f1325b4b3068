import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { DeliveryDetail } from '@/api/types';
import styles from '@/entities/delivery/Delivery.module.css';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { Resolve } from '@/entities/delivery/Resolve';
import { Timeline } from '@/entities/delivery/Timeline';
import { withoutEcho } from '@/entities/delivery/story';
import { useReasonText } from '@/entities/delivery/useReasonText';
import { usePollInterval } from '@/lib/live';
import { Answered } from '@/ui/Answered';
import { Note } from '@/ui/Feedback';
import { Facts } from '@/ui/Page';
import { phoneMessage } from '@/ui/phoneMessage';
import { PhonePreview } from '@/ui/PhonePreview';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

function Why({ delivery }: { delivery: DeliveryDetail }) {
  const { t } = useTranslation();
  const text = useReasonText();
  const { reason, status } = delivery;
  if (status === 'unconfirmed' && reason === null) {
    return <Note kind="warn">{t('delivery.unclear')}</Note>;
  }
  if (reason === null) return null;
  return (
    <Note kind={status === 'failed' ? 'bad' : 'warn'}>
      <strong>{text.title(reason)}.</strong> {text.explanation(reason)} {text.action(reason)}
      {reason.meta_code !== undefined && <span> (Meta {reason.meta_code})</span>}
    </Note>
  );
}

/** What is odd about a message that is otherwise on its way. */
function Odd({ delivery, zone }: Omit<ProofProps, 'from'>) {
  const { t } = useTranslation();
  const { status, message_status: word, stale_since: stale } = delivery;
  const waits = status === 'accepted' && word === 'held_for_quality_assessment';
  return (
    <>
      {delivery.duplicate_suspected && <Note kind="warn">{t('event.duplicate_suspected')}</Note>}
      {waits && <Note kind="info">{t('delivery.assessed')}</Note>}
      {stale != null && (
        <Note kind="warn">
          {t('delivery.stale')} <TimeText at={stale} zone={zone} />
        </Note>
      )}
    </>
  );
}

interface ProofProps {
  delivery: DeliveryDetail;
  zone: string;
  from: string;
}

function Known({ delivery, zone }: Omit<ProofProps, 'from'>) {
  const { t } = useTranslation();
  const { id, attempts, wamid, reference, pricing, schedule_id: schedule } = delivery;
  const items: [string, React.ReactNode][] = [
    [t('delivery.due'), <TimeText key="due" at={delivery.due_at} zone={zone} millis />],
    [t('delivery.attempts'), attempts],
    [t('delivery.wamid'), wamid === null ? '–' : <code key="wamid">{wamid}</code>],
    [t('delivery.id'), <code key="id">{id}</code>],
  ];
  if (schedule !== null) {
    const link = <Link to={`/schedules/${schedule}`}>{t('delivery.toSchedule')}</Link>;
    items.push([t('delivery.from'), link]);
  }
  if (reference !== null) items.push([t('delivery.reference'), reference]);
  if (pricing?.billable != null) {
    items.push([t('delivery.price'), t(pricing.billable ? 'delivery.billed' : 'delivery.free')]);
  }
  return <Facts items={items} />;
}

function Proof({ delivery, zone, from }: ProofProps) {
  const { t } = useTranslation();
  const message = phoneMessage(delivery.rendered);
  const { recipient } = delivery;
  return (
    <div className={styles.proof}>
      <div>
        <div className={styles.head}>
          <StateBadge state={delivery.status} />
          <Link to={`/recipients/${recipient.id}`}>{recipient.phone ?? t('delivery.person')}</Link>
        </div>
        <Why delivery={delivery} />
        <Odd delivery={delivery} zone={zone} />
        <Resolve delivery={delivery} zone={zone} />
        <div className={styles.block}>
          <h2>{t('delivery.timeline')}</h2>
          <Timeline timeline={withoutEcho(delivery.timeline, delivery.wamid)} zone={zone} />
        </div>
      </div>
      <div>
        {message !== null && (
          <div className={styles.block}>
            <h2>{t('delivery.message')}</h2>
            <PhonePreview sender={from} message={message} at={delivery.accepted_at} zone={zone} />
          </div>
        )}
        <div className={styles.block}>
          <Known delivery={delivery} zone={zone} />
        </div>
      </div>
    </div>
  );
}

/** Everything known about one message to one person. */
export function DeliveryProof({ id, ...rest }: { id: string; zone: string; from: string }) {
  const refetchInterval = usePollInterval(3_000);
  const query = useQuery({ ...deliveryQuery(id), refetchInterval });
  return <Answered query={query}>{(delivery) => <Proof delivery={delivery} {...rest} />}</Answered>;
}
