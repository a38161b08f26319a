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
  const formId = parts.find((part) => part.header.name === 'form_id' && part.header.fileName === undefined);
  if (formId !== undefined)
    fields.kinds.setFormId(bytes.toString('latin1', formId.start, Math.min(formId.end, formId.start + 256)));
  for (const part of parts) addPart(fields, bytes, part);
  return true;
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
          this.#bytes.toString('latin1', this.#at, this.#at + REST_LENGTH),
        );
        break;
      }
      this.#hasParts = true;
      const lines = this.#headerLines();
      const start = this.#at;
      const next = this.#bytes.indexOf(this.#delimiterBytes, start);
      const stop = next < 0 ? this.#bytes.length : next;
      const end = next > start && this.#bytes[next - 1] === 0x0d ? next - 1 : stop;
      if (next >= 0 && end === stop) this.#note('multipart-bare-lf', 'note');
      this.#at = next < 0 ? stop : next + 1;
      const header = readPartHeader(lines);
      for (const oddity of header.oddities) this.#note(oddity, SEVERITIES.get(oddity) ?? 'note');
      // PHP stops reading at a part with a Content-Disposition but neither name; others go on.
      parts.push({ header, start, end });
    }
    if (this.#skipped.length > 0) this.#fields.collector.add('body', 'skipped', this.#skipped.join('\n'));
    return parts;
  }

  // Goes behind the next line that is the delimiter and nothing else; what is passed over is kept.
  #findDelimiter(): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    const length = this.#delimiter.length;
    for (let at = from; ; at++) {
      at = bytes.indexOf(this.#delimiter, at, 'latin1');
      if (at < 0 || this.#odd > MAX_ODD) break;
      if (at > 0 && bytes[at - 1] !== LF) continue;
      const after = bytes[at + length];
      const isWithCr = after === 0x0d && bytes[at + length + 1] === LF;
      if (after === LF || isWithCr) {
        this.#skip(from, at);
        // A line that the body ends with, without its line end, is no delimiter to PHP.
        if (this.isEnded) this.#note('multipart-after-end', 'refuse');
        this.#at = at + length + (isWithCr ? 2 : 1);
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
      let lf = bytes.indexOf(LF, start);
      if (lf < 0) lf = bytes.length;
      const hasCr = lf > start && bytes[lf - 1] === 0x0d;
      const end = hasCr ? lf - 1 : lf;
      this.#at = lf + 1;
      if (end === start) break;
      if (!hasCr) this.#note('multipart-bare-lf', 'note');
      if (end - start > 1024) this.#note('multipart-long-header', 'refuse');
      if (lines.length < MAX_HEADER_LINES)
        lines.push(bytes.toString('latin1', start, Math.min(end, start + PHP_LINE)));
      else this.#note('multipart-many-headers', 'refuse');
    }
    this.#at = Math.min(this.#at, bytes.length);
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
  const name = header.fileName === undefined ? phpName(rawName) : rawName;
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
  fields.add(
    header.name === undefined ? 'body' : 'multipart',
    name,
    value,
    decoder.isOverlong ? decoder.lenient() : undefined,
  );
}
