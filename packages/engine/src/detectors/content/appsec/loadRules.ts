// Reads CrowdSec's appsec-rules. A file with a mistake is left out and the mistake told with its place; files in
// ModSecurity's own language are named as skipped, since nothing here speaks it.

import type { Problem } from '@parapet/kinds';
import { readDocuments, type MapReader } from '../../../items/index.ts';
import { compilePattern, nearestName, type Pattern } from '../../../patterns/index.ts';
import { classOf } from './attackClass.ts';
import { isAscii, toBytes } from './bytes.ts';
import {
  injectionOperator,
  listOperator,
  MATCH_TYPES,
  numberOperator,
  patternOperator,
  textOperator,
  type MatchType,
  type Operator,
} from './operators.ts';
import { ZONES, type AppsecRule, type Leaf, type RuleNode, type Selector, type Zone } from './rule.ts';
import { TRANSFORMS } from './transforms.ts';

export interface AppsecRuleFile {
  /** As shown in messages. */
  readonly path: string;
  readonly text: string;
}

export interface AppsecContext {
  /** The text of a data file that a `fromFile` names, or undefined when there is none. */
  readonly dataFile?: (name: string) => string | undefined;
}

export interface LoadedAppsecRules {
  /** In the order of the files. */
  readonly rules: readonly AppsecRule[];
  readonly problems: readonly Problem[];
  /** Files that hold nothing for this engine, and why: no mistake. */
  readonly skipped: readonly { readonly file: string; readonly name: string; readonly reason: string }[];
}

/** Returns the rules of all files that can be read, what is wrong with the others, and what was passed over. */
export function loadAppsecRules(
  files: readonly AppsecRuleFile[],
  context: AppsecContext = {},
): LoadedAppsecRules {
  const problems: Problem[] = [];
  const rules: AppsecRule[] = [];
  const skipped: { file: string; name: string; reason: string }[] = [];
  for (const file of files) {
    for (const { root } of readDocuments(file.path, file.text, problems)) {
      const name = root.string('name') ?? '';
      const reason = reasonToSkip(root);
      if (reason === undefined) rules.push(...readFile(root, name, context, problems));
      else skipped.push({ file: file.path, name, reason });
    }
  }
  return { rules, problems, skipped };
}

function reasonToSkip(root: MapReader): string | undefined {
  if (root.has('seclang_rules') || root.has('seclang_files_rules')) {
    return "needs ModSecurity's language, not loaded";
  }
  return root.has('data') && !root.has('rules') ? 'has no rules, only data files for others' : undefined;
}

function readFile(
  root: MapReader,
  name: string,
  context: AppsecContext,
  problems: Problem[],
): readonly AppsecRule[] {
  const before = problems.length;
  if (name === '') {
    root.complain('E_APPSEC_NAME', 'The rule has no name', 'Give it a name like `author/what-it-finds`');
  }
  const description = root.string('description') ?? '';
  const labels = root.map('labels') === undefined ? {} : (root.plain('labels') as Record<string, unknown>); // of a map
  const entries = root.maps('rules');
  if (entries.length === 0) {
    root.complain(
      'E_APPSEC_RULES',
      'The file has no rules',
      'List them under `rules`',
      root.position('rules'),
    );
  }
  root.string('severity');
  root.boolean('debug');
  root.allow('type', 'data', 'author', 'version', 'references');
  root.refuseOtherKeys('an appsec-rule');
  const rules: AppsecRule[] = [];
  for (const entry of entries) {
    const node = readNode(entry, context);
    if (node === undefined) continue;
    const { line } = entry.position();
    rules.push({
      name,
      description,
      class: classOf(labels, name),
      labels,
      root: node,
      file: root.file,
      line,
    });
  }
  return problems.length === before ? rules : [];
}

/** A node may be a leaf, have branches, or both: then all of them have to be true. */
function readNode(entry: MapReader, context: AppsecContext): RuleNode | undefined {
  const all: (RuleNode | undefined)[] = [];
  const isLeaf = entry.has('zones');
  if (isLeaf) all.push(readLeaf(entry, context));
  for (const branch of entry.maps('and')) all.push(readNode(branch, context));
  const any = entry.maps('or').map((branch) => readNode(branch, context));
  if (any.length > 0)
    all.push(any.includes(undefined) ? undefined : { kind: 'or', nodes: any as RuleNode[] }); // none is undefined
  if (all.length === 0) {
    entry.complain(
      'E_APPSEC_EMPTY',
      'This names no zones to look at',
      'Give it `zones` and `match`, or `and` or `or`',
    );
  }
  if (!isLeaf) entry.allow('match', 'transform', 'variables', 'body_type');
  entry.allow('name', 'severity');
  entry.refuseOtherKeys('an appsec-rule');
  if (all.length === 0 || all.includes(undefined)) return undefined;
  const nodes = all as RuleNode[]; // none is undefined, as just asked
  return nodes.length === 1 ? nodes[0] : { kind: 'and', nodes };
}

function readLeaf(entry: MapReader, context: AppsecContext): Leaf | undefined {
  const zones = readZones(entry);
  const { steps, key, isCount } = readTransforms(entry);
  const selectors = readSelectors(entry, zones);
  const operator = readOperator(entry, context);
  const bodyType = entry.string('body_type');
  if (bodyType !== undefined && !['json', 'xml', 'multipart', 'urlencoded'].includes(bodyType)) {
    entry.complain(
      'E_APPSEC_BODY_TYPE',
      `'${bodyType}' is no type of body`,
      'Use json, xml, multipart or urlencoded',
      entry.position('body_type'),
    );
  }
  if (operator === undefined) return undefined;
  const isNegated = entry.map('match')?.boolean('not') ?? false;
  return { kind: 'leaf', zones, selectors, isCount, chain: { key, steps }, operator, isNegated };
}

function readZones(entry: MapReader): readonly Zone[] {
  const zones: Zone[] = [];
  for (const [index, written] of entry.strings('zones').entries()) {
    const known = ZONES.get(written);
    if (known === undefined) {
      const near = nearestName(written, ZONES.keys());
      const hint =
        near === undefined ? `Use one of ${[...ZONES.keys()].join(', ')}` : `Did you mean '${near}'?`;
      entry.complain(
        'E_APPSEC_ZONE',
        `'${written}' is no zone of a request`,
        hint,
        entry.itemPosition('zones', index),
      );
    } else if (!zones.includes(known.zone)) {
      zones.push(known.zone);
    }
  }
  return zones;
}

function readTransforms(entry: MapReader): { steps: Leaf['chain']['steps']; key: string; isCount: boolean } {
  const written = entry.strings('transform').filter((name) => name !== '');
  const names = written.filter((name) => name !== 'count');
  const steps = names.flatMap((name) => {
    const known = TRANSFORMS.get(name);
    if (known !== undefined) return [known.change];
    const near = nearestName(name, TRANSFORMS.keys());
    entry.complain(
      'E_APPSEC_TRANSFORM',
      `'${name}' is no transform`,
      near === undefined
        ? `Use one of count, ${[...TRANSFORMS.keys()].join(', ')}`
        : `Did you mean '${near}'?`,
      entry.itemPosition('transform', written.indexOf(name)),
    );
    return [];
  });
  return { steps, key: names.join(','), isCount: names.length < written.length };
}

function readSelectors(entry: MapReader, zones: readonly Zone[]): readonly Selector[] {
  const written = entry.strings('variables').filter((name) => name !== '');
  const nameless = zones.find((zone) => !ZONES.get(zone)!.hasNames); // every zone is in the table
  if (written.length > 0 && nameless !== undefined) {
    entry.complain(
      'E_APPSEC_VARIABLES',
      `The zone ${nameless} has one value, which has no name`,
      'Remove `variables`, or the zone',
      entry.position('variables'),
    );
  }
  return written.flatMap((name, index): Selector[] => {
    if (name.length < 3 || !name.startsWith('/') || !name.endsWith('/')) {
      return [{ kind: 'name', name: toBytes(name).toLowerCase() }];
    }
    const at = entry.itemPosition('variables', index);
    const pattern = compile(entry, `(?i)${name.slice(1, -1)}`, at);
    return pattern === undefined
      ? []
      : [{ kind: 'pattern', test: (value) => pattern.test(value), required: requiredOf(pattern) }];
  });
}

function readOperator(entry: MapReader, context: AppsecContext): Operator | undefined {
  const match = entry.map('match');
  if (match === undefined) {
    if (!entry.has('match'))
      entry.complain(
        'E_APPSEC_MATCH',
        'This has zones, but nothing to compare them with',
        'Give it `match` with `type` and `value`',
      );
    return undefined;
  }
  const written = match.string('type') ?? '';
  const type = MATCH_TYPES.find((one) => one === written);
  const argument = (match.string('value') ?? '').trim();
  match.allow('not');
  match.refuseOtherKeys('a match');
  if (type === undefined) {
    const near = nearestName(written, MATCH_TYPES);
    match.complain(
      'E_APPSEC_MATCH_TYPE',
      written === '' ? 'The match has no type' : `'${written}' is no type of match`,
      near === undefined ? `Use one of ${MATCH_TYPES.join(', ')}` : `Did you mean '${near}'?`,
      match.position('type'),
    );
    return undefined;
  }
  return operatorOf(match, type, argument, context);
}

function operatorOf(
  match: MapReader,
  type: MatchType,
  argument: string,
  context: AppsecContext,
): Operator | undefined {
  switch (type) {
    case 'equals':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return textOperator(type, argument);
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (!/^[+-]?[0-9]+$/.test(argument)) {
        match.complain(
          'E_APPSEC_NUMBER',
          `'${argument}' is no whole number`,
          'Write digits',
          match.position('value'),
        );
      }
      return numberOperator(type, argument);
    case 'libinjectionSQL':
    case 'libinjectionXSS':
      return injectionOperator(type);
    case 'regex': {
      // A dot finds line ends too, and ^ and $ stand at every line, as in Coraza.
      const pattern = compile(match, `(?sm)${argument}`, match.positionInside('value', 0), 5);
      return pattern === undefined ? undefined : patternOperator(pattern);
    }
    case 'fromFile': {
      const list = context.dataFile?.(argument);
      if (list !== undefined) return listOperator(argument, list);
      match.complain(
        'E_DATA_FILE_MISSING',
        `There is no data file '${argument}'`,
        'Put it into the data folder',
        match.position('value'),
      );
      return undefined;
    }
  }
}

function requiredOf(pattern: Pattern): readonly string[] | undefined {
  const anyOf = pattern.requiredLiterals?.anyOf;
  return anyOf?.every(isAscii) === true ? anyOf : undefined;
}

/** Compiles a pattern; `prefix` characters of it are not the author's. */
function compile(
  entry: MapReader,
  source: string,
  at: { line: number; column: number },
  prefix = 4,
): Pattern | undefined {
  const compiled = compilePattern(source);
  if (compiled.ok) return compiled.pattern;
  const { message, offset, hint } = compiled.error;
  const column = at.column + Math.max(0, offset - prefix);
  entry.complain('E_APPSEC_PATTERN', message, hint, { line: at.line, column });
  return undefined;
}
