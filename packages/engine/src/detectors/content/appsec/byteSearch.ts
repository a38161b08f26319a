// Finds which of a few texts are in a body, in either case of ASCII letters, in one pass over its bytes: no string is
// made of a body that holds none of them. The same automaton as the literal sets have (Aho and Corasick 1975).

import { hexValue } from './bytes.ts';

export class ByteSearch {
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  /** Where each state goes with each class, as the row it begins at. */
  readonly #table: Int32Array;
  /** The texts that end at a state, by its row; most states have none. */
  readonly #ends = new Map<number, readonly number[]>();
  /** States from this row on have texts. */
  readonly #acceptFrom: number;

  /** `texts`: in lower case, one character a byte, none empty. */
  constructor(texts: readonly string[]) {
    let classes = 1;
    for (const text of texts) {
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (this.#classOf[code] === 0) this.#classOf[code] = classes++;
      }
    }
    for (let code = 0x41; code <= 0x5a; code++) this.#classOf[code] = this.#classOf[code + 0x20]!;
    this.#classes = classes;
    const tree = treeOf(texts, this.#classOf);
    const quiet = tree.filter(({ found }) => found.length === 0);
    const loud = tree.filter(({ found }) => found.length > 0);
    const rowOf = new Map([...quiet, ...loud].map((state, index) => [state, index * classes]));
    this.#acceptFrom = quiet.length * classes;
    this.#table = new Int32Array(tree.length * classes);
    for (const [state, row] of rowOf) {
      for (let symbol = 1; symbol < classes; symbol++)
        this.#table[row + symbol] = rowOf.get(next(state, symbol))!;
      if (state.found.length > 0) this.#ends.set(row, state.found);
    }
  }

  /** Calls `onFound` with the place in the list of each text that is in the bytes, perhaps more than once. */
  find(bytes: Uint8Array, onFound: (text: number) => void): void {
    if (this.#classes === 1) return;
    const table = this.#table;
    const classOf = this.#classOf;
    const acceptFrom = this.#acceptFrom;
    const { length } = bytes;
    let row = 0;
    for (let i = 0; i < length; i++) {
      // Most bytes begin no text; passing over them needs no state.
      if (row === 0) {
        while (i < length && table[classOf[bytes[i]!]!] === 0) i++;
        if (i === length) return;
      }
      row = table[row + classOf[bytes[i]!]!]!;
      if (row >= acceptFrom) for (const text of this.#ends.get(row)!) onFound(text);
    }
  }
}

interface State {
  readonly children: Map<number, State>;
  /** Where it goes on when no child fits; the root's is itself. */
  fallback: State | undefined;
  found: readonly number[];
}

/** All states, the root first, each behind the one that it falls back to. */
function treeOf(texts: readonly string[], classOf: Uint8Array): readonly State[] {
  const root = newState();
  for (const [index, text] of texts.entries()) {
    let state = root;
    for (let i = 0; i < text.length; i++) {
      const symbol = classOf[text.charCodeAt(i)]!;
      let child = state.children.get(symbol);
      if (child === undefined) state.children.set(symbol, (child = newState()));
      state = child;
    }
    state.found = [...state.found, index];
  }
  const states = [root];
  for (const state of states) {
    for (const [symbol, child] of state.children) {
      child.fallback = state.fallback === undefined ? root : next(state.fallback, symbol);
      child.found = [...child.found, ...child.fallback.found];
      states.push(child);
    }
  }
  return states;
}

function newState(): State {
  return { children: new Map(), fallback: undefined, found: [] };
}

function next(from: State, symbol: number): State {
  for (let state = from; ;) {
    const child = state.children.get(symbol);
    if (child !== undefined) return child;
    if (state.fallback === undefined) return state;
    state = state.fallback;
  }
}

/** Undoes %XX into `into`, which is as long as the bytes; returns what was written, undefined when nothing was undone. */
export function undoPercent(bytes: Uint8Array, into: Uint8Array): Uint8Array | undefined {
  const first = nextEscape(bytes, 0);
  if (first < 0) return undefined;
  if (into !== bytes) into.set(bytes.subarray(0, first));
  let length = first;
  let from = first;
  for (let at = first; at >= 0; at = nextEscape(bytes, from)) {
    into.set(bytes.subarray(from, at), length);
    length += at - from;
    into[length++] = hexValue(bytes[at + 1]!) * 16 + hexValue(bytes[at + 2]!);
    from = at + 3;
  }
  into.set(bytes.subarray(from), length);
  return into.subarray(0, length + bytes.length - from);
}

/** Where a whole escape begins; -1 when none follows. */
function nextEscape(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0x25, from);
  while (at >= 0) {
    if (at + 2 >= bytes.length) return -1;
    if (hexValue(bytes[at + 1]!) >= 0 && hexValue(bytes[at + 2]!) >= 0) return at;
    at = bytes.indexOf(0x25, at + 1);
  }
  return -1;
}
