// The rules of one place by what has to be there before they are asked.

import type { Pattern } from '../../../patterns/index.ts';
import { findInText } from './findInText.ts';
import { WHOLE, type Found } from './look.ts';
import type { ContentRule } from './rule.ts';
import { LiteralSieve } from './sieve.ts';
import { triggersOf } from './triggers.ts';

/** A rule to ask about a text, and which of its patterns; undefined for all of it. */
export interface Ask {
  readonly rule: ContentRule;
  readonly pattern: Pattern | undefined;
  /** One of these is known to be in the text; undefined when nobody has looked. */
  readonly literals: readonly string[] | undefined;
}

/** A rule that finds something in a text, wherever the text stands. */
export interface TextMatch {
  readonly rule: ContentRule;
  readonly found: Found;
}

const NO_ASKS: readonly Ask[] = [];
const NO_MATCHES: readonly TextMatch[] = [];

// Names, paths, User-Agents, tokens: most short texts come again and again. What rules find in a text does not depend
// on where it stands, so that it can be kept; a flood of new texts costs no more than finding it out.
const MAX_KEPT_LENGTH = 320;
const MAX_KEPT = 2048;
/** A shorter text is read as quickly as it is found. */
const MIN_KEPT_LENGTH = 10;

export class PlaceIndex {
  readonly #literals: LiteralSieve;
  readonly #texts: readonly string[];
  /** By literal; numbers of `#asks`. */
  readonly #asksOf: readonly (readonly number[])[];
  readonly #asks: readonly Ask[];
  /** When each ask was last added to a list, so that no list has one twice. */
  readonly #addedAt: Uint32Array;
  #turn = 0;
  readonly #named: ReadonlyMap<string, readonly Ask[]>;
  readonly #free: readonly Ask[];
  #kept = new Map<string, readonly TextMatch[]>();
  #keptBefore: ReadonlyMap<string, readonly TextMatch[]> = new Map();

  constructor(rules: readonly ContentRule[]) {
    const asksOf = new Map<string, number[]>();
    const asks: Ask[] = [];
    const named = new Map<string, Ask[]>();
    const free: Ask[] = [];
    for (const rule of rules) {
      const triggers = triggersOf(rule);
      const { names, places } = rule.where;
      const isNamed = names !== undefined && names.globs.length === 0;
      if (isNamed && (triggers === undefined || places.has('raw-header') || areRare(names.exact))) {
        for (const name of names.exact) add(named, name, { rule, pattern: undefined, literals: undefined });
      } else if (triggers === undefined) free.push({ rule, pattern: undefined, literals: undefined });
      else {
        for (const { literals, pattern } of triggers) {
          for (const literal of literals) add(asksOf, literal, asks.length);
          asks.push({ rule, pattern, literals });
        }
      }
    }
    this.#texts = [...asksOf.keys()];
    this.#literals = new LiteralSieve([...asksOf.keys()]);
    this.#asksOf = [...asksOf.values()];
    this.#asks = asks;
    this.#addedAt = new Uint32Array(asks.length);
    this.#named = named;
    this.#free = free;
  }

  /** What the rules that need no name find in a short text; undefined for a long one, for which see `asksFor`. */
  matchesIn(text: string): readonly TextMatch[] | undefined {
    if (text.length > MAX_KEPT_LENGTH) return undefined;
    if (text.length < MIN_KEPT_LENGTH) return this.freshMatchesIn(text);
    const kept = this.#kept.get(text) ?? this.#keptBefore.get(text);
    if (kept !== undefined) return kept;
    const matches = this.freshMatchesIn(text);
    if (this.#kept.size >= MAX_KEPT) {
      this.#keptBefore = this.#kept;
      this.#kept = new Map();
    }
    this.#kept.set(text, matches);
    return matches;
  }

  /** The same for a text that has hardly come before, such as the target of a request. */
  freshMatchesIn(text: string): readonly TextMatch[] {
    let matches: TextMatch[] | undefined;
    for (const ask of this.asksFor(text)) {
      const found = findInText(ask, text);
      if (found !== undefined) (matches ??= []).push({ rule: ask.rule, found });
    }
    return matches ?? NO_MATCHES;
  }

  /** Rules that need neither literal nor name, and those whose literal is in the text; each once. */
  asksFor(text: string): readonly Ask[] {
    const found = this.#literals.indexesIn(text);
    if (found.length === 0) return this.#free;
    return text.length > WHOLE ? this.#narrowed(found) : this.#asksOfAll(found);
  }

  #asksOfAll(found: readonly number[]): readonly Ask[] {
    const turn = ++this.#turn;
    const asks = [...this.#free];
    for (const literal of found) {
      for (const number of this.#asksOf[literal]!) {
        if (this.#addedAt[number] === turn) continue;
        this.#addedAt[number] = turn;
        asks.push(this.#asks[number]!);
      }
    }
    return asks;
  }

  /** Each with the literals alone that are there, around which a long text is looked at. */
  #narrowed(found: readonly number[]): readonly Ask[] {
    const literalsOf = new Map<number, string[]>();
    for (const literal of found) {
      for (const number of this.#asksOf[literal]!) {
        const literals = literalsOf.get(number);
        if (literals === undefined) literalsOf.set(number, [this.#texts[literal]!]);
        else literals.push(this.#texts[literal]!);
      }
    }
    const asks = [...this.#free];
    for (const [number, literals] of literalsOf) asks.push({ ...this.#asks[number]!, literals });
    return asks;
  }

  /** Rules that ask of every part with this name. */
  ofName(name: string): readonly Ask[] {
    if (this.#named.size === 0) return NO_ASKS;
    return this.#named.get(name) ?? this.#named.get(name.toLowerCase()) ?? NO_ASKS;
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

function add<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
