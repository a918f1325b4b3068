import { Button, TextInput } from '@mantine/core';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { useCreateApiKey, USUAL_SCOPES } from '@/features/settings/apiKeyQueries';
import { ScopePicker } from '@/features/settings/components/ScopePicker';
import { LIFETIMES } from '@/features/settings/lifetimes';
import { CopyField } from '@/ui/CopyField';
import { Failed, Note } from '@/ui/Feedback';
import { Form, Stack } from '@/ui/Page';
import { Select } from '@/ui/Select';

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

function LifetimeSelect({ value, onChange }: { value: string; onChange: (days: string) => void }) {
  const { t } = useTranslation();
  const options = LIFETIMES.map((days) => ({
    value: days,
    label: days === '' ? t('key.never') : t('key.days', { count: Number(days) }),
  }));
  return (
    <Select
      label={t('key.lifetime')}
      options={options}
      value={options.find((o) => o.value === value) ?? null}
      onChange={(option) => onChange(option?.value ?? '')}
    />
  );
}

/** Names a key, what it may do and for how long; then shows it, this once. */
export function NewApiKey({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const create = useCreateApiKey();
  const { register, control, handleSubmit, formState } = useForm({
    defaultValues: { name: '', scopes: USUAL_SCOPES, days: '' },
  });
  if (create.isSuccess) return <Made secret={create.data.key} onDone={onDone} />;
  const submit = handleSubmit(({ name, scopes, days }) => create.mutate({ name, scopes, days }));
  return (
    <Form onSubmit={(event) => void submit(event)}>
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
          <ScopePicker
            value={field.value}
            onChange={field.onChange}
            error={fieldState.error?.message}
          />
        )}
      />
      <Controller
        control={control}
        name="days"
        render={({ field }) => <LifetimeSelect value={field.value} onChange={field.onChange} />}
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
