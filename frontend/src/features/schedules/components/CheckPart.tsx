import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useFormContext } from 'react-hook-form';
import { useTranslation } from 'react-i18next';

import { daysFor, roomOf } from '@/entities/sender/limit';
import { sendersQuery } from '@/entities/sender/senderQueries';
import styles from '@/features/schedules/components/Editor.module.css';
import type { Draft, Reach } from '@/features/schedules/draft';
import { useLocale, useNumber } from '@/lib/i18n';
import { formatInstant, zoneCity } from '@/lib/time';
import { wallToInstant } from '@/lib/wall';
import { Failed } from '@/ui/Feedback';
import { Card, Stack } from '@/ui/Page';

function useLaunchLabel(draft: Draft, reach: Reach): string {
  const { t } = useTranslation();
  const locale = useLocale();
  const number = useNumber();
  const n = number(reach.people);
  const people = t(reach.exact ? 'count.people' : 'count.upToPeople', { count: reach.people, n });
  if (draft.when === 'now') return t('editor.sendNow', { people });
  const time = formatInstant(wallToInstant(draft.at, draft.zone), draft.zone, locale);
  return t('editor.schedule', { people, time, city: zoneCity(draft.zone) });
}

/** How many go at once, and how long the rest takes, where WhatsApp limits the people a day. */
function DailyLimit({ draft, reach }: { draft: Draft; reach: Reach }) {
  const { t } = useTranslation();
  const number = useNumber();
  const sender = useQuery(sendersQuery).data?.find(({ id }) => id === draft.senderId);
  const room = sender === undefined ? null : roomOf(sender);
  const limit = sender?.messaging_limit ?? null;
  if (room === null || limit === null || reach.people === 0) return null;
  const words = { limit: number(limit), used: number(limit - room), room: number(room) };
  const days = daysFor(reach.people - room, limit);
  return (
    <p className={styles.forecast}>
      {days <= 0
        ? t('editor.limitFits', words)
        : t('editor.limitSpread', { ...words, count: days, n: number(days) })}
    </p>
  );
}

interface Props {
  draft: Draft;
  reach: Reach;
  error: unknown;
  busy: boolean;
}

/** The last look: how many, and a button that says what it does. */
export function CheckPart({ draft, reach, error, busy }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const { formState } = useFormContext<Draft>();
  const label = useLaunchLabel(draft, reach);
  const chosen = draft.people.length > 0;
  const n = number(reach.people);
  return (
    <Card title={t('editor.partCheck')}>
      <Stack>
        {chosen ? (
          <div>
            <div className={styles.reach}>
              {t(reach.exact ? 'count.people' : 'count.upToPeople', { count: reach.people, n })}
            </div>
            <p className={styles.forecast}>
              {reach.exact ? t('editor.checkedLater') : t('editor.overlap')}
            </p>
            <DailyLimit draft={draft} reach={reach} />
          </div>
        ) : (
          <p className={styles.forecast}>{t('editor.chooseFirst')}</p>
        )}
        {error !== null && <Failed error={error} />}
        <div>
          <Button
            type="submit"
            size="md"
            loading={busy}
            disabled={formState.isSubmitting}
            styles={{
              root: { height: 'auto', minHeight: 44 },
              label: { whiteSpace: 'normal', padding: '8px 0' },
            }}
          >
            {chosen ? label : t('editor.scheduleBare')}
          </Button>
        </div>
      </Stack>
    </Card>
  );
}
