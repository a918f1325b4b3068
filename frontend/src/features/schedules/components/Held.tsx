import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Occurrence } from '@/api/types';
import { heldOccurrence, useResumeHeld } from '@/entities/schedule/occurrenceQueries';
import styles from '@/features/schedules/components/Schedules.module.css';
import { useCan } from '@/lib/access';
import { ActionButton } from '@/ui/ActionButton';
import { Note } from '@/ui/Feedback';
import { type Option, Select } from '@/ui/Select';

function GoOn({ occurrence }: { occurrence: Occurrence & { id: string } }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<Option | null>(null);
  const resume = useResumeHeld(occurrence.id);
  const options = (occurrence.substitutes ?? []).map(({ id, name, language, category }) => ({
    value: id,
    label: name,
    note: `${language} · ${category}`,
  }));
  return (
    <div className={styles.goOn}>
      {options.length > 0 && (
        <Select
          label={t('held.substitute')}
          options={options}
          value={chosen}
          onChange={setChosen}
          isClearable
        />
      )}
      <ActionButton action={() => resume.mutateAsync(chosen?.value ?? null)}>
        {t(chosen === null ? 'held.resume' : 'held.resumeWith')}
      </ActionButton>
    </div>
  );
}

/** Why a send stands still until a person decides, and the ways on. */
export function Held({ scheduleId }: { scheduleId: string }) {
  const { t, i18n } = useTranslation();
  const mayWrite = useCan('schedules:write');
  const occurrence = useQuery(heldOccurrence(scheduleId)).data;
  if (occurrence?.id == null) return null;
  const { id, status_reason: reason } = occurrence;
  const known = reason !== null && i18n.exists(`reasonText.${reason}`);
  return (
    <div className={styles.stopped}>
      <Note kind="warn">
        <strong>{t('held.title')}.</strong>{' '}
        {known ? t(`reasonText.${reason as 'template_unavailable'}`) : reason}
        {mayWrite && <GoOn occurrence={{ ...occurrence, id }} />}
      </Note>
    </div>
  );
}
