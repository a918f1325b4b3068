/** What the detail of a timeline entry says, as one line of `name: value` pairs. */
export function detailText(detail: unknown): string {
  if (detail === null || detail === undefined) return '';
  if (typeof detail === 'string') return detail;
  if (typeof detail === 'number' || typeof detail === 'boolean') return String(detail);
  if (Array.isArray(detail)) return detail.map(detailText).filter(Boolean).join(', ');
  return Object.entries(detail)
    .map(([name, value]): [string, string] => [name, detailText(value)])
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`)
    .join(' · ');
}
