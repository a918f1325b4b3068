import { Button } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useNumber } from '@/lib/i18n';
import { NoAnswer } from '@/ui/Answered';
import styles from '@/ui/DataTable.module.css';
import { Loading } from '@/ui/Feedback';

export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand at the right, so that digits line up. */
  end?: boolean;
  /** Only for screen readers, where the cells explain themselves. */
  hiddenHeader?: boolean;
  /** Left out on phones, where the row's page shows it. */
  optional?: boolean;
}

interface Paged<T> {
  items: T[];
}

interface Props<T> {
  label: string;
  query: UseInfiniteQueryResult<InfiniteData<Paged<T>>>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  selected?: string | null;
  empty: ReactNode;
}

/** Rows from which only those on the screen are drawn. */
const VIRTUAL_FROM = 200;
const ROW_HEIGHT = 49;

/** A table over a keyset list: owns loading, failed, empty and "show more". */
export function DataTable<T>({ label, query, columns, rowKey, selected, empty }: Props<T>) {
  const { t } = useTranslation();
  const number = useNumber();
  if (query.data === undefined) {
    return (
      <div className={`${styles.frame} ${styles.pad}`}>
        {query.isError ? <NoAnswer query={query} /> : <Loading />}
      </div>
    );
  }
  const rows = query.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <div className={styles.frame}>{empty}</div>;
  return (
    <div className={styles.frame}>
      <Rows label={label} columns={columns} rows={rows} rowKey={rowKey} selected={selected} />
      {(query.hasNextPage || rows.length > 20) && (
        <div className={styles.foot}>
          <span>{t('table.shown', { count: rows.length, n: number(rows.length) })}</span>
          {query.hasNextPage && (
            <Button
              size="xs"
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t('table.more')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

interface RowsProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  selected?: string | null;
}

function useVisibleRange(count: number, scroller: React.RefObject<HTMLDivElement | null>) {
  const virtual = count > VIRTUAL_FROM;
  // The compiler skips this hook's component; its result is not stable by design.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: virtual ? count : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  if (!virtual) return { first: 0, last: count - 1, above: 0, below: 0, virtual };
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    first: first?.index ?? 0,
    last: last?.index ?? Math.min(count - 1, 30),
    above: first?.start ?? 0,
    below: last ? virtualizer.getTotalSize() - last.end : 0,
    virtual,
  };
}

function Rows<T>({ label, columns, rows, rowKey, selected }: RowsProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const range = useVisibleRange(rows.length, scroller);
  const className = (c: Column<T>) =>
    [c.end && styles.end, c.optional && styles.optional].filter(Boolean).join(' ');
  return (
    <div
      ref={scroller}
      className={styles.scroll}
      style={range.virtual ? { maxHeight: '70vh', overflowY: 'auto' } : undefined}
    >
      <table className={styles.table} aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" className={className(c)}>
                {c.hiddenHeader ? <span className={styles.hidden}>{c.header}</span> : c.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={range.above} span={columns.length} />
          {rows.slice(range.first, range.last + 1).map((row) => (
            <tr key={rowKey(row)} data-selected={rowKey(row) === selected || undefined}>
              {columns.map((c) => (
                <td key={c.key} className={className(c)}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap height={range.below} span={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that are not drawn, so that the scrollbar tells the truth. */
function Gap({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles.gap} aria-hidden>
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}
