import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { BulkResult } from '@/api/types';
import styles from '@/entities/recipient/import.module.css';
import type { PeopleTable } from '@/entities/recipient/peopleText';
import { useNumber } from '@/lib/i18n';
import { refusalText } from '@/lib/refusals';
import { Note } from '@/ui/Feedback';
import { Stack } from '@/ui/Page';

const SHOWN = 200;

function Problems({ result, table }: { result: BulkResult; table: PeopleTable }) {
  const { t } = useTranslation();
  // A header line shifts what people count as a line.
  const offset = table.headers.some((h) => h !== '') ? 2 : 1;
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={t('import.problems')}>
        <thead>
          <tr>
            <th scope="col">{t('import.line')}</th>
            <th scope="col">{t('import.problem')}</th>
            <th scope="col">{t('import.row')}</th>
          </tr>
        </thead>
        <tbody>
          {result.errors.slice(0, SHOWN).map((error, i) => (
            <tr key={i}>
              <td>{error.index + offset}</td>
              <td>{refusalText(error)}</td>
              <td>{table.rows[error.index]?.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Props {
  result: BulkResult;
  table: PeopleTable;
  onAgain: () => void;
}

/** What became of the rows: how many were added, and each that was not, with the reason. */
export function ImportOutcome({ result, table, onAgain }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const n = (count: number) => ({ count, n: number(count) });
  const kept = result.warnings.length;
  return (
    <Stack>
      <p className={styles.numbers} role="status">
        <strong>{t('import.created', n(result.created))}</strong>
        <span>{t('import.updated', n(result.updated))}</span>
        <span>{t('import.refused', n(result.errors.length))}</span>
      </p>
      {kept > 0 && <Note kind="info">{t('import.optOutKept', n(kept))}</Note>}
      {result.errors.length > 0 && <Problems result={result} table={table} />}
      <div>
        <Button variant="default" onClick={onAgain}>
          {t('import.again')}
        </Button>
      </div>
    </Stack>
  );
}
