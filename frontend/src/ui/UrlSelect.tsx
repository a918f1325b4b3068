import { useUrlValue } from '@/lib/urlState';
import styles from '@/ui/DataTable.module.css';
import { type Option, Select } from '@/ui/Select';

interface Props {
  /** Name of the value in the URL. */
  name: string;
  label: string;
  options: Option[];
}

/** One of many choices that narrows a table; it lives in the URL. */
export function UrlSelect({ name, label, options }: Props) {
  const [value, setValue] = useUrlValue(name);
  return (
    <div className={styles.choice}>
      <Select
        label={label}
        hiddenLabel
        isClearable
        placeholder={label}
        options={options}
        value={options.find((o) => o.value === value) ?? null}
        onChange={(option) => setValue(option?.value ?? null)}
      />
    </div>
  );
}
