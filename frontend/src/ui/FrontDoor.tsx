import { Button } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

import { changeLanguage, currentLanguage, LANGUAGE_NAMES, LANGUAGES } from '@/lib/i18n';
import styles from '@/ui/FrontDoor.module.css';

interface Props {
  title: string;
  lead: string;
  wide?: boolean;
  children: ReactNode;
}

/** The pages before one is inside: log-in and set-up. */
export function FrontDoor({ title, lead, wide = false, children }: Props) {
  useEffect(() => {
    document.title = `${title} · WhatsApp Scheduler`;
  }, [title]);
  return (
    <main className={styles.door}>
      <div className={wide ? `${styles.box} ${styles.wide}` : styles.box}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width={30} height={30} />
          WhatsApp Scheduler
        </div>
        <div className={styles.card}>
          <h1>{title}</h1>
          <p className={styles.lead}>{lead}</p>
          {children}
        </div>
        <div className={styles.foot}>
          {LANGUAGES.map((language) => (
            <Button
              key={language}
              variant={currentLanguage() === language ? 'light' : 'subtle'}
              aria-pressed={currentLanguage() === language}
              size="compact-sm"
              lang={language}
              onClick={() => void changeLanguage(language)}
            >
              {LANGUAGE_NAMES[language]}
            </Button>
          ))}
        </div>
      </div>
    </main>
  );
}
