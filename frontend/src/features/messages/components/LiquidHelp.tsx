import { useTranslation } from 'react-i18next';

import styles from '@/features/messages/components/MessageEditor.module.css';

/** How a text speaks to each person by name. */
export function LiquidHelp() {
  const { t } = useTranslation();
  return (
    <p className={styles.help}>
      {t('message.liquid', {
        hole: '{{ name }}',
        fallback: `{{ name | default: "${t('setup.fallback')}" }}`,
      })}
    </p>
  );
}
