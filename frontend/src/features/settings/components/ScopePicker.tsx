import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { type Area, AREAS } from '@/features/settings/apiKeyQueries';
import styles from '@/features/settings/components/ApiKeys.module.css';

const VERBS = ['read', 'write'] as const;

interface Props {
  value: string[];
  onChange: (scopes: string[]) => void;
  error?: string;
}

/** A key's rights as a table of plain words: what it may see, what it may change. */
export function ScopePicker({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const isAdmin = value.includes('admin');
  const set = (scope: string, on: boolean): void =>
    onChange(on ? [...value, scope] : value.filter((s) => s !== scope));
  const box = (area: Area, verb: (typeof VERBS)[number]) => {
    const scope = `${area}:${verb}`;
    return (
      <Checkbox
        aria-label={t(`scope.${verb}What`, { what: t(`scope.${area}`) })}
        checked={value.includes(scope)}
        onChange={(event) => set(scope, event.currentTarget.checked)}
      />
    );
  };
  return (
    <fieldset className={styles.scopeBox}>
      <legend className={styles.legend}>{t('key.scopes')}</legend>
      <table className={styles.scopeTable}>
        <thead>
          <tr>
            <th scope="col">{t('scope.what')}</th>
            {VERBS.map((verb) => (
              <th key={verb} scope="col">
                {t(`scope.${verb}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {AREAS.map((area) => (
            <tr key={area}>
              <th scope="row">{t(`scope.${area}`)}</th>
              {VERBS.map((verb) => (
                <td key={verb}>{box(area, verb)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Checkbox
        mt={12}
        label={t('scope.admin')}
        description={t('scope.adminHint')}
        checked={isAdmin}
        onChange={(event) => set('admin', event.currentTarget.checked)}
      />
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
