// multipart/form-data as PHP reads it (main/rfc1867.c). Where another reader would see other fields, that is an
// anomaly; and whatever PHP skips (text before, between and after the parts) is given as text of its own.

import type { Anomaly } from '../parts.ts';
import { addFile } from './files.ts';
import type { Fields } from './fields.ts';
import { readPartHeader, type PartHeader } from './multipartHeader.ts';
import { phpName } from './phpNames.ts';

const LF = 0x0a;
const MAX_HEADER_LINES = 32;
/** PHP reads lines in pieces of this size, so that a longer one is seen as two. */
const PHP_LINE = 5120;
/** PHP refuses a form of more: 1000 fields and 20 files. */
const MAX_PARTS = 1024;
const MAX_ODD = 64;
const SKIPPED_LENGTH = 65_536;
const REST_LENGTH = 262_144;
/** What stands between two values in the rest: a delimiter and a name. */
const PLAIN_HEAD =
  /\r?\n--[^\r\n]{1,128}\r?\nContent-Disposition: form-data; name="[\w.[\]-]{0,64}"\r?\n\r?\n/gi;

interface FormPart {
  readonly header: PartHeader;
  readonly start: number;
  readonly end: number;
}

/** Adds the fields and files; false when PHP sees no boundary, and so no field. */
export function readMultipart(fields: Fields, bytes: Buffer, contentType: string, isCut: boolean): boolean {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined || boundary === '') {
    fields.collector.note('multipart-no-boundary', 'multipart', '', 'refuse');
    return false;
  }
  if (isAmbiguous(contentType, boundary))
    fields.collector.note('multipart-boundary', 'multipart', '', 'refuse');
  const reader = new MultipartReader(fields, bytes, `--${boundary}`);
  const parts = reader.read();
  if (!reader.isEnded && !isCut) fields.collector.note('multipart-cut', 'multipart', '', 'note');
  fields.kinds.setForm(formIdOf(parts, bytes), richTextOf(parts));
  for (const part of parts) addPart(fields, bytes, part);
  return true;
}

function formIdOf(parts: readonly FormPart[], bytes: Buffer): string {
  const part = parts.find(({ header }) => header.name === 'form_id' && header.fileName === undefined);
  return part === undefined ? '' : bytes.toString('latin1', part.start, Math.min(part.end, part.start + 256));
}

function richTextOf(parts: readonly FormPart[]): string[] {
  const found: string[] = [];
  for (const { header } of parts) {
    if (found.length < 64 && header.name?.endsWith('[format]') === true) found.push(header.name.slice(0, -8));
  }
  return found;
}

/** The boundary that PHP takes out of the media type; undefined when there is none. */
function boundaryOf(contentType: string): string | undefined {
  let at = contentType.indexOf('boundary');
  if (at < 0) at = contentType.toLowerCase().indexOf('boundary');
  const equals = at < 0 ? -1 : contentType.indexOf('=', at);
  if (equals < 0) return undefined;
  const rest = contentType.slice(equals + 1);
  if (rest.startsWith('"')) {
    const close = rest.indexOf('"', 1);
    return close < 0 ? undefined : rest.slice(1, close);
  }
  const end = rest.search(/[,;]/);
  return end < 0 ? rest : rest.slice(0, end);
}

// Whether a reader that follows RFC 9110 section 5.6.6 and RFC 2046 finds another boundary than PHP.
function isAmbiguous(contentType: string, boundary: string): boolean {
  const found = [
    ...contentType.matchAll(/;\s{0,8}boundary=(?:"([^"\\]{0,200})"|([^\s;,"]{0,200}))(?=\s{0,8}(?:;|$))/gi),
  ];
  const strict = found[0]?.[1] ?? found[0]?.[2];
  return (
    found.length !== 1 ||
    strict !== boundary ||
    boundary.length > 70 ||
    !/^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/.test(boundary)
  );
}

// `--` and then nothing that another reader could take for the rest of a line.
function isEnd(bytes: Buffer, at: number): boolean {
  if (bytes[at] !== 0x2d || bytes[at + 1] !== 0x2d) return false;
  const after = bytes[at + 2];
  return after === undefined || after === LF || (after === 0x0d && (bytes[at + 3] ?? LF) === LF);
}

class MultipartReader {
  readonly #fields: Fields;
  readonly #bytes: Buffer;
  readonly #delimiter: string;
  readonly #delimiterBytes: Buffer;
  readonly #skipped: string[] = [];
  readonly #noted = new Set<string>();
  #at = 0;
  #hasParts = false;
  #odd = 0;
  #nameless = 0;
  /** Whether the closing delimiter was met. */
  isEnded = false;

  constructor(fields: Fields, bytes: Buffer, delimiter: string) {
    this.#fields = fields;
    this.#bytes = bytes;
    this.#delimiter = delimiter;
    this.#delimiterBytes = Buffer.from(`\n${delimiter}`, 'latin1');
  }

  read(): FormPart[] {
    const parts: FormPart[] = [];
    while (this.#findDelimiter()) {
      if (parts.length === MAX_PARTS) {
        this.#fields.collector.addRest(
          'multipart',
          this.#bytes.toString('latin1', this.#at, this.#at + REST_LENGTH).replace(PLAIN_HEAD, '\n'),
        );
        break;
      }
      this.#hasParts = true;
      const header = readPartHeader(this.#headerLines());
      for (const oddity of header.oddities) this.#note(oddity, SEVERITIES.get(oddity) ?? 'note');
      // Without a disposition PHP looks for the next delimiter at once; one without a name ends its reading, not ours.
      if (!header.hasDisposition) continue;
      // Files without a name are counted.
      const isNameless = header.name === undefined && header.fileName !== undefined;
      parts.push(this.#bodyOf(isNameless ? { ...header, name: `${this.#nameless++}` } : header));
    }
    if (this.#skipped.length > 0) this.#fields.collector.add('body', 'skipped', this.#skipped.join('\n'));
    return parts;
  }

  #bodyOf(header: PartHeader): FormPart {
    const bytes = this.#bytes;
    const start = this.#at;
    // No file was chosen: PHP looks for the next delimiter at once.
    if (header.fileName === '') return { header, start, end: start };
    const next = bytes.indexOf(this.#delimiterBytes, start);
    const stop = next < 0 ? this.#endWithoutDelimiter(start) : next;
    const isBound = next >= 0 || stop < bytes.length;
    const end = isBound && stop > start && bytes[stop - 1] === 0x0d ? stop - 1 : stop;
    if (next >= 0 && end === stop) this.#note('multipart-bare-lf', 'note');
    this.#at = next < 0 ? bytes.length : next + 1;
    return { header, start, end };
  }

  // PHP takes what the body ends with for a delimiter that is not all there yet.
  #endWithoutDelimiter(start: number): number {
    const last = this.#bytes.lastIndexOf(LF);
    if (last < start) return this.#bytes.length;
    const tail = this.#bytes.subarray(last);
    return tail.equals(this.#delimiterBytes.subarray(0, tail.length)) ? last : this.#bytes.length;
  }

  // Goes behind the next line that is the delimiter and nothing else; what is passed over is kept.
  #findDelimiter(): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    const delimiter = this.#delimiterBytes.subarray(1);
    const length = delimiter.length;
    for (let at = from; ; at++) {
      at = bytes.indexOf(delimiter, at);
      if (at < 0 || this.#odd > MAX_ODD) break;
      if (at > 0 && bytes[at - 1] !== LF) continue;
      const lineEnd = this.#delimiterLineEnd(at + length);
      if (lineEnd >= 0) {
        this.#skip(from, at);
        // A line that the body ends with, without its line end, is no delimiter to PHP.
        if (this.isEnded) this.#note('multipart-after-end', 'refuse');
        this.#at = lineEnd + 1;
        return true;
      }
      if (isEnd(bytes, at + length)) this.isEnded = true;
      else {
        this.#odd++;
        this.#note('multipart-delimiter-line', 'refuse');
      }
    }
    this.#skip(from, bytes.length);
    return false;
  }

  // The end of the line when nothing but the delimiter is in it: a NUL hides the rest of a line from PHP. -1 when not.
  #delimiterLineEnd(at: number): number {
    const after = this.#bytes[at];
    if (after === LF) return at;
    if (after === 0x0d && this.#bytes[at + 1] === LF) return at + 1;
    if (after !== 0) return -1;
    this.#note('multipart-nul', 'refuse');
    return this.#bytes.indexOf(LF, at);
  }

  #skip(start: number, end: number): void {
    const text = this.#bytes.toString('latin1', start, Math.min(end, start + SKIPPED_LENGTH));
    // Nothing but line ends and the closing delimiter.
    const shown = text.replace(`${this.#delimiter}--`, '').trim();
    if (shown === '') return;
    if (this.#skipped.length < MAX_ODD) this.#skipped.push(shown);
    this.#note(this.#hasParts ? 'multipart-between' : 'multipart-preamble', 'note');
  }

  #headerLines(): string[] {
    const lines: string[] = [];
    const bytes = this.#bytes;
    for (let count = 0; this.#at < bytes.length && count < 4 * MAX_HEADER_LINES; count++) {
      const start = this.#at;
      const lf = bytes.indexOf(LF, start);
      // A line that does not end is no header any more but the value.
      if (lf < 0) break;
      const hasCr = lf > start && bytes[lf - 1] === 0x0d;
      const end = hasCr ? lf - 1 : lf;
      this.#at = lf + 1;
      if (bytes[start] === 0) this.#note('multipart-nul', 'refuse');
      if (end === start || bytes[start] === 0) break;
      if (!hasCr) this.#note('multipart-bare-lf', 'note');
      if (end - start > 1024) this.#note('multipart-long-header', 'refuse');
      if (lines.length < MAX_HEADER_LINES)
        lines.push(bytes.toString('latin1', start, Math.min(end, start + PHP_LINE)));
      else this.#note('multipart-many-headers', 'refuse');
    }
    return lines;
  }

  #note(code: string, severity: Anomaly['severity']): void {
    if (this.#noted.has(code)) return;
    this.#noted.add(code);
    this.#fields.collector.note(code, 'multipart', '', severity);
  }
}

// No browser and no library sends these, and two readers of them see two requests.
const SEVERITIES: ReadonlyMap<string, Anomaly['severity']> = new Map([
  ['multipart-header-twice', 'refuse'],
  ['multipart-parameter-twice', 'refuse'],
  ['multipart-nul', 'refuse'],
  ['multipart-odd-header', 'refuse'],
  ['multipart-odd-parameter', 'refuse'],
]);

function addPart(fields: Fields, bytes: Buffer, part: FormPart): void {
  const { collector, decoder } = fields;
  const { header } = part;
  const rawName = decoder.utf8(header.name ?? '');
  const name = phpName(rawName);
  collector.addName(name, rawName);
  if (header.otherFileName !== undefined) collector.add('filename', name, decoder.utf8(header.otherFileName));
  if (header.fileName !== undefined) {
    const fileName = decoder.utf8(header.fileName);
    if (fileName !== '') collector.add('filename', name, fileName);
    addFile(collector, name, bytes, part.start, part.end);
    return;
  }
  if (part.end <= part.start) return;
  const value = decoder.utf8(bytes.toString('latin1', part.start, part.end));
  if (name === '_charset_' && !/^(?:utf-8|iso-8859-1|windows-1252|us-ascii)$/i.test(value)) {
    collector.note('charset', 'multipart', name, 'refuse');
  }
  const lenient = decoder.isOverlong ? decoder.lenient() : undefined;
  fields.add(header.name === undefined ? 'body' : 'multipart', name, value, lenient);
}
