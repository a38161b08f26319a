// Runs hub tests that are folders on disk, with a hub and data files that are folders too.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GeoLookup, Hub, hubTestRunner, type TestFolder, type TestResult } from '@parapet/engine';
import { dataFilesOf } from '../collectItems.ts';
import { readHubFolder } from '../hubFolder.ts';
import type { TestPlace } from './findTests.ts';

/** All that a run is made of; plain data, so that it can be handed to a worker. */
export interface RunSettings {
  /** The first that has an item wins. */
  readonly hubFolders: readonly string[];
  readonly dataFolders: readonly string[];
  readonly geoCity?: string;
  readonly geoAsn?: string;
  readonly nowMs: number;
}

/** Returns the function that runs one test. Throws when a folder or a database cannot be read. */
export function createTestRunner(settings: RunSettings): (test: TestPlace) => TestResult {
  const hub = new Hub(settings.hubFolders.map(readHubFolder));
  const run = hubTestRunner({ hub, geo: openGeo(settings), nowMs: () => settings.nowMs });
  return (test) => {
    const folders = [path.join(test.path, 'data'), ...settings.dataFolders, test.path];
    return run(testFolder(test), dataFilesOf(folders));
  };
}

/** Returns the databases of places, or undefined when none is named. Throws when one cannot be read. */
export function openGeo({ geoCity, geoAsn }: Pick<RunSettings, 'geoCity' | 'geoAsn'>): GeoLookup | undefined {
  if (geoCity === undefined && geoAsn === undefined) return undefined;
  return new GeoLookup({
    ...(geoCity === undefined ? {} : { city: readFileSync(geoCity) }),
    ...(geoAsn === undefined ? {} : { asn: readFileSync(geoAsn) }),
  });
}

/** The folder of a test on disk. */
export function testFolder(test: TestPlace): TestFolder {
  return {
    name: test.name,
    path: test.path,
    read: (file) => readTextFile(path.join(test.path, file)),
    sibling: (name) => {
      const place = { name, path: path.join(path.dirname(test.path), name) };
      const isThere = statSync(place.path, { throwIfNoEntry: false })?.isDirectory() === true;
      return isThere ? testFolder(place) : undefined;
    },
  };
}

function readTextFile(file: string): string | undefined {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
