import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import styles from '@/ui/StateBadge.module.css';
import { isState, stateColor, STATES, type State } from '@/ui/states';

/** A state's colour, icon and word: the same wherever the state is named. */
export function StateBadge({ state }: { state: State }) {
  const { t } = useTranslation();
  const Icon = STATES[state][0];
  return (
    <span className={styles.badge} style={{ '--state': stateColor(state) } as CSSProperties}>
      <Icon size={13} aria-hidden />
      {t(`state.${state}`)}
    </span>
  );
}

/** For states that come from outside, such as Meta's: an unknown one is shown as it is. */
export function LooseStateBadge({ state }: { state: string }) {
  const known = state.toLowerCase();
  if (isState(known)) return <StateBadge state={known} />;
  return (
    <span className={styles.badge} style={{ '--state': stateColor('unknown') } as CSSProperties}>
      {known.replaceAll('_', ' ')}
    </span>
  );
}
