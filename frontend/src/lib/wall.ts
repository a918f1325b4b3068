import { tzOffset } from '@date-fns/tz/tzOffset';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * The instant of a wall time in a zone, for showing only: what counts is the wall
 * time and zone we send. The rule is the server's: a time the clock skips is the
 * first valid instant after it, of a time it shows twice the first is meant.
 */
export function wallToInstant(wall: string, zone: string): Date {
  const naive = Date.parse(`${wall}Z`);
  const before = tzOffset(zone, new Date(naive - DAY_MS));
  const after = tzOffset(zone, new Date(naive + DAY_MS));
  for (const offset of [before, after]) {
    const instant = new Date(naive - offset * MINUTE_MS);
    if (tzOffset(zone, instant) === offset) return instant;
  }
  return changeAround(naive, zone);
}

/** The minute within a day of `near` from which on the zone's clock runs differently. */
function changeAround(near: number, zone: string): Date {
  const offsetAt = (minute: number): number => tzOffset(zone, new Date(minute * MINUTE_MS));
  let before = (near - DAY_MS) / MINUTE_MS;
  let after = (near + DAY_MS) / MINUTE_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === offsetAt(before)) before = middle;
    else after = middle;
  }
  return new Date(after * MINUTE_MS);
}

/** The wall time `YYYY-MM-DDTHH:MM` that a zone's clock shows at an instant. */
export function instantToWall(at: Date, zone: string): string {
  // Sweden writes dates and times as ISO 8601 does.
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(at);
  return text.replace(' ', 'T');
}
