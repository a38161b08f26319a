// Reads rule files: YAML with a list of rules. Every complaint has its place; a rule with a problem is left out and
// the others load.

import type { AttackClass, FieldKind, Problem } from '@parapet/kinds';
import { readDocuments, type MapReader, type Position } from '../../../items/index.ts';
import { compilePattern, type Pattern } from '../../../patterns/index.ts';
import { FINDERS } from './finders.ts';
import { placesOf, PLACE_NAMES } from './places.ts';
import {
  STRENGTHS,
  type ContentRule,
  type NameTest,
  type RuleExample,
  type RulePlace,
  type RuleScope,
  type RuleStrength,
  type RuleWhat,
  type RuleWhere,
} from './rule.ts';
import { hasTrigger } from './triggers.ts';

export interface RuleFile {
  /** As shown in messages. */
  readonly file: string;
  readonly text: string;
}

export interface LoadedRules {
  /** In the order of the files. */
  readonly rules: readonly ContentRule[];
  readonly problems: readonly Problem[];
}

/**
 * Returns the rules of the files, and what is wrong with those that are not among them. With `areKnown` the patterns
 * are those that were found to be quick before (our own, by the tests): looking again takes a third of the time.
 */
export function loadRules(files: readonly RuleFile[], areKnown = false): LoadedRules {
  const problems: Problem[] = [];
  const rules: ContentRule[] = [];
  const known = new Set<string>();
  for (const { file, text } of files) {
    for (const { root } of readDocuments(file, text, problems)) {
      root.string('family');
      for (const map of root.maps('rules')) {
        const before = problems.length;
        const rule = readRule(map, areKnown);
        if (rule !== undefined && known.has(rule.name)) {
          const message = `There is a rule '${rule.name}' already`;
          map.complain('E_RULE_VALUE', message, 'Give it a name of its own', map.position('name'));
        }
        if (rule === undefined || problems.length > before) continue;
        if (!hasTrigger(rule)) {
          map.complain(
            'E_RULE_TRIGGER',
            `Nothing in rule '${rule.name}' says quickly that a request cannot be meant`,
            'Add `contains` with texts that every match has, or exact `names`',
          );
          continue;
        }
        known.add(rule.name);
        rules.push(rule);
      }
      root.refuseOtherKeys('a file of rules');
    }
  }
  return { rules, problems };
}

function readRule(map: MapReader, areKnown: boolean): ContentRule | undefined {
  const name = required(map, 'name', 'Give it a name like `author/what-it-finds`');
  const className = oneOf(map, 'class', CLASSES) ?? undefined;
  if (!map.has('class')) required(map, 'class', `Use one of ${CLASSES.join(', ')}`);
  const text = required(map, 'text', 'Say what the request does, for people');
  const isReject = readAction(map);
  const weight = readWeight(map, isReject);
  const proseWeight = map.number('prose');
  const isHonestWhereServed = map.boolean('unless_served') ?? false;
  const isOtherAddress = map.boolean('other_address') ?? false;
  const isOtherHost = map.boolean('other_host') ?? false;
  const where = readWhere(map, areKnown);
  const what = readWhat(map, areKnown);
  const except = map.maps('except').map((each) => {
    const scope = readScope(each, areKnown);
    each.refuseOtherKeys('an exception');
    return scope;
  });
  const references = map.strings('references');
  const examples = readExamples(map, where);
  map.refuseOtherKeys('a rule');
  if (name === undefined || className === undefined || text === undefined || weight === undefined)
    return undefined;
  return {
    ...{
      name,
      class: className,
      text,
      weight,
      proseWeight,
      isReject,
      isHonestWhereServed,
      isOtherAddress,
      isOtherHost,
      where,
      what,
      except,
      references,
      examples,
    },
    ...{ file: map.file, line: map.position().line },
  };
}

function readAction(map: MapReader): boolean {
  return oneOf(map, 'action', ['weigh', 'reject'] as const) === 'reject';
}

function readWeight(map: MapReader, isReject: boolean): number | undefined {
  const strength = oneOf(map, 'strength', Object.keys(STRENGTHS) as readonly RuleStrength[]); // its own keys
  const weight = map.number('weight');
  if (strength !== undefined && weight !== undefined) {
    map.complain(
      'E_RULE_VALUE',
      '`strength` and `weight` are both given',
      'Keep one',
      map.position('weight'),
    );
  }
  if (weight !== undefined) return weight;
  if (strength !== undefined) return STRENGTHS[strength];
  if (isReject) return STRENGTHS.certain;
  if (!map.has('strength')) required(map, 'strength', 'Use certain, strong, fair or weak');
  return undefined;
}

/** Text fields unless the rule says otherwise: people write about attacks in rich text, and code is code. */
const DEFAULT_KINDS: ReadonlySet<FieldKind> = new Set(['text', 'token', 'number']);

function readWhere(map: MapReader, areKnown: boolean): RuleWhere {
  const scope = readScope(map, areKnown);
  return {
    ...scope,
    places: scope.places ?? placesOf('values')!,
    kinds: scope.kinds ?? DEFAULT_KINDS,
    views: map.boolean('views') ?? true,
  };
}

function readScope(map: MapReader, areKnown: boolean): RuleScope {
  return {
    places: readPlaces(map),
    kinds: readKinds(map),
    names: readNames(map, 'names'),
    methods: map.has('methods')
      ? new Set(words(map, 'methods').map((name) => name.toUpperCase()))
      : undefined,
    path: readPatterns(map, 'path', areKnown)[0],
    media: readNames(map, 'media'),
  };
}

/** A list, or on one line with commas. */
function words(map: MapReader, key: string): readonly string[] {
  return map.strings(key).flatMap((text) => text.split(/[\s,]+/).filter((word) => word !== ''));
}

function readPlaces(map: MapReader): ReadonlySet<RulePlace> | undefined {
  if (!map.has('in')) return undefined;
  const places = new Set<RulePlace>();
  for (const [index, name] of words(map, 'in').entries()) {
    const found = placesOf(name);
    if (found !== undefined) for (const place of found) places.add(place);
    else {
      const at = placeOfItem(map, 'in', index);
      map.complain('E_RULE_VALUE', `'${name}' is no place`, `Use ${PLACE_NAMES.join(', ')}`, at);
    }
  }
  return places;
}

function readKinds(map: MapReader): ReadonlySet<FieldKind> | undefined {
  if (!map.has('kinds')) return undefined;
  const kinds = new Set<FieldKind>();
  for (const [index, name] of words(map, 'kinds').entries()) {
    const kind = KINDS.find((each) => each === name);
    if (kind !== undefined) kinds.add(kind);
    else if (name === 'all') for (const each of KINDS) kinds.add(each);
    else {
      const at = placeOfItem(map, 'kinds', index);
      map.complain('E_RULE_VALUE', `'${name}' is no kind of field`, `Use all, ${KINDS.join(', ')}`, at);
    }
  }
  return kinds;
}

function readNames(map: MapReader, key: string): NameTest | undefined {
  if (!map.has(key)) return undefined;
  const exact = new Set<string>();
  const globs: Pattern[] = [];
  for (const name of words(map, key)) {
    const folded = name.toLowerCase();
    if (!folded.includes('*')) exact.add(folded);
    else {
      const source = folded.split('*').map(escapeForPattern).join('.*');
      const compiled = compilePattern(`(?s)^${source}$`);
      if (compiled.ok) globs.push(compiled.pattern);
    }
  }
  return { exact, globs };
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function readWhat(map: MapReader, areKnown: boolean): RuleWhat {
  const finder = map.string('finder');
  if (finder !== undefined && !FINDERS.has(finder)) {
    const hint = `Use one of ${[...FINDERS.keys()].join(', ')}`;
    map.complain('E_RULE_VALUE', `'${finder}' is no finder`, hint, map.position('finder'));
  }
  return {
    contains: map.strings('contains').map((text) => text.toLowerCase()),
    match: readPatterns(map, 'match', areKnown),
    and: readPatterns(map, 'and', areKnown),
    unless: readPatterns(map, 'unless', areKnown),
    finder,
    anomalies: map.has('anomalies') ? new Set(words(map, 'anomalies')) : undefined,
  };
}

/** Patterns ignore case and take `.` for any character, unless they say otherwise. */
const FLAGS = '(?is)';

function readPatterns(map: MapReader, key: string, areKnown: boolean): readonly Pattern[] {
  const patterns: Pattern[] = [];
  const sources = map.strings(key);
  for (const [index, source] of sources.entries()) {
    const result = compilePattern(FLAGS + source);
    if (result.ok && (areKnown || isQuick(result.pattern))) {
      patterns.push(result.pattern);
      continue;
    }
    if (result.ok) {
      const message = 'A backtracking matcher could take too long on this pattern';
      const hint = 'Give loops that follow each other different characters, and take one loop out of another';
      map.complain('E_PATTERN', message, hint, placeOfItem(map, key, index));
    } else {
      const offset = Math.max(0, result.error.offset - FLAGS.length);
      const at = map.isList(key) ? map.itemPosition(key, index) : map.positionInside(key, offset);
      map.complain('E_PATTERN', result.error.message, result.error.hint, at);
    }
  }
  return patterns;
}

/** The time is at most quadratic, and texts are looked at in pieces of bounded length. */
function isQuick({ safety }: Pattern): boolean {
  return safety.kind === 'linear' || (safety.kind === 'polynomial' && safety.degree <= 2);
}

function placeOfItem(map: MapReader, key: string, index: number): Position {
  return map.isList(key) ? map.itemPosition(key, index) : map.position(key);
}

/** An example without a place stands in the rule's first, without a name under the rule's first, else `p`. */
function readExamples(map: MapReader, where: RuleWhere): readonly RuleExample[] {
  return map.maps('examples').flatMap((each): readonly RuleExample[] => {
    const isAttack = each.has('attack');
    const text = each.string('attack') ?? each.string('honest');
    if (isAttack) each.allow('honest');
    if (isAttack === each.has('honest')) {
      each.complain('E_RULE_VALUE', 'An example is either an `attack` or `honest`', 'Give one of the two');
    }
    const places = readPlaces(each) ?? where.places;
    const kinds = readKinds(each);
    const example: RuleExample = {
      isAttack,
      text: text ?? '',
      place: [...places][0] ?? 'query',
      name: each.string('name') ?? [...(where.names?.exact ?? [])][0] ?? 'p',
      kind: kinds === undefined ? 'text' : ([...kinds][0] ?? 'text'),
      method: each.string('method') ?? [...(where.methods ?? [])][0] ?? 'GET',
      path: each.string('path') ?? '/',
      mediaType: each.string('media') ?? [...(where.media?.exact ?? [])][0] ?? '',
    };
    each.refuseOtherKeys('an example');
    return [example];
  });
}

function required(map: MapReader, key: string, hint: string): string | undefined {
  const value = map.string(key);
  if (value !== undefined && value !== '') return value;
  map.complain('E_RULE_MISSING', `'${key}' is missing`, hint);
  return undefined;
}

function oneOf<T extends string>(map: MapReader, key: string, choices: readonly T[]): T | undefined {
  const value = map.string(key);
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    const hint = `Use one of ${choices.join(', ')}`;
    map.complain('E_RULE_VALUE', `'${value}' is no ${key} of a rule`, hint, map.position(key));
  }
  return choice;
}

const KINDS: readonly FieldKind[] = ['text', 'html', 'code', 'secret', 'token', 'number'];

const CLASSES: readonly AttackClass[] = [
  ...(['sqli', 'xss', 'lfi', 'rce', 'php', 'ssti', 'xxe', 'nosql', 'ldap', 'ssrf', 'java', 'crlf'] as const),
  ...(['drupal', 'leak', 'scanner', 'protocol', 'other'] as const),
];
