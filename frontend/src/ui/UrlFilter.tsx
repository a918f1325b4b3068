import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useUrlValue } from '@/lib/urlState';
import styles from '@/ui/DataTable.module.css';

interface Props {
  /** Name of the value in the URL. */
  name: string;
  label: string;
  options: { value: string; label: string }[];
}

const ALL = 'all';

/** One choice that narrows a table; it lives in the URL, and "All" leaves no trace there. */
export function UrlFilter({ name, label, options }: Props) {
  const { t } = useTranslation();
  const [value, setValue] = useUrlValue(name);
  return (
    <div className={styles.filter}>
      <SegmentedControl
        aria-label={label}
        value={value ?? ALL}
        onChange={(next) => setValue(next === ALL ? null : next)}
        data={[{ value: ALL, label: t('common.all') }, ...options]}
      />
    </div>
  );
}
