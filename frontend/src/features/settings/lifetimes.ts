const DAY_MS = 86_400_000;

/** Days a key may live; '' is for ever. */
export const LIFETIMES = ['', '30', '90', '365'] as const;

/** The instant, in UTC, at which a key made `now` ends; null when it never does. */
export const expiryOf = (days: string, now: number): string | null =>
  days === '' ? null : new Date(now + Number(days) * DAY_MS).toISOString();
