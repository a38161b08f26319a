// What rules found in short texts that came before: names, paths, User-Agents and tokens come again and again. What is
// found in a text does not depend on the request around it, so that nobody can be let through by what another has sent;
// a flood of new texts costs no more than finding it out.

import type { RulePlace } from './rule.ts';

/** A shorter text is read as quickly as it is found. */
const SHORTEST = 10;
const MOST_EACH = 2048;

/** A pointer is a name in JSON, which is looked at without the numbers in it. */
type KeptPlace = RulePlace | 'pointer';

export class KeptMatches<Match> {
  readonly #ofPlace = new Map<KeptPlace, Generations<Match>>();

  /** Returns what is known of a text at such a place, or what `find` gives. */
  get(text: string, place: KeptPlace, find: () => readonly Match[]): readonly Match[] {
    if (text.length < SHORTEST) return find();
    let generations = this.#ofPlace.get(place);
    if (generations === undefined) {
      generations = { young: new Map(), old: new Map() };
      this.#ofPlace.set(place, generations);
    }
    const known = generations.young.get(text) ?? generations.old.get(text);
    if (known !== undefined) return known;
    const matches = find();
    if (generations.young.size >= MOST_EACH) {
      generations.old = generations.young;
      generations.young = new Map();
    }
    generations.young.set(text, matches);
    return matches;
  }
}

/** Two of them make a memory that forgets what was not asked for lately. */
interface Generations<Match> {
  young: Map<string, readonly Match[]>;
  old: Map<string, readonly Match[]>;
}
