// Pieces of requests in which there was nothing to find: paths, pairs of queries, headers. Browsers send the same ones
// again and again, and they need not be taken apart again. What is remembered is a fact about the bytes of a piece,
// wherever it stands, so that nobody can be let through by what another has sent.

import type { HeadBytes, InspectedRequest } from '@parapet/kinds';
import type { Unread } from '../parts.ts';
import { ByteMemory, hashOf } from './byteMemory.ts';
import { WrittenHead } from './writtenHead.ts';

const PATH = 1;
const PAIR = 2;
const HEADER = 3;
const KINDS = 4;

/** A request with more of them is read as a whole. */
const MOST_PIECES = 256;

const SLASH = 0x2f;
const QUESTION = 0x3f;
const AMPERSAND = 0x26;

/** They say how the rest is to be read. */
const OF_THE_BODY: readonly string[] = ['content-type', 'content-encoding'];

const NONE: Unread['headers'] = [];

/** Of a request that is known all through. */
export const ALL_KNOWN: Unread = { hasPath: false, query: '', headers: NONE };

export class KnownPieces {
  readonly #memory = new ByteMemory();
  readonly #written = new WrittenHead();
  /** The pieces of the last request that are not known. */
  readonly #kinds = new Int32Array(MOST_PIECES);
  readonly #hashes = new Int32Array(MOST_PIECES);
  readonly #starts = new Int32Array(MOST_PIECES);
  readonly #ends = new Int32Array(MOST_PIECES);
  #count = 0;
  #bytes: Uint8Array = this.#written.bytes;
  #rules = 0;
  #hasMediaType = false;

  /**
   * Returns what of a request has to be read, `ALL_KNOWN` when nothing has, or undefined when nobody can say. `rules`:
   * a number for all that texts are judged by and that may change; what was added under another is not known.
   */
  unreadOf(request: InspectedRequest, rules: number): Unread | undefined {
    this.#count = 0;
    this.#rules = rules;
    const head = request.raw ?? (this.#written.write(request) ? this.#written : undefined);
    if (head === undefined || head.bytes[head.targetStart] !== SLASH) return undefined;
    this.#bytes = head.bytes;
    const headers = this.#unreadHeaders(head, request);
    let pathEnd = head.targetStart;
    while (pathEnd < head.targetEnd && head.bytes[pathEnd] !== QUESTION) pathEnd++;
    const query = this.#unreadQuery(head, pathEnd, request.rawTarget);
    // What is said of a path may depend on the method, which stands in front of it, and on what the body is.
    const hasPath = this.#hasMediaType || !this.#isKnown(PATH, head.lineStart, pathEnd);
    if (this.#count > MOST_PIECES) return undefined;
    return !hasPath && query === '' && headers === NONE ? ALL_KNOWN : { hasPath, query, headers };
  }

  /** There was nothing in the request that was asked about last. */
  remember(): void {
    const count = this.#count <= MOST_PIECES ? this.#count : 0;
    for (let i = 0; i < count; i++)
      this.#memory.add(this.#kinds[i]!, this.#hashes[i]!, this.#bytes, this.#starts[i]!, this.#ends[i]!);
    this.#count = 0;
  }

  #unreadHeaders(head: HeadBytes, request: InspectedRequest): Unread['headers'] {
    let unread: Unread['headers'][number][] | undefined;
    this.#hasMediaType = false;
    for (let line = 0; line < head.headerCount; line++) {
      const start = head.nameStart(line);
      if (isOfTheBody(this.#bytes, start, head.nameEnd(line))) this.#hasMediaType = true;
      else if (this.#isKnown(HEADER, start, head.valueEnd(line))) continue;
      (unread ??= []).push(request.headers[line]!);
    }
    return unread ?? NONE;
  }

  /** A pair is known with the mark in front of it, which those who look at whole targets see as well. */
  #unreadQuery({ targetStart, targetEnd }: HeadBytes, pathEnd: number, rawTarget: string): string {
    const bytes = this.#bytes;
    let unread = '';
    for (let start = pathEnd; start < targetEnd;) {
      let end = start + 1;
      while (end < targetEnd && bytes[end] !== AMPERSAND) end++;
      if (!this.#isKnown(PAIR, start, end)) unread += rawTarget.slice(start - targetStart, end - targetStart);
      start = end;
    }
    return unread;
  }

  /** One that is not is noted, to be remembered when there is nothing in it. */
  #isKnown(kindOfPiece: number, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const kind = this.#rules * KINDS + kindOfPiece;
    const hash = hashOf(kind, bytes, start, end);
    if (this.#memory.has(kind, hash, bytes, start, end)) return true;
    const at = this.#count++;
    if (at >= MOST_PIECES) return false;
    this.#kinds[at] = kind;
    this.#hashes[at] = hash;
    this.#starts[at] = start;
    this.#ends[at] = end;
    return false;
  }
}

function isOfTheBody(bytes: Uint8Array, start: number, end: number): boolean {
  if ((bytes[start]! | 0x20) !== 0x63 || bytes[start + 7] !== 0x2d) return false;
  const name = Buffer.from(bytes.subarray(start, end)).toString('latin1').toLowerCase();
  return OF_THE_BODY.includes(name);
}
