// A hub test: a folder with config.yaml, a log, and assertions on what the parsers and the scenarios made of
// it. Run as CrowdSec's `cscli hubtest run` does, in the log's own time, with just the items that the test names.

import type { LineOrigin, Problem } from '@parapet/kinds';
import type { Value } from '../expressions/index.ts';
import type { GeoLookup } from '../events/index.ts';
import { readDocuments, type Hub, type ItemFile, type MapReader } from '../items/index.ts';
import { loadPipeline } from '../load.ts';
import { GrokLibrary } from '../patterns/index.ts';
import { countAssertions, runAssertions } from './assertions.ts';
import { OverflowRecorder, ParserRecorder } from './records.ts';
import { namesItems, readTestFile, readTestItems, type TestFolder } from './testItems.ts';

export interface TestSurroundings {
  readonly hub: Hub;
  readonly geo: GeoLookup | undefined;
  readonly nowMs: () => number;
}

export type TestResult =
  | { readonly outcome: 'passed'; readonly assertions: number }
  | { readonly outcome: 'failed'; readonly reasons: readonly string[] }
  | { readonly outcome: 'skipped'; readonly reason: string };

/** Returns the function that runs one test. It never throws for anything that the test's files hold. */
export function hubTestRunner(
  surroundings: TestSurroundings,
): (folder: TestFolder, dataFile: (name: string) => string | undefined) => TestResult {
  const grok = GrokLibrary.standard();
  return (folder, dataFile) => runHubTest(folder, dataFile, surroundings, grok);
}

function runHubTest(
  folder: TestFolder,
  dataFile: (name: string) => string | undefined,
  surroundings: TestSurroundings,
  grok: GrokLibrary,
): TestResult {
  const problems: Problem[] = [];
  const configText = folder.read('config.yaml');
  if (configText === undefined) return { outcome: 'skipped', reason: 'it has no config.yaml' };
  const [document] = readDocuments(`${folder.path}/config.yaml`, configText, problems);
  if (document === undefined) return failure(problems.map((problem) => problem.message));
  const config = document.root;
  const items = readTestItems(config, folder, surroundings.hub);
  if (items.missing.length > 0) {
    return { outcome: 'skipped', reason: `broken upstream: the hub has no ${items.missing.join(', ')}` };
  }
  const logFile = config.string('log_file') ?? '';
  const log = readTestFile(folder, logFile);
  if (log === undefined)
    return { outcome: 'skipped', reason: `broken upstream: there is no log '${logFile}'` };
  const parserAsserts = config.boolean('ignore_parsers') === true ? '' : (folder.read('parser.assert') ?? '');
  const scenarioAsserts = namesItems(config, 'scenarios') ? (folder.read('scenario.assert') ?? '') : '';
  const assertions = countAssertions(parserAsserts) + countAssertions(scenarioAsserts);
  if (assertions === 0) return { outcome: 'skipped', reason: 'it asserts nothing' };
  if (surroundings.geo === undefined && needsPlaces(items.found, parserAsserts + scenarioAsserts)) {
    return { outcome: 'skipped', reason: `${NEEDS_PLACES}${ofOtherTests(items.absentTests)}` };
  }

  const parsers = new ParserRecorder();
  const overflows = new OverflowRecorder();
  const loaded = loadPipeline(
    {
      items: items.found,
      dataFile,
      grok,
      ...(surroundings.geo === undefined ? {} : { geo: surroundings.geo }),
      mode: 'replay',
      hostname: 'localhost',
      nowMs: surroundings.nowMs,
    },
    { onVerdict: (verdict) => overflows.add(verdict.overflow) },
  );
  const [problem] = loaded.problems;
  if (problem !== undefined && loaded.problems.every(({ code }) => code === 'E_DATA_FILE_MISSING')) {
    return { outcome: 'skipped', reason: `${problem.message} (${problem.code})` };
  }
  if (problem !== undefined) {
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

const NEEDS_PLACES =
  'it needs the GeoLite2 databases, which cannot be shipped; give them with --geo-city and --geo-asn';

function ofOtherTests(names: readonly string[]): string {
  return names.length === 0 ? '' : `, and a file of another test that is not here (${names.join(', ')})`;
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
