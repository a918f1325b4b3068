import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ApiKey } from '@/api/types';
import { apiKeysQuery, useRevokeApiKey } from '@/features/settings/apiKeyQueries';
import styles from '@/features/settings/components/ApiKeys.module.css';
import { NewApiKey } from '@/features/settings/components/NewApiKey';
import { useCan, useZone } from '@/lib/access';
import { useNow } from '@/lib/useNow';
import { Answered } from '@/ui/Answered';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Empty } from '@/ui/Feedback';
import { Card } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

function Life({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const zone = useZone();
  const now = useNow();
  const { last_used_at: used, expires_at: ends } = apiKey;
  const over = ends !== null && Date.parse(ends) <= now;
  return (
    <div className={styles.used}>
      <div>
        {used === null ? (
          t('key.unused')
        ) : (
          <>
            {t('key.used')} <TimeText at={used} zone={zone} />
          </>
        )}
      </div>
      <div className={over ? styles.over : undefined}>
        {ends === null ? (
          t('key.endless')
        ) : (
          <>
            {t(over ? 'key.ended' : 'key.ends')} <TimeText at={ends} zone={zone} />
          </>
        )}
      </div>
    </div>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const revoke = useRevokeApiKey();
  return (
    <li className={styles.row}>
      <div>
        <strong>{apiKey.name}</strong> <code>{apiKey.prefix}…</code>
        <div className={styles.scopes}>{apiKey.scopes.join(', ')}</div>
      </div>
      <Life apiKey={apiKey} />
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
  return (
    <Answered query={query} lines={3}>
      {(keys) =>
        keys.length === 0 ? (
          <Empty icon={KeyRound} title={t('key.emptyTitle')}>
            {t('key.emptyText')}
          </Empty>
        ) : (
          <ul className={styles.list}>
            {keys.map((apiKey) => (
              <KeyRow key={apiKey.id} apiKey={apiKey} />
            ))}
          </ul>
        )
      }
    </Answered>
  );
}

export function ApiKeys() {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const mayAdd = useCan('api-keys:write');
  return (
    <Card
      title={t('key.title')}
      hint={t('key.hint')}
      side={
        mayAdd && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('key.new')}
          </Button>
        )
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
