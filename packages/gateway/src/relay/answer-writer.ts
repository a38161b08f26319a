// Writes answers to a client's socket. The upstream's bytes are sent as they are where that is what HTTP wants; the
// head changes in place, and a body whose end was the end of the connection gets chunks, so that the client can tell
// whether it is whole.

import type { Socket } from 'node:net';
import type { Answer } from '@parapet/kinds';
import type { RequestHead } from '../http/request-head.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Core } from './core.ts';
import { HEADROOM, type AnswerPlan } from './downstream.ts';
import { moved, moveHead } from './head-move.ts';
import { answerHead, headerLine } from './own-answers.ts';

const AS_IT_IS = 0;
/** The body ends with the upstream's connection; the client gets chunks. */
const MAKE_CHUNKS = 1;
/** The upstream sends chunks, which a 1.0 client does not know. */
const UNDO_CHUNKS = 2;

const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
const CR = 13;
const LF = 10;

export class AnswerWriter {
  /** A byte of the present answer has been written. */
  hasBegun = false;
  /** The client will take the end of the connection for the end of the answer. */
  endsWithConnection = false;
  readonly #core: Core;
  readonly #socket: Socket;
  readonly #onFree: () => void;
  #mode = AS_IT_IS;
  #isWaiting = false;
  /** The last answer of our own as it was sent; with its date it holds for a second. */
  #lastAnswer:
    | {
        readonly answer: Answer;
        readonly second: number;
        readonly isLast: boolean;
        readonly version: string;
        readonly whole: Buffer;
        readonly bytes: number;
      }
    | undefined = undefined;

  constructor(core: Core, socket: Socket, onFree: () => void) {
    this.#core = core;
    this.#socket = socket;
    this.#onFree = onFree;
  }

  /** Another request begins. */
  reset(): void {
    this.hasBegun = this.endsWithConnection = this.#isWaiting = false;
    this.#mode = AS_IT_IS;
  }

  /** Bytes that nobody will change. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  sendInterim(head: ResponseHead, buffer: Buffer): void {
    moveHead(buffer, head, 0, head.lineStart, head.lineEnd, head.headEnd, 0);
    // A copy: the answer itself may be in the same buffer, and nobody waits for this write.
    this.#socket.write(Buffer.from(buffer.subarray(moved.start, head.headEnd)));
  }

  sendHead(request: RequestHead, head: ResponseHead, buffer: Buffer, end: number, plan: AnswerPlan): boolean {
    this.hasBegun = true;
    const { headEnd, lineStart } = head;
    let inserted = '';
    if (head.framing === 'close') {
      if (request.version === '1.1') {
        this.#mode = MAKE_CHUNKS;
        inserted = 'Transfer-Encoding: chunked\r\n';
      } else {
        this.endsWithConnection = plan.closes = true;
      }
    } else if (head.framing === 'chunked' && request.version === '1.0') {
      this.#mode = UNDO_CHUNKS;
      this.endsWithConnection = plan.closes = true;
      return this.#sendRebuilt(head, buffer, end, plan);
    }
    if (head.status === 101) inserted = 'Connection: Upgrade\r\n';
    else if (plan.closes) inserted += 'Connection: close\r\n';
    else if (request.version === '1.0') inserted = 'Connection: keep-alive\r\n';
    if (plan.setCookies !== undefined)
      for (const cookie of plan.setCookies) inserted += headerLine('Set-Cookie', cookie);
    // What the client reads is 1.1: we are who it speaks to (RFC 9112 2.3).
    buffer[lineStart + 7] = 49;
    if (inserted.length > HEADROOM - 64) return this.#sendApart(head, buffer, end, inserted, plan);
    let start = lineStart;
    if (head.dropCount > 0 || inserted !== '') {
      moveHead(buffer, head, 0, lineStart, head.lineEnd, headEnd, inserted.length);
      if (inserted !== '') buffer.write(inserted, moved.insertAt, 'latin1');
      start = moved.start;
    }
    if (this.#mode === AS_IT_IS) return this.#writeShared(buffer, start, end);
    if (end === headEnd && !plan.isWhole) return this.#writeShared(buffer, start, end);
    // The head goes apart from the first chunk, whose size must stand between them.
    this.#socket.cork();
    this.#socket.write(Buffer.from(buffer.subarray(start, headEnd)));
    this.sendBody(buffer, headEnd, end, plan);
    this.#socket.uncork();
    return this.#isFree();
  }

  sendBody(buffer: Buffer, start: number, end: number, plan: AnswerPlan): boolean {
    if (this.#mode === AS_IT_IS) return start === end || this.#writeShared(buffer, start, end);
    if (this.#mode === UNDO_CHUNKS) return this.#writeData(buffer, plan);
    if (start === end) {
      if (plan.isWhole) this.#socket.write(LAST_CHUNK);
      return true;
    }
    let at = start;
    buffer[--at] = LF;
    buffer[--at] = CR;
    let rest = end - start;
    do {
      buffer[--at] = DIGITS[rest & 15]!;
      rest >>>= 4;
    } while (rest > 0);
    buffer[end] = CR;
    buffer[end + 1] = LF;
    const isFree = this.#writeShared(buffer, at, end + 2);
    if (plan.isWhole) this.#socket.write(LAST_CHUNK);
    return isFree;
  }

  sendAnswer(request: RequestHead, answer: Answer, isLast: boolean): number {
    this.hasBegun = true;
    const last = this.#lastAnswer;
    const second = Math.trunc(this.#core.nowMs / 1000);
    const isSame = last?.answer === answer && last.second === second && last.isLast === isLast;
    if (isSame && last.version === request.version && !isHead(request)) {
      this.#socket.write(last.whole);
      return last.bytes;
    }
    const { body } = answer;
    const isText = typeof body === 'string';
    const bytes = isText ? Buffer.byteLength(body) : body.length;
    const connection = isLast ? 'close' : request.version === '1.0' ? 'keep-alive' : '';
    const head = answerHead(answer, bytes, connection, this.#core.nowMs);
    if (bytes === 0 || answer.status === 204 || answer.status === 304 || isHead(request)) {
      this.#socket.write(head, 'latin1');
      return 0;
    }
    // One piece: two would make a vector of writes, which costs as much again as the answer itself.
    const whole = Buffer.allocUnsafe(head.length + bytes);
    whole.write(head, 0, 'latin1');
    if (isText) whole.write(body, head.length);
    else whole.set(body, head.length);
    this.#socket.write(whole);
    this.#lastAnswer = { answer, second, isLast, version: request.version, whole, bytes };
    return bytes;
  }

  /** Returns whether the socket has taken it all; if not, onFree is called when it has. */
  #writeShared(buffer: Buffer, start: number, end: number): boolean {
    this.#socket.write(buffer.subarray(start, end), this.#written);
    return this.#isFree();
  }

  #isFree(): boolean {
    this.#isWaiting = this.#socket.writableLength > 0;
    return !this.#isWaiting;
  }

  readonly #written = (error?: Error | null): void => {
    if (!this.#isWaiting || this.#socket.writableLength > 0) return;
    this.#isWaiting = false;
    if (error === undefined || error === null) this.#onFree();
  };

  /** The data of the chunks that are in the buffer. */
  #writeData(buffer: Buffer, { chunks }: AnswerPlan): boolean {
    this.#socket.cork();
    for (let i = 0; i < chunks!.dataCount; i++)
      this.#socket.write(buffer.subarray(chunks!.data[i * 2]!, chunks!.data[i * 2 + 1]!), this.#written);
    this.#socket.uncork();
    return this.#isFree();
  }

  /** For a 1.0 client, which must not be told of chunks. */
  #sendRebuilt(head: ResponseHead, buffer: Buffer, end: number, plan: AnswerPlan): boolean {
    let text = `HTTP/1.1 ${head.status} ${head.reasonPhrase}\r\n`;
    for (const [name, value] of head.keptHeaders())
      if (name !== 'transfer-encoding' && name !== 'trailer') text += `${name}: ${value}\r\n`;
    for (const cookie of plan.setCookies ?? []) text += headerLine('Set-Cookie', cookie);
    this.#socket.cork();
    this.#socket.write(`${text}Connection: close\r\n\r\n`, 'latin1');
    this.sendBody(buffer, head.headEnd, end, plan);
    this.#socket.uncork();
    return this.#isFree();
  }

  /** More is added than there is room for in the buffer. */
  #sendApart(head: ResponseHead, buffer: Buffer, end: number, inserted: string, plan: AnswerPlan): boolean {
    const { lineStart, headEnd } = head;
    const room = Buffer.allocUnsafeSlow(inserted.length + headEnd - lineStart);
    buffer.copy(room, inserted.length, lineStart, headEnd);
    const shift = inserted.length - lineStart;
    moveHead(room, head, shift, inserted.length, head.lineEnd + shift, headEnd + shift, inserted.length);
    room.write(inserted, moved.insertAt, 'latin1');
    this.#socket.cork();
    this.#socket.write(room.subarray(moved.start));
    this.sendBody(buffer, headEnd, end, plan);
    this.#socket.uncork();
    return this.#isFree();
  }
}

const DIGITS: Buffer = Buffer.from('0123456789abcdef');

function isHead(request: RequestHead): boolean {
  return request.methodEnd > request.lineStart && request.method === 'HEAD';
}
