import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { AuditEntry } from '@/api/types';
import { ACTS, pageOf } from '@/features/audit/acts';
import { auditList } from '@/features/audit/auditQueries';
import styles from '@/features/audit/components/Audit.module.css';
import { Changes } from '@/features/audit/components/Changes';
import { useCan, useZone } from '@/lib/access';
import { membersQuery } from '@/lib/members';
import { useUrlValue } from '@/lib/urlState';
import { Allowed } from '@/ui/Allowed';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Feedback';
import { Toolbar } from '@/ui/SearchField';
import { TimeText } from '@/ui/TimeText';
import { UrlSelect } from '@/ui/UrlSelect';

const SPANS = ['1', '7', '30'] as const;
const DAY_MS = 86_400_000;

function useActText(): (action: string) => string {
  const { t, i18n } = useTranslation();
  return (action) => {
    const key = `act.${action}`;
    return i18n.exists(key) ? t(key as 'act.schedule.created') : action.replaceAll(/[._]/g, ' ');
  };
}

function Who({ entry: { actor, address } }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  return (
    <>
      {actor.name ?? t(`audit.kind.${actor.kind}`)}
      <div className={styles.sub}>
        {[actor.kind === 'api_key' ? t('audit.kind.api_key') : null, address]
          .filter(Boolean)
          .join(' · ')}
      </div>
    </>
  );
}

function What({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const act = useActText();
  const to = pageOf(entry);
  const name = entry.after?.name ?? entry.before?.name;
  return (
    <>
      {act(entry.action)}
      <div className={styles.onPhone}>
        <Who entry={entry} />
      </div>
      <div className={styles.sub}>
        {to === null ? (
          typeof name === 'string' && name
        ) : (
          <Link to={to}>{typeof name === 'string' && name !== '' ? name : t('audit.open')}</Link>
        )}
      </div>
    </>
  );
}

function useColumns(): Column<AuditEntry>[] {
  const { t } = useTranslation();
  const zone = useZone();
  return [
    {
      key: 'at',
      header: t('audit.when'),
      cell: (entry) => <TimeText at={entry.at} zone={zone} seconds bare />,
    },
    { key: 'who', header: t('audit.who'), optional: true, cell: (entry) => <Who entry={entry} /> },
    { key: 'what', header: t('audit.what'), cell: (entry) => <What entry={entry} /> },
    {
      key: 'changes',
      header: t('audit.changes'),
      optional: true,
      cell: (entry) => <Changes entry={entry} />,
    },
  ];
}

function Filters() {
  const { t } = useTranslation();
  const act = useActText();
  const members = useQuery({ ...membersQuery, enabled: useCan('admin') }).data ?? [];
  return (
    <Toolbar>
      <UrlSelect
        name="action"
        label={t('audit.what')}
        options={ACTS.map((value) => ({ value, label: act(value) }))}
      />
      <UrlSelect
        name="who"
        label={t('audit.who')}
        options={members.map(({ id, name, email }) => ({ value: id, label: name || email }))}
      />
      <UrlSelect
        name="days"
        label={t('audit.when')}
        options={SPANS.map((value) => ({
          value,
          label: t('audit.days', { count: Number(value) }),
        }))}
      />
    </Toolbar>
  );
}

function Ledger() {
  const { t } = useTranslation();
  const zone = useZone();
  const [opened] = useState(() => Date.now());
  const [action] = useUrlValue('action');
  const [who] = useUrlValue('who');
  const [days] = useUrlValue('days');
  const span = SPANS.find((known) => known === days);
  const query = useInfiniteQuery(
    auditList({
      action: ACTS.find((known) => known === action),
      actor_id: who ?? undefined,
      from: span === undefined ? undefined : new Date(opened - Number(span) * DAY_MS).toISOString(),
    }),
  );
  const filtered = [action, who, span].some((value) => value != null);
  return (
    <>
      <p className={styles.lead}>{t('audit.lead', { zone })}</p>
      <Filters />
      <DataTable
        label={t('audit.title')}
        query={query}
        columns={useColumns()}
        rowKey={(entry) => entry.id}
        empty={
          <Empty icon={ScrollText} title={filtered ? t('common.noMatch') : t('audit.emptyTitle')}>
            {filtered ? t('common.noMatchText') : t('audit.emptyText')}
          </Empty>
        }
      />
    </>
  );
}

/** Who did what to which object, newest first; nobody can change it. */
export function AuditPage() {
  return (
    <Allowed scope="admin">
      <Ledger />
    </Allowed>
  );
}
