import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { type NewSender, useAddSender } from '@/entities/sender/senderQueries';
import { showFieldErrors } from '@/lib/forms';
import { Failed } from '@/ui/Feedback';
import { Form } from '@/ui/Page';

const FIELDS = {
  name: 'name',
  phone_number_id: 'phone_number_id',
  waba_id: 'waba_id',
  access_token: 'access_token',
  app_secret: 'app_secret',
} as const;

/** The four values that connect a number, each with where Meta shows it. */
export function SenderForm({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation();
  const add = useAddSender();
  const { register, handleSubmit, setError, formState } = useForm<NewSender>();
  const { errors } = formState;
  const submit = handleSubmit(async ({ app_secret: secret, ...sender }) => {
    try {
      await add.mutateAsync(secret ? { ...sender, app_secret: secret } : sender);
      onAdded();
    } catch (error) {
      showFieldErrors(error, setError, FIELDS);
    }
  });
  const needed = { required: t('sender.needed') };
  const digits = { ...needed, pattern: { value: /^\s*\d+\s*$/, message: t('sender.digits') } };
  const show = { visibilityToggleButtonProps: { 'aria-label': t('auth.show') } };
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('sender.name')}
        description={t('sender.nameHint')}
        error={errors.name?.message}
        {...register('name', needed)}
      />
      <TextInput
        label={t('sender.phoneNumberId')}
        description={t('sender.phoneNumberIdHint')}
        inputMode="numeric"
        error={errors.phone_number_id?.message}
        {...register('phone_number_id', { ...digits, setValueAs: (v: string) => v.trim() })}
      />
      <TextInput
        label={t('sender.wabaId')}
        description={t('sender.wabaIdHint')}
        inputMode="numeric"
        error={errors.waba_id?.message}
        {...register('waba_id', { ...digits, setValueAs: (v: string) => v.trim() })}
      />
      <PasswordInput
        label={t('sender.accessToken')}
        description={t('sender.accessTokenHint')}
        autoComplete="off"
        error={errors.access_token?.message}
        {...show}
        {...register('access_token', { ...needed, setValueAs: (v: string) => v.trim() })}
      />
      <PasswordInput
        label={t('sender.appSecret')}
        description={t('sender.appSecretHint')}
        autoComplete="off"
        error={errors.app_secret?.message}
        {...show}
        {...register('app_secret', { setValueAs: (v: string) => v.trim() })}
      />
      {add.isError && <Failed error={add.error} />}
      <div>
        <Button type="submit" loading={add.isPending}>
          {t('sender.connect')}
        </Button>
      </div>
    </Form>
  );
}
