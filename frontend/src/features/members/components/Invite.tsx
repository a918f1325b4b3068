import { Button, Modal, TextInput } from '@mantine/core';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import type { NewInvitation, Role } from '@/api/types';
import { RoleSelect } from '@/features/members/components/RoleSelect';
import { useInvite } from '@/features/members/memberQueries';
import { useZone } from '@/lib/access';
import { showFieldErrors } from '@/lib/forms';
import { CopyField } from '@/ui/CopyField';
import { Failed, Note } from '@/ui/Feedback';
import { Form, Muted, Stack } from '@/ui/Page';
import { TimeText } from '@/ui/TimeText';

function Made({ invitation, onDone }: { invitation: NewInvitation; onDone: () => void }) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <Stack>
      <Note kind="warn">{t('team.once', { email: invitation.email })}</Note>
      <CopyField label={t('team.link')} value={invitation.link} />
      <Muted>
        {t('team.expires')} <TimeText at={invitation.expires_at} zone={zone} />
      </Muted>
      <div>
        <Button onClick={onDone}>{t('key.done')}</Button>
      </div>
    </Stack>
  );
}

interface Whom {
  email: string;
  role: Role;
}

function InviteForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const invite = useInvite();
  const { register, control, handleSubmit, setError, formState } = useForm<Whom>({
    defaultValues: { email: '', role: 'editor' },
  });
  const role = useWatch({ control, name: 'role' });
  const submit = handleSubmit(async (whom) => {
    try {
      await invite.mutateAsync({ ...whom, email: whom.email.trim() });
    } catch (error) {
      showFieldErrors(error, setError, { email: 'email', role: 'role' });
    }
  });
  if (invite.isSuccess) return <Made invitation={invite.data} onDone={onDone} />;
  return (
    <Form onSubmit={(event) => void submit(event)}>
      <TextInput
        type="email"
        label={t('auth.email')}
        data-autofocus
        error={formState.errors.email?.message}
        {...register('email', { required: t('sender.needed') })}
      />
      <Controller
        control={control}
        name="role"
        render={({ field }) => (
          <RoleSelect label={t('team.role')} value={field.value} onChange={field.onChange} />
        )}
      />
      <Muted>{t(`role.about.${role}`)}</Muted>
      {invite.isError && <Failed error={invite.error} />}
      <div>
        <Button type="submit" loading={invite.isPending}>
          {t('team.makeLink')}
        </Button>
      </div>
    </Form>
  );
}

/** Invites somebody with a link that is shown once, to be sent by whatever way one trusts. */
export function Invite() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setOpened(true)}>
        {t('team.invite')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('team.invite')}
        // The link is shown once: a stray click beside the box must not lose it.
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <InviteForm onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}
