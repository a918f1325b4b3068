import { Button, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Delivery } from '@/api/types';
import { deliveryQuery } from '@/entities/delivery/deliveryQueries';
import { useReasonText } from '@/entities/delivery/useReasonText';
import { useTestSend } from '@/entities/message/messageQueries';
import type { Draft } from '@/features/schedules/draft';
import { usePollInterval } from '@/lib/live';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Stack } from '@/ui/Page';

/** What became of the test: the rules that skip a recipient hold for one's own phone too. */
function Outcome({ test }: { test: Delivery }) {
  const { t } = useTranslation();
  const text = useReasonText();
  const refetchInterval = usePollInterval(2_000);
  const { status, reason } = useQuery({ ...deliveryQuery(test.id), refetchInterval }).data ?? test;
  const notSent = reason !== null && status !== 'unconfirmed';
  return (
    <Note kind={notSent ? 'warn' : 'ok'}>
      {notSent ? (
        <>
          <strong>{text.title(reason)}.</strong> {text.explanation(reason)}
        </>
      ) : (
        t('test.sent')
      )}{' '}
      {/* In a tab of its own, for the draft here is not saved yet. */}
      <Link to={`/deliveries/${test.id}`} target="_blank">
        {t('test.follow')}
      </Link>
    </Note>
  );
}

/** Sends the message to one phone, now, whatever the schedule says. */
export function TestSend({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const [to, setTo] = useLocalStorage({ key: 'test-phone', defaultValue: '' });
  const test = useTestSend();
  const { messageId, senderId } = draft;
  const ready = messageId !== null && senderId !== null && to.trim() !== '';
  const send = (): void => {
    if (ready) test.mutate({ id: messageId, sender_id: senderId, to: to.trim() });
  };
  return (
    <Card title={t('test.title')}>
      <Stack>
        <TextInput
          label={t('test.phone')}
          type="tel"
          autoComplete="tel"
          placeholder="+52 55 5555 0101"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button variant="default" disabled={!ready} loading={test.isPending} onClick={send}>
          {t('test.send')}
        </Button>
        {test.isSuccess && <Outcome test={test.data} />}
        {test.isError && <Failed error={test.error} />}
      </Stack>
    </Card>
  );
}
