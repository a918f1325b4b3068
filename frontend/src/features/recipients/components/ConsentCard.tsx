import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Recipient } from '@/api/types';
import { type ConsentChange, useChangeConsent } from '@/entities/recipient/recipientQueries';
import { useCan, useZone } from '@/lib/access';
import { Failed } from '@/ui/Feedback';
import { Card, Facts, Row, Stack } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import { TimeText } from '@/ui/TimeText';

function Known({ consent }: Pick<Recipient, 'consent'>) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <Facts
      items={[
        [t('category.marketing'), <StateBadge key="m" state={consent.marketing} />],
        [
          t('person.allMessages'),
          consent.all === 'opted_out' ? <StateBadge state="opted_out" /> : t('person.allowed'),
        ],
        [t('person.source'), consent.source ?? '–'],
        [t('person.since'), consent.at ? <TimeText at={consent.at} zone={zone} /> : '–'],
      ]}
    />
  );
}

/** Writes down another answer of the person's; asks where it is known from. */
function Record({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  const [source, setSource] = useState('');
  const change = useChangeConsent(recipient.id);
  const { consent } = recipient;
  const record = (what: Omit<ConsentChange, 'source'>) => () =>
    change.mutate({ ...what, source: source.trim() }, { onSuccess: () => setSource('') });
  const shared = { variant: 'default', disabled: source.trim() === '', loading: change.isPending };
  return (
    <>
      <TextInput
        label={t('person.newSource')}
        placeholder={t('import.whereExample')}
        maxLength={200}
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
      <Row>
        {consent.marketing !== 'opted_in' && (
          <Button {...shared} onClick={record({ marketing: 'opted_in' })}>
            {t('person.recordYes')}
          </Button>
        )}
        {consent.marketing !== 'opted_out' && (
          <Button {...shared} onClick={record({ marketing: 'opted_out' })}>
            {t('person.recordNo')}
          </Button>
        )}
        {consent.all === 'opted_out' && (
          <Button {...shared} onClick={record({ all: 'allowed' })}>
            {t('person.recordAll')}
          </Button>
        )}
      </Row>
      {change.isError && <Failed error={change.error} />}
    </>
  );
}

/** What the person allowed, since when and from where. */
export function ConsentCard({ recipient }: { recipient: Recipient }) {
  const { t } = useTranslation();
  const mayWrite = useCan('recipients:write');
  return (
    <Card title={t('person.consent')}>
      <Stack>
        <Known consent={recipient.consent} />
        {mayWrite && <Record recipient={recipient} />}
      </Stack>
    </Card>
  );
}
