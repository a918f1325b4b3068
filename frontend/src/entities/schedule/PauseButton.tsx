import type { ButtonProps } from '@mantine/core';
import { Pause, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Schedule } from '@/api/types';
import { useMoveSchedule } from '@/entities/schedule/scheduleQueries';
import { ActionButton } from '@/ui/ActionButton';

interface Props extends ButtonProps {
  schedule: Schedule;
}

/** Pause or resume in one click: either can be taken back. */
export function PauseButton({ schedule, ...rest }: Props) {
  const { t } = useTranslation();
  const move = useMoveSchedule(schedule.id);
  const paused = schedule.status === 'paused';
  if (!paused && schedule.status !== 'sending' && schedule.status !== 'scheduled') return null;
  const to = paused ? 'resume' : 'pause';
  const Icon = paused ? Play : Pause;
  return (
    <ActionButton
      variant={paused ? 'filled' : 'default'}
      {...rest}
      leftSection={<Icon size={15} aria-hidden />}
      action={() => move.mutateAsync(to)}
    >
      {t(`run.${to}`)}
    </ActionButton>
  );
}
