// Folded texts compared by their pairs and triples of neighbours. A template is found in a text when nearly all of its
// own are in one stretch of it: the rest of the text may be anything.

import { isTellingWord } from './folding.ts';

/** Stretches of a longer text that are looked at one by one; they overlap by half. */
const STRETCH = 64;
const MAX_STRETCHES = 16;
const MAX_SHINGLES = 96;

/**
 * Returns the different pairs and triples of a folded text that have a word of some language of machines in them, at
 * most 97, in rising order: `word = word` is in every other text.
 */
export function shinglesOf(folded: Uint8Array): Uint32Array {
  const found = new Set<number>();
  for (let i = 0; i + 1 < folded.length && found.size < MAX_SHINGLES; i++) {
    const [one, two, three] = folded.subarray(i, i + 3);
    const pair = (one! << 8) | two!;
    const isTelling = isTellingWord(one!) || isTellingWord(two!);
    if (isTelling) found.add(pair);
    if (three !== undefined && (isTelling || isTellingWord(three))) found.add(TRIPLE | (pair << 8) | three);
  }
  return Uint32Array.from(found).sort();
}

/** Which of many templates are in a text. What no template has costs one look into a table of bits. */
export class ShingleIndex {
  readonly #sizes: Uint16Array;
  /** Smallest of the sizes. */
  readonly #least: number;
  readonly #bits = new Uint8Array(BIT_BYTES);
  /** The number of a shingle that templates have. */
  readonly #numbers = new Map<number, number>();
  /** Templates of a shingle: from its entry in `starts` to that of the next one. */
  readonly #starts: Uint32Array;
  readonly #postings: Uint16Array;
  /** When a shingle was last counted, so that one counts once in a stretch. */
  readonly #countedIn: Uint32Array;
  #turn = 0;
  readonly #hits: Uint16Array;
  readonly #touched: Uint16Array;
  readonly #shares: Float32Array;

  /** Takes the shingles of each template, at most 65,535 of them. */
  constructor(templates: readonly Uint32Array[]) {
    const postings: number[][] = [];
    for (const [template, shingles] of templates.entries()) {
      for (const shingle of shingles) {
        let number = this.#numbers.get(shingle);
        if (number === undefined) {
          number = postings.length;
          this.#numbers.set(shingle, number);
          postings.push([]);
          const bit = bitOf(shingle);
          this.#bits[bit >>> 3]! |= 1 << (bit & 7);
        }
        postings[number]!.push(template);
      }
    }
    this.#sizes = Uint16Array.from(templates, ({ length }) => length);
    this.#least = this.#sizes.reduce((least, size) => Math.min(least, size), 0xffff);
    this.#postings = Uint16Array.from(postings.flat());
    this.#starts = new Uint32Array(postings.length + 1);
    for (const [number, one] of postings.entries())
      this.#starts[number + 1] = this.#starts[number]! + one.length;
    this.#countedIn = new Uint32Array(postings.length);
    this.#hits = new Uint16Array(templates.length);
    this.#touched = new Uint16Array(templates.length);
    this.#shares = new Float32Array(templates.length);
  }

  /** Returns the templates of which at least this share is in one stretch of the text, the largest share first. */
  findAll(folded: Uint8Array, least: number): readonly number[] {
    if (!this.#look(folded, least)) return [];
    const found: number[] = [];
    for (const [template, share] of this.#shares.entries()) if (share >= least) found.push(template);
    return found.sort((one, other) => this.#shares[other]! - this.#shares[one]!);
  }

  /** Fills in the shares; returns false, and has not, when so few shingles are known that no template can be there. */
  #look(folded: Uint8Array, least: number): boolean {
    const known = this.#readNumbers(folded);
    if (known < least * this.#least) return false;
    this.#shares.fill(0);
    for (let from = 0, n = 0; n < MAX_STRETCHES; from += STRETCH / 2, n++) {
      const end = Math.min(folded.length, from + STRETCH);
      this.#count(from, end);
      if (end === folded.length) break;
    }
    return true;
  }

  /** Writes the number of the pair and of the triple at each place, or -1; returns how many templates have. */
  #readNumbers(folded: Uint8Array): number {
    let known = 0;
    const length = Math.min(folded.length, PAIRS.length);
    for (let i = 0; i + 1 < length; i++) {
      const pair = (folded[i]! << 8) | folded[i + 1]!;
      const triple = i + 2 < length ? TRIPLE | (pair << 8) | folded[i + 2]! : -1;
      if ((PAIRS[i] = this.#numberOf(pair)) >= 0) known++;
      if ((TRIPLES[i] = triple < 0 ? -1 : this.#numberOf(triple)) >= 0) known++;
    }
    return known;
  }

  #numberOf(shingle: number): number {
    const bit = bitOf(shingle);
    if ((this.#bits[bit >>> 3]! & (1 << (bit & 7))) === 0) return -1;
    return this.#numbers.get(shingle) ?? -1;
  }

  /** Counts the shingles of one stretch, and raises the shares of the templates that have them. */
  #count(from: number, end: number): void {
    if (++this.#turn > 0xffff_ffff) {
      this.#countedIn.fill(0);
      this.#turn = 1;
    }
    let touched = 0;
    for (let i = from; i + 1 < end; i++) {
      touched = this.#hit(PAIRS[i]!, touched);
      if (i + 2 < end) touched = this.#hit(TRIPLES[i]!, touched);
    }
    for (let i = 0; i < touched; i++) {
      const template = this.#touched[i]!;
      const share = this.#hits[template]! / this.#sizes[template]!;
      if (share > this.#shares[template]!) this.#shares[template] = share;
      this.#hits[template] = 0;
    }
  }

  #hit(number: number, touched: number): number {
    if (number < 0 || this.#countedIn[number] === this.#turn) return touched;
    this.#countedIn[number] = this.#turn;
    let count = touched;
    for (let i = this.#starts[number]!; i < this.#starts[number + 1]!; i++) {
      const template = this.#postings[i]!;
      if (this.#hits[template]! === 0) this.#touched[count++] = template;
      this.#hits[template]! += 1;
    }
    return count;
  }
}

const TRIPLE = 1 << 24;
const BIT_BYTES = 8192;
/** Of the text that is looked at; nothing here waits, so there is never more than one. */
const PAIRS = new Int32Array(MAX_STRETCHES * STRETCH);
const TRIPLES = new Int32Array(MAX_STRETCHES * STRETCH);

function bitOf(shingle: number): number {
  return Math.imul(shingle, 0x9e3779b1) >>> 16;
}

/** How alike two sets of shingles are: the shared ones among all (Jaccard), 0 to 1. */
export function likeness(one: Uint32Array, other: Uint32Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) {
      shared++;
      i++;
      j++;
    } else if (one[i]! < other[j]!) i++;
    else j++;
  }
  const all = one.length + other.length - shared;
  return all === 0 ? 1 : shared / all;
}
