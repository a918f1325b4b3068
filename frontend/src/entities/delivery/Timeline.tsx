import { useTranslation } from 'react-i18next';

import type { TimelineEntry } from '@/api/types';
import styles from '@/entities/delivery/Delivery.module.css';
import { actorOf, eventText, factsOf } from '@/entities/delivery/story';
import { useActorName } from '@/lib/members';
import { useLocale } from '@/lib/i18n';
import { formatInstant } from '@/lib/time';
import { TimeText } from '@/ui/TimeText';

function Entry({ entry, zone }: { entry: TimelineEntry; zone: string }) {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const actorName = useActorName();
  const exists = (key: string): boolean => i18n.exists(key);
  const instant = (at: string): string => formatInstant(at, zone, locale, { millis: true });
  const actor = actorOf(entry.detail);
  const source = exists(`source.${entry.source}`)
    ? t(`source.${entry.source as 'planner'}`)
    : entry.source;
  const facts = factsOf(entry.detail, t, exists, instant);
  return (
    <li className={styles.entry} data-source={entry.source}>
      <div className={styles.event}>{eventText(entry.event, t, exists)}</div>
      <div className={styles.meta}>
        <TimeText at={entry.at} zone={zone} millis bare /> · {source}
        {actor !== null && ` · ${actorName(actor)}`}
      </div>
      {facts.length > 0 && (
        <dl className={styles.details}>
          {facts.map(({ name, value, code }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{code ? <code>{value}</code> : value}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

/** All that happened to one delivery, oldest first, to the millisecond on the schedule's clock. */
export function Timeline({ timeline, zone }: { timeline: TimelineEntry[]; zone: string }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className={styles.timeline}>
        {timeline.map((entry, i) => (
          <Entry key={i} entry={entry} zone={zone} />
        ))}
      </ol>
      <p className={styles.clock}>{t('delivery.clock', { zone })}</p>
    </>
  );
}
