import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useLocale } from '@/lib/i18n';
import { formatInstant, myZone, zoneCity } from '@/lib/time';

interface Props {
  at: string;
  /** Whose clock the time is told by. */
  zone: string;
  seconds?: boolean;
  /** To the millisecond, where the time is evidence. */
  millis?: boolean;
  /** Leave the zone's name out where a heading already says it. */
  bare?: boolean;
}

/** An instant on a named clock; hover or focus tells it in UTC and in one's own zone. */
export function TimeText({ at, zone, seconds = false, millis = false, bare = false }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const options = { seconds, millis, year: true };
  const mine = myZone();
  const lines = [
    `${formatInstant(at, zone, locale, options)} · ${zone}`,
    `${formatInstant(at, 'UTC', locale, options)} · UTC`,
    `${formatInstant(at, mine, locale, options)} · ${t('time.mine')}`,
  ];
  return (
    <Tooltip label={lines.join('\n')} multiline events={{ hover: true, focus: true, touch: true }}>
      {/* Focus is how the other clocks are reached without a mouse. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <time dateTime={at} tabIndex={0}>
        {formatInstant(at, zone, locale, { seconds, millis })}
        {!bare && ` ${zoneCity(zone)}`}
      </time>
    </Tooltip>
  );
}
