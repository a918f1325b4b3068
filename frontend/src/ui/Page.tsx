import { ChevronLeft } from 'lucide-react';
import { type ReactNode, useEffect, useId } from 'react';
import { Link } from 'react-router';

import styles from '@/ui/Page.module.css';

interface PageProps {
  title: string;
  lead?: ReactNode;
  badge?: ReactNode;
  back?: { to: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its name in the tab and on top, one primary action, then content. */
export function Page({ title, lead, badge, back, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · WhatsApp Scheduler`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div>
          {back && (
            <Link to={back.to} className={styles.back}>
              <ChevronLeft size={14} aria-hidden />
              {back.label}
            </Link>
          )}
          <div className={styles.title}>
            <h1>{title}</h1>
            {badge}
          </div>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface CardProps {
  title?: string;
  hint?: ReactNode;
  side?: ReactNode;
  children: ReactNode;
}

export function Card({ title, hint, side, children }: CardProps) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className={styles.cardHead}>
          <div>
            <h2 id={id}>{title}</h2>
            {hint !== undefined && <p className={styles.hint}>{hint}</p>}
          </div>
          {side}
        </div>
      )}
      {children}
    </section>
  );
}

export const Stack = ({ children }: { children: ReactNode }) => (
  <div className={styles.stack}>{children}</div>
);

export const Row = ({ children }: { children: ReactNode }) => (
  <div className={styles.row}>{children}</div>
);

export const Split = ({ children }: { children: ReactNode }) => (
  <div className={styles.split}>{children}</div>
);

export const Muted = ({ children }: { children: ReactNode }) => (
  <span className={styles.muted}>{children}</span>
);

interface FormProps {
  onSubmit: (event: React.SubmitEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

export const Form = ({ onSubmit, children }: FormProps) => (
  <form className={styles.form} onSubmit={onSubmit} noValidate>
    {children}
  </form>
);

/** Names and values of one thing. */
export function Facts({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className={styles.facts}>
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
