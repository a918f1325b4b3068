import { Button, PasswordInput } from '@mantine/core';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { type PasswordChange, useChangePassword } from '@/features/account/accountQueries';
import { showFieldErrors } from '@/lib/forms';
import { toProblem } from '@/lib/problem';
import { Failed, Note } from '@/ui/Feedback';
import { Card, Form } from '@/ui/Page';

const BLANK: PasswordChange = { current_password: '', new_password: '' };

/** A new password asks for the old one; all other sessions end. */
export function PasswordForm() {
  const { t } = useTranslation();
  const change = useChangePassword();
  const { register, handleSubmit, setError, reset, formState } = useForm({ defaultValues: BLANK });
  const { errors } = formState;
  const needed = { required: t('sender.needed') };
  const show = { visibilityToggleButtonProps: { 'aria-label': t('auth.show') } };
  const submit = handleSubmit(async (passwords) => {
    try {
      await change.mutateAsync(passwords);
      reset(BLANK);
    } catch (error) {
      showFieldErrors(error, setError, {
        current_password: 'current_password',
        new_password: 'new_password',
      });
    }
  });
  const unplaced = change.isError && toProblem(change.error).errors.length === 0;
  return (
    <Card title={t('account.password')} hint={t('account.passwordHint')}>
      <Form onSubmit={(event) => void submit(event)}>
        <PasswordInput
          label={t('account.current')}
          autoComplete="current-password"
          error={errors.current_password?.message}
          {...show}
          {...register('current_password', needed)}
        />
        <PasswordInput
          label={t('account.new')}
          description={t('setup.passwordHint')}
          autoComplete="new-password"
          error={errors.new_password?.message}
          {...show}
          {...register('new_password', needed)}
        />
        {change.isSuccess && <Note kind="ok">{t('account.changed')}</Note>}
        {unplaced && <Failed error={change.error} />}
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('account.change')}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
