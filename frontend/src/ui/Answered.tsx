import type { UseQueryResult } from '@tanstack/react-query';
import { Compass, Lock } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { loadAllWords } from '@/lib/i18n';
import { toProblem } from '@/lib/problem';
import { Empty, Failed, Loading } from '@/ui/Feedback';

// Few links lead astray: its code and words come when one does.
const Elsewhere = lazy(async () => {
  const [{ Elsewhere: found }] = await Promise.all([import('@/ui/Elsewhere'), loadAllWords()]);
  return { default: found };
});

interface Asked {
  error: unknown;
  refetch: () => Promise<unknown>;
}

/** What one's role doesn't open. */
export function Forbidden() {
  const { t } = useTranslation();
  return (
    <Empty icon={Lock} title={t('problem.forbiddenTitle')}>
      {t('problem.forbidden')}
    </Empty>
  );
}

/** Stands where an answer should: not allowed, not there, or not answered. */
export function NoAnswer({ query }: { query: Asked }) {
  const { t } = useTranslation();
  const { status } = toProblem(query.error);
  if (status === 403) return <Forbidden />;
  if (status === 404) {
    return (
      <Empty
        icon={Compass}
        title={t('notFound.title')}
        action={
          <Suspense>
            <Elsewhere />
          </Suspense>
        }
      >
        {t('notFound.text')}
      </Empty>
    );
  }
  return <Failed error={query.error} onRetry={() => void query.refetch()} />;
}

interface Props<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isError' | 'refetch'>;
  /** Lines of the skeleton. */
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for; before, its skeleton; without it, why. An answer stays when asking again fails. */
export function Answered<T>({ query, lines, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  return query.isError ? <NoAnswer query={query} /> : <Loading lines={lines} />;
}
