import { RotateCcw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { DeliveryDetail } from '@/api/types';
import styles from '@/entities/delivery/Delivery.module.css';
import { useResolveDelivery } from '@/entities/delivery/deliveryQueries';
import { lastAttemptAt } from '@/entities/delivery/story';
import { useCan } from '@/lib/access';
import { useLocale } from '@/lib/i18n';
import { formatInstant, zoneCity } from '@/lib/time';
import { useNow } from '@/lib/useNow';
import { ConfirmButton } from '@/ui/ConfirmButton';

/** So long WhatsApp may still report what became of an attempt. */
const WAIT_MS = 15 * 60_000;

interface Props {
  delivery: DeliveryDetail;
  zone: string;
}

/** The instant from which one may send again; null when that is now. */
function useWait({ status, timeline }: DeliveryDetail): number | null {
  const now = useNow();
  const last = lastAttemptAt(timeline);
  if (status !== 'unconfirmed' || last === null) return null;
  const from = Date.parse(last) + WAIT_MS;
  return from > now ? from : null;
}

/** What a person may decide about a message in doubt, or one that failed. */
export function Resolve({ delivery, zone }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useCan('deliveries:write');
  const wait = useWait(delivery);
  const resolve = useResolveDelivery(delivery.id);
  const { status, recipient } = delivery;
  const name = recipient.name || (recipient.phone ?? t('delivery.erased'));
  if (!may || (status !== 'unconfirmed' && status !== 'failed')) return null;
  return (
    <div className={styles.acts}>
      <ConfirmButton
        size="xs"
        disabled={wait !== null}
        leftSection={<RotateCcw size={14} aria-hidden />}
        title={t('delivery.resendTitle')}
        body={t(status === 'failed' ? 'delivery.resendFailed' : 'delivery.resendText', { name })}
        confirm={t('delivery.resendConfirm', { name })}
        action={() => resolve.mutateAsync('resend')}
      >
        {t('delivery.resend')}
      </ConfirmButton>
      {status === 'unconfirmed' && (
        <ConfirmButton
          size="xs"
          title={t('delivery.failTitle')}
          body={t('delivery.failText', { name })}
          confirm={t('delivery.fail')}
          action={() => resolve.mutateAsync('mark_failed')}
        >
          {t('delivery.fail')}
        </ConfirmButton>
      )}
      {wait !== null && (
        <p className={styles.clock}>
          {t('delivery.wait', {
            at: formatInstant(new Date(wait), zone, locale),
            city: zoneCity(zone),
          })}
        </p>
      )}
    </div>
  );
}
