import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';

const KEY = 'theme';

/** Shares its key with public/theme.js, which paints before the app starts. */
export function themeManager(): MantineColorSchemeManager {
  let listener: ((event: StorageEvent) => void) | undefined;
  return {
    get: (fallback) => {
      const stored = localStorage.getItem(KEY);
      return stored === 'light' || stored === 'dark' || stored === 'auto' ? stored : fallback;
    },
    set: (value) => localStorage.setItem(KEY, value),
    subscribe: (onUpdate) => {
      listener = (event) => {
        if (event.key === KEY && event.newValue) onUpdate(event.newValue as MantineColorScheme);
      };
      window.addEventListener('storage', listener);
    },
    unsubscribe: () => {
      if (listener) window.removeEventListener('storage', listener);
    },
    clear: () => localStorage.removeItem(KEY),
  };
}
