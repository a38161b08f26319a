// HalfSipHash-2-4 with 64 bits (Aumasson and Bernstein, github.com/veorq/SipHash): without the key nobody can say
// which address or which value a number stands for, nor make a name that is taken for another one.

export interface HashKey {
  readonly k0: number;
  readonly k1: number;
}

/** Two halves of 32 bits each, unsigned. */
export interface Hash64 {
  low: number;
  high: number;
}

/** Writes the hash of the text's UTF-16 units, two bytes each with the lower first, into `out`. */
export function keyedHash(key: HashKey, text: string, out: Hash64): void {
  v0 = key.k0 | 0;
  v1 = (key.k1 ^ 0xee) | 0;
  v2 = 0x6c796765 ^ key.k0;
  v3 = 0x74656462 ^ key.k1;
  const even = text.length & ~1;
  for (let i = 0; i < even; i += 2) absorb(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
  absorb(((text.length * 2) << 24) | (even === text.length ? 0 : text.charCodeAt(even)));
  v2 ^= 0xee;
  round();
  round();
  round();
  round();
  out.low = (v1 ^ v3) >>> 0;
  v1 ^= 0xdd;
  round();
  round();
  round();
  round();
  out.high = (v1 ^ v3) >>> 0;
}

/** Returns 32 bits of the keyed hash, never 0. */
export function keyedHash32(key: HashKey, text: string): number {
  keyedHash(key, text, SCRATCH);
  return SCRATCH.low === 0 ? 1 : SCRATCH.low;
}

const SCRATCH: Hash64 = { low: 0, high: 0 };

// The state of the hash that is being made; nothing here waits, so there is never more than one.
let v0 = 0;
let v1 = 0;
let v2 = 0;
let v3 = 0;

function absorb(word: number): void {
  v3 ^= word;
  round();
  round();
  v0 ^= word;
}

function round(): void {
  v0 = (v0 + v1) | 0;
  v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
  v0 = (v0 << 16) | (v0 >>> 16);
  v2 = (v2 + v3) | 0;
  v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
  v0 = (v0 + v3) | 0;
  v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
  v2 = (v2 + v1) | 0;
  v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
  v2 = (v2 << 16) | (v2 >>> 16);
}
