import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';

import type { Schedule } from '@/api/types';
import { DeliveryDrawer } from '@/entities/delivery/DeliveryDrawer';
import { messageQuery } from '@/entities/message/messageQueries';
import { scheduleQuery } from '@/entities/schedule/scheduleQueries';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { useZone } from '@/entities/workspace/workspaceQueries';
import { CancelSchedule } from '@/features/schedules/components/CancelSchedule';
import { Deliveries } from '@/features/schedules/components/Deliveries';
import { Reasons } from '@/features/schedules/components/Reasons';
import styles from '@/features/schedules/components/Schedules.module.css';
import { plannedFor, sentence } from '@/entities/schedule/wording';
import { useLocale, useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { useMetaWords } from '@/lib/metaWords';
import { useUrlValue } from '@/lib/urlState';
import { Failed, Loading, Note } from '@/ui/Feedback';
import { Card, Facts, Page } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { StatusBar, StatusLegend } from '@/ui/StatusBar';

function Overview({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const number = useNumber();
  const meta = useMetaWords();
  const [status, setStatus] = useUrlValue('status');
  return (
    <Card>
      <p className={styles.sentence}>{sentence(schedule, t, number)}</p>
      {schedule.blocked_by !== null && (
        <Note kind="warn">{t('schedule.blocked', { why: meta.reason(schedule.blocked_by) })}</Note>
      )}
      {schedule.counts.audience > 0 && (
        <>
          <StatusBar counts={schedule.counts} />
          <StatusLegend counts={schedule.counts} selected={status} onSelect={setStatus} />
        </>
      )}
    </Card>
  );
}

function useSenderName(id: string): string {
  const senders = useQuery(sendersQuery).data;
  const sender = senders?.find((s) => s.id === id);
  return sender ? senderName(sender) : '…';
}

function Plan({ schedule, zone }: { schedule: Schedule; zone: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const message = useQuery(messageQuery(schedule.message_id));
  const sender = useSenderName(schedule.sender_id);
  return (
    <Card title={t('schedule.plan')}>
      <Facts
        items={[
          [t('editor.message'), message.data?.title ?? '…'],
          [t('editor.sender'), sender],
          [t('schedule.when'), plannedFor(schedule, zone, locale)],
        ]}
      />
    </Card>
  );
}

function Live({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const workspaceZone = useZone();
  const [reason, setReason] = useUrlValue('reason');
  const [opened, setOpened] = useUrlValue('delivery');
  const sender = useSenderName(schedule.sender_id);
  const { timing } = schedule;
  const zone = (timing.kind === 'once' ? timing.timezone : null) ?? workspaceZone;
  return (
    <Page
      title={schedule.name || t('schedule.unnamed')}
      badge={<StateBadge state={schedule.status} />}
      back={{ to: '/schedules', label: t('nav.schedules') }}
      actions={<CancelSchedule schedule={schedule} />}
    >
      <Overview schedule={schedule} />
      <Reasons
        scheduleId={schedule.id}
        counts={schedule.counts}
        selected={reason}
        onSelect={setReason}
      />
      <Plan schedule={schedule} zone={zone} />
      <section className={styles.section} aria-labelledby="deliveries">
        <h2 id="deliveries">{t('delivery.list')}</h2>
        <Deliveries scheduleId={schedule.id} zone={zone} opened={opened} onOpen={setOpened} />
      </section>
      <DeliveryDrawer id={opened} zone={zone} from={sender} onClose={() => setOpened(null)} />
    </Page>
  );
}

export function SchedulePage() {
  const { id = '' } = useParams();
  const refetchInterval = usePollInterval(2_000);
  const { t } = useTranslation();
  const schedule = useQuery({ ...scheduleQuery(id), refetchInterval });
  if (schedule.data) return <Live schedule={schedule.data} />;
  return (
    <Page title={t('nav.schedules')} back={{ to: '/schedules', label: t('nav.schedules') }}>
      {schedule.isError ? (
        <Failed error={schedule.error} onRetry={() => void schedule.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}
