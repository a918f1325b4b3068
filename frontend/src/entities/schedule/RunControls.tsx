import type { Schedule } from '@/api/types';
import { CancelSchedule } from '@/entities/schedule/CancelSchedule';
import { PauseButton } from '@/entities/schedule/PauseButton';
import { useCan } from '@/lib/access';

/** What stops a send or lets it go on, one click away wherever it is seen to run. */
export function RunControls({ schedule }: { schedule: Schedule }) {
  if (!useCan('schedules:write')) return null;
  return (
    <>
      <PauseButton schedule={schedule} size="xs" />
      <CancelSchedule schedule={schedule} size="xs" />
    </>
  );
}
