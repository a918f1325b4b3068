import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { CallbackCard } from '@/entities/sender/CallbackCard';
import { SenderForm } from '@/entities/sender/SenderForm';
import { sendersQuery } from '@/entities/sender/senderQueries';
import { SenderCard } from '@/features/senders/components/SenderCard';
import { useCan } from '@/lib/access';
import { NoAnswer } from '@/ui/Answered';
import { Empty, Loading } from '@/ui/Feedback';
import { Card, Page } from '@/ui/Page';

function Senders({ add }: { add: React.ReactNode }) {
  const { t } = useTranslation();
  const query = useQuery(sendersQuery);
  const mayChange = useCan('senders:write');
  if (query.data === undefined) return query.isError ? <NoAnswer query={query} /> : <Loading />;
  if (query.data.length === 0) {
    return (
      <Card>
        <Empty icon={Smartphone} title={t('sender.emptyTitle')} action={add}>
          {t('sender.emptyText')}
        </Empty>
      </Card>
    );
  }
  return (
    <>
      {query.data.map((sender) => (
        <SenderCard key={sender.id} sender={sender} />
      ))}
      {mayChange && <CallbackCard />}
    </>
  );
}

export function SendersPage() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const mayAdd = useCan('senders:write');
  const add = mayAdd && (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t('sender.add')}
    </Button>
  );
  return (
    <Page title={t('nav.senders')} lead={t('sender.lead')} actions={add}>
      <Senders add={add} />
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={t('sender.add')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <SenderForm onAdded={() => setAdding(false)} />
      </Modal>
    </Page>
  );
}
