// From item files to a pipeline: data files first, so that expressions can be folded over them, then parsers,
// scenarios, post-overflow parsers, profiles. Whatever is wrong with an item is a problem with its place, and
// everything else loads.

import type { Problem, RuleMode } from '@parapet/kinds';
import {
  Allowlist,
  DecisionSet,
  DEFAULT_PROFILES,
  loadProfiles,
  type AllowlistItem,
} from './decisions/index.ts';
import { BucketManager, loadScenarios, type ReadAgain, type Scenario } from './detectors/buckets/index.ts';
import { bucketEnvironments } from './detectors/buckets/environment.ts';
import { SelfInflicted } from './detectors/index.ts';
import {
  Perimeter,
  PERIMETER_SCENARIO,
  PERIMETER_YAML,
  PerimeterDetector,
  type PerimeterSettings,
} from './detectors/perimeter/index.ts';
import {
  createEnrichers,
  DateParser,
  Event,
  EventSchema,
  loadParsers,
  type GeoLookup,
  type ParserSet,
} from './events/index.ts';
import { FilterSet, type HelperFunction } from './expressions/index.ts';
import { createHelpers } from './expressions/helpers/index.ts';
import { DataFiles } from './expressions/helpers/dataFiles.ts';
import { Stash } from './expressions/helpers/stash.ts';
import { inLoadOrder, readDocuments, type ItemFile } from './items/index.ts';
import { GrokLibrary } from './patterns/index.ts';
import { LineNumbers } from './lineNumbers.ts';
import { Pipeline, type Listener } from './pipeline.ts';
import {
  AllowlistRule,
  idMaker,
  isSimulated,
  Judge,
  loadSimulation,
  MajorityRule,
  NO_SIMULATION,
  OperatorRule,
  PrivateAddressRule,
  TrafficShare,
  WideRangeRule,
} from './verdicts/index.ts';

export interface LoadOptions {
  /** Parsers, post-overflow parsers and scenarios, from `Hub.everything` or `Hub.select`. */
  readonly items: readonly ItemFile[];
  /** Returns the text of a data file that an item names, or undefined when there is none. */
  readonly dataFile: (name: string) => string | undefined;
  /** Pattern files of the user, beside those that are built in. */
  readonly grokFiles?: readonly { readonly file: string; readonly text: string }[];
  /** The standard library, where many pipelines are loaded one after the other and can share it. */
  readonly grok?: GrokLibrary;
  readonly profiles?: { readonly file: string; readonly text: string };
  readonly simulation?: { readonly file: string; readonly text: string };
  /** What somebody chose for a scenario, over what `simulation` says; asked each time that one speaks. */
  readonly chosen?: (scenario: string) => RuleMode | undefined;
  readonly perimeter?: PerimeterSettings;
  readonly allowlist?: readonly AllowlistItem[];
  readonly geo?: GeoLookup;
  /** The name of an address, if it is known by now. */
  readonly reverseDns?: (ip: string) => string | undefined;
  /** `replay`: nobody enforces what is decided, so a 403 in the log is the site's own answer. */
  readonly mode: 'live' | 'replay';
  /** Makes the ids of this installation's alerts differ from those of others that read the same lines. */
  readonly idSalt?: string;
  readonly hostname: string;
  readonly nowMs: () => number;
}

export interface Loaded {
  readonly pipeline: Pipeline;
  readonly problems: readonly Problem[];
  /** What helpers complained about while lines were processed, each sentence once, with how often. */
  readonly complaints: ReadonlyMap<string, number>;
  readonly functions: Readonly<Record<string, HelperFunction>>;
  readonly scenarios: readonly Scenario[];
  /** Whether a scenario only shows what it would do, where nobody chose for it. */
  readonly isSimulated: (scenario: string) => boolean;
  readonly parserCount: number;
}

const MAX_COMPLAINTS = 200;

/** Loads everything and returns the pipeline that tells `listener` what happens. */
export function loadPipeline(options: LoadOptions, listener: Listener): Loaded {
  const problems: Problem[] = [];
  const { items, geo, nowMs } = options;
  const schema = new EventSchema();
  const lineNumbers = new LineNumbers();
  // The log's time, not the clock's: lines that are read again find in the stash what they found before.
  const stash = new Stash(() => lineNumbers.timeMs);
  const complaints = new Map<string, number>();
  const functions = createHelpers({
    dataFiles: readDataFiles(items, options.dataFile, problems),
    stash,
    geo,
    hostname: options.hostname,
    nowMs,
    log: (message) => {
      const count = complaints.get(message) ?? 0;
      if (count > 0 || complaints.size < MAX_COMPLAINTS) complaints.set(message, count + 1);
    },
  });
  const grok = options.grok?.copy() ?? GrokLibrary.standard();
  for (const { file, text } of options.grokFiles ?? []) {
    for (const { line, error } of grok.loadPatternFile(text)) {
      problems.push({ code: 'E_GROK_FILE', file, line, column: error.offset + 1, message: error.message });
    }
  }
  const enrichers = createEnrichers({
    schema,
    dates: new DateParser(nowMs),
    usesEventTime: true,
    ...(geo === undefined ? {} : { geo }),
    ...(options.reverseDns === undefined ? {} : { reverseDns: options.reverseDns }),
  });
  const context = { schema, functions, grok, enrichers, stash };
  const load = (kind: 'parsers' | 'postoverflows'): ReturnType<typeof loadParsers> =>
    loadParsers(
      items
        .filter((item) => item.kind === kind)
        .map(({ path, text, stage }) => ({ file: path, text, stage })),
      context,
    );
  const parsers = load('parsers');
  const postOverflows = load('postoverflows');
  problems.push(...parsers.problems, ...postOverflows.problems);

  const scenarios: Scenario[] = [];
  for (const item of inLoadOrder(items)) {
    if (item.kind !== 'scenarios') continue;
    const loaded = loadScenarios(item.path, item.text, { schema, functions });
    problems.push(...loaded.problems);
    scenarios.push(...loaded.scenarios);
  }
  const simulation = options.simulation
    ? loadSimulation(options.simulation.file, options.simulation.text)
    : { simulation: NO_SIMULATION, problems: [] };
  problems.push(...simulation.problems);
  const simulated = (scenario: string): boolean => isSimulated(simulation.simulation, scenario);

  const buckets: BucketManager = new BucketManager({
    scenarios,
    schema,
    clock: 'event',
    isSimulated: simulated,
    ...(stash.isUsed ? {} : { readAgain: lineReader(schema, parsers.set) }),
    filterIndex: new FilterSet(
      scenarios.map((scenario) => scenario.filter),
      bucketEnvironments(schema, functions).event,
      (frame) => frame.evt.values,
      (index, error) =>
        buckets.faults.count(
          scenarios[index]!,
          'filter',
          error instanceof Error ? error.message : String(error),
        ),
    ),
  });

  const traffic = new TrafficShare(schema);
  const allowlist = new Allowlist();
  for (const { value, comment, expiresAt } of options.allowlist ?? [])
    allowlist.add(value, comment, expiresAt);
  const decisions = new DecisionSet();
  const operators = new OperatorRule();
  const idOf = idMaker(options.idSalt ?? '');
  const profiles = loadProfiles(
    options.profiles?.file ?? 'built-in profiles',
    options.profiles?.text ?? DEFAULT_PROFILES,
    functions,
    idOf,
  );
  problems.push(...profiles.problems);
  const judge = new Judge({
    schema,
    postOverflows: postOverflows.set,
    neverRules: [
      new AllowlistRule(allowlist),
      operators,
      new PrivateAddressRule(),
      new MajorityRule(traffic),
      new WideRangeRule(),
    ],
    idOf,
    ...(options.chosen === undefined ? {} : { chosen: options.chosen }),
  });
  const pipeline = new Pipeline(
    {
      event: new Event(schema),
      lineNumbers,
      stash,
      parsers: parsers.set,
      buckets,
      perimeter: loadPerimeter(options.perimeter, schema, functions, simulated, problems),
      selfInflicted: options.mode === 'live' ? new SelfInflicted(schema, decisions) : undefined,
      traffic,
      judge,
      profiles: profiles.profiles,
      decisions,
      allowlist,
      operators,
    },
    listener,
  );
  const parserCount = parsers.items.length;
  return { pipeline, problems, complaints, functions, scenarios, isSimulated: simulated, parserCount };
}

/** Data files have to be there before expressions are compiled, so items are read for them alone first. */
function readDataFiles(
  items: readonly ItemFile[],
  dataFile: (name: string) => string | undefined,
  problems: Problem[],
): DataFiles {
  const files = new DataFiles();
  const seen = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'parsers' && item.kind !== 'scenarios' && item.kind !== 'postoverflows') continue;
    if (!item.text.includes('dest_file')) continue;
    for (const { root } of readDocuments(item.path, item.text, [])) {
      for (const entry of root.maps('data')) {
        const name = entry.string('dest_file') ?? '';
        const type = entry.string('type') ?? '';
        if (name === '' || type === '' || type === 'mmdb' || seen.has(`${type}:${name}`)) continue;
        seen.add(`${type}:${name}`);
        const text = dataFile(name);
        if (text !== undefined) {
          problems.push(...files.add(name, type, text));
          continue;
        }
        problems.push({
          code: 'E_DATA_FILE_MISSING',
          file: item.path,
          ...entry.position('dest_file'),
          message: `The data file '${name}' is not there; '${item.name}' finds nothing with it`,
          hint: 'Fetch it with: parapet hub update',
        });
      }
    }
  }
  return files;
}

/** Parses lines again into an event of its own. */
function lineReader(schema: EventSchema, parsers: ParserSet): ReadAgain {
  const event = new Event(schema);
  return ({ raw, origin, readAtMs, meta }) => {
    event.resetTo(raw, origin, readAtMs, meta);
    parsers.parseAgain(event);
    event.tellMeta();
    return event;
  };
}

function loadPerimeter(
  settings: PerimeterSettings | undefined,
  schema: EventSchema,
  functions: Readonly<Record<string, HelperFunction>>,
  simulated: (scenario: string) => boolean,
  problems: Problem[],
): PerimeterDetector | undefined {
  if (settings === undefined) return undefined;
  const [scenario] = loadScenarios(PERIMETER_SCENARIO, PERIMETER_YAML, { schema, functions }).scenarios;
  return new PerimeterDetector(
    new Perimeter(settings, problems),
    scenario!,
    schema,
    simulated(PERIMETER_SCENARIO),
  );
}
