import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Counts, Delivery, DeliveryStatus } from '@/api/types';
import { deliverySample } from '@/entities/delivery/deliveryQueries';
import { useReasonText } from '@/entities/delivery/useReasonText';
import styles from '@/features/schedules/components/Schedules.module.css';
import { type ReasonGroup, groupReasons } from '@/features/schedules/reasons';
import { useNumber } from '@/lib/i18n';
import { Card } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';

const WITH_REASON: DeliveryStatus[] = ['skipped', 'expired', 'failed', 'unconfirmed'];

function useReasonGroups(scheduleId: string, counts: Counts) {
  const states = WITH_REASON.filter((s) => counts[s] > 0);
  const pages = useQueries({ queries: states.map((s) => deliverySample(scheduleId, s)) });
  const seen: Delivery[] = pages.flatMap((p) => p.data?.items ?? []);
  return { groups: groupReasons(seen), partial: pages.some((p) => p.data?.next_cursor != null) };
}

interface RowProps {
  group: ReasonGroup;
  pressed: boolean;
  onSelect: () => void;
}

function ReasonRow({ group, pressed, onSelect }: RowProps) {
  const number = useNumber();
  const text = useReasonText();
  return (
    <li>
      <button type="button" className={styles.reason} aria-pressed={pressed} onClick={onSelect}>
        <span className={styles.reasonCount}>{number(group.count)}</span>
        <span>
          <strong>{text.title(group.reason)}</strong>
          <br />
          <span className={styles.reasonText}>
            {[text.explanation(group.reason), text.action(group.reason)].filter(Boolean).join(' ')}
          </span>
        </span>
        <StateBadge state={group.status} />
      </button>
    </li>
  );
}

interface Props {
  scheduleId: string;
  counts: Counts;
  over: boolean;
  selected: string | null;
  onSelect: (code: string | null) => void;
}

/** Why people did not get it: each reason a row that narrows the table below. */
export function Reasons({ scheduleId, counts, over, selected, onSelect }: Props) {
  const { t } = useTranslation();
  const { groups, partial } = useReasonGroups(scheduleId, counts);
  if (groups.length === 0) return null;
  return (
    <Card
      title={over ? t('schedule.whyNot') : t('schedule.why')}
      hint={partial ? t('schedule.whyPartial') : undefined}
    >
      <ul className={styles.reasons}>
        {groups.map((group) => {
          const { code } = group.reason;
          const pressed = selected === code;
          return (
            <ReasonRow
              key={`${group.status} ${code}`}
              group={group}
              pressed={pressed}
              onSelect={() => onSelect(pressed ? null : code)}
            />
          );
        })}
      </ul>
    </Card>
  );
}
