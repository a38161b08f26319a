// Where a body ends (RFC 9112 6). Whatever two readers could read in two ways is refused, so that nobody behind us
// takes the rest of one request for the next one.

import { isWord, type FieldLines } from './fields.ts';
import type { RefusalCode } from './refusals.ts';

const COLON_AND_SPACE = 2;

/** The number of a Content-Length line, or -1 when it is not written as everybody reads it. */
export function readContentLength(lines: FieldLines, line: number): number {
  const { buffer, at } = lines;
  const start = at[line * 4 + 2]!;
  const end = at[line * 4 + 3]!;
  // 2^53 - 1 has 16 digits; a leading zero is octal to some.
  if (end === start || end - start > 16 || isPadded(lines, line)) return -1;
  if (buffer[start] === 48 && end - start > 1) return -1;
  let length = 0;
  for (let i = start; i < end; i++) {
    const digit = buffer[i]! - 48;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length <= Number.MAX_SAFE_INTEGER ? length : -1;
}

/**
 * Undefined when the line says `chunked`, in these letters, and nothing else. Other names would be equal by the
 * book (`Chunked`), but what differs between readers is what smuggling is made of, and no client writes them.
 */
export function refuseTransferEncoding(lines: FieldLines, line: number): RefusalCode | undefined {
  const { at } = lines;
  const start = at[line * 4 + 2]!;
  const end = at[line * 4 + 3]!;
  const text = end - start > 256 ? '' : lines.text(line);
  if (text === 'chunked' && !isPadded(lines, line)) return undefined;
  // An honest coding that we do not speak, which RFC 9112 6.1 answers with 501; the rest is a trick.
  return !isPadded(lines, line) &&
    /^[a-z-]+(?:, ?[a-z-]+)*$/.test(text) &&
    !/[a-z-]chunk|chunk(?!ed$)|^chunk/.test(text)
    ? 'te-unknown'
    : 'te-not-chunked';
}

/** `Transfer-Encoding: Chunked` in an answer: browsers take it, and so do we. */
export function isChunked(lines: FieldLines, line: number): boolean {
  return isWord(lines.buffer, lines.at[line * 4 + 2]!, lines.at[line * 4 + 3]!, 'chunked');
}

/** More than one space before the value, or any behind it: nobody sends that, and not everybody strips it. */
function isPadded(lines: FieldLines, line: number): boolean {
  const { buffer, at } = lines;
  const gap = at[line * 4 + 2]! - at[line * 4 + 1]!;
  if (gap > COLON_AND_SPACE || (gap === COLON_AND_SPACE && buffer[at[line * 4 + 2]! - 1] !== 32)) return true;
  return buffer[at[line * 4 + 3]!] !== 13;
}
