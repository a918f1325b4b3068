import { useTranslation } from 'react-i18next';

import type { Schedule, Sender } from '@/api/types';
import styles from '@/features/schedules/components/Schedules.module.css';
import { daysFor } from '@/entities/sender/limit';
import { useLocale, useNumber } from '@/lib/i18n';
import { formatInstant } from '@/lib/time';
import { Note } from '@/ui/Feedback';

interface Props {
  schedule: Schedule;
  sender: Sender | undefined;
  zone: string;
}

/** Who waits because WhatsApp's limit of people a day is used up, and until when. */
export function Limited({ schedule, sender, zone }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const number = useNumber();
  const limit = sender?.messaging_limit ?? null;
  if (schedule.waits_until === null || limit === null) return null;
  const { scheduled } = schedule.counts;
  const days = daysFor(scheduled, limit);
  return (
    <div className={styles.stopped}>
      <Note kind="info">
        <strong>{t('schedule.limited')}.</strong>{' '}
        {t('schedule.limitedText', {
          n: number(scheduled),
          at: formatInstant(schedule.waits_until, zone, locale),
          limit: number(limit),
        })}{' '}
        {t('schedule.limitedDays', { count: days, n: number(days) })}
      </Note>
    </div>
  );
}
