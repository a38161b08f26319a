// What follows the beginning of a long body, looked at as it passes: padding in front hides nothing. A piece is made a
// small body of its own, with the end of the piece before it, and inspected like any other. What a file holds is passed
// over: uploads are large, and the site does not read them as values.

import type { BodyFollower, InspectedRequest, Inspection } from '@parapet/kinds';

/** What may stand across two pieces. */
const MOST_OVERLAP = 4096;
/** Small pieces carry less along, so that a body in single bytes costs no more than a few times its size. */
const OVERLAP_PER_BYTE = 4;
const LEAST_OVERLAP = 96;
/** PHP takes no form that is longer than 8 MB unless it is told to. */
const MOST_INSPECTED_BYTES = 16_777_216;
const LONGEST_PART_HEAD = 8192;

const NOTHING: Buffer = Buffer.alloc(0);

type Inspect = (request: InspectedRequest) => Inspection;

/** A piece with what came before it, as a body; undefined when there is nothing to look at. */
type Frame = (window: Buffer) => Buffer | undefined;

/** Returns who looks at the rest of a body whose beginning is in the request; undefined for what is no text. */
export function followBody(request: InspectedRequest, inspect: Inspect): BodyFollower | undefined {
  const type = headerOf(request, 'content-type') ?? '';
  const encoding = (headerOf(request, 'content-encoding') ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity') return undefined;
  const media = type.split(';', 1)[0]!.trim().toLowerCase();
  const beginning = Buffer.from(request.body ?? NOTHING);
  const { method, site, ip, isVouched, hints, exchange } = request;
  const question: InspectedRequest = {
    method,
    site,
    ...(ip === undefined ? {} : { ip }),
    ...(isVouched === undefined ? {} : { isVouched }),
    ...(hints === undefined ? {} : { hints }),
    ...(exchange === undefined ? {} : { exchange }),
    body: undefined,
    rawTarget: request.rawTarget.split('?', 1)[0]!,
    headers: type === '' ? [] : [['content-type', type]],
    isBodyCut: true,
  };
  if (media.startsWith('multipart/')) {
    const boundary = /boundary\s*=\s*(?:"([^"]{1,200})"|([^\s";,]{1,200}))/i.exec(type);
    const text = boundary?.[1] ?? boundary?.[2];
    return text === undefined ? undefined : new PartsFollower(question, inspect, text, beginning);
  }
  if (media === 'application/x-www-form-urlencoded')
    return new WindowFollower(question, inspect, beginning, (window) => Buffer.concat([VALUE, window]));
  if (/[/+]json$/.test(media)) return new WindowFollower(question, inspect, beginning, stringsOf);
  return undefined;
}

const VALUE: Buffer = Buffer.from('body=');

class WindowFollower implements BodyFollower {
  readonly #question: InspectedRequest;
  readonly #inspect: Inspect;
  readonly #frame: Frame;
  #tail: Buffer;
  #inspected = 0;

  constructor(question: InspectedRequest, inspect: Inspect, beginning: Buffer, frame: Frame) {
    this.#question = question;
    this.#inspect = inspect;
    this.#frame = frame;
    this.#tail = endOf(beginning, MOST_OVERLAP);
  }

  push(piece: Uint8Array): Inspection | undefined {
    if (this.#inspected > MOST_INSPECTED_BYTES) return undefined;
    const window = Buffer.concat([endOf(this.#tail, overlapFor(piece)), piece]);
    this.#inspected += window.length;
    this.#tail = Buffer.from(endOf(this.#tail.length > window.length ? this.#tail : window, MOST_OVERLAP));
    const body = this.#frame(window);
    return body === undefined ? undefined : found(this.#inspect({ ...this.#question, body }));
  }
}

/** What stands between quotes, as a list of texts: wherever the piece begins, each text of it is one of them. */
function stringsOf(window: Buffer): Buffer | undefined {
  const texts: string[] = [];
  for (const text of window.toString('latin1').split(/(?<!\\)(?:\\\\)*"/))
    if (text.length > 3) texts.push(text.replaceAll(/[\0-\u001F]/g, ' '));
  return texts.length === 0 ? undefined : Buffer.from(`["${texts.join('","')}"]`, 'latin1');
}

class PartsFollower implements BodyFollower {
  readonly #question: InspectedRequest;
  readonly #inspect: Inspect;
  readonly #boundary: string;
  readonly #delimiter: Buffer;
  #name = '';
  #isFile = false;
  #tail: Buffer = NOTHING;
  #inspected = 0;

  constructor(question: InspectedRequest, inspect: Inspect, boundary: string, beginning: Buffer) {
    this.#question = question;
    this.#inspect = inspect;
    this.#boundary = boundary;
    this.#delimiter = Buffer.from(`--${boundary}`, 'latin1');
    this.#move(beginning, MOST_OVERLAP);
  }

  push(piece: Uint8Array): Inspection | undefined {
    let window = Buffer.concat([this.#tail, piece]);
    if (this.#isFile) {
      const at = window.indexOf(this.#delimiter);
      if (at < 0) {
        this.#tail = Buffer.from(endOf(window, this.#delimiter.length));
        return undefined;
      }
      window = window.subarray(at);
    }
    const { length } = window;
    const head = `--${this.#boundary}\r\nContent-Disposition: form-data; name="${this.#name}"\r\n\r\n`;
    const isInFile = this.#isFile;
    this.#move(window, overlapFor(piece));
    if (this.#inspected > MOST_INSPECTED_BYTES) return undefined;
    this.#inspected += length;
    const body = isInFile ? window : Buffer.concat([Buffer.from(head, 'latin1'), window]);
    return found(this.#inspect({ ...this.#question, body }));
  }

  /** Remembers in which part the bytes end, and their end. */
  #move(bytes: Buffer, overlap: number): void {
    const at = bytes.lastIndexOf(this.#delimiter);
    if (at >= 0) {
      const head = bytes.toString('latin1', at, Math.min(bytes.length, at + LONGEST_PART_HEAD));
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && bytes.length - at < LONGEST_PART_HEAD) {
        this.#isFile = false;
        this.#tail = Buffer.from(bytes.subarray(at));
        return;
      }
      this.#isFile = /[;\s]filename\*?\s*=/i.test(head.slice(0, end));
      this.#name = /[;\s]name\s*=\s*"?([^";\r\n]{0,200})/i.exec(head)?.[1] ?? '';
    }
    this.#tail = Buffer.from(endOf(bytes, this.#isFile ? this.#delimiter.length : overlap));
  }
}

function found(inspection: Inspection): Inspection | undefined {
  return inspection.action === 'pass' ? undefined : inspection;
}

function overlapFor(piece: Uint8Array): number {
  return Math.min(MOST_OVERLAP, LEAST_OVERLAP + piece.length * OVERLAP_PER_BYTE);
}

function endOf(bytes: Buffer, length: number): Buffer {
  return bytes.length <= length ? bytes : bytes.subarray(bytes.length - length);
}

function headerOf(request: InspectedRequest, name: string): string | undefined {
  return request.headers.find(([one]) => one === name)?.[1];
}
