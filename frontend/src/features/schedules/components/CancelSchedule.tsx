import { useTranslation } from 'react-i18next';

import type { Schedule } from '@/api/types';
import { useCancelSchedule } from '@/entities/schedule/scheduleQueries';
import { isOver, stillWaiting } from '@/entities/schedule/wording';
import { useNumber } from '@/lib/i18n';
import { ConfirmButton } from '@/ui/ConfirmButton';

/** Stops what has not left; says how many people that spares and how many have it already. */
export function CancelSchedule({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const number = useNumber();
  const cancel = useCancelSchedule(schedule.id);
  if (isOver(schedule)) return null;
  const { counts } = schedule;
  const waiting = stillWaiting(counts);
  const gone = counts.accepted + counts.sent + counts.delivered + counts.read;
  const spared =
    counts.audience === 0
      ? t('cancel.nobodyYet')
      : t('cancel.spared', { count: waiting, n: number(waiting) });
  return (
    <ConfirmButton
      title={t('cancel.title')}
      body={[spared, gone > 0 ? t('cancel.gone', { count: gone, n: number(gone) }) : ''].join(' ')}
      confirm={t('cancel.confirm')}
      danger
      action={() => cancel.mutateAsync()}
    >
      {t('cancel.button')}
    </ConfirmButton>
  );
}
