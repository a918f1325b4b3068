import { Radio } from '@mantine/core';
import { Controller } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import type { Draft } from '@/features/schedules/draft';
import { Card, Stack } from '@/ui/Page';

/** What becomes of a message when the connection broke and nobody knows whether it left. */
export function LostPart() {
  const { t } = useTranslation();
  return (
    <Card title={t('lost.title')} hint={t('lost.hint')}>
      <Controller<Draft, 'whenUnconfirmed'>
        name="whenUnconfirmed"
        render={({ field }) => (
          <Radio.Group
            aria-label={t('lost.title')}
            value={field.value}
            onChange={(value) => field.onChange(value)}
          >
            <Stack>
              <Radio value="hold" label={t('lost.hold')} description={t('lost.holdHint')} />
              <Radio value="resend" label={t('lost.resend')} description={t('lost.resendHint')} />
            </Stack>
          </Radio.Group>
        )}
      />
    </Card>
  );
}
