import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

import styles from '@/app/shell/Shell.module.css';

const subscribe = (listener: () => void) => onlineManager.subscribe(listener);
const isOnline = (): boolean => onlineManager.isOnline();

/** Says that the network is gone: what is on the screen is from before, and goes on by itself. */
export function Offline() {
  const { t } = useTranslation();
  const online = useSyncExternalStore(subscribe, isOnline);
  return (
    <div role="status" className={online ? undefined : styles.offline}>
      {!online && t('problem.noNetwork')}
    </div>
  );
}
