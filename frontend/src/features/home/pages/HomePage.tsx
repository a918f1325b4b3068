import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Coming } from '@/features/home/components/Coming';
import styles from '@/features/home/components/Home.module.css';
import { LastWeek } from '@/features/home/components/LastWeek';
import { Running } from '@/features/home/components/Running';
import { useAccess, useCan } from '@/lib/access';
import { Page } from '@/ui/Page';

// Both are empty until much has been asked for, so their code need not come before the page.
const FirstSteps = lazy(async () => ({
  default: (await import('@/features/home/components/FirstSteps')).FirstSteps,
}));
const NeedsYou = lazy(async () => ({
  default: (await import('@/features/home/components/NeedsYou')).NeedsYou,
}));

/** What needs a person, what runs, what comes, and what became of the last days. */
export function HomePage() {
  const { t } = useTranslation();
  const first = useAccess()?.user?.name.split(' ')[0];
  const mayPlan = useCan('schedules:write');
  return (
    <Page
      title={first ? t('home.hello', { name: first }) : t('nav.home')}
      actions={
        mayPlan && (
          <Button component={Link} to="/schedules/new" leftSection={<Plus size={16} aria-hidden />}>
            {t('schedule.new')}
          </Button>
        )
      }
    >
      <Suspense>
        {mayPlan && <FirstSteps />}
        <NeedsYou />
      </Suspense>
      <Running />
      <div className={styles.columns}>
        <Coming />
        <LastWeek />
      </div>
    </Page>
  );
}
