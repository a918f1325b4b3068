import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import type { Sender } from '@/api/types';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { plannedFor } from '@/entities/schedule/wording';
import { CallbackCard } from '@/entities/sender/CallbackCard';
import { senderName, senderQuery } from '@/entities/sender/senderQueries';
import { SenderFacts } from '@/features/senders/components/SenderFacts';
import styles from '@/features/senders/components/Senders.module.css';
import { SenderSettings } from '@/features/senders/components/SenderSettings';
import { SenderActions, WhyStopped } from '@/features/senders/components/SenderStatus';
import { useCan, useZone } from '@/lib/access';
import { useLocale } from '@/lib/i18n';
import { Answered } from '@/ui/Answered';
import { Card, Muted, Page, Stack } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';

function Recent({ id }: { id: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useZone();
  const query = useQuery(scheduleSample({ sender_id: id }, 5));
  const all = <Link to={`/schedules?sender=${id}`}>{t('sender.allSchedules')}</Link>;
  return (
    <Card title={t('sender.recent')} side={all}>
      <Answered query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Muted>{t('sender.noSchedules')}</Muted>
          ) : (
            <ul className={styles.list}>
              {items.map((schedule) => (
                <li key={schedule.id} className={styles.row}>
                  <Link to={`/schedules/${schedule.id}`} className={styles.name}>
                    {schedule.name || t('schedule.unnamed')}
                  </Link>
                  <StateBadge state={schedule.status} />
                  <Muted>{plannedFor(schedule, zone, locale)}</Muted>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

function Found({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const mayChange = useCan('senders:write');
  return (
    <Page
      title={senderName(sender)}
      lead={sender.display_phone_number ?? undefined}
      badge={<StateBadge state={sender.status} />}
      back={{ to: '/senders', label: t('nav.senders') }}
      actions={mayChange && <SenderActions sender={sender} />}
    >
      <Card>
        <Stack>
          <WhyStopped sender={sender} />
          <SenderFacts sender={sender} ids />
        </Stack>
      </Card>
      <Recent id={sender.id} />
      {mayChange && <SenderSettings sender={sender} />}
      {mayChange && <CallbackCard />}
    </Page>
  );
}

/** One number: its state and why, what it can do, where Meta reports to, what was sent from it. */
export function SenderPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const query = useQuery(senderQuery(id));
  if (query.data) return <Found sender={query.data} />;
  return (
    <Page title={t('nav.senders')} back={{ to: '/senders', label: t('nav.senders') }}>
      <Answered query={query}>{() => null}</Answered>
    </Page>
  );
}
