// Asks all rules about one request. A pass over each text finds the literals that rules need; only rules whose literal
// is there, and the few that need none, are asked. Most texts of most requests hold no literal of any rule.

import type { Placement } from '@parapet/kinds';
import { LiteralSet, type Pattern } from '../../../patterns/index.ts';
import type { Part, RequestParts } from '../parts.ts';
import { FINDERS } from './finders.ts';
import { NAMED } from './places.ts';
import { readsLikeProse } from './prose.ts';
import { testName, type ContentRule, type RuleFinding, type RulePlace, type RuleScope } from './rule.ts';
import { literalsOf } from './triggers.ts';

// What an attacker sends to make the answer long: a request that says more than this is an attack either way.
const MAX_FINDINGS = 64;
const MAX_OF_ONE_RULE = 4;

export class RuleSet {
  readonly rules: readonly ContentRule[];
  readonly #indexes = new Map<RulePlace, PlaceIndex>();
  readonly #byAnomaly = new Map<string, number[]>();
  readonly #ofRequest: readonly number[];

  constructor(rules: readonly ContentRule[]) {
    this.rules = rules;
    const ofRequest: number[] = [];
    const byPlace = new Map<RulePlace, number[]>();
    for (const [number, { what, where }] of rules.entries()) {
      if (what.anomalies !== undefined) {
        for (const code of what.anomalies) add(this.#byAnomaly, code, number);
      } else if (where.places.has('request')) ofRequest.push(number);
      else for (const place of where.places) add(byPlace, place, number);
    }
    this.#ofRequest = ofRequest;
    // Places with the same rules share an index.
    const shared = new Map<string, PlaceIndex>();
    for (const [place, numbers] of byPlace) {
      const key = numbers.join();
      const index = shared.get(key) ?? new PlaceIndex(rules, numbers);
      shared.set(key, index);
      this.#indexes.set(place, index);
    }
  }

  /** What speaks in this request, in the order of its parts; at most 64 findings, and four of one rule. */
  match(parts: RequestParts): readonly RuleFinding[] {
    return new Question(this.rules, this.#indexes, parts).answer(this.#ofRequest, this.#byAnomaly);
  }
}

function add<K>(map: Map<K, number[]>, key: K, number: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [number]);
  else list.push(number);
}

/** The rules of a place by what triggers them. */
class PlaceIndex {
  readonly literals: LiteralSet;
  readonly rulesOf: readonly (readonly number[])[];
  /** Rules for parts of one name that need no literal. */
  readonly named: ReadonlyMap<string, readonly number[]>;
  readonly free: readonly number[];

  constructor(rules: readonly ContentRule[], numbers: readonly number[]) {
    const rulesOf = new Map<string, number[]>();
    const named = new Map<string, number[]>();
    const free: number[] = [];
    for (const number of numbers) {
      const rule = rules[number]!;
      const literals = literalsOf(rule);
      const names = rule.where.names;
      if (literals !== undefined) for (const literal of literals) add(rulesOf, literal, number);
      else if (names !== undefined && names.globs.length === 0) {
        for (const name of names.exact) add(named, name, number);
      } else free.push(number);
    }
    this.literals = new LiteralSet([...rulesOf.keys()], { foldCase: true });
    this.rulesOf = [...rulesOf.values()];
    this.named = named;
    this.free = free;
  }
}

interface Found {
  readonly start: number;
  readonly end: number;
}

interface Asked {
  readonly part: Part | undefined;
  readonly placement: Placement;
  readonly name: string;
  readonly view: number;
  readonly place: RulePlace;
}

/** One request in front of the rules. */
class Question {
  readonly #rules: readonly ContentRule[];
  readonly #indexes: ReadonlyMap<RulePlace, PlaceIndex>;
  readonly #parts: RequestParts;
  readonly #findings: RuleFinding[] = [];

  constructor(
    rules: readonly ContentRule[],
    indexes: ReadonlyMap<RulePlace, PlaceIndex>,
    parts: RequestParts,
  ) {
    this.#rules = rules;
    this.#indexes = indexes;
    this.#parts = parts;
  }

  answer(
    ofRequest: readonly number[],
    byAnomaly: ReadonlyMap<string, readonly number[]>,
  ): readonly RuleFinding[] {
    for (const number of ofRequest) this.#askRequest(this.#rules[number]!);
    for (const anomaly of this.#parts.anomalies) {
      for (const number of byAnomaly.get(anomaly.code) ?? []) {
        const { placement, name, code } = anomaly;
        const asked: Asked = { part: undefined, placement, name, view: -1, place: placement };
        const rule = this.#rules[number]!;
        if (this.#applies(rule, asked)) this.#note(rule, asked, code, { start: 0, end: code.length });
      }
    }
    const { rawTarget } = this.#parts.request;
    this.#askText(rawTarget, this.#indexes.get('target'), undefined, 'target', -1);
    this.#askPath();
    const names = this.#indexes.get('name');
    for (const part of this.#parts.parts) this.#askPart(part, names);
    return this.#findings;
  }

  #askRequest(rule: ContentRule): void {
    const asked: Asked = { part: undefined, placement: 'path', name: '', view: -1, place: 'request' };
    if (!this.#applies(rule, asked)) return;
    const text = `${this.#parts.method} ${this.#parts.path}`;
    const found = isOnlyScope(rule) ? { start: 0, end: text.length } : findIn(rule, text);
    if (found !== undefined) this.#note(rule, asked, text, found);
  }

  /** The path as a whole, where the decoders have only its steps. */
  #askPath(): void {
    const { path, parts } = this.#parts;
    for (const part of parts) if (part.placement === 'path' && part.value === path) return;
    this.#askText(path, this.#indexes.get('path'), undefined, 'path', -1);
  }

  #askPart(part: Part, names: PlaceIndex | undefined): void {
    if (names !== undefined && NAMED.has(part.placement) && part.placement !== 'header') {
      this.#askText(part.name, names, part, 'name', -1);
    }
    const index = this.#indexes.get(part.placement);
    if (index === undefined || part.kind === 'secret') return;
    this.#askText(part.value, index, part, part.placement, -1);
    const { views } = part;
    for (let i = 0; i < views.length; i++) this.#askText(views[i]!.text, index, part, part.placement, i);
    if (index.named.size === 0) return;
    for (const number of index.named.get(part.name.toLowerCase()) ?? []) this.#askNamed(number, part);
  }

  #askNamed(number: number, part: Part): void {
    const rule = this.#rules[number]!;
    this.#ask(rule, part.value, part, part.placement, -1);
    for (let i = 0; i < part.views.length; i++) this.#ask(rule, part.views[i]!.text, part, part.placement, i);
  }

  #askText(
    text: string,
    index: PlaceIndex | undefined,
    part: Part | undefined,
    place: RulePlace,
    view: number,
  ): void {
    if (index === undefined) return;
    for (let i = 0; i < index.free.length; i++)
      this.#ask(this.#rules[index.free[i]!]!, text, part, place, view);
    const found = index.literals.indexesIn(text);
    if (found.length === 0) return;
    if (found.length === 1) {
      for (const number of index.rulesOf[found[0]!]!)
        this.#ask(this.#rules[number]!, text, part, place, view);
      return;
    }
    const numbers = new Set<number>();
    for (const literal of found) for (const number of index.rulesOf[literal]!) numbers.add(number);
    for (const number of numbers) this.#ask(this.#rules[number]!, text, part, place, view);
  }

  #ask(rule: ContentRule, text: string, part: Part | undefined, place: RulePlace, view: number): void {
    if (view >= 0 && !rule.where.views) return;
    const placement: Placement = place === 'target' || place === 'request' ? 'path' : place;
    const asked: Asked = { part, placement, name: part?.name ?? '', view, place };
    if (!this.#applies(rule, asked)) return;
    const found = findIn(rule, text);
    if (found !== undefined) this.#note(rule, asked, text, found);
  }

  #applies(rule: ContentRule, asked: Asked): boolean {
    if (!this.#isIn(rule.where, asked)) return false;
    for (const scope of rule.except) {
      if ((scope.places === undefined || scope.places.has(asked.place)) && this.#isIn(scope, asked))
        return false;
    }
    return true;
  }

  /** Everything but the place, which the index knows. */
  #isIn(scope: RuleScope, { part, name, place }: Asked): boolean {
    const { kinds, methods, names, path, media } = scope;
    // The name of a rich text field is as foreign to rich text as any other name.
    if (kinds !== undefined && part !== undefined && place !== 'name' && !kinds.has(part.kind)) return false;
    if (methods !== undefined && !methods.has(this.#parts.method)) return false;
    if (names !== undefined && !testName(names, name)) return false;
    if (media !== undefined && !testName(media, this.#parts.mediaType)) return false;
    return path === undefined || path.test(this.#parts.path);
  }

  #note(rule: ContentRule, { part, placement, name, view }: Asked, text: string, found: Found): void {
    if (this.#findings.length >= MAX_FINDINGS) return;
    let own = 0;
    for (const finding of this.#findings) {
      if (finding.rule !== rule) continue;
      // Once a part: the other views say it again.
      if (part !== undefined && finding.part === part) return;
      own++;
    }
    if (own >= MAX_OF_ONE_RULE) return;
    const weight = rule.proseWeight !== undefined && readsLikeProse(text) ? rule.proseWeight : rule.weight;
    this.#findings.push({
      rule,
      weight,
      part,
      placement,
      name,
      view,
      text,
      start: found.start,
      end: found.end,
    });
  }
}

function isOnlyScope({ what }: ContentRule): boolean {
  return (
    what.contains.length === 0 &&
    what.match.length === 0 &&
    what.and.length === 0 &&
    what.finder === undefined
  );
}

/** Where the rule finds what it looks for; that one of its literals is there is known. */
function findIn({ what }: ContentRule, text: string): Found | undefined {
  for (const pattern of what.and) if (!pattern.test(text)) return undefined;
  let found: Found | undefined;
  if (what.match.length > 0) found = firstMatch(what.match, text);
  else if (what.finder !== undefined) found = FINDERS.get(what.finder)?.find(text);
  else found = firstLiteral(what.contains, text);
  if (found === undefined) return undefined;
  for (const pattern of what.unless) if (pattern.test(text)) return undefined;
  return found;
}

function firstMatch(patterns: readonly Pattern[], text: string): Found | undefined {
  for (const pattern of patterns) {
    if (!pattern.test(text)) continue;
    const match = pattern.exec(text)?.[0] ?? '';
    const start = Math.max(0, text.indexOf(match));
    return { start, end: start + match.length };
  }
  return undefined;
}

function firstLiteral(literals: readonly string[], text: string): Found {
  const folded = text.toLowerCase();
  for (const literal of literals) {
    const start = folded.indexOf(literal);
    if (start >= 0) return { start, end: start + literal.length };
  }
  return { start: 0, end: text.length };
}
