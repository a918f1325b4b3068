import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';

import styles from '@/features/settings/components/Settings.module.css';
import { useCan } from '@/lib/access';
import { Page } from '@/ui/Page';

const OF_ADMINS = [
  { name: 'workspace', to: '/settings' },
  { name: 'team', to: '/settings/team' },
  { name: 'keys', to: '/settings/api-keys' },
  { name: 'audit', to: '/settings/audit' },
] as const;

/** The parts of the settings; those of the workspace only for who may change it. */
export function SettingsLayout() {
  const { t } = useTranslation();
  const isAdmin = useCan('admin');
  const places = [
    ...(isAdmin ? OF_ADMINS : []),
    { name: 'account', to: '/settings/account' } as const,
  ];
  return (
    <Page title={t('nav.settings')}>
      <nav className={styles.tabs} aria-label={t('nav.settings')}>
        {places.map(({ name, to }) => (
          <NavLink key={name} to={to} end className={styles.tab}>
            {t(`settings.tab.${name}`)}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}
