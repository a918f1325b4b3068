import { Button, TextInput, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { messageChoices, useSaveMessage } from '@/entities/message/messageQueries';
import { CallbackCard } from '@/entities/sender/CallbackCard';
import { SenderForm } from '@/entities/sender/SenderForm';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { Failed, Loading, Note } from '@/ui/Feedback';
import { Form, Stack } from '@/ui/Page';

interface Done {
  onDone: () => void;
}

/** Connect a number; once one is there, what Meta needs from us. */
export function NumberStep({ onDone }: Done) {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery);
  const connected = senders.data?.[0];
  if (connected === undefined) {
    return (
      <Stack>
        <Note kind="info">{t('setup.simulator')}</Note>
        <SenderForm onAdded={() => undefined} />
      </Stack>
    );
  }
  return (
    <Stack>
      <Note kind="ok">{t('setup.connected', { name: senderName(connected) })}</Note>
      <CallbackCard />
      <div>
        <Button onClick={onDone}>{t('setup.continue')}</Button>
      </div>
    </Stack>
  );
}

interface FirstMessage {
  title: string;
  content: string;
}

export function MessageStep({ onDone }: Done) {
  const { t } = useTranslation();
  const save = useSaveMessage();
  const { register, handleSubmit, formState } = useForm<FirstMessage>({
    defaultValues: {
      title: t('setup.firstTitle'),
      content: t('setup.firstText', { hole: `{{ name | default: "${t('setup.fallback')}" }}` }),
    },
  });
  const submit = handleSubmit((message) =>
    save.mutate({ ...message, kind: 'text', category: 'utility' }, { onSuccess: onDone }),
  );
  const needed = { required: t('sender.needed') };
  const { errors } = formState;
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('message.title')}
        maxLength={200}
        error={errors.title?.message}
        {...register('title', needed)}
      />
      <Textarea
        label={t('message.text')}
        description={t('setup.textHint')}
        autosize
        minRows={4}
        maxLength={4096}
        error={errors.content?.message}
        {...register('content', needed)}
      />
      <Note kind="info">{t('setup.templateHint')}</Note>
      {save.isError && <Failed error={save.error} />}
      <div>
        <Button type="submit" loading={save.isPending}>
          {t('setup.saveMessage')}
        </Button>
      </div>
    </Form>
  );
}

export function SendStep() {
  const { t } = useTranslation();
  const choices = useQuery(messageChoices);
  // The message may have been saved a moment ago: without it the editor would open empty.
  if (choices.isFetching) return <Loading lines={1} />;
  const newest = choices.data?.[0];
  return (
    <Button
      component={Link}
      size="md"
      to={newest === undefined ? '/schedules/new' : `/schedules/new?message=${newest.id}`}
    >
      {t('setup.openEditor')}
    </Button>
  );
}
