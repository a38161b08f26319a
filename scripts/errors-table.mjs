// Writes docs/errors.md: every code in the sources with what it means, from errors.json and from the store's own
// table. With --check it changes nothing and fails when the page is out of date; it fails in any case when a code
// has no meaning, or a meaning no code.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const page = path.join(root, 'docs/errors.md');
const sources = readdirSync(path.join(root, 'packages'))
  .flatMap((name) => typescriptBelow(path.join(root, 'packages', name, 'src')))
  .map((file) => readFileSync(file, 'utf8'));

const used = new Set(sources.flatMap((text) => text.match(/\bE_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []));
const meanings = new Map(
  Object.entries(JSON.parse(readFileSync(path.join(root, 'scripts/errors.json'), 'utf8'))),
);
const store = readFileSync(path.join(root, 'packages/store/src/errors.ts'), 'utf8');
for (const [, code, says] of store.matchAll(/^ {2}(E_\w+): \{\s*says: '(.*)',$/gm)) meanings.set(code, says);

const without = [...used].filter((code) => !meanings.has(code));
const unused = [...meanings.keys()].filter((code) => !used.has(code));
if (without.length > 0) fail(`scripts/errors.json does not say what ${without.join(', ')} means`);
if (unused.length > 0) fail(`scripts/errors.json explains ${unused.join(', ')}, which no source uses`);

const rows = [...meanings]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
const text = `# Errors

Every message that asks something of you ends with a code. The message says which value was wrong and where, and mostly what to do; this page says what the code means. Codes do not change. Made by \`npm run docs:errors\`.

| code | means |
|---|---|
${rows.join('\n')}
`;
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (readFileSync(page, 'utf8') !== text) fail('docs/errors.md is out of date; run: npm run docs:errors');

function typescriptBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
