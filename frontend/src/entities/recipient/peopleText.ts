import Papa from 'papaparse';

import type { RecipientInput } from '@/api/types';
import { alignPhones, holdsPhone, phoneColumn } from '@/entities/recipient/phoneColumn';

export interface PeopleTable {
  headers: string[];
  rows: string[][];
}

/** A field of ours, an attribute (`attributes`) or a column to leave out (null). */
export type Target =
  'name' | 'phone' | 'external_id' | 'language' | 'timezone' | 'attributes' | null;

export const TARGETS = ['name', 'phone', 'external_id', 'language', 'timezone'] as const;

const WORDS: Record<(typeof TARGETS)[number], RegExp> = {
  phone: /phone|mobile|cell|whats|tel[eé]|m[oó]vil|celular|n[uú]mero|number/i,
  name: /name|nombre/i,
  external_id: /^(external[_ ]?id|id|customer|cliente|code|c[oó]digo)$/i,
  language: /lang|idioma/i,
  timezone: /zone|zona/i,
};

/**
 * Pasted lines or a CSV file to a table. The first line holds the headers unless
 * it already has a phone number in it.
 */
export function parsePeople(text: string): PeopleTable {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, '').trim(), {
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', ';', '\t', '|'],
  });
  const rows = data.map((row) => row.map((cell) => cell.trim()));
  const [first] = rows;
  if (first === undefined) return { headers: [], rows: [] };
  if (!first.some(holdsPhone)) return { headers: first, rows: rows.slice(1) };
  const people = alignPhones(rows);
  return { headers: (people[0] ?? []).map(() => ''), rows: people };
}

/** Guess what each column holds, by its header, else by what stands in it. */
export function guessTargets({ headers, rows }: PeopleTable): Target[] {
  const taken = new Set<Target>();
  const byHeader = headers.map((header): Target => {
    const found = (['phone', 'name', 'external_id', 'language', 'timezone'] as const).find(
      (target) => !taken.has(target) && WORDS[target].test(header),
    );
    if (found) taken.add(found);
    return found ?? (header === '' ? null : 'attributes');
  });
  const numbers = phoneColumn(rows);
  return byHeader.map((target, i) => {
    if (target !== null) return target;
    const guess: Target = i === numbers ? 'phone' : 'name';
    if (taken.has(guess)) return null;
    taken.add(guess);
    return guess;
  });
}

const slug = (header: string): string =>
  header
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

/** One row as the API takes it; empty cells are left out. */
export function toRecipient(row: string[], headers: string[], targets: Target[]): RecipientInput {
  const person: RecipientInput = {};
  const attributes: Record<string, string> = {};
  targets.forEach((target, i) => {
    const cell = row[i] ?? '';
    if (target === null || cell === '') return;
    if (target === 'attributes') attributes[slug(headers[i] ?? '')] = cell;
    else person[target] = cell;
  });
  return Object.keys(attributes).length > 0 ? { ...person, attributes } : person;
}
