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

const NO_INDEXES: readonly number[] = [];
/** What `firstIn` answers when it finds nothing, and when it cannot say. */
const NOTHING = -1;
const TO_UPPER = -2;

export class LiteralSet {
  readonly size: number;
  /** Made when the first text comes: many a set of a loaded item is never asked. */
  #automata: readonly Automaton[] | undefined;
  readonly #entries: readonly Entry[];
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
    this.#entries = entries;
  }

  /** Whether any of the literals occurs in the text. */
  occursIn(text: string): boolean {
    if (this.#always.length > 0) return true;
    let subject = text;
    for (const automaton of this.#automata ?? this.#make()) {
      let first = automaton.firstIn(subject);
      if (first === TO_UPPER) {
        subject = text.toUpperCase();
        first = automaton.firstIn(subject, true);
      }
      if (first !== NOTHING) return true;
    }
    return false;
  }

  /** Which literals occur in the text, by their place in the list, ascending. */
  indexesIn(text: string): readonly number[] {
    const automata = this.#automata ?? this.#make();
    let found: number[] | undefined = this.#always.length === 0 ? undefined : [...this.#always];
    for (let i = 0; i < automata.length; i++) {
      const automaton = automata[i]!;
      // In most texts there is nothing, and finding that out needs no list.
      const first = automaton.firstIn(text);
      if (first === NOTHING) continue;
      found ??= [];
      if (first === TO_UPPER) automaton.collect(text.toUpperCase(), found);
      else automaton.collect(text, found);
    }
    if (found === undefined) return NO_INDEXES;
    if (found.length > 1) found.sort((a, b) => a - b);
    return found;
  }

  #make(): readonly Automaton[] {
    this.#automata = split(this.#entries).map((part) => new Automaton(part, this.#foldCase));
    return this.#automata;
  }
}

interface Entry {
  readonly index: number;
  readonly text: string;
}

/** Cuts the list where an automaton would outgrow its table, by the upper bounds of states and classes. */
function split(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  if (entries.length === 0) return [];
  const units = new Set<number>();
  for (const { text } of entries) for (let i = 0; i < text.length; i++) units.add(text.charCodeAt(i));
  if ((1 + totalLength(entries)) * (units.size + 1) <= MAX_TABLE) return [entries];
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

  /**
   * Where the first literal that is found ends; NOTHING without one. TO_UPPER if the text has to be upper-cased
   * first, which `upper` says has been done.
   */
  firstIn(text: string, upper = false): number {
    const table = this.#table;
    const ascii = this.#ascii;
    const acceptFrom = this.#acceptFrom;
    const stopAtWide = this.#foldCase && !upper;
    const { length } = text;
    let row = 0;
    let first = NOTHING;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 128) row = table[row + ascii[unit]!]!;
      else if (stopAtWide) return TO_UPPER;
      else row = table[row + (this.#classOf.get(unit) ?? 0)]!;
      if (row >= acceptFrom) {
        first = i;
        break;
      }
    }
    if (first === NOTHING || !stopAtWide) return first;
    // Behind the first find there may be a letter that only upper case makes the same.
    for (let i = first + 1; i < length; i++) if (text.charCodeAt(i) >= 128) return TO_UPPER;
    return first;
  }

  /** Adds the literals that occur; a text that `firstIn` wants upper-cased has to be. */
  collect(text: string, found: number[]): void {
    const table = this.#table;
    const ascii = this.#ascii;
    const acceptFrom = this.#acceptFrom;
    this.#generation++;
    let row = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 128) row = table[row + ascii[unit]!]!;
      else row = table[row + (this.#classOf.get(unit) ?? 0)]!;
      if (row >= acceptFrom) this.#note(row, found);
    }
  }

  #note(row: number, found: number[]): void {
    for (const index of this.#found[(row - this.#acceptFrom) / this.#classes]!) {
      const slot = this.#slotOf.get(index)!;
      if (this.#seen[slot] === this.#generation) continue;
      this.#seen[slot] = this.#generation;
      found.push(index);
    }
  }

  /**
   * Most sets are made while items load, when nothing is compiled yet, so the work on whole rows is left to the
   * typed array: a row is a copy of its fallback's, which is complete by then, with the state's own children in it.
   */
  #build(entries: readonly Entry[]): Int32Array {
    const trie = new Trie(this.#classes, 1 + totalLength(entries));
    for (const { index, text } of entries) {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        state = trie.childOf(state, this.#classOf.get(text.charCodeAt(i))!);
      }
      trie.end(state, index);
    }
    const { order, failure, ends } = trie.linked();
    const width = this.#classes;
    let nextQuiet = 0;
    let nextFound = (order.length - ends.size) * width;
    this.#acceptFrom = nextFound;
    const rowOf = new Int32Array(order.length);
    for (const state of order) {
      const found = ends.get(state);
      if (found === undefined) {
        rowOf[state] = nextQuiet;
        nextQuiet += width;
      } else {
        rowOf[state] = nextFound;
        nextFound += width;
        this.#found.push(found);
      }
    }
    // The root is state 0 and quiet, so its row is the first, and what no child takes leads back to it.
    const table = new Int32Array(order.length * width);
    for (const state of order) {
      const row = rowOf[state]!;
      if (state !== 0) {
        const fallback = rowOf[failure[state]!]!;
        table.copyWithin(row, fallback, fallback + width);
      }
      for (let child = trie.first[state]!; child !== 0; child = trie.next[child]!) {
        table[row + trie.symbol[child]!] = rowOf[child]!;
      }
    }
    return table;
  }
}

/** The literals as a tree of states, 0 being the root; the children of a state are a linked list. */
class Trie {
  readonly first: Int32Array;
  readonly next: Int32Array;
  /** The class of characters that leads to a state. */
  readonly symbol: Int32Array;
  readonly #classes: number;
  readonly #children = new Map<number, number>();
  readonly #ends = new Map<number, number[]>();
  #size = 1;

  constructor(classes: number, maxStates: number) {
    this.#classes = classes;
    this.first = new Int32Array(maxStates);
    this.next = new Int32Array(maxStates);
    this.symbol = new Int32Array(maxStates);
  }

  childOf(state: number, symbol: number): number {
    const key = state * this.#classes + symbol;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.#size++;
      this.#children.set(key, child);
      this.symbol[child] = symbol;
      this.next[child] = this.first[state]!;
      this.first[state] = child;
    }
    return child;
  }

  end(state: number, literal: number): void {
    const own = this.#ends.get(state);
    if (own === undefined) this.#ends.set(state, [literal]);
    else own.push(literal);
  }

  /** The states by length of their text, where each goes on when none of its children fits, and what ends at it. */
  linked(): { order: readonly number[]; failure: Int32Array; ends: ReadonlyMap<number, number[]> } {
    const failure = new Int32Array(this.#size);
    const order = [0];
    for (let head = 0; head < order.length; head++) {
      const state = order[head]!;
      for (let child = this.first[state]!; child !== 0; child = this.next[child]!) {
        order.push(child);
        failure[child] = state === 0 ? 0 : this.#after(failure, failure[state]!, this.symbol[child]!);
        const inherited = this.#ends.get(failure[child]!);
        if (inherited === undefined) continue;
        const own = this.#ends.get(child);
        if (own === undefined) this.#ends.set(child, inherited);
        else own.push(...inherited);
      }
    }
    return { order, failure, ends: this.#ends };
  }

  #after(failure: Int32Array, from: number, symbol: number): number {
    for (let state = from; ; state = failure[state]!) {
      const child = this.#children.get(state * this.#classes + symbol);
      if (child !== undefined) return child;
      if (state === 0) return 0;
    }
  }
}

function totalLength(entries: readonly Entry[]): number {
  let length = 0;
  for (const { text } of entries) length += text.length;
  return length;
}
