import type { TemplateParameters } from '@/api/types';

/** Values by slot path (`body.1`) to the nested parameters the API takes. */
export function nest(values: Record<string, string>): TemplateParameters {
  const root: TemplateParameters = {};
  for (const [path, text] of Object.entries(values)) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let place = root;
    for (const key of keys) {
      const next = place[key];
      place = typeof next === 'object' ? next : (place[key] = {});
    }
    place[last] = text;
  }
  return root;
}

/** The inverse of `nest`. */
export function flatten(parameters: TemplateParameters, prefix = ''): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(parameters)) {
    const path = `${prefix}${key}`;
    if (typeof value === 'string') values[path] = value;
    else Object.assign(values, flatten(value, `${path}.`));
  }
  return values;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** A template's text with the values of one section filled in; empty ones stay visible. */
export function fill(text: string, section: string, values: Record<string, string>): string {
  return text.replaceAll(PLACEHOLDER, (hole, key: string) => {
    const value = values[`${section}.${key}`]?.trim();
    return value ? value : hole;
  });
}
