// Contents of uploaded files. Pictures, archives and films are passed over but for what would make them run: PHP tags,
// script in a picture. Text of any kind is looked at: both ends and the suspicious middle.

import { fromUtf16 } from './charset.ts';
import type { Collector } from './collector.ts';

/** Enough to tell text from bytes. */
const HEAD = 1024;
/** Of a long text the beginning and the end; more of it costs more than it tells. */
const TEXT_HEAD = 262_144;
const TEXT_TAIL = 65_536;
const AROUND = 512;
const MAX_FINDS = 4;

/** Adds what is to be looked at of the file between the two offsets. */
export function addFile(collector: Collector, name: string, bytes: Buffer, start: number, end: number): void {
  if (end <= start) return;
  const mark = end - start < 2 ? 0 : bytes.readUInt16BE(start);
  if (mark === 0xfffe || mark === 0xfeff) {
    collector.add(
      'file',
      name,
      fromUtf16(bytes.subarray(start + 2, Math.min(end, start + TEXT_HEAD)), mark === 0xfeff),
    );
  } else if (isText(bytes, start, end)) {
    const text =
      end - start <= TEXT_HEAD + TEXT_TAIL
        ? bytes.toString('utf8', start, end)
        : `${bytes.toString('utf8', start, start + TEXT_HEAD)}\n${bytes.toString('utf8', end - TEXT_TAIL, end)}`;
    collector.add('file', name, text);
  } else addCode(collector, name, bytes, start, end);
}

function addCode(collector: Collector, name: string, bytes: Buffer, start: number, end: number): void {
  const found = codeInside(bytes, start, end);
  if (found.length === 0) return;
  collector.note('file-polyglot', 'file', name, 'note');
  for (const at of found) {
    collector.add(
      'file',
      name,
      bytes.toString('latin1', Math.max(start, at - 16), Math.min(end, at + AROUND)),
    );
  }
}

/** Whether the bytes are text: no NUL and next to no control characters. PDF begins as text and is none. */
export function isText(bytes: Buffer, start: number, end: number): boolean {
  if (bytes.toString('latin1', start, start + 5) === '%PDF-') return false;
  let control = 0;
  for (let i = start; i < Math.min(end, start + HEAD); i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) control++;
  }
  return control * 20 <= Math.min(end - start, HEAD);
}

// Where code begins in bytes that are no text: `<?php`, `<?=` with text after it, `<script`, a phar's stub.
function codeInside(bytes: Buffer, start: number, end: number): number[] {
  const file = bytes.subarray(start, end);
  const found: number[] = [];
  for (let at = file.indexOf(0x3c); at >= 0 && found.length < MAX_FINDS; at = file.indexOf(0x3c, at + 1)) {
    if (isCode(file, at, file.length)) {
      found.push(start + at);
      at += AROUND;
    }
  }
  const phar = file.indexOf('__HALT_COMPILER');
  if (phar >= 0) found.push(start + phar);
  return found;
}

function isCode(bytes: Buffer, at: number, end: number): boolean {
  const next = bytes[at + 1] ?? 0;
  if (next !== 0x3f && next !== 0x25 && (next | 0x20) !== 0x73) return false;
  const text = bytes.toString('latin1', at, Math.min(end, at + 24)).toLowerCase();
  if (text.startsWith('<?php') || text.startsWith('<script')) return true;
  return (text.startsWith('<?=') || text.startsWith('<%')) && /^<[?%][=@]?[\s\w$`'"();.[\]]{12}/.test(text);
}
