import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import { DeliveryProof } from '@/entities/delivery/DeliveryProof';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { useZone } from '@/lib/access';
import { Card, Page } from '@/ui/Page';

/** A delivery on a page of its own, for tests and single messages. */
export function DeliveryPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const zone = useZone();
  const { data } = useQuery(deliveryQuery(id));
  const senders = useQuery(sendersQuery).data;
  const sender = senders?.find((s) => s.id === data?.sender_id);
  const schedule = data?.schedule_id ?? null;
  const back =
    schedule === null
      ? { to: '/schedules', label: t('nav.schedules') }
      : { to: `/schedules/${schedule}`, label: t('delivery.toSchedule') };
  const name = data?.recipient.name || data?.recipient.phone;
  return (
    <Page title={name ?? t('delivery.title')} back={back}>
      <Card>
        <DeliveryProof
          id={id}
          zone={zone}
          from={sender ? senderName(sender) : t('editor.sender')}
        />
      </Card>
    </Page>
  );
}
