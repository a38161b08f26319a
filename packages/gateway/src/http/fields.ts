// Header lines, as offsets: the part that requests, answers and trailers have in common (RFC 9112 5). A line is
// read once; when the bytes end inside a line it is read again from its start, and by nobody before its end is there.

import { CR, HTAB, LF, SP, TOKEN } from './bytes.ts';
import { idOf, nameId } from './names.ts';
import { refusalOf, refusalOfByte, type RefusalCode, type RefusalReason } from './refusals.ts';

export const NOTHING: Buffer = Buffer.alloc(0);

export class FieldLines {
  buffer: Buffer = NOTHING;
  count = 0;
  /** Where the first line begins that was not read to its end. */
  next = 0;
  refusal: RefusalReason | undefined = undefined;
  /** Four a line: start and end of the name, start and end of the value without the spaces around it. */
  readonly at: number[] = [];
  /** What names.ts calls the name. */
  readonly ids: number[] = [];
  /** Bit n for a name of n bytes, or of 32 more: most names that are asked for are of a length that is not there. */
  #lengths = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  clear(): void {
    this.count = this.#lengths = 0;
    this.refusal = undefined;
  }

  /** Returns the offset behind the empty line, 0 when more bytes are needed, -1 when the lines are refused. */
  read(buffer: Buffer, start: number, end: number): number {
    this.buffer = buffer;
    // An imported name is looked up again at each use, which in these loops would be for each byte.
    const [token, cr, lf, sp, tab] = [TOKEN, CR, LF, SP, HTAB];
    const { at, ids } = this;
    const view = viewOf(buffer.buffer);
    const base = buffer.byteOffset;
    const fourEnd = end - 3;
    let i = start;
    for (;;) {
      this.next = i;
      if (i >= end) return 0;
      const nameStart = i;
      while (i < end && token[buffer[i]!] !== 0) i++;
      if (i >= end) return 0;
      if (buffer[i] !== 58 || i === nameStart) {
        if (i === nameStart && buffer[i] === cr) {
          if (i + 1 >= end) return 0;
          return buffer[i + 1] === lf ? i + 2 : this.#refuse('bare-cr');
        }
        return this.#refuseName(buffer, nameStart, i, end);
      }
      const nameEnd = i++;
      while (i < end && (buffer[i] === sp || buffer[i] === tab)) i++;
      const valueStart = i;
      // Four bytes at a time while all are 0x20 or more and none is 0x7f; most of a head is values.
      for (; i < fourEnd; i += 4) {
        const four = view.getInt32(base + i, true);
        const turned = four ^ 0x7f7f7f7f;
        if (((((four - 0x20202020) & ~four) | ((turned - 0x01010101) & ~turned)) & 0x80808080) !== 0) break;
      }
      // As VALUE says; nearly every byte of a head passes here, and comparing is quicker than looking it up.
      for (; i < end; i++) {
        const byte = buffer[i]!;
        if (byte < 127 ? byte < sp && byte !== tab : byte === 127) break;
      }
      if (i >= end) return 0;
      if (buffer[i] !== cr) return this.#refuse(refusalOfByte(buffer[i]!));
      if (i + 1 >= end) return 0;
      if (buffer[i + 1] !== lf) return this.#refuse('bare-cr');
      let valueEnd = i;
      while (valueEnd > valueStart && (buffer[valueEnd - 1] === sp || buffer[valueEnd - 1] === tab))
        valueEnd--;
      if (this.count === this.#most) return this.#refuse('too-many-headers');
      const slot = this.count * 4;
      at[slot] = nameStart;
      at[slot + 1] = nameEnd;
      at[slot + 2] = valueStart;
      at[slot + 3] = valueEnd;
      ids[this.count++] = nameId(buffer, nameStart, nameEnd);
      this.#lengths |= 1 << (nameEnd - nameStart);
      i += 2;
    }
  }

  /** The lines are now `by` bytes further on, in another buffer perhaps. */
  shift(by: number): void {
    this.next += by;
    for (let i = 0; i < this.count * 4; i++) this.at[i]! += by;
  }

  /** The offset behind the line, with its CRLF. */
  endOf(line: number, headEnd: number): number {
    return line + 1 < this.count ? this.at[line * 4 + 4]! : headEnd - 2;
  }

  text(line: number): string {
    return latin1(this.buffer, this.at[line * 4 + 2]!, this.at[line * 4 + 3]!);
  }

  isNamed(line: number, name: string): boolean {
    return isWord(this.buffer, this.at[line * 4]!, this.at[line * 4 + 1]!, name);
  }

  /** Several lines of one name are one list (RFC 9110 5.2); cookies are joined as RFC 9113 8.2.3 says. */
  value(name: string): string | undefined {
    if (((this.#lengths >>> name.length) & 1) === 0) return undefined;
    const { ids, count } = this;
    const id = idOf(name);
    let value: string | undefined;
    for (let line = 0; line < count; line++) {
      // A name that has an id is found by it alone: guards ask several times for each request.
      if (id === 0 ? !this.isNamed(line, name) : ids[line] !== id) continue;
      value =
        value === undefined ? this.text(line) : value + (name === 'cookie' ? '; ' : ', ') + this.text(line);
    }
    return value;
  }

  /** The line with the name of this id; -1 when there is none, -2 when there are several. */
  only(id: number): number {
    const { ids, count } = this;
    let found = -1;
    for (let line = 0; line < count; line++) {
      if (ids[line] !== id) continue;
      if (found >= 0) return -2;
      found = line;
    }
    return found;
  }

  /** Names in lower case and values, in the order sent. */
  entries(): readonly (readonly [name: string, value: string])[] {
    const { at, buffer, count } = this;
    const entries: (readonly [name: string, value: string])[] = [];
    for (let line = 0; line < count; line++)
      entries.push([lowerName(buffer, at[line * 4]!, at[line * 4 + 1]!), this.text(line)]);
    return entries;
  }

  #refuse(code: RefusalCode): number {
    this.refusal = refusalOf(code);
    return -1;
  }

  #refuseName(buffer: Buffer, start: number, at: number, end: number): number {
    const byte = buffer[at]!;
    if (byte === 58) return this.#refuse('header-name');
    if (byte === SP || byte === HTAB) {
      if (at === start) return this.#refuse('obs-fold');
      let i = at;
      while (i < end && (buffer[i] === SP || buffer[i] === HTAB)) i++;
      // Not known yet, and the same whatever follows in another piece: the line is looked at again when it is whole.
      if (i >= end) return 0;
      return this.#refuse(buffer[i] === 58 ? 'space-before-colon' : 'header-name');
    }
    if (byte === CR) {
      if (at + 1 >= end) return 0;
      return this.#refuse(buffer[at + 1] === LF ? 'header-without-colon' : 'bare-cr');
    }
    if (byte < SP || byte === 127) return this.#refuse(refusalOfByte(byte));
    return this.#refuse('header-name');
  }
}

let viewed: ArrayBufferLike = NOTHING.buffer;
let lastView: DataView = new DataView(viewed);

/** Small buffers are cut from one memory, whatever connection they are of: the last view is nearly always the one. */
export function viewOf(memory: ArrayBufferLike): DataView {
  if (viewed !== memory) {
    viewed = memory;
    lastView = new DataView(memory);
  }
  return lastView;
}

/** Whether buffer[start, end) is the word, which is in lower case. */
export function isWord(buffer: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  const token = TOKEN;
  for (let i = 0; i < word.length; i++) if (token[buffer[start + i]!] !== word.charCodeAt(i)) return false;
  return true;
}

/** Names that came before: nearly all requests have the same ones, and one text of each is enough. */
const NAMES: (string | undefined)[] = Array.from({ length: 256 }, () => undefined);
const LONGEST_KEPT_NAME = 40;

function lowerName(buffer: Buffer, start: number, end: number): string {
  const slot = ((end - start) * 31 + buffer[start]! * 7 + buffer[end - 1]!) & 255;
  const known = NAMES[slot];
  if (known !== undefined && isWord(buffer, start, end, known)) return known;
  const name = latin1(buffer, start, end).toLowerCase();
  if (name.length <= LONGEST_KEPT_NAME) NAMES[slot] = name;
  return name;
}

interface Latin1 {
  latin1Slice(start: number, end: number): string;
}

/** One character a byte. */
export function latin1(buffer: Buffer, start: number, end: number): string {
  // As toString('latin1', …), without what it does before; the types do not know it.
  return (buffer as Buffer & Latin1).latin1Slice(start, end);
}

/** Only a whole line is worth another look: byte by byte, a head would else be read as often as it has bytes. */
export function hasNewLine(buffer: Uint8Array, from: number, stop: number): boolean {
  for (let i = from; i < stop; i++) if (buffer[i] === LF) return true;
  return false;
}
