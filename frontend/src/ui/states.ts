import {
  Archive,
  Ban,
  Check,
  CheckCheck,
  CircleAlert,
  CircleCheck,
  CircleDot,
  CirclePause,
  CircleQuestionMark,
  CircleX,
  Clock,
  Eye,
  Hourglass,
  type LucideIcon,
  PencilLine,
  Send,
  SkipForward,
  TimerOff,
  Unplug,
} from 'lucide-react';

/** The order of every bar, legend and filter. */
export const DELIVERY_STATES = [
  'scheduled',
  'sending',
  'accepted',
  'sent',
  'delivered',
  'read',
  'skipped',
  'expired',
  'cancelled',
  'failed',
  'unconfirmed',
] as const;

export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Icon and colour token per state, whatever it is the state of. */
export const STATES = {
  scheduled: [Clock, 'scheduled'],
  sending: [Send, 'sending'],
  accepted: [CircleDot, 'accepted'],
  sent: [Check, 'sent'],
  delivered: [CheckCheck, 'delivered'],
  read: [Eye, 'read'],
  skipped: [SkipForward, 'skipped'],
  expired: [TimerOff, 'expired'],
  cancelled: [Ban, 'cancelled'],
  failed: [CircleX, 'failed'],
  unconfirmed: [CircleQuestionMark, 'unconfirmed'],
  draft: [PencilLine, 'cancelled'],
  pending_approval: [Hourglass, 'skipped'],
  paused: [CirclePause, 'expired'],
  completed: [CircleCheck, 'read'],
  archived: [Archive, 'cancelled'],
  active: [CircleCheck, 'delivered'],
  disconnected: [Unplug, 'failed'],
  approved: [CircleCheck, 'delivered'],
  pending: [Hourglass, 'skipped'],
  rejected: [CircleX, 'failed'],
  disabled: [Ban, 'cancelled'],
  opted_in: [CircleCheck, 'delivered'],
  opted_out: [Ban, 'failed'],
  unknown: [CircleQuestionMark, 'cancelled'],
  unreachable: [CircleAlert, 'expired'],
} as const satisfies Record<string, readonly [LucideIcon, DeliveryState]>;

export type State = keyof typeof STATES;

export const isState = (value: string): value is State => value in STATES;

export const stateColor = (state: State): string => `var(--st-${STATES[state][1]})`;
