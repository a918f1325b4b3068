import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { BrowserRouter } from 'react-router';

import { AppRoutes } from '@/app/AppRoutes';
import { CrashGuard } from '@/app/CrashGuard';
import { Splash } from '@/app/Splash';
import { queryClient } from '@/lib/queryClient';
import { UiProvider } from '@/ui/Provider';

/**
 * The router is the declarative one: its data router would add 14 kB before the
 * first screen for loaders that TanStack Query already replaces.
 */
export function App() {
  return (
    <UiProvider>
      <QueryClientProvider client={queryClient}>
        <CrashGuard>
          <BrowserRouter>
            <Suspense fallback={<Splash />}>
              <AppRoutes />
            </Suspense>
          </BrowserRouter>
        </CrashGuard>
      </QueryClientProvider>
    </UiProvider>
  );
}
