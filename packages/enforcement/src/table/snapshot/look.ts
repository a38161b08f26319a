// The section LOOK: a Bloom filter in blocks of 64 bytes (Putze, Sanders and Singler, "Cache-, hash- and space-efficient
// Bloom filters", 2007), in which everything about one neighbourhood of addresses stands in one block. Whoever has one
// visitor to look up reads that block and most often nothing else; which one it is follows from the address and the
// size of the file, so that not even the header has to be read. docs/decisions-bin.md describes it.

import { EMPTY_BYTES, nameWord } from './format.ts';

/** What stands in the sections of addresses and ranges: rows, and where the first begins, in words. */
export interface Rows {
  readonly words: Uint32Array;
  readonly rows: number;
  readonly indexBits: number;
}

const BLOCK_WORDS = 16;
const MOST_BITS = 15;
/** A filter has an eighth to a quarter of the bytes that the rest of the file has. */
const REST_BYTES = 256;
const PROBES = 4;
/** Bits for keys in a block; eight more before them are flags. */
const KEY_BITS = 440;
/** Flags; above them stands how many bits choose the block, so that nobody takes the block of another file. */
const HAS_TEXTS = 1;
const HAS_WIDE4 = 2;
const HAS_WIDE6 = 4;
const HAS_WIDEST6 = 8;
const BITS_SHIFT = 4;
const STEP_ROWS = 8192;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
  return crc >>> 0;
});

/**
 * Returns the words of the filter for what the sections hold; none when the rest of the file, `restBytes`, is that of a
 * file with nothing in it. Stops from time to time.
 */
export function* lookWords(
  { ip4, ip6, range4, range6, texts }: Record<'ip4' | 'ip6' | 'range4' | 'range6' | 'texts', Rows>,
  restBytes: number,
): Generator<void, Uint32Array> {
  if (restBytes <= EMPTY_BYTES) return new Uint32Array(0);
  const filter = new Filter(Math.min(MOST_BITS, Math.floor(Math.log2(restBytes / REST_BYTES))));
  yield* each(ip4, 4, (words, at) => filter.add(words, at, 2, 4));
  yield* each(ip6, 7, (words, at) => filter.add(words, at, 6, 16));
  const [wide4, wide6] = [new Set<number>(), new Set<number>()];
  yield* each(range4, 5, (words, at) => {
    const length = (words[at + 4]! >>> 8) & 255;
    if (length >= 16) filter.add(words, at, 2, length >= 24 ? 3 : 2);
    else spread(wide4, words[at]! >>> 20, 12 - length);
  });
  for (const prefix of wide4) filter.add([prefix << 20], 0, 1, 2);
  let flags = (texts.rows > 0 ? HAS_TEXTS : 0) | (wide4.size > 0 ? HAS_WIDE4 : 0);
  yield* each(range6, 8, (words, at) => {
    const length = (words[at + 7]! >>> 8) & 255;
    if (length >= 48) filter.add(words, at, 6, 6);
    else if (length >= 20) spread(wide6, words[at]!, 32 - length);
    else flags |= HAS_WIDEST6;
  });
  for (const prefix of wide6) filter.add([prefix], 0, 4, 4);
  return filter.finish(wide6.size > 0 ? flags | HAS_WIDE6 : flags);
}

/** Adds all prefixes that a shorter one holds, `bits` shorter; itself when that is no shorter. */
function spread(prefixes: Set<number>, first: number, bits: number): void {
  for (let i = 0; i < 2 ** Math.max(0, bits); i++) prefixes.add(first + i);
}

function* each(
  { words, rows, indexBits }: Rows,
  rowWords: number,
  visit: (words: Uint32Array, at: number) => void,
): Generator<void, void> {
  let at = indexBits === 0 ? 0 : 2 ** indexBits + 1;
  for (let row = 0; row < rows; row++, at += rowWords) {
    visit(words, at);
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
  }
}

class Filter {
  readonly #words: Uint32Array;
  readonly #bits: number;

  constructor(bits: number) {
    this.#words = new Uint32Array(BLOCK_WORDS * 2 ** bits);
    this.#bits = bits;
  }

  /** Adds the first `bytes` of the key at `at` to the block that its first `neighbourhood` bytes choose. */
  add(words: ArrayLike<number>, at: number, neighbourhood: number, bytes: number): void {
    const block = (crcOf(words, at, neighbourhood) & (2 ** this.#bits - 1)) * BLOCK_WORDS;
    const hash = crcOf(words, at, bytes);
    const step = (hash >>> 16) | 1;
    let sum = hash & 0xffff;
    for (let probe = 0; probe < PROBES; probe++, sum += step) {
      const bit = sum % KEY_BITS;
      const byte = 9 + (bit >>> 3);
      this.#words[block + (byte >>> 2)]! |= 1 << (24 - 8 * (byte & 3) + (bit & 7));
    }
  }

  /** Puts tag, checksum and flags into each block. */
  finish(flags: number): Uint32Array {
    const words = this.#words;
    const tag = nameWord('LOOK');
    for (let at = 0; at < words.length; at += BLOCK_WORDS) {
      words[at + 2]! |= ((this.#bits << BITS_SHIFT) | flags) << 24;
      words[at + 1] = crcOf(words, at + 2, (BLOCK_WORDS - 2) * 4);
      words[at] = tag;
    }
    return words;
  }
}

/** CRC-32 of big-endian words, from word `at`. The one of node:zlib costs more for four bytes than all else here. */
function crcOf(words: ArrayLike<number>, at: number, bytes: number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes; i++)
    crc = CRC_TABLE[(crc ^ (words[at + (i >>> 2)]! >>> (24 - 8 * (i & 3)))) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
