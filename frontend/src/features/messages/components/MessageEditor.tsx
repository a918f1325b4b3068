import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Controller, FormProvider, useForm, useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import type { Message } from '@/api/types';
import { useArchiveMessage, useSaveMessage } from '@/entities/message/messageQueries';
import { templateChoices } from '@/entities/template/templateQueries';
import styles from '@/features/messages/components/MessageEditor.module.css';
import { Sketch } from '@/features/messages/components/Sketch';
import { TemplateFields } from '@/features/messages/components/TemplateFields';
import { TextFields } from '@/features/messages/components/TextFields';
import { type MessageForm, toForm, toMessage } from '@/features/messages/messageForm';
import { useCan } from '@/lib/access';
import { showFieldErrors } from '@/lib/forms';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Page, Stack } from '@/ui/Page';

const FIELDS = {
  title: 'title',
  content: 'content',
  'template.template_id': 'templateId',
} as const;

function TitleField() {
  const { t } = useTranslation();
  const { register, formState } = useFormContext<MessageForm>();
  return (
    <TextInput
      label={t('message.title')}
      description={t('message.titleHint')}
      maxLength={200}
      error={formState.errors.title?.message}
      {...register('title', { required: t('sender.needed') })}
    />
  );
}

function KindField() {
  const { t } = useTranslation();
  return (
    <Controller<MessageForm, 'kind'>
      name="kind"
      render={({ field }) => (
        <SegmentedControl
          aria-label={t('message.kind')}
          value={field.value}
          onChange={field.onChange}
          data={[
            { value: 'template', label: t('kind.template') },
            { value: 'text', label: t('kind.text') },
          ]}
        />
      )}
    />
  );
}

function Archive({ id }: { id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const archive = useArchiveMessage(id);
  const run = async (): Promise<void> => {
    await archive.mutateAsync();
    await navigate('/messages');
  };
  return (
    <ConfirmButton
      title={t('message.archiveTitle')}
      body={t('message.archiveText')}
      confirm={t('message.archive')}
      action={run}
    >
      {t('message.archive')}
    </ConfirmButton>
  );
}

function useMessageForm(message?: Message) {
  const navigate = useNavigate();
  const form = useForm<MessageForm>({ defaultValues: toForm(message) });
  const templates = useQuery(templateChoices).data;
  const save = useSaveMessage(message);
  const submit = form.handleSubmit(async (values) => {
    const template = templates?.find((one) => one.id === values.templateId);
    try {
      await save.mutateAsync(toMessage(values, template));
      await navigate('/messages');
    } catch (error) {
      showFieldErrors(error, form.setError, FIELDS);
    }
  });
  return { form, save, submit };
}

/** Text with variables, or a template and what fills its slots, beside the phone. */
export function MessageEditor({ message }: { message?: Message }) {
  const { t } = useTranslation();
  const { form, save, submit } = useMessageForm(message);
  const kind = form.watch('kind');
  const mayWrite = useCan('messages:write');
  return (
    <Page
      title={message?.title ?? t('message.new')}
      back={{ to: '/messages', label: t('nav.messages') }}
      actions={message && mayWrite && <Archive id={message.id} />}
    >
      <FormProvider {...form}>
        <form className={styles.columns} onSubmit={(event) => void submit(event)} noValidate>
          <Card>
            {!mayWrite && <Note kind="info">{t('message.readOnly')}</Note>}
            <Stack>
              <TitleField />
              {message === undefined && <KindField />}
              {kind === 'text' ? <TextFields /> : <TemplateFields />}
              {save.isError && <Failed error={save.error} />}
              {mayWrite && (
                <div>
                  <Button type="submit" loading={save.isPending}>
                    {t('message.save')}
                  </Button>
                </div>
              )}
            </Stack>
          </Card>
          <div className={styles.side}>
            <Sketch />
          </div>
        </form>
      </FormProvider>
    </Page>
  );
}
