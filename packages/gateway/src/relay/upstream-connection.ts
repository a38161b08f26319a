// One connection to an upstream: it reads answers and hands them on piece by piece, and says when one is whole. It
// reads into one buffer of its own for as long as it lives; while somebody still uses the buffer, it does not read.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ChunkedReader } from '../http/chunked.ts';
import { ResponseHead } from '../http/response-head.ts';
import { HEADROOM, TAILROOM } from './downstream.ts';
import type { UpstreamAddress } from '../edge/upstreamAddress.ts';

const READ_BYTES = 65_536;

/** Who waits for the answer. */
export interface AnswerTaker {
  connected(): void;
  /** `100 Continue`, `103 Early Hints`: at buffer[head.lineStart, head.headEnd). */
  takeInterim(head: ResponseHead, buffer: Buffer): void;
  /** The head, and the body's first bytes behind it up to `end`. False when the buffer is still in use. */
  takeHead(head: ResponseHead, buffer: Buffer, end: number, isWhole: boolean): boolean;
  takeBody(buffer: Buffer, start: number, end: number, isWhole: boolean): boolean;
  /** What was written has left. */
  drained(): void;
  /** No more will come, and the answer was not whole. */
  failed(error: Error | undefined): void;
}

export interface AnswerLimits {
  readonly headBytes: number;
  readonly headers: number;
}

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKED = 3;
const UNTIL_CLOSE = 4;
const TUNNEL = 5;

export class UpstreamConnection {
  readonly head: ResponseHead;
  readonly chunks: ChunkedReader = new ChunkedReader('response');
  readonly socket: Socket;
  /** What is written goes nowhere any more; an answer may still be on its way. */
  isDeaf = false;
  isConnected = false;
  /** It has served a request before this one: the upstream may have closed it in the meantime. */
  isReused = false;
  isDestroyed = false;
  /** A byte of the present answer has been read. */
  hasBegun = false;
  idleSinceMs = 0;
  /** How long the upstream says that it keeps idle connections; 0 when it does not say. */
  keepAliveMs = -1;
  readonly #onClosed: (connection: UpstreamConnection) => void;
  readonly #headBytes: number;
  readonly #buffer: Buffer;
  #taker: AnswerTaker | undefined = undefined;
  #state = IDLE;
  #left = 0;
  #method = '';
  #canReuse = false;
  #error: Error | undefined = undefined;
  /** The beginning of a head whose rest has not been read yet. */
  #stash: Buffer | undefined = undefined;
  #stashStart = 0;
  #stashEnd = 0;

  constructor(
    address: UpstreamAddress,
    limits: AnswerLimits,
    onClosed: (connection: UpstreamConnection) => void,
  ) {
    this.head = new ResponseHead(limits);
    this.#headBytes = limits.headBytes;
    this.#onClosed = onClosed;
    this.#buffer = Buffer.allocUnsafeSlow(HEADROOM + READ_BYTES + TAILROOM);
    const onread = {
      buffer: this.#buffer.subarray(HEADROOM, HEADROOM + READ_BYTES),
      callback: (length: number): boolean => this.#read(length),
    };
    const options = { ...placeOf(address), noDelay: true, keepAlive: true, allowHalfOpen: true, onread };
    this.socket = address.isTls
      ? connectTls({ ...options, rejectUnauthorized: address.checksCertificate })
      : connect(options);
    if (!address.isTls) this.#readOnAfterWriteError();
    this.socket.on(address.isTls ? 'secureConnect' : 'connect', () => {
      this.isConnected = true;
      this.#taker?.connected();
    });
    this.socket.on('drain', () => this.#taker?.drained());
    this.socket.on('error', (error) => (this.#error = error));
    this.socket.on('end', () => this.#ended());
    this.socket.on('close', () => this.#closed());
  }

  /** The next answer is for `taker`. */
  await(taker: AnswerTaker, method: string): void {
    this.#taker = taker;
    this.#method = method;
    this.#state = HEAD;
    this.#canReuse = this.hasBegun = false;
    this.head.clear();
  }

  /** Whether another request may follow; asked when the answer was whole. */
  get canReuse(): boolean {
    return this.#canReuse && !this.isDestroyed && !this.isDeaf;
  }

  release(nowMs: number): void {
    this.#taker = undefined;
    this.#state = IDLE;
    this.isReused = true;
    this.idleSinceMs = nowMs;
  }

  destroy(): void {
    this.#taker = undefined;
    this.#stash = undefined;
    this.isDestroyed = true;
    this.socket.destroy();
  }

  /** The buffer is free again. */
  resume(): void {
    if (!this.isDestroyed) this.socket.resume();
  }

  /** Returns false when no more is welcome for now. */
  write(bytes: Buffer): boolean {
    return this.isDeaf || this.socket.write(bytes);
  }

  /**
   * An upstream that answers early and closes resets the connection, and the next byte of the body cannot be
   * written. Node would destroy the socket then, and with it the answer, which has arrived and waits to be read.
   */
  #readOnAfterWriteError(): void {
    const { socket } = this;
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error?: Error & { readonly syscall?: string }): Socket => {
      if (error?.syscall !== 'write' || this.#state === IDLE || this.isDeaf) return destroy(error);
      this.isDeaf = true;
      this.#error = error;
      return socket;
    };
  }

  #read(length: number): boolean {
    this.hasBegun = true;
    if (this.#stash !== undefined) return this.#readMore(this.#stash, length);
    return this.#take(this.#buffer, HEADROOM, HEADROOM + length);
  }

  #take(buffer: Buffer, start: number, end: number): boolean {
    switch (this.#state) {
      case HEAD:
        return this.#takeHead(buffer, start, end);
      case LENGTH:
      case CHUNKED:
      case UNTIL_CLOSE:
        return this.#takeBody(buffer, start, end);
      case TUNNEL:
        return this.#taker === undefined || this.#taker.takeBody(buffer, start, end, false);
      default:
        // Nobody asked: whatever it is, the next request must not get it as its answer.
        this.destroy();
        return false;
    }
  }

  #takeHead(buffer: Buffer, start: number, end: number): boolean {
    const { head } = this;
    for (;;) {
      const at = head.parse(buffer, start, end, this.#method);
      if (at === 0) return this.#keep(buffer, start, end);
      if (at < 0) return this.#fail(new Error(`the upstream's answer is refused: ${head.refusal?.code}`));
      if (!head.isInterim) return this.#begin(buffer, at, end);
      this.#taker!.takeInterim(head, buffer);
      if (this.#taker === undefined) return false;
      head.clear();
      start = at;
      if (start === end) {
        this.#stash = undefined;
        return true;
      }
    }
  }

  #begin(buffer: Buffer, bodyStart: number, end: number): boolean {
    this.#stash = undefined;
    const { head } = this;
    if (this.keepAliveMs < 0) this.keepAliveMs = keepAliveOf(head.header('keep-alive'));
    this.#canReuse = head.keepsAlive;
    let bodyEnd = end;
    let isWhole = false;
    if (head.status === 101) {
      this.#state = TUNNEL;
    } else if (head.framing === 'none') {
      bodyEnd = bodyStart;
      isWhole = true;
    } else if (head.framing === 'length') {
      this.#state = LENGTH;
      bodyEnd = Math.min(end, bodyStart + head.contentLength);
      this.#left = head.contentLength - (bodyEnd - bodyStart);
      isWhole = this.#left === 0;
    } else if (head.framing === 'chunked') {
      this.#state = CHUNKED;
      this.chunks.clear();
      bodyEnd = this.chunks.read(buffer, bodyStart, end);
      if (bodyEnd < 0)
        return this.#fail(new Error(`the upstream's answer is refused: ${this.chunks.refusal?.code}`));
      isWhole = this.chunks.isDone;
    } else {
      this.#state = UNTIL_CLOSE;
    }
    if (isWhole) this.#finish(end - bodyEnd);
    return this.#taker!.takeHead(head, buffer, bodyEnd, isWhole);
  }

  #takeBody(buffer: Buffer, start: number, end: number): boolean {
    let bodyEnd = end;
    let isWhole = false;
    if (this.#state === LENGTH) {
      bodyEnd = Math.min(end, start + this.#left);
      this.#left -= bodyEnd - start;
      isWhole = this.#left === 0;
    } else if (this.#state === CHUNKED) {
      bodyEnd = this.chunks.read(buffer, start, end);
      if (bodyEnd < 0)
        return this.#fail(new Error(`the upstream's answer is refused: ${this.chunks.refusal?.code}`));
      isWhole = this.chunks.isDone;
    }
    if (isWhole) this.#finish(end - bodyEnd);
    return this.#taker!.takeBody(buffer, start, bodyEnd, isWhole);
  }

  /** Bytes behind an answer belong to no request: the connection is out of step. */
  #finish(extraBytes: number): void {
    this.#state = IDLE;
    if (extraBytes > 0) this.#canReuse = false;
  }

  /** The head goes on in the next read, which would overwrite its beginning. */
  #keep(buffer: Buffer, start: number, end: number): boolean {
    if (this.#stash === buffer) {
      this.#stashStart = start;
      return true;
    }
    this.#stash = Buffer.allocUnsafeSlow(HEADROOM + this.#headBytes + READ_BYTES * 2 + TAILROOM);
    this.#stashStart = HEADROOM;
    this.#stashEnd = HEADROOM + buffer.copy(this.#stash, HEADROOM, start, end);
    return true;
  }

  #readMore(stash: Buffer, length: number): boolean {
    if (this.#stashEnd + length + TAILROOM > stash.length)
      return this.#fail(new Error("the upstream's answer is refused: head-too-large"));
    this.#stashEnd += this.#buffer.copy(stash, this.#stashEnd, HEADROOM, HEADROOM + length);
    return this.#take(stash, this.#stashStart, this.#stashEnd);
  }

  #fail(error: Error): boolean {
    const taker = this.#taker;
    this.destroy();
    taker?.failed(error);
    return false;
  }

  #ended(): void {
    const taker = this.#taker;
    if (this.#state === UNTIL_CLOSE && taker !== undefined) {
      this.#finish(1);
      taker.takeBody(this.#buffer, HEADROOM, HEADROOM, true);
    } else if (this.#state === TUNNEL && taker !== undefined) {
      taker.takeBody(this.#buffer, HEADROOM, HEADROOM, true);
    } else if (taker === undefined || this.#state !== IDLE) {
      this.#fail(new Error('the upstream closed the connection before the end of its answer'));
    } else {
      this.#canReuse = false;
    }
  }

  #closed(): void {
    this.isDestroyed = true;
    this.#onClosed(this);
    const taker = this.#taker;
    this.#taker = undefined;
    // A whole answer that is still being sent needs no connection any more.
    if (this.#state !== IDLE) taker?.failed(this.#error);
  }
}

function placeOf(
  address: UpstreamAddress,
): { path: string } | { host: string; port: number; servername?: string } {
  if (address.socketPath !== '') return { path: address.socketPath };
  const { host, port, serverName } = address;
  return serverName === '' ? { host, port } : { host, port, servername: serverName };
}

/** `timeout=5` in milliseconds. */
function keepAliveOf(value: string | undefined): number {
  const seconds = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(value ?? '')?.[1];
  return seconds === undefined ? 0 : Number(seconds) * 1000;
}
