import { Button } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Empty } from '@/ui/Feedback';

function Crash({ message }: { message: string }) {
  const { t } = useTranslation();
  return (
    <div>
      <Empty
        whole
        icon={TriangleAlert}
        title={t('crash.title')}
        action={<Button onClick={() => window.location.reload()}>{t('crash.reload')}</Button>}
      >
        {t('crash.text', { message })}
      </Empty>
    </div>
  );
}

interface State {
  message: string | null;
}

/** Stands in for a page that broke, or whose code is gone after an update. */
export class CrashGuard extends Component<{ children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    return message === null ? this.props.children : <Crash message={message} />;
  }
}
