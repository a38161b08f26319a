import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseIndex } from '../../src/hub/from/hubIndex.ts';
import { isItemPath } from '../../src/hub/from/hubSource.ts';
import { isDataFileName } from '../../src/hub/collectItems.ts';
import { HubError } from '../../src/hub/hubError.ts';
import { sha256 } from './hubSite.ts';

/** The items of an index, or nothing when it is refused in the way that people see. */
function itemsOf(text: string): readonly { readonly path: string }[] {
  try {
    return [...parseIndex('x', text).values()];
  } catch (error) {
    if (error instanceof HubError) return [];
    throw error;
  }
}

it('an index either gives items that stay inside the hub or is refused in one sentence', () => {
  const step = fc.oneof(
    fc.constantFrom('..', '.', '', 'scenarios', 'a', '/', '\\', '%2e', '\0', '~'),
    fc.string(),
  );
  const place = fc.array(step, { maxLength: 5 }).map((steps) => steps.join('/'));
  fc.assert(
    fc.property(place, place, (name, at) => {
      const versions = { '1': { digest: sha256('') } };
      const index = { scenarios: { [name]: { path: at, version: '1', versions } } };
      const places = itemsOf(JSON.stringify(index)).map((item) => path.resolve('/hub', item.path));
      expect(places.filter((one) => !one.startsWith('/hub/scenarios/'))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('bytes that are no index are refused in one sentence', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(itemsOf(text)).toEqual([]);
    }),
  );
});

it('a data file stays in the folder of data', () => {
  expect(['a.txt', 'lists/b.regex', 'GeoLite2-City.mmdb'].every(isDataFileName)).toBe(true);
  const bad = ['', '..', '../a', 'a/../../b', '/etc/passwd', 'a//b', 'a\\b', 'a\0', './a', 'x'.repeat(201)];
  expect(bad.filter(isDataFileName)).toEqual([]);
});

it('an item stands where its kind and name say', () => {
  expect(isItemPath('scenarios', 'a/b', 'scenarios/a/b.yaml')).toBe(true);
  expect(isItemPath('parsers', 'a/b', 'parsers/s01-parse/a/b.yml')).toBe(true);
  expect(isItemPath('parsers', 'a/b', 'parsers/a/b.yaml')).toBe(false);
  expect(isItemPath('parsers', 'a/b', 'parsers/../a/b.yaml')).toBe(false);
  expect(isItemPath('scenarios', 'b', 'scenarios/b.yaml')).toBe(false);
  expect(isItemPath('scenarios', 'a/b', 'collections/a/b.yaml')).toBe(false);
});

const SHARED = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const INDEX = path.join(SHARED, 'data/hub/.index.json');

it.skipIf(!fs.existsSync(INDEX))(
  "the hub's real index is read whole (skipped without ../shared/data)",
  () => {
    const items = parseIndex(INDEX, fs.readFileSync(INDEX, 'utf8'));
    expect(items.size).toBe(1359);
    for (const { content, digest } of items.values())
      expect(sha256(Buffer.from(content ?? '', 'base64').toString('utf8'))).toBe(digest);
  },
);
