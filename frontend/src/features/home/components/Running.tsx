import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Schedule } from '@/api/types';
import { Pace } from '@/entities/schedule/Pace';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { sentence } from '@/entities/schedule/wording';
import styles from '@/features/home/components/Home.module.css';
import { loadAllWords, useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { Answered } from '@/ui/Answered';
import { Card, Muted } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { StatusBar } from '@/ui/StatusBar';

// Its boxes and words come after the first paint.
const RunControls = lazy(async () => {
  const [{ RunControls: found }] = await Promise.all([
    import('@/entities/schedule/RunControls'),
    loadAllWords(),
  ]);
  return { default: found };
});

function RunningRow({ schedule, readAt }: { schedule: Schedule; readAt: number }) {
  const { t } = useTranslation();
  const number = useNumber();
  return (
    <li className={styles.run}>
      <div className={styles.runHead}>
        <Link to={`/schedules/${schedule.id}`} className={styles.name}>
          {schedule.name || t('schedule.unnamed')}
        </Link>
        <StateBadge state={schedule.status} />
        <span className={styles.controls}>
          <Suspense>
            <RunControls schedule={schedule} />
          </Suspense>
        </span>
      </div>
      <StatusBar counts={schedule.counts} />
      <div className={styles.runFoot}>
        <span>{sentence(schedule, t, number)}</span>
        <span>
          {schedule.blocked_by === 'sender' ? (
            <Link to={`/senders/${schedule.sender_id}`}>{t('schedule.senderStopped')}</Link>
          ) : schedule.blocked_by === 'hold' ? (
            <Link to={`/schedules/${schedule.id}`}>{t('held.title')}</Link>
          ) : schedule.blocked_by === 'daily_limit' ? (
            <Link to={`/schedules/${schedule.id}`}>{t('schedule.limited')}</Link>
          ) : (
            <Pace schedule={schedule} readAt={readAt} />
          )}
        </span>
      </div>
    </li>
  );
}

/** What is being sent, or was stopped half-way. */
export function Running() {
  const { t } = useTranslation();
  const refetchInterval = usePollInterval(2_000);
  const query = useQuery({ ...scheduleSample({ status: ['sending', 'paused'] }), refetchInterval });
  return (
    <Card title={t('home.running')}>
      <Answered query={query} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Muted>{t('home.nothingRuns')}</Muted>
          ) : (
            <ul className={styles.list}>
              {items.map((schedule) => (
                <RunningRow key={schedule.id} schedule={schedule} readAt={query.dataUpdatedAt} />
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}
