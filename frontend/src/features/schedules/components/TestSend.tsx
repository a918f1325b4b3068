import { Button, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useTestSend } from '@/entities/message/messageQueries';
import type { Draft } from '@/features/schedules/draft';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Stack } from '@/ui/Page';

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
        {test.isSuccess && (
          <Note kind="ok">
            {t('test.sent')} <Link to={`/deliveries/${test.data.id}`}>{t('test.follow')}</Link>
          </Note>
        )}
        {test.isError && <Failed error={test.error} />}
      </Stack>
    </Card>
  );
}
