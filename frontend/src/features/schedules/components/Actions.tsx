import { Button } from '@mantine/core';
import { Archive, Copy, Send } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';

import type { Schedule } from '@/api/types';
import { CancelSchedule } from '@/entities/schedule/CancelSchedule';
import { PauseButton } from '@/entities/schedule/PauseButton';
import { useDeleteDraft, useMoveSchedule } from '@/entities/schedule/scheduleQueries';
import { isOver, plannedFor } from '@/entities/schedule/wording';
import { useReach } from '@/features/schedules/components/useReach';
import { useCan, useZone } from '@/lib/access';
import { useLocale } from '@/lib/i18n';
import { ConfirmButton } from '@/ui/ConfirmButton';

interface Props {
  schedule: Schedule;
}

function SendNow({ schedule }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const zone = useZone();
  const people = useReach(schedule);
  const move = useMoveSchedule(schedule.id);
  return (
    <ConfirmButton
      leftSection={<Send size={15} aria-hidden />}
      title={t('run.nowTitle')}
      body={t('run.nowText', { people, when: plannedFor(schedule, zone, locale) })}
      confirm={t('editor.sendNow', { people })}
      action={() => move.mutateAsync('send-now')}
    >
      {t('run.now')}
    </ConfirmButton>
  );
}

function Duplicate({ schedule }: Props) {
  const { t } = useTranslation();
  return (
    <Button
      component={Link}
      to={`/schedules/new?from=${schedule.id}`}
      variant="default"
      leftSection={<Copy size={15} aria-hidden />}
    >
      {t('run.duplicate')}
    </Button>
  );
}

function ArchiveButton({ schedule }: Props) {
  const { t } = useTranslation();
  const move = useMoveSchedule(schedule.id);
  return (
    <ConfirmButton
      leftSection={<Archive size={15} aria-hidden />}
      title={t('run.archiveTitle')}
      body={t('run.archiveText')}
      confirm={t('run.archive')}
      action={() => move.mutateAsync('archive')}
    >
      {t('run.archive')}
    </ConfirmButton>
  );
}

function DraftActions({ schedule }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const locale = useLocale();
  const zone = useZone();
  const people = useReach(schedule);
  const move = useMoveSchedule(schedule.id);
  const remove = useDeleteDraft(schedule.id);
  const discard = async (): Promise<void> => {
    await remove.mutateAsync();
    await navigate('/schedules');
  };
  return (
    <>
      <ConfirmButton
        variant="filled"
        title={t('run.submitTitle')}
        body={t('run.submitText', { people, when: plannedFor(schedule, zone, locale) })}
        confirm={t('run.submit')}
        action={() => move.mutateAsync('submit')}
      >
        {t('run.submit')}
      </ConfirmButton>
      <ConfirmButton
        danger
        title={t('run.discardTitle')}
        body={t('run.discardText')}
        confirm={t('common.delete')}
        action={discard}
      >
        {t('common.delete')}
      </ConfirmButton>
    </>
  );
}

/** What can be done with a schedule in its state, by whoever may. */
export function Actions({ schedule }: Props) {
  if (!useCan('schedules:write')) return null;
  return (
    <>
      <PauseButton schedule={schedule} />
      {schedule.status === 'scheduled' && <SendNow schedule={schedule} />}
      {schedule.status === 'draft' && <DraftActions schedule={schedule} />}
      <Duplicate schedule={schedule} />
      {isOver(schedule) && schedule.status !== 'archived' && <ArchiveButton schedule={schedule} />}
      <CancelSchedule schedule={schedule} />
    </>
  );
}
