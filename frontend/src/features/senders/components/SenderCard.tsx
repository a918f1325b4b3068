import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Sender } from '@/api/types';
import { senderName, useCheckSender, useStopSender } from '@/entities/sender/senderQueries';
import { useNumber } from '@/lib/i18n';
import { useMetaWords } from '@/lib/metaWords';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Facts, Row, Stack } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';

function Actions({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const check = useCheckSender();
  const move = useStopSender(sender.id);
  return (
    <>
      <Row>
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate(sender.id)}>
          {t('sender.check')}
        </Button>
        {sender.status === 'active' && (
          <ConfirmButton
            title={t('sender.pauseTitle')}
            body={t('sender.pauseText')}
            confirm={t('sender.pause')}
            action={() => move.mutateAsync('pause')}
          >
            {t('sender.pause')}
          </ConfirmButton>
        )}
        {sender.status === 'paused' && (
          <Button loading={move.isPending} onClick={() => move.mutate('resume')}>
            {t('sender.resume')}
          </Button>
        )}
      </Row>
      {check.isSuccess && <Note kind="ok">{t('sender.checked')}</Note>}
      {check.isError && <Failed error={check.error} />}
      {move.isError && <Failed error={move.error} />}
    </>
  );
}

/** One number: is it fit to send, and how fast. */
export function SenderCard({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const number = useNumber();
  const meta = useMetaWords();
  const limit = sender.messaging_limit;
  return (
    <Card
      title={senderName(sender)}
      hint={sender.display_phone_number ?? undefined}
      side={<StateBadge state={sender.status} />}
    >
      <Stack>
        {sender.status_reason && <Note kind="warn">{meta.reason(sender.status_reason)}</Note>}
        <Facts
          items={[
            [t('sender.quality'), meta.quality(sender.quality_rating)],
            [
              t('sender.limit'),
              limit === null ? t('sender.noLimit') : t('sender.perDay', { n: number(limit) }),
            ],
            [t('sender.speed'), t('sender.perSecond', { n: number(sender.throughput_mps) })],
            [t('sender.phoneNumberId'), sender.phone_number_id],
            [t('sender.wabaId'), sender.waba_id],
          ]}
        />
        <Actions sender={sender} />
      </Stack>
    </Card>
  );
}
