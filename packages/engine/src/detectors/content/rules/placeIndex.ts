// The rules of one place by what has to be there before they are asked.

import { LiteralSet, type Pattern } from '../../../patterns/index.ts';
import type { ContentRule } from './rule.ts';
import { triggersOf } from './triggers.ts';

/** A rule to ask about a text, and which of its patterns; undefined for all of it. */
export interface Ask {
  readonly rule: ContentRule;
  readonly pattern: Pattern | undefined;
  /** One of these is known to be in the text; undefined when nobody has looked. */
  readonly literals: readonly string[] | undefined;
}

const NOTHING: readonly Ask[] = [];

export class PlaceIndex {
  readonly #literals: LiteralSet;
  readonly #asksOf: readonly (readonly Ask[])[];
  readonly #named: ReadonlyMap<string, readonly Ask[]>;
  /** Rules that need no literal and no name. */
  readonly free: readonly Ask[];

  constructor(rules: readonly ContentRule[]) {
    const asksOf = new Map<string, Ask[]>();
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
          const ask = { rule, pattern, literals };
          for (const literal of literals) add(asksOf, literal, ask);
        }
      }
    }
    this.#literals = new LiteralSet([...asksOf.keys()], { foldCase: true });
    this.#asksOf = [...asksOf.values()];
    this.#named = named;
    this.free = free;
  }

  /** Rules whose literal is in the text, each once. */
  inText(text: string): readonly Ask[] {
    const found = this.#literals.indexesIn(text);
    if (found.length === 0) return NOTHING;
    if (found.length === 1) return this.#asksOf[found[0]!]!;
    const asks = new Set<Ask>();
    for (const literal of found) for (const ask of this.#asksOf[literal]!) asks.add(ask);
    return [...asks];
  }

  /** Rules that ask of every part with this name. */
  ofName(name: string): readonly Ask[] {
    if (this.#named.size === 0) return NOTHING;
    return this.#named.get(name) ?? this.#named.get(name.toLowerCase()) ?? NOTHING;
  }
}

/** Whether most requests have no part of these names, so that a look at the names is cheaper than one at the texts. */
function areRare(names: ReadonlySet<string>): boolean {
  for (const name of names) if (COMMON_HEADERS.has(name)) return false;
  return true;
}

const COMMON_HEADERS: ReadonlySet<string> = new Set([
  'user-agent',
  'referer',
  'accept',
  'accept-language',
  'host',
]);

function add(map: Map<string, Ask[]>, key: string, ask: Ask): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [ask]);
  else list.push(ask);
}
