// Finds which of many literals occur in a text, in one pass (Aho and Corasick 1975).
//
// The automaton is complete (no failure links at run time) over character classes: the characters of the
// literals, and one class for all others. Row offsets are stored instead of state numbers, and states with
// findings come last, so that a step is two table look-ups and a comparison.

export interface LiteralSetOptions {
  /** Answers as `text.toUpperCase().includes(literal.toUpperCase())` would. */
  readonly foldCase?: boolean;
}

// Entries of one table (16 MB). Lists that would need more are spread over several automata.
const MAX_TABLE = 1 << 22;

export class LiteralSet {
  readonly size: number;
  readonly #automata: readonly Automaton[];
  readonly #always: readonly number[];
  readonly #foldCase: boolean;

  constructor(literals: readonly string[], options: LiteralSetOptions = {}) {
    this.size = literals.length;
    this.#foldCase = options.foldCase ?? false;
    const always: number[] = [];
    const entries: Entry[] = [];
    for (const [index, literal] of literals.entries()) {
      if (literal === '') always.push(index);
      else entries.push({ index, text: this.#foldCase ? literal.toUpperCase() : literal });
    }
    this.#always = always;
    this.#automata = split(entries).map((part) => new Automaton(part, this.#foldCase));
  }

  /** Whether any of the literals occurs in the text. */
  occursIn(text: string): boolean {
    if (this.#always.length > 0) return true;
    let subject = text;
    for (const automaton of this.#automata) {
      let found = automaton.occursIn(subject);
      if (found === undefined) {
        subject = text.toUpperCase();
        found = automaton.occursIn(subject, true) ?? false;
      }
      if (found) return true;
    }
    return false;
  }

  /** Which literals occur in the text, by their place in the list, ascending. */
  indexesIn(text: string): number[] {
    const found = [...this.#always];
    for (const automaton of this.#automata) {
      if (!automaton.collect(text, found)) automaton.collect(text.toUpperCase(), found, true);
    }
    if (this.#always.length > 0 || this.#automata.length > 1 || found.length > 1) found.sort((a, b) => a - b);
    return found;
  }
}

interface Entry {
  readonly index: number;
  readonly text: string;
}

/** Cuts the list where an automaton would outgrow its table, by the upper bounds of states and classes. */
function split(entries: readonly Entry[]): Entry[][] {
  const parts: Entry[][] = [];
  let part: Entry[] = [];
  let states = 1;
  let classes = new Set<number>();
  for (const entry of entries) {
    const grown = new Set(classes);
    for (let i = 0; i < entry.text.length; i++) grown.add(entry.text.charCodeAt(i));
    if (part.length > 0 && (states + entry.text.length) * (grown.size + 1) > MAX_TABLE) {
      parts.push(part);
      part = [];
      states = 1;
      classes = new Set(Array.from(entry.text, (_, i) => entry.text.charCodeAt(i)));
    } else {
      classes = grown;
    }
    part.push(entry);
    states += entry.text.length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

class Automaton {
  readonly #foldCase: boolean;
  /** Class of each ASCII character, with lower case taken as upper when folding. */
  readonly #ascii = new Uint16Array(128);
  readonly #classOf = new Map<number, number>();
  readonly #table: Int32Array;
  /** Rows from here on have findings. */
  #acceptFrom = 0;
  readonly #classes: number;
  /** Literals that end at a state, by row, its own and those of its suffixes. */
  readonly #found: number[][] = [];
  readonly #seen: Uint32Array;
  readonly #slotOf = new Map<number, number>();
  #generation = 0;

  constructor(entries: readonly Entry[], foldCase: boolean) {
    this.#foldCase = foldCase;
    for (const { text } of entries) {
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (!this.#classOf.has(unit)) this.#classOf.set(unit, this.#classOf.size + 1);
      }
    }
    for (const [unit, number] of this.#classOf) if (unit < 128) this.#ascii[unit] = number;
    if (foldCase) for (let c = 0x61; c <= 0x7a; c++) this.#ascii[c] = this.#ascii[c - 0x20]!;
    this.#classes = this.#classOf.size + 1;
    this.#seen = new Uint32Array(entries.length);
    for (const [slot, { index }] of entries.entries()) this.#slotOf.set(index, slot);
    this.#table = this.#build(entries);
  }

  /** Undefined if the text has to be upper-cased first, which `upper` says has been done. */
  occursIn(text: string, upper = false): boolean | undefined {
    const table = this.#table;
    const ascii = this.#ascii;
    const acceptFrom = this.#acceptFrom;
    const stopAtWide = this.#foldCase && !upper;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 128) row = table[row + ascii[unit]!]!;
      else if (stopAtWide) return undefined;
      else row = table[row + (this.#classOf.get(unit) ?? 0)]!;
      if (row >= acceptFrom) return true;
    }
    return false;
  }

  /** Adds the literals that occur; false (with nothing added) if the text has to be upper-cased first. */
  collect(text: string, found: number[], upper = false): boolean {
    const table = this.#table;
    const ascii = this.#ascii;
    const acceptFrom = this.#acceptFrom;
    const stopAtWide = this.#foldCase && !upper;
    const before = found.length;
    this.#generation++;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 128) {
        row = table[row + ascii[unit]!]!;
      } else if (stopAtWide) {
        found.length = before;
        return false;
      } else {
        row = table[row + (this.#classOf.get(unit) ?? 0)]!;
      }
      if (row >= acceptFrom) this.#note(row, found);
    }
    return true;
  }

  #note(row: number, found: number[]): void {
    for (const index of this.#found[(row - this.#acceptFrom) / this.#classes]!) {
      const slot = this.#slotOf.get(index)!;
      if (this.#seen[slot] === this.#generation) continue;
      this.#seen[slot] = this.#generation;
      found.push(index);
    }
  }

  #build(entries: readonly Entry[]): Int32Array {
    const children: Map<number, number>[] = [new Map()];
    const ends: number[][] = [[]];
    for (const { index, text } of entries) {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        const symbol = this.#classOf.get(text.charCodeAt(i))!;
        let next = children[state]!.get(symbol);
        if (next === undefined) {
          next = children.length;
          children.push(new Map());
          ends.push([]);
          children[state]!.set(symbol, next);
        }
        state = next;
      }
      ends[state]!.push(index);
    }
    const width = this.#classes;
    const rows = new Int32Array(children.length * width);
    const failure = new Int32Array(children.length);
    const queue = [0];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      const fallback = failure[state]!;
      if (state !== 0) ends[state]!.push(...ends[fallback]!);
      for (let symbol = 0; symbol < width; symbol++) {
        const child = children[state]!.get(symbol);
        const otherwise = state === 0 ? 0 : rows[fallback * width + symbol]!;
        rows[state * width + symbol] = child ?? otherwise;
        if (child !== undefined) {
          failure[child] = otherwise;
          queue.push(child);
        }
      }
    }
    return this.#renumber(rows, ends);
  }

  /** Moves the states with findings behind the others and turns state numbers into row offsets. */
  #renumber(rows: Int32Array, ends: readonly number[][]): Int32Array {
    const width = this.#classes;
    const quiet = ends.filter((list) => list.length === 0).length;
    const place = new Int32Array(ends.length);
    let nextQuiet = 0;
    let nextFound = quiet;
    for (const [state, list] of ends.entries()) {
      if (list.length === 0) place[state] = nextQuiet++;
      else {
        place[state] = nextFound++;
        this.#found.push(list);
      }
    }
    const table = new Int32Array(rows.length);
    for (let state = 0; state < ends.length; state++) {
      for (let symbol = 0; symbol < width; symbol++) {
        table[place[state]! * width + symbol] = place[rows[state * width + symbol]!]! * width;
      }
    }
    this.#acceptFrom = quiet * width;
    return table;
  }
}
