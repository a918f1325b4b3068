import { useTranslation } from 'react-i18next';

import { CopyField } from '@/ui/CopyField';
import { Note } from '@/ui/Feedback';
import { Card, Stack } from '@/ui/Page';

/** What to paste at Meta, so that it tells us what became of each message. */
export function CallbackCard() {
  const { t } = useTranslation();
  const { origin, protocol } = window.location;
  return (
    <Card title={t('callback.title')} hint={t('callback.hint')}>
      <Stack>
        <CopyField label={t('callback.url')} value={`${origin}/webhook/whatsapp`} />
        <div>
          <strong>{t('callback.token')}</strong>
          <p>{t('callback.tokenWhere')}</p>
        </div>
        {protocol !== 'https:' && <Note kind="warn">{t('callback.notPublic')}</Note>}
      </Stack>
    </Card>
  );
}
