// Words looked up inside a text without cutting them out of it: a hash table keyed by the lower-case ASCII letters
// between two positions. Honest values are mostly words, so this is the hottest path of the lexers: no strings are made.

const MULTIPLIER = 0x01000193;
const OFFSET = 0x811c9dc5;

/** Maps words, whatever their case, to small numbers. */
export class WordTable {
  readonly #slots: Int32Array;
  readonly #words: readonly string[];
  readonly #values: readonly number[];
  readonly #mask: number;
  /** Which ASCII characters begin a word, and 1 at 0 when another does. */
  readonly #firsts: Uint8Array;
  readonly longest: number;

  /** Words are in lower case and at least one character long; of a word named twice the first counts. */
  constructor(entries: Iterable<readonly [word: string, value: number]>) {
    const words: string[] = [];
    const values: number[] = [];
    for (const [word, value] of entries) {
      words.push(word);
      values.push(value);
    }
    this.#firsts = firstsOf(words);
    let size = 16;
    while (size < words.length * 4) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
    this.#words = words;
    this.#values = values;
    this.longest = words.reduce((longest, word) => Math.max(longest, word.length), 0);
    for (const [index, word] of words.entries()) {
      let slot = hashOf(word, 0, word.length) & this.#mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index;
    }
  }

  /** The number of the word that stands from `start` to `end`, or -1. */
  find(text: string, start: number, end: number): number {
    if (end - start > this.longest) return -1;
    const first = text.charCodeAt(start);
    if (this.#firsts[first < 128 ? lower(first) : 0] !== 1) return -1;
    return this.findHashed(text, start, end, hashOf(text, start, end));
  }

  /** As `find`, when the caller has already hashed the word with `nextHash` from `EMPTY_HASH`. */
  findHashed(text: string, start: number, end: number, hash: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const index = this.#slots[slot];
      if (index === undefined || index === -1) return -1;
      const word = this.#words[index];
      if (word !== undefined && word.length === end - start && sameWord(text, start, word))
        return this.#values[index] ?? -1;
      slot = (slot + 1) & this.#mask;
    }
  }
}

function firstsOf(words: readonly string[]): Uint8Array {
  const firsts = new Uint8Array(128);
  for (const word of words) {
    const code = word.charCodeAt(0);
    firsts[code < 128 ? code : 0] = 1;
  }
  return firsts;
}

/** The hash of no characters. */
export const EMPTY_HASH: number = OFFSET | 0;

/** The hash of a word with one more character. */
export function nextHash(hash: number, code: number): number {
  return Math.imul(hash ^ lower(code), MULTIPLIER);
}

/** The code of an ASCII capital in lower case; every other code as it is. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code | 32 : code;
}

function hashOf(text: string, start: number, end: number): number {
  let hash = EMPTY_HASH;
  for (let at = start; at < end; at += 1) hash = nextHash(hash, text.charCodeAt(at));
  return hash;
}

function sameWord(text: string, start: number, word: string): boolean {
  for (let at = 0; at < word.length; at += 1) {
    if (lower(text.charCodeAt(start + at)) !== word.charCodeAt(at)) return false;
  }
  return true;
}
