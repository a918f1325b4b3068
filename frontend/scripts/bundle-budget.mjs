/**
 * Fails when a first screen needs more JavaScript than its budget.
 *
 * A screen's weight is the gzip size of its entry and of everything those chunks
 * import statically: what the browser must have before it can paint the page.
 * The language file is a dynamic import that the start waits for, so it counts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 180;
const dist = new URL('../dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const SHELL = ['index.html', 'src/locales/es/first.ts', 'src/app/shell/Shell.tsx'];
const SCREENS = {
  'log-in': ['index.html', 'src/locales/es/first.ts', 'src/features/auth/pages/LoginPage.tsx'],
  home: [...SHELL, 'src/features/home/pages/HomePage.tsx'],
};

function collect(key, seen) {
  if (seen.has(key)) return seen;
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not a chunk of the build`);
  seen.add(key);
  for (const next of chunk.imports ?? []) collect(next, seen);
  return seen;
}

function weigh(keys) {
  const chunks = new Set();
  for (const key of keys) collect(key, chunks);
  return [...chunks]
    .map((key) => manifest[key].file)
    .filter((file) => file.endsWith('.js'))
    .map((file) => [file, gzipSync(readFileSync(join(dist, file))).length / 1000])
    .sort((a, b) => b[1] - a[1]);
}

let over = false;
for (const [name, keys] of Object.entries(SCREENS)) {
  const files = weigh(keys);
  const total = files.reduce((sum, [, kb]) => sum + kb, 0);
  const verdict = total > LIMIT_KB ? 'OVER' : 'ok';
  over ||= total > LIMIT_KB;
  console.log(`${name}: ${total.toFixed(1)} kB of ${LIMIT_KB} kB gzip, ${verdict}`);
  if (process.argv.includes('--files') || total > LIMIT_KB) {
    for (const [file, kb] of files) console.log(`  ${kb.toFixed(1).padStart(6)}  ${file}`);
  }
}
process.exit(over ? 1 : 0);
