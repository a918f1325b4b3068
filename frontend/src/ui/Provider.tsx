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
 * so the Content-Security-Policy needs no `unsafe-inline`.
 */
export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
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
