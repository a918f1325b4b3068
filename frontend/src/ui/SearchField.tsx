import { TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';

import { useUrlValue } from '@/lib/urlState';
import styles from '@/ui/DataTable.module.css';

const SETTLE_MS = 250;

/** Search that lives in the URL as `q`, asked once typing pauses. */
export function SearchField({ label }: { label: string }) {
  const [q, setQ] = useUrlValue('q', { replace: true });
  const [text, setText] = useState(q ?? '');
  useEffect(() => {
    if (text === (q ?? '')) return;
    const timer = setTimeout(() => setQ(text.trim()), SETTLE_MS);
    return () => clearTimeout(timer);
    // Only typing starts the wait; the URL's own change must not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [text]);
  return (
    <TextInput
      className={styles.search}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={15} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      data-search
    />
  );
}

export const Toolbar = ({ children }: { children: React.ReactNode }) => (
  <div className={styles.toolbar}>{children}</div>
);
