import type { Audience, Group, Recipient, ScheduleInput, WhenUnconfirmed } from '@/api/types';
import { recipientName } from '@/entities/recipient/recipientQueries';
import { instantToWall, wallToInstant } from '@/lib/wall';
import type { Option } from '@/ui/Select';

/** The editor's form. People are options valued `g:<group id>` or `r:<recipient id>`. */
export interface Draft {
  name: string;
  messageId: string | null;
  senderId: string | null;
  people: Option[];
  exclude: Option[];
  when: 'now' | 'once';
  at: string;
  zone: string;
  whenUnconfirmed: WhenUnconfirmed;
}

const QUARTER_MS = 15 * 60_000;
/** The API takes up to a minute late as "now". */
const GRACE_MS = 60_000;

/** The next quarter of an hour that leaves at least half an hour to think. */
export function defaultTime(now: Date, zone: string): string {
  const at = Math.ceil((now.getTime() + 2 * QUARTER_MS) / QUARTER_MS) * QUARTER_MS;
  return instantToWall(new Date(at), zone);
}

export const groupOption = (group: Group, note: string): Option => ({
  value: `g:${group.id}`,
  label: group.name,
  note,
});

export const personOption = (person: Recipient): Option => ({
  value: `r:${person.id}`,
  label: recipientName(person),
  note: person.phone ?? undefined,
});

const ids = (options: Option[], kind: string): string[] =>
  options.filter((o) => o.value.startsWith(`${kind}:`)).map((o) => o.value.slice(2));

export function audienceOf(draft: Pick<Draft, 'people' | 'exclude'>): Audience {
  return {
    group_ids: ids(draft.people, 'g'),
    recipient_ids: ids(draft.people, 'r'),
    exclude_group_ids: ids(draft.exclude, 'g'),
  };
}

export function isPast(draft: Pick<Draft, 'when' | 'at' | 'zone'>, now: Date): boolean {
  if (draft.when === 'now') return false;
  return wallToInstant(draft.at, draft.zone).getTime() < now.getTime() - GRACE_MS;
}

/**
 * What we send: wall time and zone as they were chosen, never an instant of this browser.
 * Without a name of its own the schedule takes the message's `title`.
 */
export function toInput(draft: Draft, title: string): ScheduleInput | null {
  const audience = audienceOf(draft);
  const nobody = audience.group_ids.length + audience.recipient_ids.length === 0;
  if (draft.messageId === null || draft.senderId === null || nobody) return null;
  return {
    name: draft.name.trim() || title,
    message_id: draft.messageId,
    sender_id: draft.senderId,
    audience,
    timing:
      draft.when === 'now'
        ? { kind: 'now' }
        : { kind: 'once', at: draft.at, timezone: draft.zone, zone_mode: 'fixed' },
    when_unconfirmed: draft.whenUnconfirmed,
  };
}

export interface Reach {
  people: number;
  /** False when groups may share people: then `people` is the most it can be. */
  exact: boolean;
}

/** How many people an audience holds, as far as the groups' sizes tell. */
export function reachOf(audience: Audience, groups: Group[]): Reach {
  const { group_ids: chosen, recipient_ids: single, exclude_group_ids: without } = audience;
  const inGroups = groups.filter((g) => chosen.includes(g.id)).reduce((sum, g) => sum + g.size, 0);
  const sources = chosen.length + (single.length > 0 ? 1 : 0);
  const exact = chosen.length === 0 || (sources === 1 && without.length === 0);
  return { people: inGroups + single.length, exact };
}
