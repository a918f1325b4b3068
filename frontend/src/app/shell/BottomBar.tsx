import { Menu } from '@mantine/core';
import { Ellipsis } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { NavLink, useNavigate } from 'react-router';

import { DAILY, GROUPS, SETTINGS, WHATSAPP } from '@/app/shell/places';
import styles from '@/app/shell/Shell.module.css';
import { Preferences } from '@/app/shell/UserMenu';

/** The four daily places within a thumb's reach, the rest behind "More". */
export function BottomBar() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <nav className={styles.bottom} aria-label={t('nav.phone')}>
      {DAILY.map(({ name, to, icon: Icon }) => (
        <NavLink key={name} to={to} end={to === '/'} className={styles.tab}>
          <Icon size={20} aria-hidden />
          {t(`nav.${name}`)}
        </NavLink>
      ))}
      <Menu position="top-end" width={240}>
        <Menu.Target>
          <button type="button" className={styles.tab}>
            <Ellipsis size={20} aria-hidden />
            {t('nav.more')}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {[GROUPS, ...WHATSAPP, SETTINGS].map(({ name, to, icon: Icon }) => (
            <Menu.Item
              key={name}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => void navigate(to)}
            >
              {t(`nav.${name}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Preferences />
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
