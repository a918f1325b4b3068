import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Sender } from '@/api/types';
import { senderName } from '@/entities/sender/senderQueries';
import { SenderFacts } from '@/features/senders/components/SenderFacts';
import { SenderActions, WhyStopped } from '@/features/senders/components/SenderStatus';
import { useCan } from '@/lib/access';
import { Card, Row, Stack } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';

/** One number: is it fit to send, and how fast. */
export function SenderCard({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const mayChange = useCan('senders:write');
  return (
    <Card
      title={senderName(sender)}
      hint={sender.display_phone_number ?? undefined}
      side={<StateBadge state={sender.status} />}
    >
      <Stack>
        <WhyStopped sender={sender} />
        <SenderFacts sender={sender} />
        <Row>
          {mayChange && <SenderActions sender={sender} />}
          <Button component={Link} to={`/senders/${sender.id}`} variant="subtle">
            {t('sender.open')}
          </Button>
        </Row>
      </Stack>
    </Card>
  );
}
