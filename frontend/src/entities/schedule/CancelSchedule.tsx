import type { ButtonProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Schedule } from '@/api/types';
import { useMoveSchedule } from '@/entities/schedule/scheduleQueries';
import { isOver, plannedFor, stillWaiting } from '@/entities/schedule/wording';
import { useZone } from '@/lib/access';
import { useLocale, useNumber } from '@/lib/i18n';
import { ConfirmButton } from '@/ui/ConfirmButton';

/** What cancelling does to whom: who is spared, who has it already, and when it was planned for. */
function useConsequence(schedule: Schedule): string {
  const { t } = useTranslation();
  const number = useNumber();
  const locale = useLocale();
  const zone = useZone();
  const { counts } = schedule;
  const when = plannedFor(schedule, zone, locale);
  if (counts.audience === 0) return t('cancel.nobodyYet', { when });
  const waiting = stillWaiting(counts);
  const gone = counts.accepted + counts.sent + counts.delivered + counts.read;
  return [
    t('cancel.spared', { count: waiting, n: number(waiting) }),
    gone > 0 ? t('cancel.gone', { count: gone, n: number(gone) }) : '',
    t('cancel.planned', { when }),
  ]
    .filter(Boolean)
    .join(' ');
}

interface Props extends ButtonProps {
  schedule: Schedule;
}

/** Stops what has not left. */
export function CancelSchedule({ schedule, ...rest }: Props) {
  const { t } = useTranslation();
  const move = useMoveSchedule(schedule.id);
  const consequence = useConsequence(schedule);
  if (isOver(schedule) || schedule.status === 'draft') return null;
  return (
    <ConfirmButton
      {...rest}
      title={t('cancel.title')}
      body={consequence}
      confirm={t('cancel.confirm')}
      danger
      action={() => move.mutateAsync('cancel')}
    >
      {t('cancel.button')}
    </ConfirmButton>
  );
}
