// Folded texts compared by their pairs and triples of neighbours. A template is found in a text when nearly all of its
// own are in one stretch of it: the rest of the text may be anything.

/** Stretches of a longer text that are looked at one by one; they overlap by half. */
const STRETCH = 64;
const MAX_STRETCHES = 16;
const MAX_SHINGLES = 96;

/** Returns the different pairs and triples of a folded text, at most 96, in rising order. */
export function shinglesOf(folded: Uint8Array): Uint32Array {
  const found = new Set<number>();
  eachShingle(folded, 0, folded.length, (shingle) => {
    if (found.size < MAX_SHINGLES) found.add(shingle);
  });
  return Uint32Array.from(found).sort();
}

export interface Found {
  readonly template: number;
  readonly share: number;
}

/** Which of many templates are in a text. */
export class ShingleIndex {
  readonly #sizes: readonly number[];
  readonly #postings = new Map<number, number[]>();
  readonly #hits: Uint16Array;
  readonly #best: Float32Array;

  constructor(templates: readonly Uint32Array[]) {
    this.#sizes = templates.map(({ length }) => length);
    this.#hits = new Uint16Array(templates.length);
    this.#best = new Float32Array(templates.length);
    for (const [number, shingles] of templates.entries())
      for (const shingle of shingles) {
        const posting = this.#postings.get(shingle);
        if (posting === undefined) this.#postings.set(shingle, [number]);
        else posting.push(number);
      }
  }

  /** Returns the template of which the largest share, and at least `least`, is in one stretch of the text. */
  find(folded: Uint8Array, least: number): Found | undefined {
    const shares = this.#shares(folded);
    let best = -1;
    for (let i = 0; i < shares.length; i++)
      if (shares[i]! >= least && (best < 0 || shares[i]! > shares[best]!)) best = i;
    return best < 0 ? undefined : { template: best, share: shares[best]! };
  }

  /** Returns all templates of which at least this share is in one stretch of the text. */
  findAll(folded: Uint8Array, least: number): readonly number[] {
    const found: number[] = [];
    for (const [template, share] of this.#shares(folded).entries()) if (share >= least) found.push(template);
    return found;
  }

  #shares(folded: Uint8Array): Float32Array {
    const shares = this.#best.fill(0);
    for (let from = 0, n = 0; n < MAX_STRETCHES && shares.length > 0; from += STRETCH / 2, n++) {
      const end = Math.min(folded.length, from + STRETCH);
      this.#count(folded, from, end, shares);
      if (end === folded.length) break;
    }
    return shares;
  }

  #count(folded: Uint8Array, from: number, end: number, best: Float32Array): void {
    const hits = this.#hits.fill(0);
    const seen = SEEN;
    seen.clear();
    eachShingle(folded, from, end, (shingle) => {
      if (seen.has(shingle)) return;
      seen.add(shingle);
      for (const number of this.#postings.get(shingle) ?? []) hits[number]! += 1;
    });
    for (let i = 0; i < hits.length; i++) {
      const share = hits[i]! / this.#sizes[i]!;
      if (share > best[i]!) best[i] = share;
    }
  }
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

const SEEN = new Set<number>();

function eachShingle(folded: Uint8Array, from: number, end: number, take: (shingle: number) => void): void {
  for (let i = from; i + 1 < end; i++) {
    const pair = (folded[i]! << 8) | folded[i + 1]!;
    take(pair);
    if (i + 2 < end) take((1 << 24) | (pair << 8) | folded[i + 2]!);
  }
}
