import { onlineManager, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

import styles from '@/app/shell/Shell.module.css';
import { useSilence } from '@/lib/reach';

const subscribe = (listener: () => void) => onlineManager.subscribe(listener);
const isOnline = (): boolean => onlineManager.isOnline();

/** Once the server is back, what failed meanwhile or was missed is asked for anew. */
function useCatchUp(silent: boolean): void {
  const client = useQueryClient();
  const missed = useRef(false);
  useEffect(() => {
    if (silent) missed.current = true;
    else if (missed.current) {
      missed.current = false;
      void client.invalidateQueries();
    }
  }, [silent, client]);
}

/**
 * Says that the network or the server is gone: what is on the screen is from before, and goes on
 * by itself.
 */
export function Offline() {
  const { t } = useTranslation();
  const online = useSyncExternalStore(subscribe, isOnline);
  const silent = useSilence();
  useCatchUp(silent);
  const away = !online || silent;
  return (
    <div role="status" className={away ? styles.offline : undefined}>
      {away && t(online ? 'problem.noServer' : 'problem.noNetwork')}
    </div>
  );
}
