import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import ReactSelect, {
  type GroupBase,
  type Props as SelectProps,
  type StylesConfig,
} from 'react-select';

import styles from '@/ui/Select.module.css';

export interface Option {
  value: string;
  label: string;
  /** Small print at the right: a count, a status. */
  note?: string;
  /** What kind of thing it is, where one list mixes several. */
  kind?: string;
}

/** React Select speaks in JS styles; here they only point at our tokens. */
function tokenStyles<Multi extends boolean>(): StylesConfig<Option, Multi, GroupBase<Option>> {
  return {
    control: (base, { isFocused }) => ({
      ...base,
      minHeight: 38,
      borderRadius: 'var(--radius)',
      borderColor: isFocused ? 'var(--accent-text)' : 'var(--border-strong)',
      background: 'var(--surface)',
      boxShadow: isFocused ? '0 0 0 1px var(--accent-text)' : 'none',
      ':hover': { borderColor: 'var(--accent-text)' },
    }),
    input: (base) => ({ ...base, color: 'var(--text)' }),
    singleValue: (base) => ({ ...base, color: 'var(--text)' }),
    placeholder: (base) => ({ ...base, color: 'var(--text-3)' }),
    dropdownIndicator: (base) => ({ ...base, color: 'var(--text-3)', padding: 7 }),
    clearIndicator: (base) => ({ ...base, color: 'var(--text-3)', padding: 7 }),
    indicatorSeparator: () => ({ display: 'none' }),
    menuPortal: (base) => ({ ...base, zIndex: 400 }),
    menu: (base) => ({
      ...base,
      border: '1px solid var(--border)',
      borderRadius: 'var(--radius)',
      background: 'var(--surface)',
      boxShadow: 'var(--shadow)',
      overflow: 'hidden',
    }),
    groupHeading: (base) => ({ ...base, color: 'var(--text-3)', textTransform: 'none' }),
    option: (base, { isFocused, isSelected }) => ({
      ...base,
      background: isSelected ? 'var(--accent-soft)' : isFocused ? 'var(--surface-2)' : 'none',
      color: 'var(--text)',
      ':active': { background: 'var(--surface-2)' },
    }),
    multiValue: (base) => ({ ...base, borderRadius: 6, background: 'var(--accent-soft)' }),
    multiValueLabel: (base) => ({ ...base, color: 'var(--accent-text)', fontWeight: 560 }),
    multiValueRemove: (base) => ({
      ...base,
      color: 'var(--accent-text)',
      ':hover': { background: 'var(--accent)', color: '#fff' },
    }),
    noOptionsMessage: (base) => ({ ...base, color: 'var(--text-3)' }),
    loadingMessage: (base) => ({ ...base, color: 'var(--text-3)' }),
  };
}

type Props<Multi extends boolean> = SelectProps<Option, Multi> & {
  label: string;
  /** Lets a form move the focus here when the choice is missing. */
  focusRef?: (target: { focus: () => void } | null) => void;
  /** Only for screen readers, where the field's own words are enough to see. */
  hiddenLabel?: boolean;
  hint?: ReactNode;
  error?: string;
};

function Choice({ option }: { option: Option }) {
  return (
    <span className={styles.option}>
      {option.label}
      {option.note !== undefined && <span className={styles.note}>{option.note}</span>}
    </span>
  );
}

export function Select<Multi extends boolean = false>({
  label,
  hiddenLabel = false,
  hint,
  error,
  focusRef,
  ...rest
}: Props<Multi>) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div>
      <label className={hiddenLabel ? styles.hidden : styles.label} htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && <div className={styles.hint}>{hint}</div>}
      <ReactSelect<Option, Multi>
        inputId={id}
        ref={focusRef}
        styles={tokenStyles<Multi>()}
        menuPortalTarget={document.body}
        menuPlacement="auto"
        placeholder={t('select.placeholder')}
        noOptionsMessage={() => t('select.none')}
        loadingMessage={() => t('common.loading')}
        // Tab goes to the next field, as everywhere else; Enter chooses.
        tabSelectsValue={false}
        formatOptionLabel={(option, { context }) =>
          // What is chosen is named by its bare text: its remove button says it.
          context === 'value' ? option.label : <Choice option={option} />
        }
        aria-invalid={error !== undefined}
        aria-errormessage={error === undefined ? undefined : `${id}-error`}
        {...rest}
      />
      {error !== undefined && (
        <div className={styles.error} id={`${id}-error`}>
          {error}
        </div>
      )}
    </div>
  );
}
