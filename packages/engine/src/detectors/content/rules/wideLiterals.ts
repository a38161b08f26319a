// Which of some literals that hold characters beyond ASCII occur in a text. Few rules have such, and a text in any
// language has many such characters: each literal is looked for by its first one and what follows that.

/** Where a literal is compared: `wide` stands so far behind its start. */
interface Candidate {
  readonly place: number;
  readonly literal: string;
  readonly offset: number;
}

/** Stands for whatever follows. */
const ANY = -1;

export class WideLiterals {
  /** For each first unit beyond ASCII: candidates by the unit behind it, small letters for capitals. */
  readonly #of = new Map<number, Map<number, Candidate[]>>();

  /** Literals are in lower case, and each has a unit beyond ASCII. */
  constructor(literals: readonly string[]) {
    for (const [place, literal] of literals.entries()) {
      const offset = literal.search(/[^\0-\u007F]/);
      const unit = literal.charCodeAt(offset);
      const next = offset + 1 < literal.length ? literal.charCodeAt(offset + 1) : ANY;
      let byNext = this.#of.get(unit);
      if (byNext === undefined) this.#of.set(unit, (byNext = new Map()));
      const candidates = byNext.get(next);
      if (candidates === undefined) byNext.set(next, [{ place, literal, offset }]);
      else candidates.push({ place, literal, offset });
    }
  }

  /** Returns the places of those that occur, in no order, each once; case of ASCII letters is ignored. */
  placesIn(text: string): ReadonlySet<number> {
    const found = new Set<number>();
    for (const [unit, byNext] of this.#of) {
      const ofAny = byNext.get(ANY);
      const char = String.fromCharCode(unit);
      for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) {
        if (ofAny !== undefined) addStanding(found, ofAny, text, at);
        if (at + 1 === text.length) break;
        const candidates = byNext.get(lowerOf(text.charCodeAt(at + 1)));
        if (candidates !== undefined) addStanding(found, candidates, text, at);
      }
    }
    return found;
  }
}

function addStanding(found: Set<number>, candidates: readonly Candidate[], text: string, at: number): void {
  for (const { place, literal, offset } of candidates)
    if (!found.has(place) && standsAt(text, at - offset, literal)) found.add(place);
}

function standsAt(text: string, start: number, literal: string): boolean {
  if (start < 0 || start + literal.length > text.length) return false;
  for (let i = 0; i < literal.length; i++)
    if (lowerOf(text.charCodeAt(start + i)) !== literal.charCodeAt(i)) return false;
  return true;
}

function lowerOf(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
