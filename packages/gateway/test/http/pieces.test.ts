// Bytes come in pieces: whatever the pieces are, what is read is the same, and no piece costs more than its length.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkedReader, GATEWAY_LIMITS, RequestHead, ResponseHead } from '../../src/index.ts';
import { makeChunks, makeRequest, makeResponse, mutate, randomFrom } from './messages.ts';

const LIMITS = { headBytes: 400, headers: 6 };
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });

describe('a request in pieces', () => {
  it('is read as if it were whole, at the same place or at another', () => {
    fc.assert(
      fc.property(seeds, cuts, fc.integer({ min: 0, max: 9 }), (seed, sizes, move) => {
        const bytes = makeRequest(randomFrom(seed));
        const whole = new RequestHead(LIMITS);
        const end = whole.parse(bytes, 0, bytes.length);
        const pieces = new RequestHead(LIMITS);
        const result = feed(bytes, sizes, move, (buffer, start, stop) => pieces.parse(buffer, start, stop));
        expect(describeRequest(result.end, pieces, result.shift)).toEqual(
          describeRequest(result.end === 0 ? Math.max(end, 0) : end, whole, 0),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('byte by byte is refused for its size where a whole one is', () => {
    const bytes = Buffer.from(`GET / HTTP/1.1\r\nX: ${'a'.repeat(500)}\r\n\r\n`);
    const head = new RequestHead(LIMITS);
    const { end, at } = feed(bytes, [1], 0, (buffer, start, stop) => head.parse(buffer, start, stop));
    expect([end, at, head.refusal?.code]).toEqual([-1, 400, 'head-too-large']);
  });

  it('byte by byte has each byte looked at a few times only', () => {
    // One line of the greatest length: reading it again for each byte would be two thousand million steps.
    const text = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(65_000)}\r\nY: b\r\n\r\n`;
    let reads = 0;
    const bytes = new Proxy(Buffer.from(text), {
      get(target, key) {
        if (typeof key === 'string' && /^\d/.test(key)) reads++;
        return Reflect.get(target, key, target) as unknown;
      },
    });
    const head = new RequestHead(GATEWAY_LIMITS);
    let end = 0;
    for (let stop = 1; stop <= text.length && end === 0; stop++) end = head.parse(bytes, 0, stop);
    expect(end).toBe(text.length);
    expect(reads).toBeLessThan(text.length * 8);
  });
});

describe('an answer in pieces', () => {
  it('is read as if it were whole, at the same place or at another', () => {
    fc.assert(
      fc.property(seeds, cuts, fc.integer({ min: 0, max: 9 }), (seed, sizes, move) => {
        const bytes = makeResponse(randomFrom(seed));
        const whole = new ResponseHead(LIMITS);
        const end = whole.parse(bytes, 0, bytes.length, 'GET');
        const pieces = new ResponseHead(LIMITS);
        const result = feed(bytes, sizes, move, (buffer, start, stop) =>
          pieces.parse(buffer, start, stop, 'GET'),
        );
        expect(describeResponse(result.end, pieces, result.shift)).toEqual(
          describeResponse(result.end === 0 ? Math.max(end, 0) : end, whole, 0),
        );
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a chunked body in pieces', () => {
  it('is read as if it were whole', () => {
    fc.assert(
      fc.property(seeds, cuts, fc.boolean(), (seed, sizes, isRequest) => {
        const random = randomFrom(seed);
        const bytes = mutate(random, `${makeChunks(random)}GET / HTTP/1.1`);
        const of = isRequest ? 'request' : 'response';
        const whole = new ChunkedReader(of);
        const end = whole.read(bytes, 0, bytes.length);
        const body = end < 0 ? '' : bodyOf(whole, bytes);
        const pieces = new ChunkedReader(of);
        let pieceBody = '';
        let at = 0;
        for (let i = 0; at < bytes.length && !pieces.isDone && at >= 0; i++) {
          const stop = Math.min(bytes.length, at + sizes[i % sizes.length]!);
          at = pieces.read(bytes, at, stop);
          pieceBody += bodyOf(pieces, bytes);
        }
        expect([at, pieces.refusal?.code, pieces.isDone]).toEqual([end, whole.refusal?.code, whole.isDone]);
        const expected = end < 0 ? [pieceBody, pieces.bodyBytes] : [body, body.length];
        expect([pieceBody, pieces.bodyBytes]).toEqual(expected);
      }),
      { numRuns: 4000 },
    );
  });
});

describe('any bytes', () => {
  it('are read or refused, and never more than there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 20 }), (array, start) => {
        const bytes = Buffer.from(array);
        const from = Math.min(start, bytes.length);
        const results = [
          new RequestHead(LIMITS).parse(bytes, from, bytes.length),
          new ResponseHead(LIMITS).parse(bytes, from, bytes.length, 'GET'),
          new ChunkedReader('request').read(bytes, from, bytes.length),
          new ChunkedReader('response').read(bytes, from, bytes.length),
        ];
        for (const result of results) expect(result).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Hands in the bytes as a connection does: what came so far, sometimes moved to another place in a new buffer. */
function feed(
  bytes: Buffer,
  sizes: readonly number[],
  move: number,
  parse: (buffer: Buffer, start: number, stop: number) => number,
): { readonly end: number; readonly at: number; readonly shift: number } {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    at = Math.min(bytes.length, at + sizes[i % sizes.length]!);
    const shift = (i * move) % 7;
    // What stands around it must not matter.
    const buffer = Buffer.concat([Buffer.alloc(shift, '\r'), bytes.subarray(0, at), Buffer.from('\r\n\r\n')]);
    const end = parse(buffer, shift, shift + at);
    if (end !== 0) return { end: end < 0 ? end : end - shift, at, shift };
  }
  return { end: 0, at, shift: 0 };
}

function bodyOf(reader: ChunkedReader, bytes: Buffer): string {
  let body = '';
  for (let i = 0; i < reader.dataCount; i++)
    body += bytes.toString('latin1', reader.data[i * 2], reader.data[i * 2 + 1]);
  return body;
}

/** A line that is not whole yet is refused early only when it came in one piece: `end` is then taken for 0. */
function describeRequest(end: number, head: RequestHead, shift: number): unknown {
  if (end <= 0) return { end, refusal: end === 0 ? undefined : head.refusal?.code };
  return {
    end,
    line: [head.lineStart - shift, head.lineEnd - shift, head.headEnd - shift],
    text: [head.method, head.rawTarget, head.host, head.version, head.upgrade, [...head.headers()]],
    framing: [head.framing, head.contentLength, head.keepsAlive, head.expectsContinue],
    drops: head.drops.slice(0, head.dropCount * 2).map((offset) => offset - shift),
    kinds: head.dropKinds.slice(0, head.dropCount),
  };
}

function describeResponse(end: number, head: ResponseHead, shift: number): unknown {
  if (end <= 0) return { end, refusal: end === 0 ? undefined : head.refusal?.code };
  return {
    end,
    line: [head.lineStart - shift, head.lineEnd - shift, head.headEnd - shift],
    text: [head.status, head.version, head.reasonPhrase, [...head.headers()]],
    framing: [head.framing, head.contentLength, head.keepsAlive, head.isInterim],
    drops: head.drops.slice(0, head.dropCount * 2).map((offset) => offset - shift),
  };
}
