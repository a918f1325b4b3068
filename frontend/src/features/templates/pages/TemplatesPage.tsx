import { Button, Drawer } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { LayoutTemplate, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import type { Template } from '@/api/types';
import { sendersQuery } from '@/entities/sender/senderQueries';
import { templatePhone } from '@/entities/template/templatePhone';
import { templateList, templateQuery, useSyncTemplates } from '@/entities/template/templateQueries';
import styles from '@/features/templates/components/Templates.module.css';
import { useCan } from '@/lib/access';
import { useMetaWords } from '@/lib/metaWords';
import { useUrlValue } from '@/lib/urlState';
import { Answered } from '@/ui/Answered';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty, Note } from '@/ui/Feedback';
import { Facts, Muted, Page, Stack } from '@/ui/Page';
import { PhonePreview } from '@/ui/PhonePreview';
import { SearchField, Toolbar } from '@/ui/SearchField';
import { LooseStateBadge } from '@/ui/StateBadge';

function SyncButton() {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery).data ?? [];
  const sync = useSyncTemplates();
  // One call per business account; several numbers may share one.
  const accounts = new Map(senders.map((s) => [s.waba_id, s.id]));
  const run = (): void => {
    for (const id of accounts.values()) sync.mutate(id);
  };
  return (
    <Button
      leftSection={<RefreshCw size={16} aria-hidden />}
      disabled={accounts.size === 0}
      loading={sync.isPending}
      onClick={run}
    >
      {t('template.sync')}
    </Button>
  );
}

function useColumns(onOpen: (id: string) => void): Column<Template>[] {
  const { t } = useTranslation();
  const meta = useMetaWords();
  return [
    {
      key: 'name',
      header: t('template.name'),
      cell: (one) => (
        <button type="button" className={styles.open} onClick={() => onOpen(one.id)}>
          {one.name}
        </button>
      ),
    },
    {
      key: 'language',
      header: t('person.language'),
      optional: true,
      cell: (one) => one.language,
    },
    {
      key: 'category',
      header: t('message.category'),
      optional: true,
      cell: (one) => <Muted>{meta.category(one.category)}</Muted>,
    },
    {
      key: 'status',
      header: t('schedule.status'),
      cell: (one) => <LooseStateBadge state={one.status} />,
    },
  ];
}

function Detail({ template }: { template: Template }) {
  const { t } = useTranslation();
  const meta = useMetaWords();
  const slots = template.slots.map((s) => s.path).join(', ');
  return (
    <Stack>
      {template.rejected_reason && (
        <Note kind="bad">{t('template.rejected', { why: template.rejected_reason })}</Note>
      )}
      {template.unsupported.map((part) => (
        <Note key={part} kind="warn">
          {t('template.unsupported', { part })}
        </Note>
      ))}
      <PhonePreview sender={template.name} message={templatePhone(template)} />
      <Facts
        items={[
          [t('schedule.status'), <LooseStateBadge key="s" state={template.status} />],
          [t('person.language'), template.language],
          [t('message.category'), meta.category(template.category)],
          [t('template.quality'), meta.quality(template.quality)],
          [t('template.slots'), slots || '–'],
        ]}
      />
    </Stack>
  );
}

function Opened({ id }: { id: string }) {
  const query = useQuery(templateQuery(id));
  return <Answered query={query}>{(template) => <Detail template={template} />}</Answered>;
}

export function TemplatesPage() {
  const { t } = useTranslation();
  const maySync = useCan('templates:write');
  const [q] = useUrlValue('q');
  const [opened, setOpened] = useUrlValue('template');
  const query = useInfiniteQuery(templateList({ q: q ?? undefined }));
  return (
    <Page title={t('nav.templates')} lead={t('template.lead')} actions={maySync && <SyncButton />}>
      <Toolbar>
        <SearchField label={t('template.search')} />
      </Toolbar>
      <DataTable
        label={t('nav.templates')}
        query={query}
        columns={useColumns(setOpened)}
        rowKey={(one) => one.id}
        selected={opened}
        empty={
          <Empty
            icon={LayoutTemplate}
            title={q === null ? t('template.emptyTitle') : t('common.noMatch')}
          >
            {q === null ? t('template.emptyText') : t('common.noMatchText')}
          </Empty>
        }
      />
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size={440}
        title={t('kind.template')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {opened !== null && <Opened id={opened} />}
      </Drawer>
    </Page>
  );
}
