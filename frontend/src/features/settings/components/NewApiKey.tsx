import { Button, TextInput } from '@mantine/core';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { SCOPES, useCreateApiKey, USUAL_SCOPES } from '@/features/settings/apiKeyQueries';
import { CopyField } from '@/ui/CopyField';
import { Failed, Note } from '@/ui/Feedback';
import { Form, Stack } from '@/ui/Page';
import { type Option, Select } from '@/ui/Select';

const option = (scope: string): Option => ({ value: scope, label: scope });

function Made({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Note kind="warn">{t('key.once')}</Note>
      <CopyField label={t('key.key')} value={secret} />
      <div>
        <Button onClick={onDone}>{t('key.done')}</Button>
      </div>
    </Stack>
  );
}

/** Names a key and what it may do; then shows it, this once. */
export function NewApiKey({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const create = useCreateApiKey();
  const { register, control, handleSubmit, formState } = useForm({
    defaultValues: { name: '', scopes: USUAL_SCOPES },
  });
  if (create.isSuccess) return <Made secret={create.data.key} onDone={onDone} />;
  return (
    <Form onSubmit={(event) => void handleSubmit((body) => create.mutate(body))(event)}>
      <TextInput
        label={t('key.name')}
        description={t('key.nameHint')}
        maxLength={200}
        data-autofocus
        error={formState.errors.name?.message}
        {...register('name', { required: t('sender.needed') })}
      />
      <Controller
        control={control}
        name="scopes"
        rules={{ validate: (scopes) => scopes.length > 0 || t('key.needScope') }}
        render={({ field, fieldState }) => (
          <Select<true>
            isMulti
            label={t('key.scopes')}
            closeMenuOnSelect={false}
            options={SCOPES.map(option)}
            value={field.value.map(option)}
            onChange={(chosen) => field.onChange(chosen.map((o) => o.value))}
            error={fieldState.error?.message}
          />
        )}
      />
      {create.isError && <Failed error={create.error} />}
      <div>
        <Button type="submit" loading={create.isPending}>
          {t('key.create')}
        </Button>
      </div>
    </Form>
  );
}
