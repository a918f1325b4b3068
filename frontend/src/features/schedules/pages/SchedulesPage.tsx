import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { CalendarClock, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Schedule } from '@/api/types';
import { scheduleList } from '@/entities/schedule/scheduleQueries';
import { useZone } from '@/entities/workspace/workspaceQueries';
import styles from '@/features/schedules/components/Schedules.module.css';
import { plannedFor } from '@/entities/schedule/wording';
import { useLocale, useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { useUrlValue } from '@/lib/urlState';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Feedback';
import { NameCell } from '@/ui/NameCell';
import { Page } from '@/ui/Page';
import { SearchField, Toolbar } from '@/ui/SearchField';
import { StateBadge } from '@/ui/StateBadge';
import { StatusBar } from '@/ui/StatusBar';
import { UrlFilter } from '@/ui/UrlFilter';

const FILTERS = ['scheduled', 'sending', 'completed', 'cancelled'] as const;

function useColumns(): Column<Schedule>[] {
  const { t } = useTranslation();
  const zone = useZone();
  const locale = useLocale();
  const number = useNumber();
  return [
    {
      key: 'name',
      header: t('schedule.name'),
      cell: (s) => (
        <NameCell to={`/schedules/${s.id}`} name={s.name || t('schedule.unnamed')} below={null} />
      ),
    },
    { key: 'status', header: t('schedule.status'), cell: (s) => <StateBadge state={s.status} /> },
    {
      key: 'when',
      header: t('schedule.when'),
      optional: true,
      cell: (s) => plannedFor(s, zone, locale),
    },
    {
      key: 'progress',
      header: t('schedule.progress'),
      optional: true,
      cell: (s) => (
        <div className={styles.mini}>
          {s.counts.audience > 0 && <StatusBar counts={s.counts} small />}
        </div>
      ),
    },
    {
      key: 'people',
      header: t('schedule.people'),
      end: true,
      cell: (s) => (s.counts.audience > 0 ? number(s.counts.audience) : '–'),
    },
  ];
}

const NewButton = ({ label }: { label: string }) => (
  <Button component={Link} to="/schedules/new" leftSection={<Plus size={16} aria-hidden />}>
    {label}
  </Button>
);

export function SchedulesPage() {
  const { t } = useTranslation();
  const [q] = useUrlValue('q');
  const [status] = useUrlValue('status');
  const refetchInterval = usePollInterval();
  const query = useInfiniteQuery({
    ...scheduleList({ q: q ?? undefined, status: status ?? undefined }),
    refetchInterval,
  });
  const filtered = q !== null || status !== null;
  return (
    <Page
      title={t('nav.schedules')}
      lead={t('schedule.lead')}
      actions={<NewButton label={t('schedule.new')} />}
    >
      <Toolbar>
        <SearchField label={t('schedule.search')} />
        <UrlFilter
          name="status"
          label={t('schedule.filter')}
          options={FILTERS.map((value) => ({ value, label: t(`state.${value}`) }))}
        />
      </Toolbar>
      <DataTable
        label={t('nav.schedules')}
        query={query}
        columns={useColumns()}
        rowKey={(s) => s.id}
        empty={
          filtered ? (
            <Empty icon={CalendarClock} title={t('common.noMatch')}>
              {t('common.noMatchText')}
            </Empty>
          ) : (
            <Empty
              icon={CalendarClock}
              title={t('schedule.emptyTitle')}
              action={<NewButton label={t('schedule.new')} />}
            >
              {t('schedule.emptyText')}
            </Empty>
          )
        }
      />
    </Page>
  );
}
