// What is known of the parameters of a site: one record of fixed size each, in one buffer, found by a keyed hash of
// route, place and name. The buffer is the saved form as well, and what workers read.

import { keyedHash, type Hash64, type HashKey } from './keyedHash.ts';
import { ALPHABET, VALUE_TYPES } from './valueShape.ts';

/** Words of 32 bits; floats where it says so. */
export const SLOT = {
  keyLow: 0,
  keyHigh: 1,
  /** Float: values seen, decayed. */
  count: 2,
  /** Float: of them those that vouched people sent. */
  vouched: 3,
  /** Floats: mean and variance of ln(1 + length). */
  mean: 4,
  variance: 5,
  /** Hours since the epoch. */
  lastHour: 6,
  firstHour: 7,
  /** Bitmaps of 128 and 64 bits: who has sent it. */
  sources: 8,
  networks: 12,
  /** Hours in which it was seen. */
  hours: 14,
  /** See FLAG. */
  flags: 15,
  /** 16 floats: how many of each type. */
  types: 16,
  /** 16 floats: how many had characters of each class. */
  alphabet: 32,
  /** Hashes of the first values that differ. */
  choices: 48,
  /** Float: values that are not among the choices. */
  otherChoices: 60,
  /** What is new and waits until enough others have sent it, and the same of vouched people: see novelty.ts. */
  waiting: 61,
  waitingVouched: 68,
  size: 75,
} as const;

export const FLAG = {
  /** Enough was seen from enough people. */
  mature: 1,
} as const;

export const MAX_CHOICES: number = SLOT.otherChoices - SLOT.choices;

if (VALUE_TYPES.length > 16 || ALPHABET.length > 16)
  throw new Error('a slot has no room for so many classes');

/** A table with room for so many parameters; it never grows. */
export class SlotTable {
  readonly capacity: number;
  readonly key: HashKey;
  readonly words: Uint32Array;
  /** The same memory. */
  readonly floats: Float32Array;
  readonly #index: Int32Array;
  readonly #names: string[] = [];
  #used = 0;

  constructor(key: HashKey, capacity: number) {
    this.key = key;
    this.capacity = capacity;
    this.words = new Uint32Array(capacity * SLOT.size);
    this.floats = new Float32Array(this.words.buffer);
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2 + 2)));
  }

  get used(): number {
    return this.#used;
  }

  /** What the slot is called, for people; empty where names are not kept. */
  nameOf(slot: number): string {
    return this.#names[slot] ?? '';
  }

  /** Returns the number of the parameter's slot, or -1. */
  find(name: string): number {
    keyedHash(this.key, name, HASH);
    return this.#index[this.#place(HASH)]! - 1;
  }

  /** Returns the slot of a parameter that has none yet, cleared; -1 when all are taken. */
  add(name: string): number {
    if (this.#used === this.capacity) return -1;
    keyedHash(this.key, name, HASH);
    return this.addKey(HASH, name);
  }

  addKey(hash: Hash64, name: string): number {
    const slot = this.#used++;
    const at = slot * SLOT.size;
    this.words.fill(0, at, at + SLOT.size);
    this.words[at + SLOT.keyLow] = hash.low;
    this.words[at + SLOT.keyHigh] = hash.high;
    this.#names[slot] = name;
    this.#index[this.#place(hash)] = slot + 1;
    return slot;
  }

  /** Removes the slots that are not to be kept; the numbers of the others change. */
  keepOnly(isKept: (slot: number) => boolean): number {
    let to = 0;
    for (let slot = 0; slot < this.#used; slot++) {
      if (!isKept(slot)) continue;
      if (to < slot) {
        this.words.copyWithin(to * SLOT.size, slot * SLOT.size, (slot + 1) * SLOT.size);
        this.#names[to] = this.nameOf(slot);
      }
      to++;
    }
    const removed = this.#used - to;
    this.#used = to;
    this.#names.length = to;
    if (removed > 0) this.#indexAll();
    return removed;
  }

  #indexAll(): void {
    this.#index.fill(0);
    for (let slot = 0; slot < this.#used; slot++) {
      HASH.low = this.words[slot * SLOT.size + SLOT.keyLow]!;
      HASH.high = this.words[slot * SLOT.size + SLOT.keyHigh]!;
      this.#index[this.#place(HASH)] = slot + 1;
    }
  }

  /** Where in the index the key is, or the free place where it would be. */
  #place({ low, high }: Hash64): number {
    const mask = this.#index.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const entry = this.#index[place]!;
      if (entry === 0) return place;
      const at = (entry - 1) * SLOT.size;
      if (this.words[at + SLOT.keyLow] === low && this.words[at + SLOT.keyHigh] === high) return place;
    }
  }
}

const HASH: Hash64 = { low: 0, high: 0 };

/** Marks a hash in the bitmap of so many words at `at`. */
export function markSource(words: Uint32Array, at: number, size: number, hash: number): void {
  const bit = hash % (size * 32);
  words[at + (bit >>> 5)]! |= 1 << (bit & 31);
}

/** About how many different hashes were marked: linear counting (Whang and others, 1990). */
export function countSources(words: Uint32Array, at: number, size: number): number {
  let ones = 0;
  for (let i = 0; i < size; i++) ones += popCount(words[at + i]!);
  const bits = size * 32;
  return ones >= bits ? bits * 4 : Math.round(-bits * Math.log((bits - ones) / bits));
}

function popCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
