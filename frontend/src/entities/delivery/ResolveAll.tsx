import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import {
  type Resolution,
  type ResolutionSums,
  useResolveAll,
} from '@/entities/delivery/deliveryQueries';
import styles from '@/entities/delivery/Delivery.module.css';
import { useCan } from '@/lib/access';
import { useNumber } from '@/lib/i18n';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Note } from '@/ui/Feedback';

interface Done {
  action: Resolution;
  sums: ResolutionSums;
}

/** What became of a decision, and whom it left as they were. */
function Outcome({ action, sums }: Done) {
  const { t } = useTranslation();
  const number = useNumber();
  const of = (count: number) => ({ count, n: number(count) });
  const parts = [
    t(action === 'resend' ? 'doubt.resent' : 'doubt.failed', of(sums.resolved)),
    sums.too_early > 0 ? t('doubt.tooEarly', of(sums.too_early)) : '',
    sums.stopped > 0 ? t('doubt.stopped', of(sums.stopped)) : '',
    sums.remaining > 0 ? t('doubt.remaining', of(sums.remaining)) : '',
  ];
  return <Note kind={sums.resolved > 0 ? 'ok' : 'info'}>{parts.filter(Boolean).join(' ')}</Note>;
}

interface Props {
  scheduleId: string;
  /** How many are in doubt. */
  count: number;
}

/** One decision for all messages of a schedule of which nobody knows whether they left. */
export function ResolveAll({ scheduleId, count }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const may = useCan('deliveries:write');
  const resolve = useResolveAll(scheduleId);
  const [done, setDone] = useState<Done | null>(null);
  const people = { count, n: number(count) };
  const act = (action: Resolution) => async (): Promise<void> =>
    setDone({ action, sums: await resolve.mutateAsync(action) });
  if (count === 0) return done && <Outcome {...done} />;
  return (
    <>
      {done && <Outcome {...done} />}
      <Note kind="warn">
        <strong>{t('doubt.title', people)}</strong> {t('doubt.text')}
        {may ? (
          <div className={styles.acts}>
            <ConfirmButton
              size="xs"
              title={t('doubt.resendTitle', people)}
              body={t('doubt.resendText', people)}
              confirm={t('doubt.resendConfirm', people)}
              action={act('resend')}
            >
              {t('doubt.resend')}
            </ConfirmButton>
            <ConfirmButton
              size="xs"
              title={t('doubt.failTitle', people)}
              body={t('doubt.failText', people)}
              confirm={t('doubt.failConfirm', people)}
              action={act('mark_failed')}
            >
              {t('doubt.fail')}
            </ConfirmButton>
          </div>
        ) : (
          <p>{t('doubt.notYours')}</p>
        )}
      </Note>
    </>
  );
}
