import { Button, Modal, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import type { Group } from '@/api/types';
import { groupList, useCreateGroup } from '@/entities/group/groupQueries';
import { useCan } from '@/lib/access';
import { useNumber } from '@/lib/i18n';
import { useUrlValue } from '@/lib/urlState';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty, Failed } from '@/ui/Feedback';
import { NameCell } from '@/ui/NameCell';
import { Form, Muted, Page } from '@/ui/Page';
import { SearchField, Toolbar } from '@/ui/SearchField';

function useColumns(): Column<Group>[] {
  const { t } = useTranslation();
  const number = useNumber();
  return [
    {
      key: 'name',
      header: t('group.name'),
      cell: (g) => <NameCell to={`/groups/${g.id}`} name={g.name} below={null} />,
    },
    {
      key: 'description',
      header: t('group.description'),
      optional: true,
      cell: (g) => <Muted>{g.description}</Muted>,
    },
    { key: 'size', header: t('schedule.people'), end: true, cell: (g) => number(g.size) },
  ];
}

function NewGroup() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateGroup();
  const { register, handleSubmit, formState } = useForm({
    defaultValues: { name: '', description: '' },
  });
  const submit = handleSubmit(({ name, description }) =>
    create.mutate(description ? { name, description } : { name }, {
      onSuccess: (group) => void navigate(`/groups/${group.id}`),
    }),
  );
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('group.name')}
        maxLength={200}
        data-autofocus
        error={formState.errors.name?.message}
        {...register('name', { required: t('sender.needed') })}
      />
      <TextInput label={t('group.description')} {...register('description')} />
      {create.isError && <Failed error={create.error} />}
      <div>
        <Button type="submit" loading={create.isPending}>
          {t('group.create')}
        </Button>
      </div>
    </Form>
  );
}

export function GroupsPage() {
  const { t } = useTranslation();
  const [q] = useUrlValue('q');
  const [adding, setAdding] = useState(false);
  const query = useInfiniteQuery(groupList({ q: q ?? undefined }));
  const add = useCan('groups:write') && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('group.new')}
    </Button>
  );
  return (
    <Page title={t('nav.groups')} lead={t('group.lead')} actions={add}>
      <Toolbar>
        <SearchField label={t('group.search')} />
      </Toolbar>
      <DataTable
        label={t('nav.groups')}
        query={query}
        columns={useColumns()}
        rowKey={(g) => g.id}
        empty={
          <Empty
            icon={UsersRound}
            title={q === null ? t('group.emptyTitle') : t('common.noMatch')}
            action={q === null ? add : undefined}
          >
            {q === null ? t('group.emptyText') : t('common.noMatchText')}
          </Empty>
        }
      />
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={t('group.new')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <NewGroup />
      </Modal>
    </Page>
  );
}
