import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import { DeliveryProof } from '@/entities/delivery/DeliveryProof';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { scheduleQuery } from '@/entities/schedule/scheduleQueries';
import { zoneOf } from '@/entities/schedule/wording';
import { businessName, sendersQuery } from '@/entities/sender/senderQueries';
import { useZone } from '@/lib/access';
import { Card, Page } from '@/ui/Page';

/** A delivery on a page of its own: to be linked to, printed, or for single messages. */
export function DeliveryPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const workspaceZone = useZone();
  const { data } = useQuery(deliveryQuery(id));
  const senders = useQuery(sendersQuery).data;
  const sender = senders?.find((s) => s.id === data?.sender_id);
  const scheduleId = data?.schedule_id ?? null;
  const enabled = scheduleId !== null;
  const schedule = useQuery({ ...scheduleQuery(scheduleId ?? ''), enabled }).data;
  const back =
    scheduleId === null
      ? { to: '/schedules', label: t('nav.schedules') }
      : { to: `/schedules/${scheduleId}`, label: schedule?.name || t('delivery.toSchedule') };
  const name = data?.recipient.name || data?.recipient.phone;
  return (
    <Page
      title={name ?? t('delivery.title')}
      back={back}
      actions={
        data && (
          <Button
            variant="default"
            leftSection={<Printer size={15} aria-hidden />}
            onClick={() => window.print()}
          >
            {t('delivery.print')}
          </Button>
        )
      }
    >
      <Card>
        <DeliveryProof
          id={id}
          zone={schedule ? zoneOf(schedule, workspaceZone) : workspaceZone}
          from={sender ? businessName(sender) : t('editor.sender')}
        />
      </Card>
    </Page>
  );
}
