import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { meQuery } from '@/entities/session/sessionQueries';
import { FirstSteps } from '@/features/home/components/FirstSteps';
import { NeedsYou } from '@/features/home/components/NeedsYou';
import { Next, Recent, Running } from '@/features/home/components/Schedules';
import { Page } from '@/ui/Page';

/** What runs, what comes, and what needs a person. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: me } = useQuery(meQuery);
  const first = me?.name.split(' ')[0];
  return (
    <Page
      title={first ? t('home.hello', { name: first }) : t('nav.home')}
      actions={
        <Button component={Link} to="/schedules/new" leftSection={<Plus size={16} aria-hidden />}>
          {t('schedule.new')}
        </Button>
      }
    >
      <FirstSteps />
      <NeedsYou />
      <Running />
      <Next />
      <Recent />
    </Page>
  );
}
