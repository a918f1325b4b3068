import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import type { Schedule, Sender } from '@/api/types';
import { DeliveryDrawer } from '@/entities/delivery/DeliveryDrawer';
import { ResolveAll } from '@/entities/delivery/ResolveAll';
import { messageQuery } from '@/entities/message/messageQueries';
import { scheduleQuery } from '@/entities/schedule/scheduleQueries';
import { businessName, senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { useZone } from '@/lib/access';
import { Actions } from '@/features/schedules/components/Actions';
import { Deliveries } from '@/features/schedules/components/Deliveries';
import { Held } from '@/features/schedules/components/Held';
import { Limited } from '@/features/schedules/components/Limited';
import { Reasons } from '@/features/schedules/components/Reasons';
import styles from '@/features/schedules/components/Schedules.module.css';
import { Pace } from '@/entities/schedule/Pace';
import { isOver, plannedFor, sentence, zoneOf } from '@/entities/schedule/wording';
import { useLocale, useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { useUrlValue } from '@/lib/urlState';
import { Answered } from '@/ui/Answered';
import { Note } from '@/ui/Feedback';
import { Card, Facts, Page } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { StatusBar, StatusLegend } from '@/ui/StatusBar';

interface Seen {
  schedule: Schedule;
  /** When its counts were read. */
  readAt: number;
}

function Overview({ schedule, readAt }: Seen) {
  const { t } = useTranslation();
  const number = useNumber();
  const [status, setStatus] = useUrlValue('status');
  const sender = useSender(schedule.sender_id);
  const zone = zoneOf(schedule, useZone());
  return (
    <Card>
      <div className={styles.lead}>
        <p className={styles.sentence}>{sentence(schedule, t, number)}</p>
        <span className={styles.pace}>
          <Pace schedule={schedule} readAt={readAt} />
        </span>
      </div>
      {schedule.blocked_by === 'sender' && (
        <div className={styles.stopped}>
          <Note kind="warn">
            {t('schedule.senderStopped')}.{' '}
            <Link to={`/senders/${schedule.sender_id}`}>{t('schedule.toSender')}</Link>
          </Note>
        </div>
      )}
      {schedule.blocked_by === 'daily_limit' && (
        <Limited schedule={schedule} sender={sender} zone={zone} />
      )}
      {schedule.blocked_by === 'hold' && <Held scheduleId={schedule.id} />}
      <div className={styles.doubt}>
        <ResolveAll scheduleId={schedule.id} count={schedule.counts.unconfirmed} />
      </div>
      {schedule.counts.audience > 0 && (
        <>
          <StatusBar counts={schedule.counts} />
          <StatusLegend counts={schedule.counts} selected={status} onSelect={setStatus} />
        </>
      )}
    </Card>
  );
}

function useSender(id: string): Sender | undefined {
  return useQuery(sendersQuery).data?.find((s) => s.id === id);
}

function Plan({ schedule, zone }: { schedule: Schedule; zone: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const message = useQuery(messageQuery(schedule.message_id));
  const sender = useSender(schedule.sender_id);
  return (
    <Card title={t('schedule.plan')}>
      <Facts
        items={[
          [t('editor.message'), message.data?.title ?? '…'],
          [t('editor.sender'), sender ? senderName(sender) : '…'],
          [t('schedule.when'), plannedFor(schedule, zone, locale)],
          [
            t('lost.title'),
            t(schedule.when_unconfirmed === 'resend' ? 'lost.resend' : 'lost.hold'),
          ],
        ]}
      />
    </Card>
  );
}

function Live({ schedule, readAt }: Seen) {
  const { t } = useTranslation();
  const workspaceZone = useZone();
  const [reason, setReason] = useUrlValue('reason');
  const [opened, setOpened] = useUrlValue('delivery');
  const sender = useSender(schedule.sender_id);
  const zone = zoneOf(schedule, workspaceZone);
  return (
    <Page
      title={schedule.name || t('schedule.unnamed')}
      badge={<StateBadge state={schedule.status} />}
      back={{ to: '/schedules', label: t('nav.schedules') }}
      actions={<Actions schedule={schedule} />}
    >
      <Overview schedule={schedule} readAt={readAt} />
      <Reasons
        scheduleId={schedule.id}
        counts={schedule.counts}
        over={isOver(schedule)}
        selected={reason}
        onSelect={setReason}
      />
      <Plan schedule={schedule} zone={zone} />
      <section className={styles.section} aria-labelledby="deliveries">
        <h2 id="deliveries">{t('delivery.list')}</h2>
        <Deliveries
          scheduleId={schedule.id}
          over={isOver(schedule)}
          zone={zone}
          opened={opened}
          onOpen={setOpened}
        />
      </section>
      <DeliveryDrawer
        id={opened}
        zone={zone}
        from={sender ? businessName(sender) : '…'}
        onClose={() => setOpened(null)}
      />
    </Page>
  );
}

export function SchedulePage() {
  const { id = '' } = useParams();
  const refetchInterval = usePollInterval(2_000);
  const { t } = useTranslation();
  const query = useQuery({ ...scheduleQuery(id), refetchInterval });
  if (query.data) return <Live schedule={query.data} readAt={query.dataUpdatedAt} />;
  return (
    <Page title={t('nav.schedules')} back={{ to: '/schedules', label: t('nav.schedules') }}>
      <Answered query={query}>{() => null}</Answered>
    </Page>
  );
}
