import { Button } from '@mantine/core';
import { Compass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Empty } from '@/ui/Feedback';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty
      whole
      icon={Compass}
      title={t('notFound.title')}
      action={
        <Button component={Link} to="/">
          {t('notFound.home')}
        </Button>
      }
    >
      {t('notFound.text')}
    </Empty>
  );
}
