import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { RecipientInput } from '@/api/types';
import { ColumnTable } from '@/entities/recipient/ColumnTable';
import { ImportOutcome } from '@/entities/recipient/ImportOutcome';
import { PeopleSource } from '@/entities/recipient/PeopleSource';
import {
  guessTargets,
  parsePeople,
  type Target,
  toRecipient,
} from '@/entities/recipient/peopleText';
import { useBulkRecipients } from '@/entities/recipient/recipientQueries';
import { useNumber } from '@/lib/i18n';
import { Failed, Note } from '@/ui/Feedback';
import { Stack } from '@/ui/Page';

/** The API's limit for one call. */
const MOST = 10_000;

interface Consent {
  given: boolean;
  where: string;
}

interface ConsentProps {
  consent: Consent;
  onChange: (consent: Consent) => void;
}

/** "These people agreed": without where and when it is no proof, so it is asked for. */
function ConsentFields({ consent, onChange }: ConsentProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox
        label={t('import.agreed')}
        description={t('import.agreedHint')}
        checked={consent.given}
        onChange={(event) => onChange({ ...consent, given: event.currentTarget.checked })}
      />
      {consent.given && (
        <TextInput
          label={t('import.where')}
          placeholder={t('import.whereExample')}
          maxLength={200}
          value={consent.where}
          onChange={(event) => onChange({ ...consent, where: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function usePeople(text: string) {
  const table = useMemo(() => parsePeople(text), [text]);
  const [chosen, setChosen] = useState<{ text: string; targets: Target[] } | null>(null);
  const targets = chosen?.text === text ? chosen.targets : guessTargets(table);
  return { table, targets, setTargets: (next: Target[]) => setChosen({ text, targets: next }) };
}

interface Props {
  groupIds?: string[];
  onDone?: () => void;
}

/** Paste or drop people, check how they are read, say that they agreed, add them. */
export function PeopleImport({ groupIds = [], onDone }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const [text, setText] = useState('');
  const [consent, setConsent] = useState<Consent>({ given: false, where: '' });
  const { table, targets, setTargets } = usePeople(text);
  const bulk = useBulkRecipients();
  const count = table.rows.length;
  const noPhone = count > 0 && !targets.includes('phone');
  const unproven = consent.given && consent.where.trim() === '';
  const add = (): void => {
    const agreed = { marketing: 'opted_in' as const, source: consent.where.trim() };
    const items = table.rows.map((row): RecipientInput => {
      const person = toRecipient(row, table.headers, targets);
      return consent.given ? { ...person, consent: agreed } : person;
    });
    bulk.mutate({ items, group_ids: groupIds }, { onSuccess: onDone });
  };
  if (bulk.isSuccess) {
    const again = (): void => {
      setText('');
      bulk.reset();
    };
    return <ImportOutcome result={bulk.data} table={table} onAgain={again} />;
  }
  return (
    <Stack>
      <PeopleSource text={text} onText={setText} />
      {count > 0 && <ColumnTable table={table} targets={targets} onChange={setTargets} />}
      {noPhone && <Note kind="warn">{t('import.noPhone')}</Note>}
      {count > MOST && <Note kind="bad">{t('import.tooMany', { n: number(MOST) })}</Note>}
      <ConsentFields consent={consent} onChange={setConsent} />
      {bulk.isError && <Failed error={bulk.error} />}
      <div>
        <Button
          loading={bulk.isPending}
          disabled={count === 0 || noPhone || unproven || count > MOST}
          onClick={add}
        >
          {count === 0
            ? t('import.addBare')
            : t('import.add', { people: t('count.people', { count, n: number(count) }) })}
        </Button>
      </div>
    </Stack>
  );
}
