import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';

import type { Delivery, Recipient } from '@/api/types';
import { deliveryList } from '@/entities/delivery/deliveryQueries';
import { groupChoices } from '@/entities/group/groupQueries';
import { ConsentBadge } from '@/entities/recipient/ConsentBadge';
import {
  recipientName,
  recipientQuery,
  useEraseRecipient,
} from '@/entities/recipient/recipientQueries';
import { useCan, useZone } from '@/lib/access';
import { useNow } from '@/lib/useNow';
import { ConsentCard } from '@/features/recipients/components/ConsentCard';
import { Answered } from '@/ui/Answered';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { type Column, DataTable } from '@/ui/DataTable';
import { Empty, Note } from '@/ui/Feedback';
import { Card, Facts, Page } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

/** What earlier messages taught about reaching this person. */
function Learnt({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  const zone = useZone();
  const now = useNow();
  const { undeliverable_count: failures, undeliverable_at: failedAt } = recipient;
  const until = recipient.marketing_paused_until;
  return (
    <>
      {failures > 0 && failedAt !== null && (
        <Note kind="info">
          {t('person.undeliverable', { count: failures })} <TimeText at={failedAt} zone={zone} />
        </Note>
      )}
      {until !== null && Date.parse(until) > now && (
        <Note kind="info">
          {t('person.marketingPaused')} <TimeText at={until} zone={zone} />
        </Note>
      )}
    </>
  );
}

function Profile({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  const groups = useQuery(groupChoices).data ?? [];
  const names = groups.filter((g) => recipient.group_ids.includes(g.id)).map((g) => g.name);
  const attributes = Object.entries(recipient.attributes).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  return (
    <Card title={t('person.profile')}>
      {!recipient.reachable && <Note kind="warn">{t('person.unreachable')}</Note>}
      <Facts
        items={[
          [t('person.phone'), recipient.phone ?? '–'],
          [t('editor.zone'), recipient.timezone],
          [t('person.language'), recipient.language ?? '–'],
          [t('nav.groups'), names.join(', ') || '–'],
          [t('person.externalId'), recipient.external_id ?? '–'],
          ...attributes,
        ]}
      />
    </Card>
  );
}

function Received({ id }: { id: string }) {
  const { t } = useTranslation();
  const zone = useZone();
  const query = useInfiniteQuery(deliveryList({ recipient_id: id }));
  const columns: Column<Delivery>[] = [
    {
      key: 'when',
      header: t('delivery.due'),
      cell: (d) => <TimeText at={d.due_at} zone={zone} />,
    },
    { key: 'status', header: t('schedule.status'), cell: (d) => <StateBadge state={d.status} /> },
    {
      key: 'open',
      header: t('delivery.title'),
      cell: (d) => <Link to={`/deliveries/${d.id}`}>{t('delivery.open')}</Link>,
    },
  ];
  return (
    <DataTable
      label={t('person.received')}
      query={query}
      columns={columns}
      rowKey={(d) => d.id}
      empty={
        <Empty icon={Inbox} title={t('person.nothing')}>
          {t('person.nothingText')}
        </Empty>
      }
    />
  );
}

function Erase({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const erase = useEraseRecipient();
  const run = async (): Promise<void> => {
    await erase.mutateAsync(recipient.id);
    await navigate('/recipients');
  };
  return (
    <ConfirmButton
      danger
      title={t('person.eraseTitle', { name: recipientName(recipient) })}
      body={t('person.eraseText')}
      confirm={t('person.erase')}
      action={run}
    >
      {t('person.erase')}
    </ConfirmButton>
  );
}

export function RecipientPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const query = useQuery(recipientQuery(id));
  const recipient = query.data;
  const mayWrite = useCan('recipients:write');
  return (
    <Page
      title={recipient ? recipientName(recipient) : t('nav.recipients')}
      badge={recipient && <ConsentBadge recipient={recipient} />}
      back={{ to: '/recipients', label: t('nav.recipients') }}
      actions={recipient && mayWrite && <Erase recipient={recipient} />}
    >
      <Answered query={query}>
        {(found) => (
          <>
            <Learnt recipient={found} />
            <Profile recipient={found} />
            <ConsentCard recipient={found} />
            <Card title={t('person.received')}>
              <Received id={id} />
            </Card>
          </>
        )}
      </Answered>
    </Page>
  );
}
