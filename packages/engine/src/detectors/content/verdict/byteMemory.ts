// Which byte strings came before: a table of hashes, and behind it the bytes themselves, for only what is the same byte
// for byte is the same. All of it has one size for ever. When it is full the oldest make room.

const SLOT_BITS = 14;
const SLOTS = 1 << SLOT_BITS;
/** Slots side by side that an entry may stand in. */
const WAYS = 4;
const RING_BYTES = 1 << 20;
const LONGEST = 1024;
const SHIFT = 32 - SLOT_BITS;

export class ByteMemory {
  readonly #hashes = new Int32Array(SLOTS);
  /** What kind of thing an entry is; 0 for an empty slot. */
  readonly #kinds = new Uint32Array(SLOTS);
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #places = new Int32Array(SLOTS);
  /** How often the ring had been filled when the entry was written. */
  readonly #laps = new Uint32Array(SLOTS);
  readonly #ring = new Uint8Array(RING_BYTES);
  #next = 0;
  #lap = 1;
  #turn = 0;

  /** Whether these bytes were added as this kind, and have not been forgotten since; `hash` as `hashOf` gives it. */
  has(kind: number, hash: number, bytes: Uint8Array, start: number, end: number): boolean {
    const first = (hash >>> SHIFT) & -WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] !== hash || this.#kinds[slot] !== kind) continue;
      if (this.#lengths[slot] !== end - start || !this.#isWhole(slot)) continue;
      if (this.#isAt(this.#places[slot]!, bytes, start, end)) return true;
    }
    return false;
  }

  /** Adds bytes that are not in it; those that are very long are not taken. `kind` is not 0. */
  add(kind: number, hash: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > LONGEST) return;
    if (this.#next + length > RING_BYTES) {
      this.#next = 0;
      this.#lap++;
    }
    const slot = this.#freeSlot((hash >>> SHIFT) & -WAYS);
    this.#hashes[slot] = hash;
    this.#kinds[slot] = kind;
    this.#lengths[slot] = length;
    this.#places[slot] = this.#next;
    this.#laps[slot] = this.#lap;
    this.#ring.set(bytes.subarray(start, end), this.#next);
    this.#next += length;
  }

  #freeSlot(first: number): number {
    for (let slot = first; slot < first + WAYS; slot++)
      if (this.#kinds[slot] === 0 || !this.#isWhole(slot)) return slot;
    return first + (this.#turn++ & (WAYS - 1));
  }

  /** Whether nothing has been written over the entry. */
  #isWhole(slot: number): boolean {
    const lap = this.#laps[slot]!;
    return lap === this.#lap || (lap === this.#lap - 1 && this.#places[slot]! >= this.#next);
  }

  #isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const ring = this.#ring;
    for (let i = start, at = place; i < end; i++, at++) if (ring[at] !== bytes[i]) return false;
    return true;
  }
}

const PRIME = 0x9e3779b1;

/** The hash of a piece of bytes; `seed` makes others of the same bytes. Whoever finds equal ones gains nothing by it. */
export function hashOf(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(seed, PRIME) ^ (end - start);
  let i = start;
  // Four at a time: a multiplication waits for the one before it.
  for (const fourEnd = end - 3; i < fourEnd; i += 4) {
    const four = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul((hash << 13) ^ (hash >>> 19) ^ four, PRIME);
  }
  for (; i < end; i++) hash = Math.imul((hash << 13) ^ (hash >>> 19) ^ bytes[i]!, PRIME);
  return Math.imul(hash ^ (hash >>> 15), PRIME);
}
