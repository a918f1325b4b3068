import { Button, Skeleton } from '@mantine/core';
import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { type ApiProblem, toProblem } from '@/lib/problem';
import { refusalText } from '@/lib/refusals';
import styles from '@/ui/Feedback.module.css';

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** When it is all the page has, its title is the page's. */
  whole?: boolean;
}

/** Nothing here yet: says what belongs here and offers the next step. */
export function Empty({ icon: Icon, title, children, action, whole }: EmptyProps) {
  const Title = whole ? 'h1' : 'h2';
  return (
    <div className={styles.empty}>
      <span className={styles.icon}>
        <Icon size={22} aria-hidden />
      </span>
      <Title>{title}</Title>
      <p className={styles.text}>{children}</p>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}

const NOTES = {
  bad: CircleAlert,
  warn: TriangleAlert,
  ok: CircleCheck,
  info: Info,
} as const;

export function Note({ kind, children }: { kind: keyof typeof NOTES; children: ReactNode }) {
  const Icon = NOTES[kind];
  return (
    <div
      className={`${styles.note} ${styles[kind]}`}
      role={kind === 'bad' ? 'alert' : kind === 'ok' ? 'status' : 'note'}
    >
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** Refused for a reason of its own, not for the role alone. */
const TELLING_403 = new Set(['owner_needed', 'setup_token', 'person_needed', 'cross_site_request']);
const TELLING_5XX = new Set(['upstream_unavailable', 'unavailable']);

/** What went wrong in the reader's language, where it is a kind we know; else the server's words. */
function useTrouble(problem: ApiProblem): string {
  const { t } = useTranslation();
  if (problem.code === 'offline') return t('problem.offline');
  if (problem.code === 'elsewhere') return t('problem.elsewhere');
  const { status, code } = problem;
  if (status === 403 && !TELLING_403.has(code)) return t('problem.forbidden');
  if (status === 429) return t('problem.tooFast');
  if (status >= 500 && !TELLING_5XX.has(code)) return t('problem.server');
  const [only] = problem.errors;
  return refusalText(problem.errors.length === 1 && only !== undefined ? only : problem);
}

/** What went wrong, with the id that finds it in the log. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const problem = toProblem(error);
  const words = useTrouble(problem);
  return (
    <Note kind="bad">
      <p>{words}</p>
      {problem.requestId !== null && (
        <p className={styles.request}>{t('problem.request', { id: problem.requestId })}</p>
      )}
      {onRetry && (
        <Button size="xs" variant="default" mt={8} onClick={onRetry}>
          {t('problem.retry')}
        </Button>
      )}
    </Note>
  );
}

export function Loading({ lines = 5 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.lines} role="status" aria-label={t('common.loading')}>
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} height={18} width={i % 3 === 2 ? '60%' : '100%'} />
      ))}
    </div>
  );
}
