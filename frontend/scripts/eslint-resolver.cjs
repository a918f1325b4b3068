/**
 * Import resolver for eslint-plugin-boundaries: knows the `@/` alias and the
 * TypeScript extensions. The TypeScript resolver of the import plugins brings
 * native binaries that break `npm ci` on a lock made for another platform.
 */
const fs = require('node:fs');
const path = require('node:path');

const source = path.resolve(__dirname, '..', 'src');
const endings = ['', '.ts', '.tsx', '.d.ts'];

function locate(name, from) {
  if (name.startsWith('@/')) return path.join(source, name.slice(2));
  return name.startsWith('.') ? path.resolve(path.dirname(from), name) : null;
}

exports.interfaceVersion = 2;
exports.resolve = (name, from) => {
  const base = locate(name, from);
  if (base === null) {
    try {
      return { found: true, path: require.resolve(name, { paths: [path.dirname(from)] }) };
    } catch {
      return { found: false };
    }
  }
  const file = endings
    .map((end) => base + end)
    .find((f) => fs.statSync(f, { throwIfNoEntry: false })?.isFile());
  return file === undefined ? { found: false } : { found: true, path: file };
};
