import { useTranslation } from 'react-i18next';

import styles from '@/entities/recipient/import.module.css';
import type { PeopleTable, Target } from '@/entities/recipient/peopleText';
import { TARGETS } from '@/entities/recipient/peopleText';

const SHOWN = 5;

interface Props {
  table: PeopleTable;
  targets: Target[];
  onChange: (targets: Target[]) => void;
}

/** The first rows as they were read, with what each column is taken for. */
export function ColumnTable({ table, targets, onChange }: Props) {
  const { t } = useTranslation();
  const change = (at: number, value: string): void => {
    onChange(targets.map((old, i) => (i === at ? ((value || null) as Target) : old)));
  };
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption hidden>{t('import.columns')}</caption>
        <thead>
          <tr>
            {targets.map((target, i) => {
              const name = table.headers[i] || t('import.column', { n: i + 1 });
              return (
                <th key={i} scope="col">
                  <label>
                    {name}
                    <select
                      className={styles.target}
                      value={target ?? ''}
                      onChange={(event) => change(i, event.currentTarget.value)}
                    >
                      <option value="">{t('import.leaveOut')}</option>
                      {TARGETS.map((field) => (
                        <option key={field} value={field}>
                          {t(`import.field.${field}`)}
                        </option>
                      ))}
                      {table.headers[i] && (
                        <option value="attributes">{t('import.field.attributes')}</option>
                      )}
                    </select>
                  </label>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, SHOWN).map((row, r) => (
            <tr key={r}>
              {targets.map((_, i) => (
                <td key={i}>{row[i]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
