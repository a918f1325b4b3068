import { useTranslation } from 'react-i18next';

import type { AuditEntry } from '@/api/types';
import { changesOf } from '@/features/audit/acts';
import styles from '@/features/audit/components/Audit.module.css';
import { useNumber } from '@/lib/i18n';

/** What an act changed: each field as it was and as it became. */
export function Changes({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const number = useNumber();
  const changes = changesOf(entry);
  if (changes.length === 0) return null;
  return (
    <details className={styles.changes}>
      <summary>{t('audit.fields', { count: changes.length, n: number(changes.length) })}</summary>
      <dl>
        {changes.map(({ field, before, after }) => (
          <div key={field}>
            <dt>{field.replaceAll('_', ' ')}</dt>
            <dd>
              {before !== null && <span className={styles.before}>{before}</span>} {after}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
