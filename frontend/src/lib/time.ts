import { tzOffset } from '@date-fns/tz/tzOffset';

/** The zone of the person at the screen. */
export const myZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const allZones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** "America/Mexico_City" → "Mexico City". */
export function zoneCity(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** "UTC−06:00" for a zone at an instant. */
export function zoneOffset(zone: string, at: Date = new Date()): string {
  const minutes = tzOffset(zone, at);
  if (Number.isNaN(minutes)) return zone;
  const total = Math.abs(minutes);
  const hours = String(Math.floor(total / 60)).padStart(2, '0');
  const rest = String(total % 60).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${hours}:${rest}`;
}

export function formatInstant(
  at: string | Date,
  zone: string,
  locale: string,
  { seconds = false, millis = false, year = false } = {},
): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: year ? 'numeric' : undefined,
    hour: '2-digit',
    minute: '2-digit',
    second: seconds || millis ? '2-digit' : undefined,
    fractionalSecondDigits: millis ? 3 : undefined,
    hourCycle: 'h23',
  }).format(new Date(at));
}

/** "14:32" on a zone's clock. */
export function formatClock(at: string | number, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));
}

/** Relative time such as "in 5 minutes", in the unit that reads best. */
export function relativeTime(at: string, locale: string, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

/** The country of the browser's locale, as a first guess: "es-MX" → "MX". */
export function myCountry(): string {
  const region = navigator.languages.map((l) => new Intl.Locale(l).region).find(Boolean);
  return region ?? 'US';
}
