import { useLocalStorage } from '@mantine/hooks';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { type ComponentType, lazy, Suspense, useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import {
  Link,
  NavLink,
  Outlet,
  NavigationType,
  useLocation,
  useNavigationType,
} from 'react-router';

import { CrashGuard } from '@/app/CrashGuard';
import { Offline } from '@/app/shell/Offline';
import { DAILY, GROUPS, type Place, SETTINGS, WHATSAPP } from '@/app/shell/places';
import styles from '@/app/shell/Shell.module.css';
import { useLiveUpdates } from '@/app/shell/useLiveUpdates';
import { useShortcuts } from '@/app/shell/useShortcuts';
import { Splash } from '@/app/Splash';
import { useAccess } from '@/lib/access';
import { loadAllWords } from '@/lib/i18n';

// Menus and their words come after the first paint: nobody opens one sooner.
const menu = <P,>(load: () => Promise<ComponentType<P>>) =>
  lazy(async () => {
    const [component] = await Promise.all([load(), loadAllWords()]);
    return { default: component };
  });
const UserMenu = menu(async () => (await import('@/app/shell/UserMenu')).UserMenu);
const BottomBar = menu(async () => (await import('@/app/shell/BottomBar')).BottomBar);

/** A new page starts at its top; Back and Forward keep what the browser restores. */
function useTopOfPage(): void {
  const { pathname } = useLocation();
  const how = useNavigationType();
  useLayoutEffect(() => {
    if (how !== NavigationType.Pop) window.scrollTo(0, 0);
  }, [pathname, how]);
}

function PlaceLink({ place: { name, to, icon: Icon } }: { place: Place }) {
  const { t } = useTranslation();
  return (
    <NavLink to={to} end={to === '/'} className={styles.link} title={t(`nav.${name}`)}>
      <Icon size={18} aria-hidden />
      <span className={styles.word}>{t(`nav.${name}`)}</span>
    </NavLink>
  );
}

function SideNav({ collapsed, onToggle }: { collapsed: boolean; onToggle: () => void }) {
  const { t } = useTranslation();
  const workspace = useAccess()?.workspace;
  const toggle = collapsed ? t('nav.expand') : t('nav.collapse');
  const Toggle = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav className={styles.nav} aria-label={t('nav.label')}>
      <Link to="/" className={styles.brand}>
        <img src="/icon.svg" alt="" width={28} height={28} />
        <span className={styles.brandName}>{workspace?.name ?? 'WhatsApp Scheduler'}</span>
      </Link>
      {[...DAILY, GROUPS].map((place) => (
        <PlaceLink key={place.name} place={place} />
      ))}
      <p className={styles.heading}>WhatsApp</p>
      {WHATSAPP.map((place) => (
        <PlaceLink key={place.name} place={place} />
      ))}
      <div className={styles.end}>
        <PlaceLink place={SETTINGS} />
        <button type="button" className={styles.link} onClick={onToggle} title={toggle}>
          <Toggle size={18} aria-hidden />
          <span className={styles.word}>{toggle}</span>
        </button>
        <Suspense fallback={<span className={styles.link} />}>
          <UserMenu className={styles.link} wordClass={styles.word} />
        </Suspense>
      </div>
    </nav>
  );
}

/** Navigation at the left (a bar at the bottom on phones) around the page. */
export function Shell() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'nav-collapsed', defaultValue: false });
  useTopOfPage();
  useLiveUpdates();
  useShortcuts();
  return (
    <div className={styles.shell} data-collapsed={collapsed || undefined}>
      <a href="#main" className={styles.skip}>
        {t('nav.skip')}
      </a>
      <SideNav collapsed={collapsed} onToggle={() => setCollapsed(!collapsed)} />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Offline />
        {/* Keyed, so that the next page works although this one broke. */}
        <CrashGuard key={pathname}>
          <Suspense fallback={<Splash />}>
            <Outlet />
          </Suspense>
        </CrashGuard>
      </main>
      <Suspense fallback={<div className={styles.bottom} />}>
        <BottomBar />
      </Suspense>
    </div>
  );
}
