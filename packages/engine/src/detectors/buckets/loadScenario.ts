// Reads scenario files in CrowdSec's format. Whatever is wrong is one problem with its place; a document with
// a problem is left out, the others of the file load.

import { createHash } from 'node:crypto';
import type { Problem } from '@parapet/kinds';
import { compileExpression, type Environment, type HelperFunction } from '../../expressions/index.ts';
import type { DataFile, EventSchema } from '../../events/index.ts';
import { readDocuments, type MapReader } from '../../items/index.ts';
import { bucketEnvironments, type BucketEnvironments, type BucketFrame } from './environment.ts';
import type { BayesianCondition, Program, Scenario, ScenarioType } from './scenario.ts';
import { checkType, type TypeFacts } from './scenarioTypes.ts';

export interface ScenarioContext {
  readonly schema: EventSchema;
  readonly functions: Readonly<Record<string, HelperFunction>>;
}

export interface LoadedScenarios {
  /** In the order of the file, which is the order they are evaluated in. */
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly Problem[];
}

/** Returns the scenarios of a file (several documents) and what is wrong with those that are not among them. */
export function loadScenarios(file: string, text: string, context: ScenarioContext): LoadedScenarios {
  const problems: Problem[] = [];
  const scenarios: Scenario[] = [];
  const hash = createHash('sha256').update(text).digest('hex');
  const environments = bucketEnvironments(context.schema, context.functions);
  for (const { root } of readDocuments(file, text, problems)) {
    const before = problems.length;
    const scenario = readScenario(root, hash, environments);
    if (scenario !== undefined && problems.length === before) scenarios.push(scenario);
  }
  return { scenarios, problems };
}

/** Always reads to the end, so that all problems of a document are told at once. */
function readScenario(root: MapReader, hash: string, environments: BucketEnvironments): Scenario | undefined {
  const name = required(root, 'name', 'Give it a name like `author/what-it-finds`');
  const description = required(root, 'description', 'Say in one sentence what it finds');
  const format = readFormat(root);
  const facts = readTypeFacts(root);
  checkType(root, facts);

  const filter = readProgram(root, 'filter', environments.event);
  if (filter === undefined && !root.has('filter'))
    required(root, 'filter', "Say which events count, e.g. `evt.Meta.log_type == '…'`");
  const groupBy = readProgram(root, 'groupby', environments.event);
  const distinct = readProgram(root, 'distinct', environments.event);
  const cancelOn = readProgram(root, 'cancel_on', environments.event);
  const overflowFilter = readProgram(root, 'overflow_filter', environments.overflowFilter);
  const condition = readProgram(root, 'condition', environments.condition);
  const bayesian = readBayesian(root, facts, environments.condition);
  const scope = readScope(root, environments.event);
  const blackholeMs = root.durationMs('blackhole');
  const labels = root.map('labels');
  const reprocess = root.boolean('reprocess') ?? false;
  const debug = root.boolean('debug') ?? false;
  const references = root.strings('references');
  const version = root.string('version') ?? '';
  const data = root.maps('data').map(readDataFile);
  root.allow('author', 'profiling', 'simulated'); // keys of older versions, without effect
  root.refuseOtherKeys('a scenario');

  if (name === undefined || description === undefined || filter === undefined || facts.type === undefined) {
    return undefined;
  }
  const readsQueue = [
    condition,
    overflowFilter,
    cancelOn,
    ...(bayesian?.conditions ?? []).map((each) => each.condition),
  ].some((program) => program !== undefined && /\b(?:queue|leaky)\b/.test(program.source));
  return {
    name,
    type: facts.type,
    description,
    version,
    hash,
    format,
    references,
    // `plain` of a map is a record.
    labels: labels === undefined ? {} : (root.plain('labels') as Record<string, unknown>),
    remediation: labels !== undefined && labels.plain('remediation') === true,
    debug,
    file: root.file,
    line: root.position().line,
    filter,
    groupBy,
    distinct,
    cancelOn,
    overflowFilter,
    condition,
    bayesian,
    capacity: facts.capacity,
    leakSpeedMs: facts.leakSpeedMs ?? 0,
    lifetimeMs: lifetimeMs(facts),
    isTimed: (facts.durationMs ?? 0) !== 0,
    queueLimit: queueLimit(facts.capacity, facts.cacheSize),
    blackholeMs,
    reprocess,
    scope,
    readsQueue,
    data,
  };
}

function readTypeFacts(root: MapReader): TypeFacts {
  const type = root.string('type');
  const isKnown = type !== undefined && TYPES.has(type);
  if (!isKnown) {
    root.complain(
      'E_SCENARIO_TYPE',
      type === undefined ? 'The scenario has no type' : `'${type}' is no type of scenario`,
      'Use trigger, leaky, counter, conditional or bayesian',
      root.position('type'),
    );
  }
  return {
    type: isKnown ? (type as ScenarioType) : undefined, // TYPES holds exactly the scenario types
    capacity: readInteger(root, 'capacity') ?? 0,
    cacheSize: readInteger(root, 'cache_size') ?? 0,
    leakSpeedMs: root.durationMs('leakspeed'),
    durationMs: root.durationMs('duration'),
    hasCondition: (root.string('condition') ?? '') !== '',
    bayesianPrior: root.number('bayesian_prior') ?? 0,
    bayesianThreshold: root.number('bayesian_threshold') ?? 0,
    bayesianConditions: root.maps('bayesian_conditions').length,
  };
}

const TYPES: ReadonlySet<string> = new Set<ScenarioType>([
  'trigger',
  'leaky',
  'counter',
  'conditional',
  'bayesian',
]);

function readInteger(root: MapReader, key: string): number | undefined {
  const value = root.number(key);
  if (value !== undefined && !Number.isSafeInteger(value)) {
    root.complain('E_WRONG_TYPE', `'${key}' has to be a whole number`, undefined, root.position(key));
  }
  return value;
}

/** The version of the scenario language; this engine knows 1.0 to 3.0. */
function readFormat(root: MapReader): string {
  const format = root.string('format') ?? '1.0';
  const match = /^(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(format);
  const version = match === null ? Number.NaN : Number(match[1]) + Number(match[2] ?? 0) / 1000;
  if (!(version >= 1 && version <= 3)) {
    root.complain(
      'E_SCENARIO_FORMAT',
      `Format '${format}' is not one this engine knows`,
      'It knows 1.0 to 3.0',
      root.position('format'),
    );
  }
  return format;
}

function lifetimeMs(facts: TypeFacts): number {
  const leakSpeedMs = facts.leakSpeedMs ?? 0;
  if (facts.type === 'conditional' || facts.type === 'bayesian') return leakSpeedMs;
  if ((facts.durationMs ?? 0) !== 0) return facts.durationMs!;
  return facts.capacity > 0 ? (facts.capacity + 1) * leakSpeedMs : 0;
}

function queueLimit(capacity: number, cacheSize: number): number {
  if (cacheSize > 0 && (cacheSize <= capacity || capacity === -1)) return cacheSize;
  return capacity === -1 ? Infinity : capacity;
}

function readScope(root: MapReader, environment: Environment<BucketFrame>): Scenario['scope'] {
  const scope = root.map('scope');
  const name = scope?.string('type') ?? '';
  const text = scope?.string('expression') ?? '';
  const expression = scope === undefined ? undefined : readProgram(scope, 'expression', environment);
  scope?.refuseOtherKeys('a scope');
  if (name === '' || name === 'Ip') {
    if (text !== '') {
      scope!.complain(
        'E_SCENARIO_SCOPE',
        'The scope Ip takes no expression: it is the address of the event',
        'Remove the expression, or use another scope',
        scope!.position('expression'),
      );
    }
    return { name: 'Ip', expression: undefined };
  }
  if (name !== 'Range' && text === '') {
    scope!.complain(
      'E_SCENARIO_SCOPE',
      `The scope '${name}' needs an expression that says whom it means`,
      'Add `expression: evt.…`',
      scope!.position('type'),
    );
  }
  return { name, expression };
}

function readBayesian(
  root: MapReader,
  facts: TypeFacts,
  environment: Environment<BucketFrame>,
): Scenario['bayesian'] {
  const conditions = root.maps('bayesian_conditions').map((each): BayesianCondition | undefined => {
    const condition = readProgram(each, 'condition', environment);
    if (condition === undefined && !each.has('condition'))
      required(each, 'condition', 'Say what makes it more or less likely');
    const probGivenEvil = Math.fround(each.number('prob_given_evil') ?? 0);
    const probGivenBenign = Math.fround(each.number('prob_given_benign') ?? 0);
    const guillotine = each.boolean('guillotine') ?? false;
    each.refuseOtherKeys('a bayesian condition');
    return condition === undefined ? undefined : { condition, probGivenEvil, probGivenBenign, guillotine };
  });
  if (facts.bayesianThreshold === 0) return undefined;
  return {
    prior: Math.fround(facts.bayesianPrior),
    threshold: Math.fround(facts.bayesianThreshold),
    conditions: conditions.filter((each) => each !== undefined),
  };
}

function readDataFile(data: MapReader): DataFile {
  const destFile = required(data, 'dest_file', 'Name the file as expressions read it') ?? '';
  const type = data.string('type') ?? '';
  const sourceUrl = data.string('source_url') ?? '';
  data.allow('cache', 'strategy', 'size', 'ttl'); // how CrowdSec caches; regular expressions are compiled once here
  data.refuseOtherKeys('a data file');
  return { destFile, type, sourceUrl };
}

function required(map: MapReader, key: string, hint: string): string | undefined {
  const value = map.string(key);
  if (value !== undefined && value !== '') return value;
  map.complain('E_SCENARIO_MISSING', `'${key}' is missing`, hint);
  return undefined;
}

/** Returns the compiled expression at `key`, or undefined when there is none or it was complained about. */
function readProgram(
  map: MapReader,
  key: string,
  environment: Environment<BucketFrame>,
): Program | undefined {
  const source = map.string(key);
  if (source === undefined || source.trim() === '') return undefined;
  const compiled = compileExpression(source, environment);
  if (compiled.ok) return compiled.expression;
  const { code, message, offset, hint } = compiled.error;
  map.complain(code, message, hint, map.positionInside(key, offset));
  return undefined;
}
