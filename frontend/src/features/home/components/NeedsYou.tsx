import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { deliveriesWith } from '@/entities/delivery/deliveryQueries';
import { messageChoices } from '@/entities/message/messageQueries';
import { scheduleSample } from '@/entities/schedule/scheduleQueries';
import { senderName, sendersQuery } from '@/entities/sender/senderQueries';
import { templatesWith } from '@/entities/template/templateQueries';
import styles from '@/features/home/components/Home.module.css';
import { bySchedule } from '@/features/home/unconfirmed';
import { useNumber } from '@/lib/i18n';
import { usePollInterval } from '@/lib/live';
import { toProblem } from '@/lib/problem';
import { Failed } from '@/ui/Feedback';
import { Card } from '@/ui/Page';
import { StateBadge } from '@/ui/StateBadge';
import type { State } from '@/ui/states';

interface Matter {
  key: string;
  to: string;
  what: ReactNode;
  /** None where the words say all. */
  state: State | null;
}

function useStoppedSenders(): Matter[] {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery).data ?? [];
  return senders
    .filter((sender) => sender.status !== 'active')
    .map((sender) => ({
      key: sender.id,
      to: `/senders/${sender.id}`,
      what: t('home.stopped', { name: senderName(sender) }),
      state: sender.status,
    }));
}

const POOR: Record<string, 'home.qualityLow' | 'home.qualityMedium'> = {
  RED: 'home.qualityLow',
  YELLOW: 'home.qualityMedium',
};

/** Numbers whose messages people block or report; Meta lowers their limit next. */
function usePoorQuality(): Matter[] {
  const { t } = useTranslation();
  const senders = useQuery(sendersQuery).data ?? [];
  return senders
    .filter(({ status }) => status === 'active')
    .flatMap((sender) => {
      const key = POOR[sender.quality_rating ?? ''];
      if (key === undefined) return [];
      const what = t(key, { name: senderName(sender) });
      return [{ key: `quality ${sender.id}`, to: `/senders/${sender.id}`, what, state: null }];
    });
}

const MANY = 50;

const HELD_OR_NOT = scheduleSample({ status: ['scheduled', 'sending'] }, MANY);
const STUCK = scheduleSample({ status: ['failed', 'pending_approval'] }, 5);

/** Messages of which nobody knows whether they left, one row a schedule. */
function useUnconfirmed(): Matter[] {
  const { t } = useTranslation();
  const number = useNumber();
  const refetchInterval = usePollInterval(10_000);
  const page = useQuery({ ...deliveriesWith('unconfirmed', MANY), refetchInterval }).data;
  const more = page?.next_cursor != null;
  return bySchedule(page?.items ?? []).map(({ first, count }) => ({
    key: first.id,
    to:
      first.schedule_id === null
        ? `/deliveries/${first.id}`
        : `/schedules/${first.schedule_id}?status=unconfirmed`,
    what:
      count === 1
        ? t('home.unconfirmedOne', { name: first.recipient.name || first.recipient.phone })
        : t('home.unconfirmedMany', { n: `${number(count)}${more ? '+' : ''}` }),
    state: 'unconfirmed' as const,
  }));
}

/** Templates that Meta stopped, if a message of ours needs them. */
function useStoppedTemplates(): Matter[] {
  const { t } = useTranslation();
  const paused = useQuery(templatesWith('paused')).data ?? [];
  const rejected = useQuery(templatesWith('rejected')).data ?? [];
  const stopped = [...paused, ...rejected];
  const messages = useQuery({ ...messageChoices, enabled: stopped.length > 0 }).data ?? [];
  const needed = new Set(messages.map((m) => m.template?.template_id));
  return stopped
    .filter(({ id }) => needed.has(id))
    .map(({ id, name, status }) => ({
      key: id,
      to: `/templates?template=${id}`,
      what: t('home.template', { name }),
      state: status.toLowerCase() === 'paused' ? ('paused' as const) : ('rejected' as const),
    }));
}

const WHY = { hold: 'home.held', daily_limit: 'home.limited' } as const;
const standsStill = (why: string | null): why is keyof typeof WHY => why !== null && why in WHY;

/** Sends that were held, for their template or for safety, or that wait for the daily limit. */
function useHeld(): Matter[] {
  const { t } = useTranslation();
  const refetchInterval = usePollInterval(10_000);
  const items = useQuery({ ...HELD_OR_NOT, refetchInterval }).data?.items ?? [];
  return items.flatMap(({ id, name, blocked_by: why }) =>
    standsStill(why)
      ? [
          {
            key: id,
            to: `/schedules/${id}`,
            what: t(WHY[why], { name: name || t('schedule.unnamed') }),
            state: why === 'hold' ? ('paused' as const) : ('scheduled' as const),
          },
        ]
      : [],
  );
}

function useStuckSchedules(): Matter[] {
  const { t } = useTranslation();
  const items = useQuery(STUCK).data?.items ?? [];
  return items.map(({ id, name, status }) => ({
    key: id,
    to: `/schedules/${id}`,
    what: name || t('schedule.unnamed'),
    state: status,
  }));
}

/** Questions without an answer: a list that looks empty must not hide what needs somebody. */
function useUnanswered() {
  const asked = useQueries({
    queries: [
      sendersQuery,
      deliveriesWith('unconfirmed', MANY),
      HELD_OR_NOT,
      STUCK,
      templatesWith('paused'),
      templatesWith('rejected'),
    ],
  });
  return asked.filter(
    ({ data, isError, error }) => isError && data === undefined && toProblem(error).status !== 403,
  );
}

/** What stands still until a person decides. Not shown when there is nothing. */
export function NeedsYou() {
  const { t } = useTranslation();
  const matters = [
    ...useStoppedSenders(),
    ...usePoorQuality(),
    ...useHeld(),
    ...useUnconfirmed(),
    ...useStuckSchedules(),
    ...useStoppedTemplates(),
  ];
  const unanswered = useUnanswered();
  const [first] = unanswered;
  if (matters.length === 0 && first === undefined) return null;
  return (
    <Card title={t('home.needsYou')}>
      {first && (
        <Failed
          error={first.error}
          onRetry={() => void Promise.all(unanswered.map((one) => one.refetch()))}
        />
      )}
      <ul className={styles.list}>
        {matters.map(({ key, to, what, state }) => (
          <li key={key}>
            <Link to={to} className={styles.row}>
              <span className={styles.name}>{what}</span>
              {state !== null && <StateBadge state={state} />}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
