import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CalendarClock, Plus } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Schedule } from '@/api/types';
import { scheduleList } from '@/entities/schedule/scheduleQueries';
import { plannedFor } from '@/entities/schedule/wording';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { useCan, useZone } from '@/lib/access';
import styles from '@/features/schedules/components/Schedules.module.css';
import { SPANS, STATES, toFilters } from '@/features/schedules/filters';
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
import { UrlSelect } from '@/ui/UrlSelect';

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

function Filters() {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery).data ?? [];
  return (
    <Toolbar>
      <SearchField label={t('schedule.search')} />
      <UrlSelect
        name="status"
        label={t('schedule.filter')}
        options={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
      />
      <UrlSelect
        name="when"
        label={t('schedule.when')}
        options={SPANS.map((value) => ({ value, label: t(`span.${value}`) }))}
      />
      {senders.length > 1 && (
        <UrlSelect
          name="sender"
          label={t('editor.sender')}
          options={senders.map((s) => ({ value: s.id, label: senderName(s) }))}
        />
      )}
    </Toolbar>
  );
}

function Nothing({ filtered, action }: { filtered: boolean; action: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Empty
      icon={CalendarClock}
      title={filtered ? t('common.noMatch') : t('schedule.emptyTitle')}
      action={filtered ? undefined : action}
    >
      {filtered ? t('common.noMatchText') : t('schedule.emptyText')}
    </Empty>
  );
}

export function SchedulesPage() {
  const { t } = useTranslation();
  const mayPlan = useCan('schedules:write');
  const [opened] = useState(() => Date.now());
  const [q] = useUrlValue('q');
  const [status] = useUrlValue('status');
  const [sender] = useUrlValue('sender');
  const [when] = useUrlValue('when');
  const refetchInterval = usePollInterval();
  const chosen = { q, status, sender, when };
  const query = useInfiniteQuery({ ...scheduleList(toFilters(chosen, opened)), refetchInterval });
  const add = mayPlan && <NewButton label={t('schedule.new')} />;
  return (
    <Page title={t('nav.schedules')} lead={t('schedule.lead')} actions={add}>
      <Filters />
      <DataTable
        label={t('nav.schedules')}
        query={query}
        columns={useColumns()}
        rowKey={(s) => s.id}
        empty={<Nothing filtered={Object.values(chosen).some((c) => c !== null)} action={add} />}
      />
    </Page>
  );
}
