// decisions.bin, as docs/decisions-bin.md describes it. Every number is big-endian, and everything in front of the
// strings is made of whole 32-bit words, so that a file is words that are swapped at once.

import { endianness } from 'node:os';

/** Begins with a byte that is no text and ends a DOS listing: a file that went through a text conversion shows. */
export const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x50, 0x52, 0x50, 0x54, 0x0d, 0x0a, 0x1a);
export const VERSION = 1;
export const HEADER_WORDS = 8;
export const ENTRY_WORDS = 6;
/** The parent of a range that no other holds. */
export const NO_PARENT = 0xffffffff;

/** The sections in the order they are written, and the words of a row; the strings are bytes. */
export const SECTIONS = [
  ['LOOK', 16],
  ['ALW4', 2],
  ['ALW6', 8],
  ['IPV4', 4],
  ['IPV6', 7],
  ['RNG4', 5],
  ['RNG6', 8],
  ['TEXT', 5],
  ['CLAS', 5],
  ['STRS', 0],
] as const;

/** What later versions of a writer added: files without it are whole. */
export const ADDED: ReadonlySet<SectionName> = new Set(['LOOK']);

export type SectionName = (typeof SECTIONS)[number][0];

export function nameWord(name: SectionName): number {
  return Buffer.from(name, 'latin1').readUInt32BE();
}

/** Turns the words of a file into those of this machine, or back. */
export function swapWords(words: Buffer): void {
  if (endianness() === 'LE') words.swap32();
}

/** How many leading bits of an address the index of a section goes by: about sixteen rows for each value. */
export function indexBitsFor(rows: number): number {
  return rows < 64 ? 0 : Math.min(16, Math.ceil(Math.log2(rows / 16)));
}

/** What a file has that holds nothing: its head. */
export const EMPTY_BYTES: number = (HEADER_WORDS + ENTRY_WORDS * SECTIONS.length + 1) * 4;
