import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import { useNumber } from '@/lib/i18n';
import { DELIVERY_STATES, type DeliveryState, stateColor } from '@/ui/states';
import styles from '@/ui/StatusBar.module.css';

export type StateCounts = Record<DeliveryState, number> & { audience: number };

/** The states that hold anybody, in the fixed order. */
export function filledStates(counts: StateCounts): [DeliveryState, number][] {
  return DELIVERY_STATES.map((s): [DeliveryState, number] => [s, counts[s]]).filter(
    ([, n]) => n > 0,
  );
}

interface Props {
  counts: StateCounts;
  small?: boolean;
}

/** One stacked bar; its parts are counts of people and together the whole audience. */
export function StatusBar({ counts, small = false }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const parts = filledStates(counts);
  const words = parts.map(([s, n]) => `${t(`state.${s}`)} ${number(n)}`).join(', ');
  return (
    <div
      className={small ? `${styles.bar} ${styles.small}` : styles.bar}
      role="img"
      aria-label={words || t('state.nobody')}
    >
      {parts.map(([state, n]) => (
        <span
          key={state}
          className={styles.part}
          style={{ flexGrow: n, background: stateColor(state) }}
        />
      ))}
    </div>
  );
}

interface LegendProps {
  counts: StateCounts;
  selected: string | null;
  onSelect: (state: string | null) => void;
}

/** The numbers under the bar; each narrows the table below to its people. */
export function StatusLegend({ counts, selected, onSelect }: LegendProps) {
  const { t } = useTranslation();
  const number = useNumber();
  return (
    <ul className={styles.legend} aria-label={t('state.filter')}>
      {filledStates(counts).map(([state, n]) => (
        <li key={state}>
          <button
            type="button"
            className={styles.item}
            aria-pressed={selected === state}
            onClick={() => onSelect(selected === state ? null : state)}
            style={{ '--state': stateColor(state) } as CSSProperties}
          >
            <span className={styles.dot} aria-hidden />
            {t(`state.${state}`)} <span className={styles.count}>{number(n)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
