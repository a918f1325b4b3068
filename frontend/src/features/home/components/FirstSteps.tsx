import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { messageSample } from '@/entities/message/messageQueries';
import { recipientSample } from '@/entities/recipient/recipientQueries';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { sendersQuery } from '@/entities/sender/senderQueries';
import styles from '@/features/home/components/Home.module.css';
import { Card } from '@/ui/Page';

interface Step {
  name: 'number' | 'people' | 'message' | 'send';
  to: string;
  done: boolean;
}

/** The set-up steps that were skipped; null until known, empty when all is done. */
function useSteps(): Step[] | null {
  const senders = useQuery(sendersQuery).data;
  const people = useQuery(recipientSample({}, 1)).data;
  const messages = useQuery(messageSample).data;
  const schedules = useQuery(scheduleSample({}, 1)).data?.items;
  if (!senders || !people || !messages || !schedules) return null;
  return [
    { name: 'number', to: '/setup/steps?step=number', done: senders.length > 0 },
    { name: 'people', to: '/setup/steps?step=people', done: people.length > 0 },
    { name: 'message', to: '/setup/steps?step=message', done: messages.length > 0 },
    { name: 'send', to: '/schedules/new', done: schedules.length > 0 },
  ];
}

export function FirstSteps() {
  const { t } = useTranslation();
  const steps = useSteps();
  if (steps === null || steps.every((s) => s.done)) return null;
  return (
    <Card title={t('home.firstSteps')}>
      <ol className={styles.list}>
        {steps.map(({ name, to, done }, i) => (
          <li key={name}>
            {done ? (
              <span className={`${styles.step} ${styles.stepDone}`}>
                <span className={`${styles.mark} ${styles.done}`}>
                  <Check size={14} aria-label={t('home.done')} />
                </span>
                {t(`home.steps.${name}`)}
              </span>
            ) : (
              <Link to={to} className={styles.step}>
                <span className={styles.mark} aria-hidden>
                  {i + 1}
                </span>
                {t(`home.steps.${name}`)}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
