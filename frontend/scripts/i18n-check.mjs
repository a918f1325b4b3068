/**
 * Words of the interface: every key used in the code, both languages with the same
 * keys, the same `{{values}}` in both. Missing keys in the code are TypeScript's to
 * find (keys are typed); this finds what TypeScript can't see.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const src = new URL('../src', import.meta.url).pathname;
const LANGUAGES = ['en', 'es'];
const PLURAL = /_(zero|one|two|few|many|other)$/;

function flatten(tree, prefix = '') {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

function words(language) {
  const folder = join(src, 'locales', language);
  const files = readdirSync(folder).filter((f) => f.endsWith('.json'));
  return new Map(files.flatMap((f) => flatten(JSON.parse(readFileSync(join(folder, f), 'utf8')))));
}

function sources(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'locales' ? [] : sources(path);
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) ? [readFileSync(path, 'utf8')] : [];
  });
}

/** Keys as written, and patterns of those put together such as `state.${s}`. */
function usedKeys(code) {
  const exact = new Set(
    [...code.matchAll(/['"]([a-zA-Z]+(?:\.[a-zA-Z_]+)+)['"]/g)].map((m) => m[1]),
  );
  const built = [...code.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z_]+)*\.)\$\{/g)].map((m) => m[1]);
  // `${area}.${value}` names its areas in a union beside it.
  const areas = [...code.matchAll(/'(category|quality)' \|/g)].flatMap(() => [
    'category.',
    'quality.',
  ]);
  return { exact, prefixes: [...new Set([...built, ...areas])] };
}

/** Codes of the API, of which some end like a plural form (`too_many`). */
const CODES = 'refusal.';
const plural = (key) => !key.startsWith(CODES) && PLURAL.test(key);
const base = (key) => (plural(key) ? key.replace(PLURAL, '') : key);
const values = (text) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map((m) => m[1])
    .sort()
    .join();

const problems = [];
const [en, es] = LANGUAGES.map(words);
const keysOf = (map) => new Set([...map.keys()].map(base));
for (const [one, other, name] of [
  [en, es, 'es'],
  [es, en, 'en'],
]) {
  const known = keysOf(other);
  for (const key of keysOf(one)) if (!known.has(key)) problems.push(`missing in ${name}: ${key}`);
}
for (const [key, text] of en) {
  const twin = es.get(key);
  if (twin === undefined) continue;
  if (values(text) !== values(twin)) problems.push(`other values in es: ${key}`);
}
for (const [map, language] of [
  [en, 'en'],
  [es, 'es'],
]) {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const key of new Set([...map.keys()].filter((k) => plural(k)).map(base))) {
    for (const form of forms) {
      if (!map.has(`${key}_${form}`))
        problems.push(`no plural form ${form} in ${language}: ${key}`);
    }
  }
}
const { exact, prefixes } = usedKeys(sources(src).join('\n'));
for (const key of keysOf(en)) {
  if (!exact.has(key) && !prefixes.some((p) => key.startsWith(p))) problems.push(`unused: ${key}`);
}

for (const problem of problems) console.error(problem);
console.log(`${en.size} texts in each of ${LANGUAGES.join(', ')}; ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
