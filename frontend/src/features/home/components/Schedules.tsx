import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Schedule } from '@/api/types';
import { schedulesWith } from '@/entities/schedule/scheduleQueries';
import { plannedFor, sentence } from '@/entities/schedule/wording';
import { useZone } from '@/entities/workspace/workspaceQueries';
import styles from '@/features/home/components/Home.module.css';
import { useLocale, useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { relativeTime } from '@/lib/time';
import { Failed, Loading } from '@/ui/Feedback';
import { Card, Muted } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { StatusBar } from '@/ui/StatusBar';

function ScheduleRow({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const number = useNumber();
  const counted = schedule.counts.audience > 0;
  return (
    <Link to={`/schedules/${schedule.id}`} className={styles.row}>
      <span className={styles.name}>{schedule.name || t('schedule.unnamed')}</span>
      <StateBadge state={schedule.status} />
      {counted && <span className={styles.sub}>{sentence(schedule, t, number)}</span>}
      {counted && (
        <span className={styles.bar}>
          <StatusBar counts={schedule.counts} small />
        </span>
      )}
    </Link>
  );
}

function ComingRow({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const zone = useZone();
  const locale = useLocale();
  const at = schedule.next_occurrence_at;
  return (
    <Link to={`/schedules/${schedule.id}`} className={styles.row}>
      <span className={styles.name}>{schedule.name || t('schedule.unnamed')}</span>
      <span className={styles.when}>{plannedFor(schedule, zone, locale)}</span>
      {at && <span className={styles.sub}>{relativeTime(at, locale)}</span>}
    </Link>
  );
}

interface ListProps {
  title: string;
  status: string;
  none: string;
  limit: number;
  row: (schedule: Schedule) => React.ReactNode;
}

function ScheduleList({ title, status, none, limit, row }: ListProps) {
  const refetchInterval = usePollInterval();
  const query = useQuery({ ...schedulesWith(status, limit), refetchInterval });
  return (
    <Card title={title}>
      {query.isPending && <Loading lines={2} />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Muted>{none}</Muted>}
      {query.data && query.data.length > 0 && (
        <ul className={styles.list}>
          {query.data.map((schedule) => (
            <li key={schedule.id}>{row(schedule)}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Running() {
  const { t } = useTranslation();
  return (
    <ScheduleList
      title={t('home.running')}
      none={t('home.nothingRuns')}
      status="sending"
      limit={10}
      row={(schedule) => <ScheduleRow schedule={schedule} />}
    />
  );
}

export function Next() {
  const { t } = useTranslation();
  return (
    <ScheduleList
      title={t('home.next')}
      none={t('home.nothingNext')}
      status="scheduled"
      limit={10}
      row={(schedule) => <ComingRow schedule={schedule} />}
    />
  );
}

export function Recent() {
  const { t } = useTranslation();
  return (
    <ScheduleList
      title={t('home.recent')}
      none={t('home.nothingRecent')}
      status="completed"
      limit={5}
      row={(schedule) => <ScheduleRow schedule={schedule} />}
    />
  );
}
