import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { FileUp, Plus, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Recipient } from '@/api/types';
import { ConsentBadge } from '@/entities/recipient/ConsentBadge';
import { recipientList, recipientName } from '@/entities/recipient/recipientQueries';
import { AddPerson } from '@/features/recipients/components/AddPerson';
import { useCan } from '@/lib/access';
import { zoneCity } from '@/lib/time';
import { useUrlValue } from '@/lib/urlState';
import { type Column, DataTable } from '@/ui/DataTable';
import { NameCell } from '@/ui/NameCell';
import { Empty } from '@/ui/Feedback';
import { Muted, Page } from '@/ui/Page';
import { SearchField, Toolbar } from '@/ui/SearchField';
import { UrlFilter } from '@/ui/UrlFilter';

const CONSENTS = ['opted_in', 'unknown', 'opted_out'] as const;

function useColumns(): Column<Recipient>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'name',
      header: t('person.name'),
      cell: (r) => <NameCell to={`/recipients/${r.id}`} name={recipientName(r)} below={r.phone} />,
    },
    { key: 'consent', header: t('person.marketing'), cell: (r) => <ConsentBadge recipient={r} /> },
    {
      key: 'zone',
      header: t('editor.zone'),
      optional: true,
      cell: (r) => <Muted>{zoneCity(r.timezone)}</Muted>,
    },
  ];
}

function ImportLink({ primary = false }: { primary?: boolean }) {
  const { t } = useTranslation();
  return (
    <Button
      component={Link}
      to="/recipients/import"
      variant={primary ? 'filled' : 'default'}
      leftSection={<FileUp size={16} aria-hidden />}
    >
      {t('person.import')}
    </Button>
  );
}

export function RecipientsPage() {
  const { t } = useTranslation();
  const [q] = useUrlValue('q');
  const [consent] = useUrlValue('consent');
  const mayWrite = useCan('recipients:write');
  const [adding, setAdding] = useState(false);
  const query = useInfiniteQuery(
    recipientList({ q: q ?? undefined, consent: consent ?? undefined }),
  );
  const filtered = q !== null || consent !== null;
  return (
    <Page
      title={t('nav.recipients')}
      lead={t('person.lead')}
      actions={
        mayWrite && (
          <>
            <ImportLink />
            <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t('person.add')}
            </Button>
          </>
        )
      }
    >
      <Toolbar>
        <SearchField label={t('person.search')} />
        <UrlFilter
          name="consent"
          label={t('person.filter')}
          options={CONSENTS.map((value) => ({ value, label: t(`state.${value}`) }))}
        />
      </Toolbar>
      <DataTable
        label={t('nav.recipients')}
        query={query}
        columns={useColumns()}
        rowKey={(r) => r.id}
        empty={
          <Empty
            icon={UserRound}
            title={filtered ? t('common.noMatch') : t('person.emptyTitle')}
            action={filtered || !mayWrite ? undefined : <ImportLink primary />}
          >
            {filtered ? t('common.noMatchText') : t('person.emptyText')}
          </Empty>
        }
      />
      <AddPerson opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
