import { Menu, useMantineColorScheme } from '@mantine/core';
import { Check, CircleUserRound, Languages, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { WorkspaceMenu } from '@/app/shell/WorkspaceMenu';
import { useLogOut } from '@/entities/session/sessionQueries';
import { useAccess } from '@/lib/access';
import { changeLanguage, currentLanguage, LANGUAGE_NAMES, LANGUAGES } from '@/lib/i18n';

const THEMES = [
  ['auto', Monitor],
  ['light', Sun],
  ['dark', Moon],
] as const;

const tick = (on: boolean) => (on ? <Check size={15} aria-hidden /> : null);

/** Language, theme and log-out: the same entries in the side and the bottom menu. */
export function Preferences() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const logOut = useLogOut();
  return (
    <>
      <WorkspaceMenu />
      <Menu.Label>{t('menu.language')}</Menu.Label>
      {LANGUAGES.map((language) => (
        <Menu.Item
          key={language}
          lang={language}
          leftSection={<Languages size={16} aria-hidden />}
          rightSection={tick(currentLanguage() === language)}
          onClick={() => void changeLanguage(language)}
        >
          {LANGUAGE_NAMES[language]}
        </Menu.Item>
      ))}
      <Menu.Label>{t('menu.theme')}</Menu.Label>
      {THEMES.map(([theme, Icon]) => (
        <Menu.Item
          key={theme}
          leftSection={<Icon size={16} aria-hidden />}
          rightSection={tick(colorScheme === theme)}
          onClick={() => setColorScheme(theme)}
        >
          {t(`menu.${theme}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        component={Link}
        to="/settings/account"
        leftSection={<CircleUserRound size={16} aria-hidden />}
      >
        {t('menu.mine')}
      </Menu.Item>
      <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => logOut.mutate()}>
        {t('menu.logOut')}
      </Menu.Item>
    </>
  );
}

interface Props {
  className: string | undefined;
  wordClass: string | undefined;
}

export function UserMenu({ className, wordClass }: Props) {
  const { t } = useTranslation();
  const me = useAccess()?.user;
  return (
    <Menu position="right-end" width={240}>
      <Menu.Target>
        <button type="button" className={className}>
          <CircleUserRound size={18} aria-hidden />
          <span className={wordClass}>{me?.name || (me?.email ?? t('menu.account'))}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {me && <Menu.Label>{me.email}</Menu.Label>}
        <Preferences />
      </Menu.Dropdown>
    </Menu>
  );
}
