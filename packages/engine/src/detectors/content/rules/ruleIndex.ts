// All rules by what has to be there before they are asked. A text is looked at once, whatever places there are: the
// glance says which literals and signs it has, and only rules that could find something with these are asked.

import { firstChars } from '../../../patterns/first.ts';
import type { Pattern } from '../../../patterns/index.ts';
import { parsePattern, type ParsedPattern } from '../../../patterns/parse.ts';
import { isNullable } from '../../../patterns/syntaxTree.ts';
import type { Glance } from '../parts.ts';
import { WHOLE } from './look.ts';
import type { ContentRule, RulePlace } from './rule.ts';
import { LiteralSieve } from './sieve.ts';
import { neededSigns, signCount } from '../signs.ts';
import { triggersOf } from './triggers.ts';

/** A rule to ask about a text, and which of its patterns; undefined for all of it. */
export interface Ask {
  readonly rule: ContentRule;
  readonly pattern: Pattern | undefined;
  /** One of these is known to be in the text; undefined when nobody has looked. */
  readonly literals: readonly string[] | undefined;
}

const NO_ASKS: readonly Ask[] = [];
const NO_NUMBERS: readonly number[] = [];

/** What the model takes for each character, in units of one rule; and each of the three rules that share a lexer. */
const MODEL_WORK = 10;
const LEXER_WORK = 5;

/** Names and constants come again and again, also within a request. */
const LONGEST_RECENT = 64;
const RECENT_MASK = 511;

interface Recent {
  readonly text: string;
  readonly glance: Glance;
}

/** Rules that ask for a part by its name. */
interface Named {
  readonly asks: Map<string, Ask[]>;
  readonly lengths: Set<number>;
}

interface Needs {
  /** One bit of each is among the signs of every text that matches. */
  readonly signs: readonly number[];
  /** Which ASCII characters such a text can begin with, and 128 for all others; undefined for any. */
  readonly first: Uint8Array | undefined;
}

const NO_NEEDS: Needs = { signs: [], first: undefined };

export class RuleIndex {
  readonly #sieve: LiteralSieve;
  readonly #texts: readonly string[];
  /** By literal; numbers of `#asks`. */
  readonly #asksOf: readonly (readonly number[])[];
  readonly #asks: readonly Ask[];
  readonly #needs: readonly Needs[];
  /** A bit for each place. */
  readonly #placesOf: Int32Array;
  readonly #places = new Map<RulePlace, number>();
  /** When each ask was last added to a list, so that no list has one twice. */
  readonly #addedAt: Uint32Array;
  #turn = 0;
  readonly #recent: (Recent | undefined)[] = Array.from({ length: RECENT_MASK + 1 }, () => undefined);
  readonly #named = new Map<RulePlace, Named>();
  readonly #free = new Map<RulePlace, Ask[]>();
  /** Literals from this one on are nobody's but the caller's. */
  readonly #firstWord: number;
  /** Of each literal whether a lexer is asked because of it. */
  readonly #isLexical: Uint8Array;

  /** `words`: what else a glance is to tell of; in lower case. */
  constructor(rules: readonly ContentRule[], words: readonly string[]) {
    const asksOf = new Map<string, number[]>();
    const asks: Ask[] = [];
    const needs: Needs[] = [];
    const places: number[] = [];
    for (const rule of rules) {
      const triggers = triggersOf(rule);
      const { names } = rule.where;
      const isNamed = names !== undefined && names.globs.length === 0;
      const whole: Ask = { rule, pattern: undefined, literals: undefined };
      if (
        isNamed &&
        (triggers === undefined || rule.where.places.has('raw-header') || areRare(names.exact))
      ) {
        for (const place of rule.where.places) {
          const named = this.#namedIn(place);
          for (const name of names.exact) {
            add(named.asks, name, whole);
            named.lengths.add(name.length);
          }
        }
      } else if (triggers === undefined) {
        for (const place of rule.where.places) add(this.#free, place, whole);
      } else {
        for (const { literals, pattern } of triggers) {
          for (const literal of literals) add(asksOf, literal, asks.length);
          asks.push({ rule, pattern, literals });
          needs.push(needsOf(rule, pattern));
          places.push(this.#bitsOf(rule.where.places));
        }
      }
    }
    this.#texts = [...asksOf.keys()];
    this.#firstWord = this.#texts.length;
    this.#asksOf = [...asksOf.values()];
    const needed = this.#asksOf.map((numbers) => commonNeed(numbers.map((number) => needs[number]!)));
    this.#sieve = new LiteralSieve(
      [...this.#texts, ...words],
      Int32Array.from([...needed, ...words.map(() => 0)]),
    );
    this.#isLexical = Uint8Array.from(this.#asksOf, (numbers) =>
      numbers.some((number) => asks[number]!.rule.what.finder !== undefined) ? 1 : 0,
    );
    this.#asks = asks;
    this.#needs = needs;
    this.#placesOf = Int32Array.from(places);
    this.#addedAt = new Uint32Array(asks.length);
  }

  /** Returns what is in the text, for `asksFor`. */
  glance(text: string): Glance {
    const { length } = text;
    if (length > LONGEST_RECENT || length === 0) return this.#look(text);
    const slot = (length * 31 + text.charCodeAt(length >> 1) * 7 + text.charCodeAt(length - 1)) & RECENT_MASK;
    const recent = this.#recent[slot];
    if (recent?.text === text) return recent.glance;
    const glance = this.#look(text);
    this.#recent[slot] = { text, glance };
    return glance;
  }

  #look(text: string): Glance {
    const literals = this.#sieve.indexesIn(text);
    const { signs } = this.#sieve;
    let hasWord = false;
    let isLexical = false;
    for (let i = 0; i < literals.length; i++) {
      const literal = literals[i]!;
      if (literal >= this.#firstWord) hasWord = true;
      else if (this.#isLexical[literal] === 1) isLexical = true;
    }
    return { by: this, signs, literals, hasWord, isLexical };
  }

  /** Rules of the place that could find something in a text in which this is, and those that need nothing; each once. */
  asksFor(text: string, { literals, signs }: Glance, place: RulePlace): readonly Ask[] {
    const free = this.#free.get(place) ?? NO_ASKS;
    if (literals.length === 0) return free;
    const bit = this.#places.get(place) ?? 0;
    const turn = ++this.#turn;
    const unit = text.charCodeAt(0);
    const first = unit < 128 ? unit : 128;
    let asks: Ask[] | undefined;
    for (const literal of literals) {
      const numbers = this.#asksOf[literal];
      if (numbers === undefined) continue;
      for (const number of numbers) {
        if ((this.#placesOf[number]! & bit) === 0 || this.#addedAt[number] === turn) continue;
        this.#addedAt[number] = turn;
        if (this.#couldMatch(number, signs, first)) (asks ??= [...free]).push(this.#asks[number]!);
      }
    }
    if (asks === undefined) return free;
    return text.length > WHOLE ? this.#narrowed(asks, literals) : asks;
  }

  /** How much work it is to read a text in which this was seen, for rules of all places and the model; see effort.ts. */
  workOf(text: string, { literals, signs }: Glance): number {
    const turn = ++this.#turn;
    const unit = text.charCodeAt(0);
    const first = unit < 128 ? unit : 128;
    let each = MODEL_WORK;
    for (const literal of literals) {
      for (const number of this.#asksOf[literal] ?? NO_NUMBERS) {
        if (this.#addedAt[number] === turn) continue;
        this.#addedAt[number] = turn;
        if (this.#couldMatch(number, signs, first))
          each += this.#asks[number]!.rule.what.finder === undefined ? 1 : LEXER_WORK;
      }
    }
    return text.length * each;
  }

  /** Rules that ask of every part with this name. */
  ofName(place: RulePlace, name: string): readonly Ask[] {
    const named = this.#named.get(place);
    // Nearly every name is of a length that no rule knows, and need not be hashed.
    if (named === undefined || !named.lengths.has(name.length)) return NO_ASKS;
    return named.asks.get(name) ?? named.asks.get(name.toLowerCase()) ?? NO_ASKS;
  }

  #couldMatch(number: number, signs: number, first: number): boolean {
    const needs = this.#needs[number]!;
    if (needs.first !== undefined && needs.first[first] === 0) return false;
    for (const mask of needs.signs) if ((signs & mask) === 0) return false;
    return true;
  }

  /** Each with the literals alone that are there, around which a long text is looked at. */
  #narrowed(asks: readonly Ask[], literals: readonly number[]): readonly Ask[] {
    const there = new Set<string>();
    for (const literal of literals) if (literal < this.#firstWord) there.add(this.#texts[literal]!);
    return asks.map((ask) =>
      ask.literals === undefined ? ask : { ...ask, literals: ask.literals.filter((one) => there.has(one)) },
    );
  }

  #namedIn(place: RulePlace): Named {
    const named: Named = this.#named.get(place) ?? { asks: new Map(), lengths: new Set() };
    this.#named.set(place, named);
    return named;
  }

  #bitsOf(places: ReadonlySet<RulePlace>): number {
    let bits = 0;
    for (const place of places) {
      const bit = this.#places.get(place) ?? 1 << this.#places.size;
      this.#places.set(place, bit);
      bits |= bit;
    }
    return bits;
  }
}

/** Signs of which one has to be there for any of them to be met; 0 when one needs none. */
function commonNeed(all: readonly Needs[]): number {
  let mask = 0;
  for (const { signs } of all) {
    if (signs.length === 0) return 0;
    mask |= signs.reduce((one, other) => (signCount(other) < signCount(one) ? other : one));
  }
  return mask;
}

/** What a text needs beside a literal for the rule to find something in it with this pattern, or with any. */
function needsOf({ what }: ContentRule, pattern: Pattern | undefined): Needs {
  const patterns = pattern === undefined ? what.match : [pattern];
  const trees = patterns.map(treeOf);
  const and = what.and.flatMap((one) => neededSigns(treeOf(one)));
  if (trees.length === 0) return and.length === 0 ? NO_NEEDS : { signs: and, first: undefined };
  const tree: Node = trees.length === 1 ? trees[0]! : { kind: 'alternate', items: trees };
  return { signs: [...neededSigns(tree), ...and], first: firstOf(tree) };
}

type Node = ParsedPattern['tree'];

function treeOf({ source }: Pattern): Node {
  const result = parsePattern(source);
  // It was compiled from the same source.
  return result.ok ? result.parsed.tree : { kind: 'empty' };
}

function firstOf(tree: Node): Uint8Array | undefined {
  const set = firstAfterStart(tree);
  if (set === undefined) return undefined;
  const flags = new Uint8Array(129);
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i]!; code <= Math.min(set[i + 1]!, 127); code++) flags[code] = 1;
    if (set[i + 1]! > 127) flags[128] = 1;
  }
  return flags;
}

/** What a text can begin with that matches from its start on; undefined when the match can begin behind it. */
function firstAfterStart(node: Node): readonly number[] | undefined {
  switch (node.kind) {
    case 'capture':
      return firstAfterStart(node.item);
    case 'alternate': {
      const sets = node.items.map(firstAfterStart);
      return sets.some((set) => set === undefined) ? undefined : sets.flatMap((set) => set ?? []);
    }
    case 'concat': {
      const [start, ...items] = node.items;
      const rest: Node = { kind: 'concat', items };
      if (start?.kind === 'concat' || start?.kind === 'capture')
        return isNullable(rest) ? undefined : firstAfterStart(start);
      return start?.kind === 'assert' && start.what === 'textStart' && !isNullable(rest)
        ? firstChars(rest)
        : undefined;
    }
    case 'empty':
    case 'chars':
    case 'repeat':
    case 'assert':
      return undefined;
  }
}

/** Whether most requests have no part of these names, so that a look at the names is cheaper than one at the texts. */
function areRare(names: ReadonlySet<string>): boolean {
  for (const name of names) if (COMMON_HEADERS.has(name)) return false;
  return true;
}

const COMMON_HEADERS: ReadonlySet<string> = new Set([
  ...['user-agent', 'referer', 'accept', 'accept-language', 'host'],
]);

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
