import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Counts, Schedule } from '@/api/types';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { outcome, sentence } from '@/entities/schedule/wording';
import styles from '@/features/home/components/Home.module.css';
import { total, weekAgo } from '@/features/home/horizon';
import { useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { Answered } from '@/ui/Answered';
import { Card, Muted } from '@/ui/Page';
import { StatusBar } from '@/ui/StatusBar';

const MOST = 200;
const SHOWN = 4;

/** All that may have reached somebody, put out of sight or not. */
const SENT = ['sending', 'paused', 'completed', 'cancelled', 'failed', 'archived'] as const;

function Figures({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const number = useNumber();
  const { not, unsure } = outcome(counts);
  const figures = [
    ['people', counts.audience],
    ['arrived', counts.delivered + counts.read],
    ['read', counts.read],
    ['not', not + unsure],
  ] as const;
  return (
    <dl className={styles.figures}>
      {figures.map(([name, n]) => (
        <div key={name}>
          <dd>{number(n)}</dd>
          <dt>{t(`home.week.${name}`)}</dt>
        </div>
      ))}
    </dl>
  );
}

function Done({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const number = useNumber();
  return (
    <li>
      <Link to={`/schedules/${schedule.id}`} className={styles.row}>
        <span className={styles.name}>{schedule.name || t('schedule.unnamed')}</span>
        <span className={styles.sub}>{sentence(schedule, t, number)}</span>
      </Link>
    </li>
  );
}

/** What went out in the last seven days. The figures need every schedule: left out if there are more. */
export function LastWeek() {
  const { t } = useTranslation();
  const [from] = useState(() => weekAgo(Date.now()));
  const refetchInterval = usePollInterval(10_000);
  const query = useQuery({
    ...scheduleSample({ status: SENT, from }, MOST),
    refetchInterval,
  });
  return (
    <Card title={t('home.recent')}>
      <Answered query={query} lines={3}>
        {({ items, next_cursor: more }) => {
          const sum = more === null ? total(items) : null;
          if (items.length === 0) return <Muted>{t('home.nothingRecent')}</Muted>;
          return (
            <>
              {sum && sum.audience > 0 && (
                <>
                  <Figures counts={sum} />
                  <StatusBar counts={sum} />
                </>
              )}
              <ul className={`${styles.list} ${styles.after}`}>
                {items
                  .filter((s) => s.status === 'completed')
                  .slice(0, SHOWN)
                  .map((schedule) => (
                    <Done key={schedule.id} schedule={schedule} />
                  ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </Card>
  );
}
