import { useInfiniteQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Delivery } from '@/api/types';
import { deliveryList } from '@/entities/delivery/deliveryQueries';
import { useReasonText } from '@/entities/delivery/useReasonText';
import styles from '@/features/schedules/components/Schedules.module.css';
import { usePollInterval } from '@/lib/live';
import { useUrlValue } from '@/lib/urlState';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Feedback';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

function useColumns(zone: string, onOpen: (id: string) => void): Column<Delivery>[] {
  const { t } = useTranslation();
  const text = useReasonText();
  return [
    {
      key: 'who',
      header: t('delivery.recipient'),
      cell: (d) => (
        <>
          <button type="button" className={styles.open} onClick={() => onOpen(d.id)}>
            {d.recipient.name || (d.recipient.phone ?? t('delivery.erased'))}
          </button>
          <div className={styles.sub}>{d.recipient.phone}</div>
        </>
      ),
    },
    { key: 'status', header: t('schedule.status'), cell: (d) => <StateBadge state={d.status} /> },
    {
      key: 'reason',
      header: t('delivery.reason'),
      optional: true,
      cell: (d) => (d.reason === null ? '' : text.title(d.reason)),
    },
    {
      key: 'due',
      header: t('delivery.due'),
      optional: true,
      end: true,
      cell: (d) => <TimeText at={d.due_at} zone={zone} seconds bare />,
    },
  ];
}

interface Props {
  scheduleId: string;
  /** Nobody can join any more. */
  over: boolean;
  zone: string;
  opened: string | null;
  onOpen: (id: string) => void;
}

/** Every person of this schedule, one row each; the filter is in the URL. */
export function Deliveries({ scheduleId, over, zone, opened, onOpen }: Props) {
  const { t } = useTranslation();
  const [status] = useUrlValue('status');
  const [reason] = useUrlValue('reason');
  const filtered = status !== null || reason !== null;
  const refetchInterval = usePollInterval();
  const query = useInfiniteQuery({
    ...deliveryList({
      schedule_id: scheduleId,
      status: status ?? undefined,
      reason: reason ?? undefined,
    }),
    refetchInterval,
  });
  return (
    <DataTable
      label={t('delivery.list')}
      query={query}
      columns={useColumns(zone, onOpen)}
      rowKey={(d) => d.id}
      selected={opened}
      empty={
        <Empty icon={Inbox} title={t('delivery.none')}>
          {filtered
            ? t('common.noMatchText')
            : over
              ? t('delivery.noneEver')
              : t('delivery.noneYet')}
        </Empty>
      }
    />
  );
}
