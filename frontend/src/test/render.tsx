import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, useLocation } from 'react-router';

import { newQueryClient } from '@/lib/queryClient';
import { UiProvider } from '@/ui/Provider';

function Address() {
  const { pathname, search } = useLocation();
  return <output data-testid="address">{pathname + search}</output>;
}

/** Render inside the app's providers; the address is readable as `address`. */
export function renderApp(ui: ReactNode, at = '/') {
  return render(
    <UiProvider motion={false}>
      <QueryClientProvider client={newQueryClient()}>
        <MemoryRouter initialEntries={[at]}>
          {ui}
          <Address />
        </MemoryRouter>
      </QueryClientProvider>
    </UiProvider>,
  );
}
