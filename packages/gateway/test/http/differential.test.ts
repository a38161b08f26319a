// Against llhttp, on some ten thousand requests and answers: what we take it takes, with the same method, target, headers,
// body and end. Where we refuse and it does not, the reason is one of a short list.

import { describe, expect, it } from 'vitest';
import {
  ChunkedReader,
  GATEWAY_LIMITS,
  RequestHead,
  ResponseHead,
  type RefusalCode,
} from '../../src/index.ts';
import { FOREIGN_METHODS, readForeign, type ForeignMessage } from './llhttp.ts';
import { makeRequest, makeResponse, randomFrom } from './messages.ts';

const REQUESTS = 40_000;
const RESPONSES = 20_000;

interface Message {
  readonly state: 'complete' | 'partial' | 'refused';
  readonly reason: RefusalCode | '';
  readonly body: string;
  readonly end: number;
}

/** Stricter than llhttp, and why; the whole list is met. */
const STRICTER_REQUEST: readonly RefusalCode[] = [
  'absolute-form', // user names, no path, schemes that are not ours
  'authority-not-host',
  'bare-cr', // before the request line
  'bare-lf', // before the request line
  'chunk-extension',
  'chunk-size', // more than 16 digits, zeros most of them
  'connect', // we are no forward proxy
  'connection-names-header',
  'connection-option', // no tokens with commas between them
  'content-length', // leading zeros, spaces around it
  'empty-lines', // more than one
  'expectation',
  'host-invalid',
  'host-missing',
  'host-twice',
  'http-0.9',
  'request-line', // RTSP and ICE
  'target', // `*` is for OPTIONS
  'target-fragment',
  'te-and-cl', // llhttp passes over an empty Transfer-Encoding
  'te-in-1.0',
  'te-not-chunked', // in capitals, padded, empty, with parameters
  'te-twice',
  'te-unknown', // gzip, chunked
  'trailer-field',
  'version', // 0.9 and 2.0
];
const STRICTER_RESPONSE: readonly RefusalCode[] = [
  'bare-cr', // at the end of the head, when no body follows
  'chunk-size', // more than 16 digits
  'connection-option',
  'content-length', // leading zeros, spaces around it
  'control-character', // in the words behind the status, where llhttp does not look
  'nul', // there too
  'status-line', // 0.9 and 2.0
  'te-and-cl', // llhttp passes over an empty Transfer-Encoding
  'te-in-1.0',
  'te-not-chunked', // other codings end the body with the connection, if anybody can read them
  'te-twice', // the same
  'trailer-field',
];

/** Looser: what stands behind the size of a chunk; old servers pad it with spaces and browsers take it. */
const LOOSER_RESPONSE = /^Invalid character in chunk (?:size|extensions)/;

describe('a request', () => {
  it('that is taken is the same to llhttp, from its first to its last byte', () => {
    const random = randomFrom(20_261_122);
    const found = makeFindings();
    for (let i = 0; i < REQUESTS; i++) compareRequest(makeRequest(random), found);
    expect(found.differences).toEqual([]);
    expect([...found.stricter].toSorted()).toEqual(STRICTER_REQUEST);
    expect(found.taken).toBeGreaterThan(REQUESTS / 4);
  });
});

describe('an answer', () => {
  it.each(['GET', 'HEAD'])('to %s that is taken is the same to llhttp', (method) => {
    const random = randomFrom(method.length);
    const found = makeFindings();
    for (let i = 0; i < RESPONSES; i++) compareResponse(makeResponse(random), method, found);
    expect(found.differences).toEqual([]);
    expect(STRICTER_RESPONSE).toEqual(expect.arrayContaining([...found.stricter]));
    expect(found.taken).toBeGreaterThan(RESPONSES / 4);
  });
});

interface Findings {
  taken: number;
  readonly stricter: Set<string>;
  readonly differences: unknown[];
}

function makeFindings(): Findings {
  return { taken: 0, stricter: new Set(), differences: [] };
}

function compareRequest(bytes: Buffer, found: Findings): void {
  const head = new RequestHead(GATEWAY_LIMITS);
  const ours = readRequest(head, bytes);
  const foreign = readForeign(asLlhttpCan(head, ours, bytes), 'request');
  if (ours.state !== 'complete') return noteRefused(ours, foreign, bytes, found);
  // Methods that we take are not limited to a list.
  if (!FOREIGN_METHODS.has(head.method)) return;
  found.taken++;
  // What follows an upgrade is no body to llhttp; that a connection is closed too often does no harm.
  const isUpgrade = head.upgrade !== '';
  const target = bytes.toString('latin1', head.methodEnd + 1, head.targetEnd).replace(/[\x80-\xff]/g, 'x');
  noteDifference(found, bytes, foreign, [
    ['complete', foreign.state],
    [head.method, foreign.method],
    [head.version, foreign.version],
    [target, foreign.target],
    // What follows are trailers.
    [[...head.headers()], foreign.headers.slice(0, head.headerCount)],
    [isUpgrade ? '' : ours.body, isUpgrade ? '' : foreign.body],
    [isUpgrade ? 0 : ours.end, isUpgrade ? 0 : foreign.end],
    [isUpgrade || !head.keepsAlive || foreign.keepsAlive, true],
  ]);
}

function compareResponse(bytes: Buffer, method: string, found: Findings): void {
  const head = new ResponseHead(GATEWAY_LIMITS);
  const ours = readResponse(head, bytes, method);
  const foreign = readForeign(bytes, 'response', method);
  if (ours.state !== 'complete') return noteRefused(ours, foreign, bytes, found);
  found.taken++;
  // All of 1xx have no body by the book; llhttp knows those that have names.
  if (LOOSER_RESPONSE.test(foreign.reason) || (head.status > 103 && head.status < 200)) return;
  noteDifference(found, bytes, foreign, [
    // A body that ends with the connection is never complete to llhttp here.
    [head.framing === 'close' ? 'partial' : 'complete', foreign.state],
    [head.status, foreign.status],
    [head.version, foreign.version],
    [ours.body, foreign.body],
    [ours.end, foreign.end],
  ]);
}

function noteRefused(ours: Message, foreign: ForeignMessage, bytes: Buffer, found: Findings): void {
  if (foreign.state !== 'complete') return;
  found.stricter.add(ours.reason);
  const isKnown = ([...STRICTER_REQUEST, ...STRICTER_RESPONSE] as readonly string[]).includes(ours.reason);
  if (!isKnown) found.differences.push([ours.state, ours.reason, bytes.toString('latin1')]);
}

function noteDifference(
  found: Findings,
  bytes: Buffer,
  foreign: ForeignMessage,
  pairs: readonly (readonly [ours: unknown, theirs: unknown])[],
): void {
  const other = pairs.filter(([ours, theirs]) => JSON.stringify(ours) !== JSON.stringify(theirs));
  if (other.length > 0) found.differences.push([bytes.toString('latin1'), foreign.reason, other]);
}

function readRequest(head: RequestHead, bytes: Buffer): Message {
  const end = head.parse(bytes, 0, bytes.length);
  if (end <= 0) return withoutHead(end, head.refusal?.code);
  return readBody(head.framing, head.contentLength, new ChunkedReader('request'), bytes, end);
}

function readResponse(head: ResponseHead, bytes: Buffer, method: string): Message {
  const end = head.parse(bytes, 0, bytes.length, method);
  if (end <= 0) return withoutHead(end, head.refusal?.code);
  const framing = head.framing === 'close' ? 'length' : head.framing;
  const length = head.framing === 'close' ? bytes.length - end : head.contentLength;
  return readBody(framing, length, new ChunkedReader('response'), bytes, end);
}

function withoutHead(end: number, code: RefusalCode | undefined): Message {
  return { state: end === 0 ? 'partial' : 'refused', reason: code ?? '', body: '', end: 0 };
}

function readBody(
  framing: 'none' | 'length' | 'chunked',
  length: number,
  chunks: ChunkedReader,
  bytes: Buffer,
  start: number,
): Message {
  if (framing !== 'chunked') {
    const end = start + (framing === 'none' ? 0 : length);
    const state = end <= bytes.length ? 'complete' : 'partial';
    return { state, reason: '', body: bytes.toString('latin1', start, end), end };
  }
  const end = chunks.read(bytes, start, bytes.length);
  let body = '';
  for (let i = 0; i < chunks.dataCount; i++)
    body += bytes.toString('latin1', chunks.data[i * 2], chunks.data[i * 2 + 1]);
  if (end < 0) return { state: 'refused', reason: chunks.refusal?.code ?? '', body, end };
  return { state: chunks.isDone ? 'complete' : 'partial', reason: '', body, end };
}

/** Bytes from 0x80 in the target, which llhttp refuses and we take by choice, become others. */
function asLlhttpCan(head: RequestHead, ours: Message, bytes: Buffer): Buffer {
  if (ours.state !== 'complete') return bytes;
  const copy = Buffer.from(bytes);
  for (let i = head.methodEnd; i < head.targetEnd; i++) if (copy[i]! >= 0x80) copy[i] = 120;
  return copy;
}
