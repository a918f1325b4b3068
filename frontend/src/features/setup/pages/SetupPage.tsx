import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Navigate, useNavigate } from 'react-router';

import { type NewOwner, setupQuery, useSetUp } from '@/entities/session/sessionQueries';
import { CountrySelect } from '@/entities/workspace/CountrySelect';
import { ZoneSelect } from '@/entities/workspace/ZoneSelect';
import { showFieldErrors } from '@/lib/forms';
import { currentLanguage } from '@/lib/i18n';
import { toProblem } from '@/lib/problem';
import { myCountry, myZone } from '@/lib/time';
import { Failed } from '@/ui/Feedback';
import { FrontDoor } from '@/ui/FrontDoor';
import { Form } from '@/ui/Page';

const FIELDS = {
  workspace_name: 'workspace_name',
  name: 'name',
  email: 'email',
  password: 'password',
  setup_token: 'setup_token',
} as const;

function useOwnerForm() {
  const navigate = useNavigate();
  const setUp = useSetUp();
  const form = useForm<NewOwner>({
    defaultValues: {
      workspace_name: '',
      name: '',
      email: '',
      password: '',
      setup_token: '',
      timezone: myZone(),
      country: myCountry(),
      locale: currentLanguage(),
    },
  });
  const submit = form.handleSubmit(async ({ setup_token: token, ...owner }) => {
    try {
      await setUp.mutateAsync(token ? { ...owner, setup_token: token } : owner);
      await navigate('/setup/steps');
    } catch (error) {
      showFieldErrors(error, form.setError, FIELDS);
    }
  });
  // Away from the server's own machine a token proves who one is.
  const needsToken = setUp.isError && toProblem(setUp.error).status === 403;
  return { form, setUp, submit, needsToken };
}

function OwnerForm() {
  const { t } = useTranslation();
  const { form, setUp, submit, needsToken } = useOwnerForm();
  const { register, control, formState } = form;
  const { errors } = formState;
  const needed = { required: t('sender.needed') };
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t('setup.workspace')}
        autoComplete="organization"
        error={errors.workspace_name?.message}
        {...register('workspace_name', needed)}
      />
      <TextInput label={t('setup.yourName')} autoComplete="name" {...register('name')} />
      <TextInput
        label={t('auth.email')}
        type="email"
        autoComplete="username"
        error={errors.email?.message}
        {...register('email', needed)}
      />
      <PasswordInput
        label={t('auth.password')}
        description={t('setup.passwordHint')}
        autoComplete="new-password"
        error={errors.password?.message}
        visibilityToggleButtonProps={{ 'aria-label': t('auth.show') }}
        {...register('password', needed)}
      />
      <Controller
        control={control}
        name="country"
        render={({ field }) => (
          <CountrySelect
            label={t('settings.country')}
            hint={t('settings.countryHint')}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      <Controller
        control={control}
        name="timezone"
        render={({ field }) => (
          <ZoneSelect label={t('editor.zone')} value={field.value} onChange={field.onChange} />
        )}
      />
      {(needsToken || errors.setup_token !== undefined) && (
        <TextInput
          label={t('setup.token')}
          description={t('setup.tokenHint')}
          error={errors.setup_token?.message}
          {...register('setup_token')}
        />
      )}
      {setUp.isError && <Failed error={setUp.error} />}
      <Button type="submit" size="md" loading={setUp.isPending}>
        {t('setup.create')}
      </Button>
    </Form>
  );
}

/** The first owner of a new installation. */
export function SetupPage() {
  const { t } = useTranslation();
  const setup = useQuery({ ...setupQuery, staleTime: Infinity });
  if (setup.data?.needed === false && !setup.isFetchedAfterMount) return <Navigate to="/" />;
  return (
    <FrontDoor title={t('setup.title')} lead={t('setup.lead')}>
      <OwnerForm />
    </FrontDoor>
  );
}
