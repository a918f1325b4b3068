import { createTheme, type MantineColorsTuple, MantineProvider } from '@mantine/core';
import type { ReactNode } from 'react';

import { themeManager } from '@/lib/theme';

const accent = Array.from({ length: 10 }, () => '#4657d9') as unknown as MantineColorsTuple;

const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent },
  cursorType: 'pointer',
  components: {
    Modal: {
      defaultProps: { centered: true, lockScroll: false, transitionProps: { duration: 120 } },
    },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 140 } } },
    Tooltip: { defaultProps: { styles: { tooltip: { whiteSpace: 'pre-line', fontSize: 12 } } } },
  },
});

const manager = themeManager();

/**
 * Mantine without its generated style elements: colours come from tokens.css,
 * so the Content-Security-Policy needs no `unsafe-inline`. Without motion, dialogs are
 * there at once: a test need not wait for what it can't see.
 */
export function UiProvider({ children, motion = true }: { children: ReactNode; motion?: boolean }) {
  return (
    <MantineProvider
      env={motion ? 'default' : 'test'}
      theme={theme}
      colorSchemeManager={manager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      deduplicateInlineStyles={false}
    >
      {children}
    </MantineProvider>
  );
}
