import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { useAddRecipient } from '@/entities/recipient/recipientQueries';
import { showFieldErrors } from '@/lib/forms';
import { Failed } from '@/ui/Feedback';
import { Form } from '@/ui/Page';

interface Person {
  name: string;
  phone: string;
  agreed: boolean;
  where: string;
}

const FIELDS = { name: 'name', phone: 'phone', 'consent.source': 'where' } as const;
const BLANK: Person = { name: '', phone: '', agreed: false, where: '' };

function PersonForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddRecipient();
  const { register, handleSubmit, setError, control, formState } = useForm({
    defaultValues: BLANK,
  });
  const { errors } = formState;
  const agreed = useWatch({ control, name: 'agreed' });
  const submit = handleSubmit(async ({ name, phone, agreed: yes, where }) => {
    try {
      const consent = { marketing: 'opted_in' as const, source: where.trim() };
      await add.mutateAsync({ name: name.trim(), phone, ...(yes ? { consent } : {}) });
      onClose();
    } catch (error) {
      showFieldErrors(error, setError, FIELDS);
    }
  });
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput label={t('person.name')} maxLength={200} data-autofocus {...register('name')} />
      <TextInput
        label={t('person.phone')}
        type="tel"
        placeholder="+52 55 5555 0101"
        error={errors.phone?.message}
        {...register('phone', { required: t('sender.needed') })}
      />
      <Checkbox label={t('person.agreed')} {...register('agreed')} />
      {agreed && (
        <TextInput
          label={t('import.where')}
          placeholder={t('import.whereExample')}
          error={errors.where?.message}
          {...register('where', { required: t('sender.needed') })}
        />
      )}
      {add.isError && <Failed error={add.error} />}
      <div>
        <Button type="submit" loading={add.isPending}>
          {t('person.add')}
        </Button>
      </div>
    </Form>
  );
}

export function AddPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('person.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <PersonForm onClose={onClose} />
    </Modal>
  );
}
