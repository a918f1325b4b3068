import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Schedule } from '@/api/types';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { zoneOf } from '@/entities/schedule/wording';
import { useZone } from '@/lib/access';
import styles from '@/features/home/components/Home.module.css';
import { inTheNextDay } from '@/features/home/horizon';
import { useLocale } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { formatInstant, relativeTime, zoneCity } from '@/lib/time';
import { Answered } from '@/ui/Answered';
import { Card, Muted } from '@/ui/Page';

function ComingRow({ schedule, at }: { schedule: Schedule; at: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = zoneOf(schedule, useZone());
  return (
    <li>
      <Link to={`/schedules/${schedule.id}`} className={styles.row}>
        <span className={styles.name}>{schedule.name || t('schedule.unnamed')}</span>
        <span className={styles.ago}>{relativeTime(at, locale)}</span>
        <span className={styles.sub}>
          {formatInstant(at, zone, locale)} {zoneCity(zone)}
        </span>
      </Link>
    </li>
  );
}

/** What starts within 24 hours, soonest first; when nothing does, what comes after. */
export function Coming() {
  const { t } = useTranslation();
  const [opened] = useState(() => Date.now());
  const refetchInterval = usePollInterval(10_000);
  const query = useQuery({
    ...scheduleSample({ status: ['scheduled'] }, 200),
    refetchInterval,
  });
  return (
    <Card
      title={t('home.next')}
      side={<Link to="/schedules?status=scheduled">{t('home.all')}</Link>}
    >
      <Answered query={query} lines={3}>
        {({ items }) => {
          const { soon, later } = inTheNextDay(items, query.dataUpdatedAt || opened);
          const shown = soon.length > 0 ? soon : later.slice(0, 1);
          return (
            <>
              {soon.length === 0 && (
                <Muted>{later.length > 0 ? t('home.nothingSoon') : t('home.nothingNext')}</Muted>
              )}
              <ul className={styles.list}>
                {shown.map(({ schedule, at }) => (
                  <ComingRow key={schedule.id} schedule={schedule} at={at} />
                ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </Card>
  );
}
