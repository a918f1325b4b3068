import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { UsersRound } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';

import type { Group, Recipient } from '@/api/types';
import {
  groupMembers,
  groupQuery,
  useChangeMembers,
  useDeleteGroup,
} from '@/entities/group/groupQueries';
import { ConsentBadge } from '@/entities/recipient/ConsentBadge';
import { recipientName, recipientSample } from '@/entities/recipient/recipientQueries';
import { useCan } from '@/lib/access';
import { useNumber } from '@/lib/i18n';
import { Answered } from '@/ui/Answered';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty, Failed } from '@/ui/Feedback';
import { NameCell } from '@/ui/NameCell';
import { Card, Page, Stack } from '@/ui/Page';
import { type Option, Select } from '@/ui/Select';

function AddMembers({ id }: { id: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Option[]>([]);
  const [q] = useDebouncedValue(typed.trim(), 200);
  const people = useQuery({
    ...recipientSample(q === '' ? {} : { q }),
    placeholderData: keepPreviousData,
  });
  const change = useChangeMembers(id);
  const add = (): void => {
    change.mutate({ add: chosen.map((o) => o.value) }, { onSuccess: () => setChosen([]) });
  };
  return (
    <Card title={t('group.addTitle')} side={<Link to="/recipients/import">{t('group.many')}</Link>}>
      <Stack>
        <Select<true>
          isMulti
          label={t('nav.recipients')}
          filterOption={null}
          closeMenuOnSelect={false}
          options={(people.data ?? []).map((r) => ({
            value: r.id,
            label: recipientName(r),
            note: r.phone ?? undefined,
          }))}
          inputValue={typed}
          onInputChange={setTyped}
          value={chosen}
          onChange={(options) => setChosen([...options])}
        />
        {change.isError && <Failed error={change.error} />}
        <div>
          <Button
            variant="default"
            disabled={chosen.length === 0}
            loading={change.isPending}
            onClick={add}
          >
            {t('group.add')}
          </Button>
        </div>
      </Stack>
    </Card>
  );
}

function useColumns(id: string): Column<Recipient>[] {
  const { t } = useTranslation();
  const mayWrite = useCan('groups:write');
  const change = useChangeMembers(id);
  const remove: Column<Recipient> = {
    key: 'remove',
    header: t('group.remove'),
    hiddenHeader: true,
    end: true,
    cell: (r) => (
      <Button
        size="compact-sm"
        variant="subtle"
        aria-label={t('group.removeWho', { name: recipientName(r) })}
        onClick={() => change.mutate({ remove: [r.id] })}
      >
        {t('group.remove')}
      </Button>
    ),
  };
  return [
    {
      key: 'name',
      header: t('person.name'),
      cell: (r) => <NameCell to={`/recipients/${r.id}`} name={recipientName(r)} below={r.phone} />,
    },
    { key: 'consent', header: t('person.marketing'), cell: (r) => <ConsentBadge recipient={r} /> },
    ...(mayWrite ? [remove] : []),
  ];
}

function DeleteGroup({ group }: { group: Group }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useDeleteGroup();
  const run = async (): Promise<void> => {
    await remove.mutateAsync(group.id);
    await navigate('/groups');
  };
  return (
    <ConfirmButton
      danger
      title={t('group.deleteTitle', { name: group.name })}
      body={t('group.deleteText')}
      confirm={t('common.delete')}
      action={run}
    >
      {t('common.delete')}
    </ConfirmButton>
  );
}

export function GroupPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const number = useNumber();
  const query = useQuery(groupQuery(id));
  const members = useInfiniteQuery(groupMembers(id));
  const columns = useColumns(id);
  const mayWrite = useCan('groups:write');
  const group = query.data;
  if (!group) {
    return (
      <Page title={t('nav.groups')} back={{ to: '/groups', label: t('nav.groups') }}>
        <Answered query={query}>{() => null}</Answered>
      </Page>
    );
  }
  const people = t('count.people', { count: group.size, n: number(group.size) });
  return (
    <Page
      title={group.name}
      lead={[people, group.description].filter(Boolean).join(' · ')}
      back={{ to: '/groups', label: t('nav.groups') }}
      actions={mayWrite && <DeleteGroup group={group} />}
    >
      <Stack>
        {mayWrite && <AddMembers id={id} />}
        <DataTable
          label={t('group.members')}
          query={members}
          columns={columns}
          rowKey={(r) => r.id}
          empty={
            <Empty icon={UsersRound} title={t('group.nobody')}>
              {mayWrite && t('group.nobodyText')}
            </Empty>
          }
        />
      </Stack>
    </Page>
  );
}
