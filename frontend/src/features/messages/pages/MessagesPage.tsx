import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { MessageSquareText, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Message } from '@/api/types';
import { messageList } from '@/entities/message/messageQueries';
import { useCan } from '@/lib/access';
import { useUrlValue } from '@/lib/urlState';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty } from '@/ui/Feedback';
import { NameCell } from '@/ui/NameCell';
import { Muted, Page } from '@/ui/Page';
import { SearchField, Toolbar } from '@/ui/SearchField';

function useColumns(): Column<Message>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'title',
      header: t('message.title'),
      cell: (m) => <NameCell to={`/messages/${m.id}`} name={m.title} below={null} />,
    },
    { key: 'kind', header: t('message.kind'), cell: (m) => t(`kind.${m.kind}`) },
    {
      key: 'category',
      header: t('message.category'),
      optional: true,
      cell: (m) => t(`category.${m.category}`),
    },
    {
      key: 'variables',
      header: t('message.variables'),
      optional: true,
      cell: (m) => <Muted>{m.variables.join(', ') || '–'}</Muted>,
    },
  ];
}

export function MessagesPage() {
  const { t } = useTranslation();
  const [q] = useUrlValue('q');
  const query = useInfiniteQuery(messageList({ q: q ?? undefined }));
  const add = useCan('messages:write') && (
    <Button component={Link} to="/messages/new" leftSection={<Plus size={16} aria-hidden />}>
      {t('message.new')}
    </Button>
  );
  return (
    <Page title={t('nav.messages')} lead={t('message.lead')} actions={add}>
      <Toolbar>
        <SearchField label={t('message.search')} />
      </Toolbar>
      <DataTable
        label={t('nav.messages')}
        query={query}
        columns={useColumns()}
        rowKey={(m) => m.id}
        empty={
          <Empty
            icon={MessageSquareText}
            title={q === null ? t('message.emptyTitle') : t('common.noMatch')}
            action={q === null ? add : undefined}
          >
            {q === null ? t('message.emptyText') : t('common.noMatchText')}
          </Empty>
        }
      />
    </Page>
  );
}
