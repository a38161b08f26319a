// Which items a hub test is about. A test names them by their hub name, or by a path: inside the hub, inside
// its own folder, or inside the folder of another test (`./.tests/<name>/…`).

import { posix } from 'node:path';
import { placeOf, type Hub, type ItemFile, type ItemKind, type MapReader } from '../items/index.ts';

/** A test's folder. */
export interface TestFolder {
  readonly name: string;
  /** As shown in messages. */
  readonly path: string;
  /** Returns a file's text, or undefined when the folder has none of that name. */
  read(file: string): string | undefined;
  /** The folder of the test of that name beside this one, if there is one. */
  sibling(name: string): TestFolder | undefined;
}

export interface TestItems {
  readonly found: readonly ItemFile[];
  /** What is not there, each as `parser 'author/name'`. */
  readonly missing: readonly string[];
  /** Tests whose folders are named but are not here; the hub's own items of the same names were taken. */
  readonly absentTests: readonly string[];
}

type TestedKind = 'parsers' | 'scenarios' | 'postoverflows' | 'appsec-rules';

const TESTED_KINDS: readonly TestedKind[] = ['parsers', 'scenarios', 'postoverflows'];

export function readTestItems(config: MapReader, folder: TestFolder, hub: Hub): TestItems {
  const found = new Map<string, ItemFile>();
  const missing: string[] = [];
  const absentTests = new Set<string>();
  for (const kind of TESTED_KINDS) {
    for (const name of config.strings(kind)) {
      if (name === '') continue;
      const item = hub.item(kind, name) ?? itemByPath(kind, name, folder, hub, absentTests);
      if (item === undefined) {
        missing.push(`${kind.replace(/s$/, '')} '${name}'`);
        continue;
      }
      // CrowdSec copies all into one folder a stage, so an item that is named twice is there once.
      const key = `${kind}/${item.stage}/${posix.basename(item.path)}`;
      if (!found.has(key)) found.set(key, item);
    }
  }
  const overrides = config.plain('override_statics');
  if (Array.isArray(overrides) && overrides.length > 0) {
    found.set('overrides', {
      kind: 'parsers',
      name: 'overrides',
      stage: 's00-raw',
      path: 'parsers/s00-raw/00_overrides.yaml',
      text: JSON.stringify({ name: 'overrides', filter: '1==1', statics: overrides }),
    });
  }
  return { found: [...found.values()], missing, absentTests: [...absentTests] };
}

/** Returns the appsec-rules that a test names, in its order. */
export function readAppsecItems(
  config: MapReader,
  folder: TestFolder,
  hub: Hub,
): { readonly found: readonly ItemFile[]; readonly missing: readonly string[] } {
  const found: ItemFile[] = [];
  const missing: string[] = [];
  for (const name of config.strings('appsec-rules')) {
    if (name === '') continue;
    const item = hub.item('appsec-rules', name) ?? itemByPath('appsec-rules', name, folder, hub, new Set());
    if (item === undefined) missing.push(`appsec-rule '${name}'`);
    else found.push(item);
  }
  return { found, missing };
}

/** Returns the text of a file that a test names: in its own folder or in that of another test. */
export function readTestFile(folder: TestFolder, written: string): string | undefined {
  const path = posix.join(TESTS, folder.name, written);
  const [, test = '', ...rest] = path.split('/');
  if (!path.startsWith(`${TESTS}/`) || rest.length === 0) return undefined;
  return (test === folder.name ? folder : folder.sibling(test))?.read(rest.join('/'));
}

/** Where the tests are in CrowdSec's hub, which is how paths name them wherever they really are. */
const TESTS = '.tests';

function itemByPath(
  kind: TestedKind,
  written: string,
  folder: TestFolder,
  hub: Hub,
  absentTests: Set<string>,
): ItemFile | undefined {
  // As CrowdSec does: first from the root of the hub, then from the test's folder. A leading slash means nothing.
  for (const start of ['', posix.join(TESTS, folder.name)]) {
    const path = posix.join(start, written).replace(/^\/+/, '');
    const item = path.startsWith(`${TESTS}/`) ? itemOfTest(path, folder, hub, absentTests) : hub.itemAt(path);
    if (item?.kind === kind) return item;
  }
  return undefined;
}

function itemOfTest(
  path: string,
  folder: TestFolder,
  hub: Hub,
  absentTests: Set<string>,
): ItemFile | undefined {
  const [, test = '', ...rest] = path.split('/');
  const place = placeOf(rest.join('/'));
  if (place === undefined) return undefined;
  const owner = test === folder.name ? folder : folder.sibling(test);
  if (owner === undefined) {
    const standIn = hub.item(place.kind, place.name);
    if (standIn !== undefined) absentTests.add(test);
    return standIn;
  }
  const text = owner.read(rest.join('/'));
  return text === undefined ? undefined : { ...place, path: rest.join('/'), text };
}

/** Whether a test names any item of a kind; hub tests are generated with an empty name where there is none. */
export function namesItems(config: MapReader, kind: ItemKind): boolean {
  return config.strings(kind).some((name) => name !== '');
}
