import { TZDate } from '@date-fns/tz/date';

/**
 * The instant of a wall time in a zone, for showing only: what counts is the
 * wall time and zone we send. In a gap the clock's next valid time is taken.
 */
export function wallToInstant(wall: string, zone: string): Date {
  const [date = '', time = '00:00'] = wall.split('T');
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return new Date(new TZDate(year, month - 1, day, hour, minute, 0, zone).getTime());
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
