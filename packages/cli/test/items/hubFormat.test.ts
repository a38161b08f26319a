// The tests that ship with our items, in the hub's own format, so that `parapet hub test` runs them too.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Hub, hubTestRunner } from '@parapet/engine';
import { OWN_ITEMS_FOLDER, readHubFolder } from '../../src/hub/hubFolder.ts';
import { NOW_MS, ownDataFile, ownItems } from './ownEngine.ts';

const TESTS = path.join(OWN_ITEMS_FOLDER, 'tests');
const names = readdirSync(TESTS);

const run = hubTestRunner({
  hub: new Hub([readHubFolder(OWN_ITEMS_FOLDER)]),
  geo: undefined,
  nowMs: () => NOW_MS,
});

test.each(names)('hub test %s passes', (name) => {
  const folder = path.join(TESTS, name);
  const result = run(
    {
      name,
      path: `items/tests/${name}`,
      read(file) {
        const full = path.join(folder, file);
        return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
      },
      sibling: () => undefined,
    },
    ownDataFile,
  );
  expect(result).toMatchObject({ outcome: 'passed' });
});

// CrowdSec's grok counts the groups before a name by their parentheses, and takes the end of a word such as
// "items)" for a flag, so that the names behind it read the wrong group. Our patterns keep clear of that.
test('no pattern of ours has text that grok miscounts', () => {
  const miscounted = ownItems().flatMap(({ path: file, text }) =>
    text
      .split('\n')
      .filter((line) => /^\s*(?:pattern|PARAPET_\w+): '/.test(line) && /(?<!\(\?)[imsU-]\)/.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(miscounted).toEqual([]);
});

test('every parser that reads lines has one', () => {
  const configs = names.map((name) => readFileSync(path.join(TESTS, name, 'config.yaml'), 'utf8')).join('\n');
  const untested = ownItems()
    .filter(({ kind, stage }) => kind === 'parsers' && stage !== 's02-enrich')
    .map(({ name }) => name)
    .filter((name) => !configs.includes(`  - ${name}\n`));
  expect(untested).toEqual([]);
});
