import '@testing-library/jest-dom/vitest';

import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

import { loadAllWords, startI18n } from '@/lib/i18n';

// What jsdom lacks and the component library asks for.
vi.stubGlobal('matchMedia', (query: string): Partial<MediaQueryList> => ({
  media: query,
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {
      /* nothing has a size here */
    }
    unobserve(): void {
      /* see observe */
    }
    disconnect(): void {
      /* see observe */
    }
  },
);
Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
Element.prototype.scrollIntoView = () => undefined;

// A page waits for several answers in a row; on a busy machine a second is not enough.
configure({ asyncUtilTimeout: 20_000 });

await startI18n('en');
await loadAllWords();

afterEach(() => {
  cleanup();
  localStorage.clear();
});
