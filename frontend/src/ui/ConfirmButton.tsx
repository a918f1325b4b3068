import { Button, type ButtonProps, Group, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Failed } from '@/ui/Feedback';
import { Stack } from '@/ui/Page';

interface Props extends ButtonProps {
  children: ReactNode;
  title: string;
  /** What will happen, with the number of people it happens to. */
  body: ReactNode;
  /** The verb of the button that does it. */
  confirm: string;
  danger?: boolean;
  action: () => Promise<unknown>;
}

/** A button for what can't be undone: asks first, and says what it will do. */
export function ConfirmButton({ children, title, body, confirm, danger, action, ...rest }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await action();
      setOpened(false);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  const open = (): void => {
    setError(null);
    setOpened(true);
  };
  return (
    <>
      <Button variant="default" {...rest} onClick={open}>
        {children}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={title}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <Stack>
          <div>{body}</div>
          {error !== null && <Failed error={error} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={() => setOpened(false)} data-autofocus>
              {t('common.keep')}
            </Button>
            <Button color={danger ? 'red' : undefined} loading={busy} onClick={() => void run()}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
