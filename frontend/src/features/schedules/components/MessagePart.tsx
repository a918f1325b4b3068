import { useQuery } from '@tanstack/react-query';
import { Controller, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { messageChoices } from '@/entities/message/messageQueries';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import type { Draft } from '@/features/schedules/draft';
import { Card, Split, Stack } from '@/ui/Page';
import { type Option, Select } from '@/ui/Select';

function MessageSelect() {
  const { t } = useTranslation();
  const messages = useQuery(messageChoices);
  const options: Option[] = (messages.data ?? []).map((m) => ({
    value: m.id,
    label: m.title,
    note: `${t(`kind.${m.kind}`)} · ${t(`category.${m.category}`)}`,
  }));
  return (
    <Controller<Draft, 'messageId'>
      name="messageId"
      rules={{ required: t('editor.needMessage') }}
      render={({ field, fieldState }) => (
        <Select
          label={t('editor.message')}
          options={options}
          isLoading={messages.isPending}
          value={options.find((o) => o.value === field.value) ?? null}
          onChange={(option) => field.onChange(option?.value ?? null)}
          onBlur={field.onBlur}
          focusRef={field.ref}
          error={fieldState.error?.message}
        />
      )}
    />
  );
}

function SenderSelect() {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery);
  const options: Option[] = (senders.data ?? []).map((s) => ({
    value: s.id,
    label: senderName(s),
    note: s.display_phone_number ?? undefined,
  }));
  return (
    <Controller<Draft, 'senderId'>
      name="senderId"
      rules={{ required: t('editor.needSender') }}
      render={({ field, fieldState }) => (
        <Select
          label={t('editor.sender')}
          options={options}
          isLoading={senders.isPending}
          value={options.find((o) => o.value === field.value) ?? null}
          onChange={(option) => field.onChange(option?.value ?? null)}
          onBlur={field.onBlur}
          focusRef={field.ref}
          error={fieldState.error?.message}
        />
      )}
    />
  );
}

/** Which message, from which number. */
export function MessagePart() {
  const { t } = useTranslation();
  const { watch } = useFormContext<Draft>();
  const chosen = watch('messageId');
  return (
    <Card
      title={t('editor.partMessage')}
      side={
        <Link to={chosen === null ? '/messages/new' : `/messages/${chosen}`}>
          {chosen === null ? t('editor.writeMessage') : t('editor.openMessage')}
        </Link>
      }
    >
      <Stack>
        <Split>
          <MessageSelect />
          <SenderSelect />
        </Split>
      </Stack>
    </Card>
  );
}
