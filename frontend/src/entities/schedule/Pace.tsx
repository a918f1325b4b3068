import { useTranslation } from 'react-i18next';

import type { Schedule } from '@/api/types';
import { usePace } from '@/entities/schedule/measure';
import { stillWaiting, zoneOf } from '@/entities/schedule/wording';
import { useZone } from '@/lib/access';
import { useLocale, useNumber } from '@/lib/i18n';
import { formatClock, zoneCity } from '@/lib/time';

interface Props {
  schedule: Schedule;
  /** When its counts were read, in ms since 1970. */
  readAt: number;
}

const SOON_S = 60;

/** How fast it goes, as measured here, and when it will be done if it goes on so. */
export function Pace({ schedule, readAt }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const locale = useLocale();
  const zone = zoneOf(schedule, useZone());
  const left = stillWaiting(schedule.counts);
  const pace = usePace(schedule.counts.audience - left, readAt);
  if (schedule.status !== 'sending' || left === 0 || pace === null) return null;
  const speed = t('pace.speed', {
    n: number(pace < 10 ? Math.round(pace * 10) / 10 : Math.round(pace)),
  });
  const seconds = left / pace;
  const at = formatClock(readAt + seconds * 1000, zone, locale);
  const end = seconds < SOON_S ? t('pace.soon') : t('pace.doneAt', { at, city: zoneCity(zone) });
  return (
    <>
      {speed} · {end}
    </>
  );
}
