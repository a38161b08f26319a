// A table as the bytes of decisions.bin. The same decisions always make the same bytes, in whatever order they came:
// rows are sorted, and classes are numbered in the order in which the rows use them.

import { crc32 } from 'node:zlib';
import type { DecisionTable } from '../decisionTable.ts';
import type { Columns } from '../hashStore.ts';
import { lengthOf } from '../lengths4.ts';
import { lengthOf6 } from '../lengths6.ts';
import { strictnessOf } from '../strictness.ts';
import type { TextStore } from '../textStore.ts';
import {
  EMPTY_BYTES,
  ENTRY_WORDS,
  HEADER_WORDS,
  indexBitsFor,
  MAGIC,
  nameWord,
  NO_PARENT,
  SECTIONS,
  swapWords,
  VERSION,
  type SectionName,
} from './format.ts';
import { lookWords } from './look.ts';
import { sortedBy } from './sort.ts';

export interface SnapshotHead {
  /** Which state of the decisions this is; a later one has a higher number. */
  readonly generation: number;
  readonly createdAtMs: number;
}

interface Section {
  readonly words: Uint32Array;
  readonly rows: number;
  readonly indexBits: number;
}

/** Work that stops every few milliseconds, for others who need the thread, and gives a result at its end. */
export type Steps<T> = Generator<void, T>;

/** Rows that are gone through between two stops. */
const STEP_ROWS = 65_536;

/** Returns the file. Decisions that have ended by `createdAtMs` are left out. */
export function encodeSnapshot(table: DecisionTable, head: SnapshotHead): Uint8Array {
  const steps = encodeSteps(table, head);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps. What the file says is the table as it is at the first of them: it may change meanwhile. */
export function* encodeSteps(table: DecisionTable, head: SnapshotHead): Steps<Uint8Array> {
  const { ip4, ip6, range4, range6, text, classes, allowed } = table.parts();
  const createdAt = Math.floor(head.createdAtMs / 1000);
  const columns = [ip4, ip6, range4, range6].map((store) => store.columns(createdAt));
  const texts = textRows(text, createdAt);
  const kinds = classes.copy();
  const [allowed4, allowed6] = [plain(allowed.intervals(4), 2), plain(allowed.intervals(6), 8)];
  yield;
  const strings = new Strings();
  const numbers = new ClassNumbers();
  const found: Record<Exclude<SectionName, 'LOOK' | 'STRS'>, Section> = {
    ALW4: allowed4,
    ALW6: allowed6,
    IPV4: yield* addressSection(columns[0]!, 1, numbers),
    IPV6: yield* addressSection(columns[1]!, 4, numbers),
    RNG4: yield* rangeSection(columns[2]!, 1, numbers),
    RNG6: yield* rangeSection(columns[3]!, 4, numbers),
    TEXT: textSection(texts, numbers, strings),
    CLAS: plain(
      Uint32Array.from(
        numbers.used.flatMap((kind) => {
          const { remediation, scenario, origin, simulated } = kinds[kind]!;
          const [does, because, who] = [remediation, scenario, origin].map((name) => strings.add(name));
          return [
            ((strictnessOf(remediation) << 24) | (Number(simulated) << 16) | does!.length) >>> 0,
            ((because!.length << 16) | who!.length) >>> 0,
            does!.offset,
            because!.offset,
            who!.offset,
          ];
        }),
      ),
      5,
    ),
  };
  const bytes = strings.bytes();
  const restBytes = Object.values(found).reduce((sum, { words }) => sum + words.length * 4, EMPTY_BYTES);
  const look = yield* lookWords(
    { ip4: found.IPV4, ip6: found.IPV6, range4: found.RNG4, range6: found.RNG6, texts: found.TEXT },
    restBytes + bytes.length,
  );
  return yield* assemble({ LOOK: plain(look, 16), ...found }, bytes, head.generation, createdAt);
}

function* assemble(
  sections: Record<Exclude<SectionName, 'STRS'>, Section>,
  strings: Uint8Array,
  generation: number,
  createdAt: number,
): Steps<Uint8Array> {
  const headWords = HEADER_WORDS + ENTRY_WORDS * SECTIONS.length;
  const lists = Object.values(sections);
  const words = headWords + 1 + lists.reduce((sum, section) => sum + section.words.length, 0);
  const file = Buffer.from(new ArrayBuffer(words * 4 + strings.length));
  const out = new Uint32Array(file.buffer, 0, words);
  let at = headWords + 1;
  for (const section of lists) {
    out.set(section.words, at);
    at += section.words.length;
    yield;
  }
  file.set(strings, words * 4);
  swapWords(file.subarray((headWords + 1) * 4, words * 4));
  yield;

  out[2] = ((VERSION << 16) | SECTIONS.length) >>> 0;
  out[3] = file.length;
  out[4] = Math.floor(generation / 2 ** 32);
  out[5] = generation >>> 0;
  out[6] = createdAt;
  out[7] =
    sections.IPV4.rows + sections.IPV6.rows + sections.RNG4.rows + sections.RNG6.rows + sections.TEXT.rows;
  let offset = (headWords + 1) * 4;
  for (const [i, [name, rowWords]] of SECTIONS.entries()) {
    const section = name === 'STRS' ? undefined : sections[name];
    const length = section === undefined ? strings.length : section.words.length * 4;
    out.set(
      [
        nameWord(name),
        offset,
        length,
        section?.rows ?? strings.length,
        (((section === undefined ? 1 : rowWords * 4) << 16) | (section?.indexBits ?? 0)) >>> 0,
        crc32(file.subarray(offset, offset + length)),
      ],
      HEADER_WORDS + i * ENTRY_WORDS,
    );
    offset += length;
    yield;
  }
  swapWords(file.subarray(0, headWords * 4));
  file.set(MAGIC);
  file.writeUInt32BE(crc32(file.subarray(0, headWords * 4)), headWords * 4);
  return file;
}

function plain(words: Uint32Array, rowWords: number): Section {
  return { words, rows: words.length / rowWords, indexBits: 0 };
}

function* addressSection(columns: Columns, width: 1 | 4, numbers: ClassNumbers): Steps<Section> {
  const { rows, expires, records, classes } = columns;
  const order = yield* inOrder(columns, width, (a, b) => records[a]! - records[b]!);
  const { out, start, indexBits } = yield* begin(columns, order, width, width + 3);
  let at = start;
  for (let place = 0; place < rows; place++) {
    const row = order[place]!;
    for (let i = 0; i < width; i++) out[at++] = columns.words[i]![row]!;
    out[at++] = expires[row]!;
    out[at++] = records[row]!;
    out[at++] = (numbers.of(classes[row]!) << 16) >>> 0;
    if (place % STEP_ROWS === STEP_ROWS - 1) yield;
  }
  return { words: out, rows, indexBits };
}

/** Ranges say which row is the next wider one that holds them, so that one search finds all that hold an address. */
function* rangeSection(columns: Columns, width: 1 | 4, numbers: ClassNumbers): Steps<Section> {
  const { rows, words, expires, records, classes } = columns;
  const lengths = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const key = words.map((column) => column[row]!);
    const length = width === 1 ? lengthOf(key[0]!) : lengthOf6(key);
    lengths[row] = length;
    words[length >>> 5]![row]! &= ~(1 << (31 - (length & 31)));
    if (row % STEP_ROWS === STEP_ROWS - 1) yield;
  }
  const order = yield* inOrder(
    columns,
    width,
    (a, b) => lengths[a]! - lengths[b]! || records[a]! - records[b]!,
  );
  const { out, start, indexBits } = yield* begin(columns, order, width, width + 4);
  let at = start;
  const open: number[] = [];
  for (let place = 0; place < rows; place++) {
    const row = order[place]!;
    while (open.length > 0 && !contains(words, order[open.at(-1)!]!, lengths, row)) open.pop();
    for (let i = 0; i < width; i++) out[at++] = words[i]![row]!;
    out[at++] = expires[row]!;
    out[at++] = records[row]!;
    out[at++] = open.at(-1) ?? NO_PARENT;
    out[at++] = ((numbers.of(classes[row]!) << 16) | (lengths[row]! << 8)) >>> 0;
    open.push(place);
    if (place % STEP_ROWS === STEP_ROWS - 1) yield;
  }
  return { words: out, rows, indexBits };
}

function contains(words: readonly Uint32Array[], wide: number, lengths: Uint8Array, narrow: number): boolean {
  const length = lengths[wide]!;
  return words.every((column, i) => {
    const bits = Math.min(32, length - i * 32);
    return bits <= 0 || ((column[wide]! ^ column[narrow]!) & (-1 << (32 - bits))) === 0;
  });
}

function* inOrder(columns: Columns, width: 1 | 4, tie: (a: number, b: number) => number): Steps<Uint32Array> {
  const { rows, words } = columns;
  const order = yield* sortedBy(rows, words.slice(0, width));
  const isEqual = (a: number, b: number): boolean => words.every((column) => column[a] === column[b]);
  for (let from = 0, stopAt = STEP_ROWS; from < rows;) {
    let end = from + 1;
    while (end < rows && isEqual(order[from]!, order[end]!)) end++;
    if (end - from > 1) order.subarray(from, end).sort(tie);
    from = end;
    if (from < stopAt) continue;
    stopAt = from + STEP_ROWS;
    yield;
  }
  return order;
}

/** Room for a section, with its index filled in: for each value of the leading bits the first row that is not below. */
function* begin(
  { rows, words }: Columns,
  order: Uint32Array,
  width: 1 | 4,
  rowWords: number,
): Steps<{ out: Uint32Array; start: number; indexBits: number }> {
  const indexBits = width === 1 ? indexBitsFor(rows) : 0;
  const start = indexBits === 0 ? 0 : 2 ** indexBits + 1;
  const out = new Uint32Array(start + rows * rowWords);
  for (let value = 0, row = 0; value < start; value++) {
    while (row < rows && words[0]![order[row]!]! >>> (32 - indexBits) < value) row++;
    out[value] = row;
    if (value % 4096 === 4095) yield;
  }
  return { out, start, indexBits };
}

interface TextRow {
  readonly key: string;
  readonly hash: number;
  readonly record: number;
  readonly expires: number;
  readonly kind: number;
}

function textRows(text: TextStore, createdAt: number): readonly TextRow[] {
  return [...text.slots()]
    .filter((slot) => text.expiresAt(slot) > createdAt)
    .map((slot) => {
      const { scope, value } = text.nameOf(slot);
      const key = `${scope}\0${value}`;
      const [record, expires, kind] = [text.recordAt(slot), text.expiresAt(slot), text.classAt(slot)];
      return { key, hash: crc32(key), record, expires, kind };
    });
}

function textSection(rows: readonly TextRow[], numbers: ClassNumbers, strings: Strings): Section {
  const words = rows
    .toSorted((a, b) => a.hash - b.hash || compareText(a.key, b.key) || a.record - b.record)
    .flatMap(({ key, hash, record, expires, kind }) => {
      const { offset, length } = strings.add(key);
      return [hash, expires, record, offset, ((length << 16) | numbers.of(kind)) >>> 0];
    });
  return plain(Uint32Array.from(words), 5);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Numbers classes in the order in which they are first asked for. */
class ClassNumbers {
  readonly used: number[] = [];
  readonly #numbers = new Int32Array(65_536).fill(-1);

  of(kind: number): number {
    const known = this.#numbers[kind]!;
    if (known >= 0) return known;
    this.#numbers[kind] = this.used.length;
    return this.used.push(kind) - 1;
  }
}

/** Texts behind one another, each once. */
class Strings {
  readonly #places = new Map<string, { readonly offset: number; readonly length: number }>();
  readonly #parts: Buffer[] = [];
  #length = 0;

  add(text: string): { readonly offset: number; readonly length: number } {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const part = Buffer.from(text);
    const place = { offset: this.#length, length: part.length };
    this.#places.set(text, place);
    this.#parts.push(part);
    this.#length += part.length;
    return place;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
