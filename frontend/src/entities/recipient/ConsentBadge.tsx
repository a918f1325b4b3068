import type { Recipient } from '@/api/types';
import { StateBadge } from '@/ui/StateBadge';

/** What this person allows; a STOP for everything counts above the rest. */
export function ConsentBadge({ recipient }: { recipient: Recipient }) {
  const { consent, reachable } = recipient;
  if (consent.all === 'opted_out') return <StateBadge state="opted_out" />;
  if (!reachable) return <StateBadge state="unreachable" />;
  return <StateBadge state={consent.marketing} />;
}
