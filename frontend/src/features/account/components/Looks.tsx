import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import styles from '@/features/account/components/Account.module.css';
import { changeLanguage, currentLanguage, LANGUAGE_NAMES, LANGUAGES } from '@/lib/i18n';
import { Card, Split } from '@/ui/Page';

const THEMES = ['auto', 'light', 'dark'] as const;

/** Language and light, kept in this browser. */
export function Looks() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Card title={t('account.looks')} hint={t('account.looksHint')}>
      <Split>
        <div>
          <div className={styles.label}>{t('menu.language')}</div>
          <SegmentedControl
            aria-label={t('menu.language')}
            value={currentLanguage()}
            onChange={(language) => void changeLanguage(language)}
            data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          />
        </div>
        <div>
          <div className={styles.label}>{t('menu.theme')}</div>
          <SegmentedControl
            aria-label={t('menu.theme')}
            value={colorScheme}
            onChange={(theme) => setColorScheme(theme)}
            data={THEMES.map((value) => ({ value, label: t(`menu.${value}`) }))}
          />
        </div>
      </Split>
    </Card>
  );
}
