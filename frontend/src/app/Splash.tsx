import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import styles from '@/app/Splash.module.css';

export function Splash() {
  const { t } = useTranslation();
  return (
    <div className={styles.splash} role="status" aria-label={t('common.loading')}>
      <Loader size="sm" />
    </div>
  );
}
