import { useTranslation } from 'react-i18next';

import type { Sender } from '@/api/types';
import { useCheckSender, useStopSender } from '@/entities/sender/senderQueries';
import { useZone } from '@/lib/access';
import { useMetaWords } from '@/lib/metaWords';
import { ActionButton } from '@/ui/ActionButton';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Note } from '@/ui/Feedback';
import { TimeText } from '@/ui/TimeText';

/** Why a number doesn't send and what to do, in plain words; nothing while all is well. */
export function WhyStopped({ sender }: { sender: Sender }) {
  const { t, i18n } = useTranslation();
  const meta = useMetaWords();
  const zone = useZone();
  const { status, status_reason: reason, paused_until: until } = sender;
  if (status === 'active') return null;
  if (reason === null) return <Note kind="warn">{t('sender.why.unknown')}</Note>;
  const key = `reasonText.${reason}`;
  const text = i18n.exists(key) ? t(key as 'reasonText.expired') : t('sender.why.unknown');
  return (
    <Note kind={reason === 'paused_by_person' ? 'info' : 'warn'}>
      <strong>{meta.reason(reason)}.</strong> {text}
      {until !== null && (
        <>
          {' '}
          {t('sender.goesOn')} <TimeText at={until} zone={zone} />
        </>
      )}
    </Note>
  );
}

/** Ask Meta again, stop the number, let it go on. */
export function SenderActions({ sender }: { sender: Sender }) {
  const { t } = useTranslation();
  const check = useCheckSender();
  const move = useStopSender(sender.id);
  return (
    <>
      <ActionButton action={() => check.mutateAsync(sender.id)}>{t('sender.check')}</ActionButton>
      {sender.status === 'active' ? (
        <ConfirmButton
          title={t('sender.pauseTitle')}
          body={t('sender.pauseText')}
          confirm={t('sender.pause')}
          action={() => move.mutateAsync('pause')}
        >
          {t('sender.pause')}
        </ConfirmButton>
      ) : (
        <ActionButton variant="filled" action={() => move.mutateAsync('resume')}>
          {t('sender.resume')}
        </ActionButton>
      )}
    </>
  );
}
