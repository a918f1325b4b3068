import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';

import { setupQuery, useLogIn } from '@/entities/session/sessionQueries';
import { type ApiProblem, toProblem } from '@/lib/problem';
import { useSession } from '@/lib/session';
import { Failed, Note } from '@/ui/Feedback';
import { FrontDoor } from '@/ui/FrontDoor';
import { Form } from '@/ui/Page';

/** Only a path of our own: a link must not carry people to another site. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}

function Refusal({ problem }: { problem: ApiProblem }) {
  const { t } = useTranslation();
  if (problem.code === 'totp_required') return <Note kind="info">{t('auth.totpNeeded')}</Note>;
  if (problem.code === 'invalid_credentials') return <Note kind="bad">{t('auth.wrong')}</Note>;
  if (problem.status === 429) return <Note kind="bad">{t('auth.tooMany')}</Note>;
  return <Failed error={problem} />;
}

function LoginForm() {
  const { t } = useTranslation();
  const logIn = useLogIn();
  const problem = logIn.isError ? toProblem(logIn.error) : null;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    };
    const totp = text('totp').trim();
    logIn.mutate({
      email: text('email').trim(),
      password: text('password'),
      ...(totp === '' ? {} : { totp_code: totp }),
    });
  };
  return (
    <Form onSubmit={submit}>
      <TextInput
        name="email"
        type="email"
        label={t('auth.email')}
        autoComplete="username"
        size="md"
        required
        withAsterisk={false}
      />
      <PasswordInput
        name="password"
        label={t('auth.password')}
        autoComplete="current-password"
        size="md"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('auth.show') }}
      />
      {problem?.code === 'totp_required' && (
        <TextInput
          name="totp"
          label={t('auth.totp')}
          inputMode="numeric"
          autoComplete="one-time-code"
          size="md"
        />
      )}
      {problem !== null && <Refusal problem={problem} />}
      <Button type="submit" size="md" loading={logIn.isPending} fullWidth>
        {t('auth.submit')}
      </Button>
    </Form>
  );
}

export function LoginPage() {
  const { t } = useTranslation();
  const session = useSession();
  const [params] = useSearchParams();
  const setup = useQuery(setupQuery);
  if (session === 'in') return <Navigate to={safeNext(params.get('next'))} replace />;
  if (setup.data?.needed === true) return <Navigate to="/setup" replace />;
  return (
    <FrontDoor title={t('auth.title')} lead={t('auth.lead')}>
      <LoginForm />
    </FrontDoor>
  );
}
