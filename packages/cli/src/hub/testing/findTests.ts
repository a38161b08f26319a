// Where hub tests are on disk: a folder with config.yaml is a test, a folder of such folders a set of tests.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../../run-verb.ts';

export interface TestPlace {
  readonly name: string;
  readonly path: string;
}

/** Returns the tests in a folder, sorted by name. Throws when there is none. */
export function findTests(folder: string): readonly TestPlace[] {
  if (existsSync(path.join(folder, 'config.yaml'))) return [{ name: path.basename(folder), path: folder }];
  let names: readonly string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (error) {
    throw new UsageError(
      'E_HUB_TEST_FOLDER',
      `The folder of tests ${folder} cannot be read: ${(error as Error).message}`, // node:fs throws Errors
      'Name a test (a folder with config.yaml) or a folder of tests.',
    );
  }
  const tests = names.toSorted().map((name) => ({ name, path: path.join(folder, name) }));
  if (tests.some((test) => existsSync(path.join(test.path, 'config.yaml')))) return tests;
  throw new UsageError(
    'E_HUB_TEST_FOLDER',
    `There is no test in ${folder}`,
    'Name a test (a folder with config.yaml) or a folder of tests.',
  );
}

const HUB_FOLDERS = ['parsers', 'scenarios', 'appsec-rules'];

/** Returns the nearest folder above a test or set of tests that is laid out as a hub. */
export function findHubAbove(folder: string): string | undefined {
  const isTest = existsSync(path.join(folder, 'config.yaml'));
  // A test may have parsers of its own, so its own folder is no hub.
  for (let at = isTest ? path.dirname(folder) : folder; ; at = path.dirname(at)) {
    if (HUB_FOLDERS.some((folder) => existsSync(path.join(at, folder)))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}
