// A hub test: a folder with config.yaml, a log, and assertions on what the parsers and the scenarios made of
// it. Run as CrowdSec's `cscli hubtest run` does, in the log's own time, with just the items that the test names.

import type { LineOrigin, Problem } from '@parapet/kinds';
import type { Value } from '../expressions/index.ts';
import type { GeoLookup } from '../events/index.ts';
import {
  Hub,
  placeOf,
  readDocuments,
  type HubTree,
  type ItemFile,
  type ItemKind,
  type MapReader,
} from '../items/index.ts';
import { loadPipeline } from '../load.ts';
import { countAssertions, runAssertions } from './assertions.ts';
import { OverflowRecorder, ParserRecorder } from './records.ts';

/** A test's folder. */
export interface TestFolder {
  readonly name: string;
  /** As shown in messages. */
  readonly path: string;
  /** Returns a file's text, or undefined when the folder has none of that name. */
  read(file: string): string | undefined;
}

export interface TestSurroundings {
  readonly hub: HubTree;
  readonly dataFile: (name: string) => string | undefined;
  readonly geo: GeoLookup | undefined;
  readonly nowMs: () => number;
}

export type TestResult =
  | { readonly outcome: 'passed'; readonly assertions: number }
  | { readonly outcome: 'failed'; readonly reasons: readonly string[] }
  | { readonly outcome: 'skipped'; readonly reason: string };

/** Runs one test. Never throws for anything that the test's files hold. */
export function runHubTest(folder: TestFolder, surroundings: TestSurroundings): TestResult {
  const problems: Problem[] = [];
  const configText = folder.read('config.yaml');
  if (configText === undefined) return { outcome: 'skipped', reason: 'it has no config.yaml' };
  const [document] = readDocuments(`${folder.path}/config.yaml`, configText, problems);
  if (document === undefined) return failure(problems.map((problem) => problem.message));
  const config = document.root;
  if (config.strings('appsec-rules').length > 0) {
    return { outcome: 'skipped', reason: 'it tests the inspection of requests, which is not built yet' };
  }
  const items = itemsOf(config, folder, surroundings.hub);
  if (items.missing.length > 0) {
    return { outcome: 'skipped', reason: `broken upstream: the hub has no ${items.missing.join(', ')}` };
  }
  const logFile = config.string('log_file') ?? '';
  const log = folder.read(logFile);
  if (log === undefined)
    return { outcome: 'skipped', reason: `broken upstream: there is no log '${logFile}'` };
  const parserAsserts = config.boolean('ignore_parsers') === true ? '' : (folder.read('parser.assert') ?? '');
  const scenarioAsserts = config.strings('scenarios').some((name) => name !== '')
    ? (folder.read('scenario.assert') ?? '')
    : '';
  const assertions = countAssertions(parserAsserts) + countAssertions(scenarioAsserts);
  if (assertions === 0) return { outcome: 'skipped', reason: 'it asserts nothing' };
  if (surroundings.geo === undefined && needsPlaces(items.found, parserAsserts + scenarioAsserts)) {
    return { outcome: 'skipped', reason: 'it needs the GeoLite2 databases, which cannot be shipped' };
  }

  const parsers = new ParserRecorder();
  const overflows = new OverflowRecorder();
  const loaded = loadPipeline(
    {
      items: items.found,
      dataFile: surroundings.dataFile,
      ...(surroundings.geo === undefined ? {} : { geo: surroundings.geo }),
      mode: 'replay',
      hostname: 'localhost',
      nowMs: surroundings.nowMs,
    },
    { onVerdict: (verdict) => overflows.add(verdict.overflow) },
  );
  if (loaded.problems.length > 0) {
    return failure(loaded.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`));
  }
  loaded.pipeline.watchParsers(parsers);
  const origin: LineOrigin = {
    src: `${folder.path}/${logFile}`,
    module: 'file',
    labels: { ...labelsOf(config), type: config.string('log_type') ?? '' },
  };
  for (const line of log.split('\n')) {
    const raw = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (raw !== '') loaded.pipeline.process(raw, origin, surroundings.nowMs());
  }
  const check = (file: string, text: string, results: Value): readonly string[] =>
    text === '' ? [] : runAssertions(file, text, results, loaded.functions);
  const parserReasons = check('parser.assert', parserAsserts, parsers.results());
  const scenarioReasons = check('scenario.assert', scenarioAsserts, overflows.results('descending'));
  const expectsOtherOrder =
    parserReasons.length === 0 &&
    scenarioReasons.length > 0 &&
    check('scenario.assert', scenarioAsserts, overflows.results('ascending')).length === 0;
  if (expectsOtherOrder) {
    const reason =
      'broken upstream: it expects overflows in ascending order, CrowdSec sorts them descending and its runner passes over the false lines';
    return { outcome: 'skipped', reason };
  }
  const reasons = [...parserReasons, ...scenarioReasons];
  return reasons.length === 0 ? { outcome: 'passed', assertions } : failure(reasons);
}

function failure(reasons: readonly string[]): TestResult {
  return { outcome: 'failed', reasons };
}

function labelsOf(config: MapReader): Record<string, string> {
  const labels = config.map('labels');
  if (labels === undefined) return {};
  return Object.fromEntries(labels.keys().map((key) => [key, labels.string(key) ?? '']));
}

/** The items that the test names: of the hub by name, or files by their path in the hub or in the test's folder. */
function itemsOf(
  config: MapReader,
  folder: TestFolder,
  tree: HubTree,
): { readonly found: readonly ItemFile[]; readonly missing: readonly string[] } {
  const hub = new Hub([tree]);
  const found: ItemFile[] = [];
  const missing: string[] = [];
  for (const kind of ['parsers', 'scenarios', 'postoverflows'] as const) {
    for (const name of config.strings(kind)) {
      if (name === '') continue;
      const item = hub.item(kind, name) ?? itemAt(kind, name, folder, tree);
      if (item === undefined) missing.push(`${kind.replace(/s$/, '')} '${name}'`);
      else found.push(item);
    }
  }
  const overrides = config.plain('override_statics');
  if (Array.isArray(overrides) && overrides.length > 0) {
    found.push({
      kind: 'parsers',
      name: 'overrides',
      stage: 's00-raw',
      path: 'parsers/s00-raw/00_overrides.yaml',
      text: JSON.stringify({ name: 'overrides', filter: '1==1', statics: overrides }),
    });
  }
  return { found, missing };
}

function itemAt(kind: ItemKind, written: string, folder: TestFolder, tree: HubTree): ItemFile | undefined {
  const path = written.replace(/^\.?\/+/, '');
  const place = placeOf(path);
  const known = tree.paths.includes(path) ? tree.read(path) : folder.read(path);
  if (known === undefined) return undefined;
  return { kind, name: place?.name ?? path, stage: place?.stage ?? '', path, text: known };
}

/**
 * Whether a test can only be right with the databases at hand: it loads an enrichment from them and asserts
 * what they say, or a scenario of it counts by place or network.
 */
function needsPlaces(items: readonly ItemFile[], assertions: string): boolean {
  if (!items.some((item) => item.kind === 'parsers' && item.text.includes('GeoIp'))) return false;
  const fields = /IsoCode|IsInEU|GeoCoords|ASNNumber|ASNOrg|SourceRange|Latitude|Longitude/;
  return fields.test(assertions) || items.some((item) => item.kind === 'scenarios' && fields.test(item.text));
}
