import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Unlink } from 'lucide-react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';

import type { AccessToken } from '@/api/types';
import { showFieldErrors } from '@/lib/forms';
import { http } from '@/lib/http';
import { toProblem } from '@/lib/problem';
import { signIn } from '@/lib/session';
import { Empty, Failed, Note } from '@/ui/Feedback';
import { FrontDoor } from '@/ui/FrontDoor';
import { Form } from '@/ui/Page';

interface Answer {
  name: string;
  password: string;
}

/** Behind the `#`, so that no server and no log ever sees it. */
const tokenOf = (hash: string): string => new URLSearchParams(hash.slice(1)).get('token') ?? '';

function useAccept(token: string) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useForm<Answer>({ defaultValues: { name: '', password: '' } });
  const accept = useMutation({
    mutationFn: async (answer: Answer) =>
      (await http.post<AccessToken>('/invitations/accept', { token, ...answer })).data,
  });
  const submit = form.handleSubmit(async (answer) => {
    try {
      const { access_token: accessToken } = await accept.mutateAsync(answer);
      // Whoever was logged in before, nothing of theirs is shown to the next.
      client.clear();
      signIn(accessToken);
      await navigate('/', { replace: true });
    } catch (error) {
      showFieldErrors(error, form.setError, { password: 'password', name: 'name' });
    }
  });
  const problem = accept.isError ? toProblem(accept.error) : null;
  return { form, submit, problem, busy: accept.isPending };
}

function AcceptForm({ token }: { token: string }) {
  const { t } = useTranslation();
  const { form, submit, problem, busy } = useAccept(token);
  const { register, formState } = form;
  const ended = problem?.errors.some((e) => e.code === 'invitation_ended') ?? false;
  if (ended) return <Note kind="warn">{t('invitation.ended')}</Note>;
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput label={t('setup.yourName')} autoComplete="name" size="md" {...register('name')} />
      <PasswordInput
        label={t('auth.password')}
        description={t('invitation.passwordHint')}
        autoComplete="new-password"
        size="md"
        error={formState.errors.password?.message}
        visibilityToggleButtonProps={{ 'aria-label': t('auth.show') }}
        {...register('password', { required: t('sender.needed') })}
      />
      {problem?.code === 'invalid_credentials' ? (
        <Note kind="bad">{t('invitation.wrong')}</Note>
      ) : (
        problem !== null && problem.errors.length === 0 && <Failed error={problem} />
      )}
      <Button type="submit" size="md" loading={busy} fullWidth>
        {t('invitation.accept')}
      </Button>
    </Form>
  );
}

/** Where an invitation's link leads. */
export function InvitationPage() {
  const { t } = useTranslation();
  const token = tokenOf(useLocation().hash);
  return (
    <FrontDoor title={t('invitation.title')} lead={t('invitation.lead')}>
      {token === '' ? (
        <Empty icon={Unlink} title={t('invitation.broken')}>
          {t('invitation.brokenText')}
        </Empty>
      ) : (
        <AcceptForm token={token} />
      )}
    </FrontDoor>
  );
}
