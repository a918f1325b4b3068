import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import type { Sender } from '@/api/types';
import { type SenderChange, useChangeSender } from '@/entities/sender/senderQueries';
import { showFieldErrors } from '@/lib/forms';
import { toProblem } from '@/lib/problem';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Form } from '@/ui/Page';

interface Fields {
  name: string;
  throughput: string;
  token: string;
}

/** Only what was changed: an empty token keeps the one that is stored. */
function changesOf({ name, throughput, token }: Fields): SenderChange {
  const secret = token.trim() === '' ? {} : { access_token: token.trim() };
  return { name: name.trim(), throughput_mps: Number(throughput), ...secret };
}

function useSettingsForm(sender: Sender) {
  const change = useChangeSender(sender);
  const form = useForm<Fields>({
    defaultValues: { name: sender.name, throughput: String(sender.throughput_mps), token: '' },
  });
  const submit = form.handleSubmit(async (fields) => {
    try {
      await change.mutateAsync(changesOf(fields));
      form.reset({ ...fields, token: '' });
    } catch (error) {
      showFieldErrors(error, form.setError, {
        name: 'name',
        throughput_mps: 'throughput',
        access_token: 'token',
      });
    }
  });
  const unplaced = change.isError && toProblem(change.error).errors.length === 0;
  return { form, change, submit, unplaced };
}

/** Name, speed, and a new access token when the old one has ended. */
export function SenderSettings({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const { form, change, submit, unplaced } = useSettingsForm(sender);
  const { register, formState } = form;
  const { errors } = formState;
  const needed = { required: t('sender.needed') };
  return (
    <Card title={t('sender.settings')}>
      <Form onSubmit={(event) => void submit(event)}>
        <TextInput
          label={t('sender.name')}
          description={t('sender.nameHint')}
          maxLength={200}
          error={errors.name?.message}
          {...register('name', needed)}
        />
        <TextInput
          label={t('sender.throughput')}
          description={t('sender.throughputHint')}
          inputMode="numeric"
          error={errors.throughput?.message}
          {...register('throughput', {
            ...needed,
            pattern: { value: /^([1-9]\d{0,2}|1000)$/, message: t('sender.throughputRange') },
          })}
        />
        <PasswordInput
          label={t('sender.newToken')}
          description={t('sender.newTokenHint')}
          autoComplete="off"
          error={errors.token?.message}
          visibilityToggleButtonProps={{ 'aria-label': t('auth.show') }}
          {...register('token')}
        />
        {change.isSuccess && !formState.isDirty && <Note kind="ok">{t('common.saved')}</Note>}
        {unplaced && <Failed error={change.error} />}
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
