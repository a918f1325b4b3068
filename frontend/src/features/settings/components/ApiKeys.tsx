import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiKey } from '@/api/types';
import { useZone } from '@/lib/access';
import { apiKeysQuery, useRevokeApiKey } from '@/features/settings/apiKeyQueries';
import styles from '@/features/settings/components/ApiKeys.module.css';
import { NewApiKey } from '@/features/settings/components/NewApiKey';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Empty, Failed, Loading } from '@/ui/Feedback';
import { Card } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const zone = useZone();
  const revoke = useRevokeApiKey();
  const used = apiKey.last_used_at;
  return (
    <li className={styles.row}>
      <div>
        <strong>{apiKey.name}</strong> <code>{apiKey.prefix}…</code>
        <div className={styles.scopes}>{apiKey.scopes.join(', ')}</div>
      </div>
      <span className={styles.used}>
        {used ? (
          <>
            {t('key.used')} <TimeText at={used} zone={zone} />
          </>
        ) : (
          t('key.unused')
        )}
      </span>
      <ConfirmButton
        danger
        size="xs"
        title={t('key.revokeTitle', { name: apiKey.name })}
        body={t('key.revokeText')}
        confirm={t('key.revoke')}
        action={() => revoke.mutateAsync(apiKey.id)}
      >
        {t('key.revoke')}
      </ConfirmButton>
    </li>
  );
}

function KeyList() {
  const { t } = useTranslation();
  const query = useQuery(apiKeysQuery);
  if (query.isPending) return <Loading lines={3} />;
  if (query.isError) return <Failed error={query.error} />;
  if (query.data.length === 0) {
    return (
      <Empty icon={KeyRound} title={t('key.emptyTitle')}>
        {t('key.emptyText')}
      </Empty>
    );
  }
  return (
    <ul className={styles.list}>
      {query.data.map((apiKey) => (
        <KeyRow key={apiKey.id} apiKey={apiKey} />
      ))}
    </ul>
  );
}

export function ApiKeys() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  return (
    <Card
      title={t('key.title')}
      hint={t('key.hint')}
      side={
        <Button
          variant="default"
          leftSection={<Plus size={16} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          {t('key.new')}
        </Button>
      }
    >
      <KeyList />
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={t('key.new')}
        // The key is shown once: a stray click beside the box must not lose it.
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <NewApiKey onDone={() => setAdding(false)} />
      </Modal>
    </Card>
  );
}
