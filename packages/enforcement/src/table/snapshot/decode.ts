// The bytes of decisions.bin as a table. Nothing is taken from a file that is not whole: sizes and checksums come
// first, and rows are still checked one by one, since a checksum only says that they are as they were written.

import { crc32 } from 'node:zlib';
import { CROWD, DecisionTable } from '../decisionTable.ts';
import type { HashStore } from '../hashStore.ts';
import {
  ADDED,
  ENTRY_WORDS,
  HEADER_WORDS,
  MAGIC,
  nameWord,
  SECTIONS,
  swapWords,
  VERSION,
  type SectionName,
} from './format.ts';

export interface SnapshotFault {
  readonly ok: false;
  readonly code:
    | 'E_SNAPSHOT_FOREIGN'
    | 'E_SNAPSHOT_VERSION'
    | 'E_SNAPSHOT_DAMAGED'
    | 'E_SNAPSHOT_MISSING'
    | 'E_SNAPSHOT_UNREADABLE'
    | 'E_SNAPSHOT_UNWRITABLE';
  /** One sentence with what is wrong, without the file's name. */
  readonly message: string;
}

export interface Snapshot {
  readonly ok: true;
  readonly table: DecisionTable;
  readonly generation: number;
  readonly createdAtMs: number;
}

interface Section {
  /** The rows as words of this machine, without the index. */
  readonly words: Uint32Array;
  readonly rows: number;
}

type Sections = ReadonlyMap<number, Section>;

export function decodeSnapshot(
  bytes: Uint8Array,
  options: { readonly seed?: number } = {},
): Snapshot | SnapshotFault {
  const found = readSections(bytes);
  if ('ok' in found) return found;
  const table = new DecisionTable(options);
  const wrong = fill(table, found.sections, found.strings);
  if (wrong !== undefined) return damaged(wrong);
  return { ok: true, table, generation: found.generation, createdAtMs: found.createdAt * 1000 };
}

interface Found {
  readonly sections: Sections;
  readonly strings: Uint8Array;
  readonly generation: number;
  readonly createdAt: number;
}

function readSections(bytes: Uint8Array): Found | SnapshotFault {
  const headBytes = HEADER_WORDS * 4;
  if (!MAGIC.every((byte, i) => byte === bytes[i]))
    return bytes.length < MAGIC.length &&
      MAGIC.subarray(0, bytes.length).every((byte, i) => byte === bytes[i])
      ? damaged(`it has ${bytes.length} bytes, which is no whole header`)
      : {
          ok: false,
          code: 'E_SNAPSHOT_FOREIGN',
          message: 'it does not begin as a snapshot of decisions does',
        };
  if (bytes.length < headBytes) return damaged(`it has ${bytes.length} bytes, which is no whole header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint16(8);
  if (version !== VERSION)
    return {
      ok: false,
      code: 'E_SNAPSHOT_VERSION',
      message: `it is of version ${version} and only version ${VERSION} is known here`,
    };
  const count = view.getUint16(10);
  const size = view.getUint32(12);
  if (size !== bytes.length) return damaged(`it has ${bytes.length} bytes and says it has ${size}`);
  const headEnd = headBytes + count * ENTRY_WORDS * 4;
  if (headEnd + 4 > bytes.length) return damaged(`it has no room for its ${count} sections`);
  if (crc32(bytes.subarray(0, headEnd)) !== view.getUint32(headEnd))
    return damaged('the checksum of its header is wrong');

  const sections = new Map<number, Section>();
  let strings: Uint8Array | undefined;
  let end = headEnd + 4;
  for (let entry = headBytes; entry < headEnd; entry += ENTRY_WORDS * 4) {
    const name = view.getUint32(entry);
    const label = JSON.stringify(String.fromCharCode(...bytes.subarray(entry, entry + 4)));
    const length = view.getUint32(entry + 8);
    if (view.getUint32(entry + 4) !== end)
      return damaged(`its section ${label} does not follow the one before`);
    if (end + length > bytes.length) return damaged(`its section ${label} is longer than the file`);
    const part = bytes.subarray(end, end + length);
    end += length;
    if (crc32(part) !== view.getUint32(entry + 20))
      return damaged(`the checksum of its section ${label} is wrong`);
    if (name === nameWord('STRS')) {
      strings = part;
      continue;
    }
    const known = SECTIONS.find(([one]) => nameWord(one) === name);
    if (known === undefined) continue; // of a later minor change; readers skip what they do not know
    const rows = view.getUint32(entry + 12);
    const indexBits = view.getUint16(entry + 18);
    const indexWords = indexBits === 0 ? 0 : 2 ** indexBits + 1;
    if (view.getUint16(entry + 16) !== known[1] * 4 || length !== (indexWords + rows * known[1]) * 4)
      return damaged(`its section ${label} has rows of another size`);
    sections.set(name, { words: toWords(part.subarray(indexWords * 4)), rows });
  }
  if (end !== bytes.length) return damaged('something follows its last section');
  const missing = SECTIONS.find(
    ([name]) => name !== 'STRS' && !ADDED.has(name) && !sections.has(nameWord(name)),
  );
  if (missing !== undefined || strings === undefined)
    return damaged(`it has no section "${missing?.[0] ?? 'STRS'}"`);
  const generation = view.getUint32(16) * 2 ** 32 + view.getUint32(20);
  return { sections, strings, generation, createdAt: view.getUint32(24) };
}

/** A copy of the bytes as numbers of this machine. */
function toWords(bytes: Uint8Array): Uint32Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  swapWords(Buffer.from(copy.buffer));
  return new Uint32Array(copy.buffer);
}

/** Puts everything into an empty table; returns what is wrong, if anything is. */
function fill(table: DecisionTable, sections: Sections, strings: Uint8Array): string | undefined {
  const { ip4, ip6, range4, range6, text, classes, allowed } = table.parts();
  const section = (name: SectionName): Section => sections.get(nameWord(name))!;
  const textAt = (offset: number, length: number): string | undefined =>
    offset + length > strings.length
      ? undefined
      : Buffer.from(strings.subarray(offset, offset + length)).toString();

  const kinds: number[] = [];
  const { words: classWords, rows: classRows } = section('CLAS');
  for (let at = 0; at < classRows * 5; at += 5) {
    const [flags = 0, lengths = 0, does = 0, because = 0, who = 0] = classWords.subarray(at, at + 5);
    const remediation = textAt(does, flags & 0xffff);
    const scenario = textAt(because, lengths >>> 16);
    const origin = textAt(who, lengths & 0xffff);
    if (remediation === undefined || scenario === undefined || origin === undefined)
      return 'a class names a text outside its strings';
    const kind = classes.take({ remediation, scenario, origin, simulated: (flags & 0x10000) !== 0 });
    if (kind < 0) return 'it has too many classes';
    kinds.push(kind);
  }
  const use = (number: number): number | undefined => {
    const kind = kinds[number];
    if (kind !== undefined) classes.retain(kind);
    return kind;
  };

  const wrong =
    load(ip4, section('IPV4'), 1, false, use) ??
    load(ip6, section('IPV6'), 4, false, use) ??
    load(range4, section('RNG4'), 1, true, use) ??
    load(range6, section('RNG6'), 4, true, use);
  if (wrong !== undefined) return wrong;

  const { words, rows } = section('TEXT');
  for (let at = 0; at < rows * 5; at += 5) {
    const key = textAt(words[at + 3]!, words[at + 4]! >>> 16);
    const cut = key?.indexOf('\0') ?? -1;
    const kind = use(words[at + 4]! & 0xffff);
    if (key === undefined || cut < 1 || kind === undefined) return 'a text has no place or no class';
    text.insert(key.slice(0, cut), key.slice(cut + 1), words[at + 1]!, words[at + 2]!, kind);
  }
  for (const kind of kinds) classes.release(kind);
  allowed.restore(section('ALW4').words, section('ALW6').words);
  return undefined;
}

function load(
  store: HashStore,
  { words, rows }: Section,
  width: 1 | 4,
  isRange: boolean,
  use: (number: number) => number | undefined,
): string | undefined {
  store.reserve(rows);
  const rowWords = width + (isRange ? 4 : 3);
  const last = rowWords - 1;
  const key = Array.from({ length: width }, () => 0);
  let alike = 0;
  for (let at = 0; at < rows * rowWords; at += rowWords) {
    const kind = use(words[at + last]! >>> 16);
    if (kind === undefined) return 'an entry has no class';
    const length = (words[at + last]! >>> 8) & 255;
    const order =
      at === 0 ? 1 : compareRows(words, at, at - rowWords, width) || length - ((words[at - 1]! >>> 8) & 255);
    if (order < 0) return 'its rows are out of order';
    alike = order === 0 ? alike + 1 : 1;
    if (alike > CROWD) return 'it has too many decisions on one target';
    for (let i = 0; i < width; i++) key[i] = words[at + i]!;
    if (isRange && !markLength(key, length)) return 'a range has no length that fits';
    store.insert(key, words[at + width]!, words[at + width + 1]!, kind);
  }
  return undefined;
}

function compareRows(words: Uint32Array, one: number, other: number, width: number): number {
  for (let i = 0; i < width; i++) {
    const difference = words[one + i]! - words[other + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Sets the bit behind the network bits; false when the length is too long or other bits behind it are set. */
function markLength(key: number[], length: number): boolean {
  if (length >= key.length * 32) return false;
  const at = length >>> 5;
  const mark = (1 << (31 - (length & 31))) >>> 0;
  if ((key[at]! & (mark | (mark - 1))) !== 0 || key.some((word, i) => i > at && word !== 0)) return false;
  key[at] = (key[at]! | mark) >>> 0;
  return true;
}

function damaged(what: string): SnapshotFault {
  return { ok: false, code: 'E_SNAPSHOT_DAMAGED', message: `it is damaged: ${what}` };
}
