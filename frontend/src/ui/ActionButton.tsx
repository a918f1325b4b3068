import { Button, type ButtonProps } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import styles from '@/ui/ActionButton.module.css';
import { Failed } from '@/ui/Feedback';

interface Props extends ButtonProps {
  children: ReactNode;
  'aria-label'?: string;
  action: () => Promise<unknown>;
}

/** A button for what can be taken back: does it at once, and says below when it was refused. */
export function ActionButton({ children, action, ...rest }: Props) {
  const run = useMutation({ mutationFn: action });
  return (
    <>
      <Button variant="default" {...rest} loading={run.isPending} onClick={() => run.mutate()}>
        {children}
      </Button>
      {run.isError && (
        <div className={styles.refusal}>
          <Failed error={run.error} />
        </div>
      )}
    </>
  );
}
