// A client's connection that speaks HTTP/1.1 or 1.0: it cuts what comes into requests, one after another, and writes
// the answers. Reads no further than the request in hand needs, so a client that sends faster than its requests are
// served is slowed down by its own socket.

import type { Socket } from 'node:net';
import type { Answer, Client } from '@parapet/kinds';
import { clientOf } from '../edge/clientOf.ts';
import { ChunkedReader } from '../http/chunked.ts';
import { RequestHead } from '../http/request-head.ts';
import type { RefusalReason } from '../http/refusals.ts';
import type { ResponseHead } from '../http/response-head.ts';
import { AnswerWriter } from './answer-writer.ts';
import { readSocket } from './client-socket.ts';
import type { Core } from './core.ts';
import type { AnswerPlan, Downstream } from './downstream.ts';
import { RelayExchange } from './exchange.ts';
import { tellRefusal } from './guard-calls.ts';
import { ownPage } from './own-answers.ts';

const READING = 0;
const BUSY = 1;
const TUNNEL = 2;
/** All has been said; what still comes is thrown away, so that the answer is not lost to a reset. */
const LINGERING = 3;
const CLOSED = 4;

const NOTHING: Buffer = Buffer.alloc(0);
/** Requests sent ahead are kept up to here. */
const MOST_AHEAD_BYTES = 65_536;
const LINGER_MS = 2000;
/** A client that has shut its half is served for so long: a closed tab looks the same. */
const LEAVING_MS = 1000;
/** And so long while its answer stands still: of a stream of events, nothing may ever come again. */
const LEAVING_STILL_MS = 5000;
const EXCERPT_BYTES = 512;

export class Http1Connection implements Downstream {
  readonly #core: Core;
  readonly #socket: Socket;
  readonly peer: Client;
  readonly #isTrusted: boolean;
  readonly #onClosed: (connection: Http1Connection) => void;
  readonly #head: RequestHead;
  readonly #exchange: RelayExchange;
  readonly #out: AnswerWriter;
  #chunks: ChunkedReader | undefined = undefined;
  #state = READING;
  #input: Buffer = NOTHING;
  #at = 0;
  #end = 0;
  /** `#input` is ours, and may be written to behind `#end`. */
  #ownsInput = false;
  #isRunning = false;
  #isPaused = false;
  #bodyLeft = 0;
  /** When the head in hand began, or when the connection fell idle, began to linger, or lost its client's half. */
  #sinceMs: number;
  #hasHeadBegun = false;
  /** Nothing was asked yet: the client did not know us as ending when it connected, and would not ask again. */
  #isFresh = true;
  /** The bytes of the last request when, sent again, they get the same answer; `#head` still holds them. */
  #repeatable: Buffer | undefined = undefined;
  #isLeaving = false;
  /** How much of the answer there was when it last moved for a client that is leaving. */
  #leavingBytes = 0;

  constructor(
    core: Core,
    socket: Socket,
    peer: Client,
    isTrusted: boolean,
    onClosed: (connection: Http1Connection) => void,
    redirectPort = 0,
  ) {
    this.#core = core;
    this.#socket = readSocket(socket, peer.scheme === 'http', (chunk) => this.#receive(chunk));
    this.peer = peer;
    this.#isTrusted = isTrusted;
    this.#onClosed = onClosed;
    this.#head = new RequestHead(core.config.limits);
    this.#exchange = new RelayExchange(core, this, redirectPort);
    this.#out = new AnswerWriter(core, this.#socket, () => this.#exchange.sent());
    this.#sinceMs = core.nowMs;
    this.#socket.setNoDelay(true);
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('drain', () => this.#run());
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#closed());
  }

  get takesInterim(): boolean {
    return this.#head.version === '1.1';
  }

  /** Between two requests; a client that connected and is about to ask is not idle. */
  get isIdle(): boolean {
    return this.#state === READING && !this.#hasHeadBegun && !this.#isFresh;
  }

  pull(): void {
    if (this.#state === TUNNEL) return this.#resume();
    if (this.#isRunning) this.#feed();
    else this.#run();
  }

  sendContinue(): void {
    this.#out.write(CONTINUE);
  }

  sendInterim(head: ResponseHead, buffer: Buffer): void {
    this.#out.sendInterim(head, buffer);
  }

  sendHead(head: ResponseHead, buffer: Buffer, end: number, plan: AnswerPlan): boolean {
    return this.#out.sendHead(this.#head, head, buffer, end, plan);
  }

  sendBody(buffer: Buffer, start: number, end: number, plan: AnswerPlan): boolean {
    return this.#out.sendBody(buffer, start, end, plan);
  }

  sendAnswer(answer: Answer, isLast: boolean): number {
    return this.#out.sendAnswer(this.#head, answer, isLast);
  }

  skipBody(): boolean {
    if (this.#head.framing === 'chunked') {
      const at = this.#chunks!.read(this.#input, this.#at, this.#end);
      if (at < 0 || !this.#chunks!.isDone) return false;
      this.#at = at;
    } else {
      if (this.#end - this.#at < this.#bodyLeft) return false;
      this.#at += this.#bodyLeft;
    }
    return true;
  }

  cut(): void {
    this.#state = CLOSED;
    if (this.#out.endsWithConnection) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  done(isLast: boolean): void {
    if (!this.#exchange.isRepeatable) this.#head.clear();
    if (isLast || this.#state === TUNNEL) return this.#linger();
    this.#state = READING;
    this.#hasHeadBegun = false;
    this.#sinceMs = this.#core.nowMs;
    if (!this.#isRunning) this.#run();
  }

  beginTunnel(): void {
    this.#state = TUNNEL;
    if (this.#at === this.#end) return;
    const start = this.#at;
    this.#at = this.#end;
    this.#exchange.takeRequestBody(this.#input, start, this.#end);
  }

  endTunnel(): void {
    if (this.#isLeaving) this.#exchange.leave();
    this.#socket.end();
  }

  /** Ends what takes too long. */
  sweep(nowMs: number): void {
    const { timeouts } = this.#core.config;
    const forMs = nowMs - this.#sinceMs;
    switch (this.#state) {
      case READING:
        if (this.#hasHeadBegun) {
          if (forMs > timeouts.headMs) this.#refuse({ code: 'head-timeout', status: 408 });
        } else if (forMs > (this.#core.isDraining ? this.#lastWaitMs : timeouts.idleMs)) {
          this.#socket.end();
          if (forMs > timeouts.idleMs + LINGER_MS) this.#socket.destroy();
        }
        break;
      case LINGERING:
        if (this.#socket.writableLength > 0 ? forMs > timeouts.bodyMs : forMs > LINGER_MS)
          this.#socket.destroy();
        break;
      case CLOSED:
        break;
      default:
        if (this.#isLeaving && this.#state === BUSY && this.#hasLeft(nowMs, forMs)) this.#leave();
        else this.#exchange.sweep(nowMs);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  /** How long a worker that ends waits for a request that has not begun. */
  get #lastWaitMs(): number {
    return this.#isFresh ? this.#core.config.timeouts.headMs : -1;
  }

  #receive(chunk: Buffer): void {
    if (this.#state >= TUNNEL) {
      if (this.#state === TUNNEL) this.#exchange.takeRequestBody(chunk, 0, chunk.length);
      if (this.#state === TUNNEL && !this.#exchange.takesBody) this.#pause();
      return;
    }
    if (this.#at === this.#end) {
      this.#input = chunk;
      this.#at = 0;
      this.#end = chunk.length;
      this.#ownsInput = false;
    } else {
      this.#append(chunk);
    }
    this.#run();
  }

  #append(chunk: Buffer): void {
    const waiting = this.#end - this.#at;
    if (!this.#ownsInput || this.#end + chunk.length > this.#input.length) {
      const room = Buffer.allocUnsafeSlow(2 * (waiting + chunk.length));
      this.#input.copy(room, 0, this.#at, this.#end);
      this.#input = room;
      this.#at = 0;
      this.#end = waiting;
      this.#ownsInput = true;
    }
    this.#end += chunk.copy(this.#input, this.#end);
  }

  /** Goes on with what has been read, as far as that goes. */
  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#step());
    this.#isRunning = false;
    if (this.#isLeaving && this.#state === READING) return this.#linger();
    const waiting = this.#end - this.#at;
    const isEnough = this.#isClogged || (this.#state === BUSY && waiting >= this.#mostWaiting());
    if (waiting > 0 && isEnough) this.#pause();
    else this.#resume();
  }

  /** Answers of our own pile up at a client that asks and does not read. */
  get #isClogged(): boolean {
    return this.#socket.writableLength > MOST_AHEAD_BYTES;
  }

  /** Of a body nothing is kept that nobody takes. */
  #mostWaiting(): number {
    return this.#exchange.hasWholeBody ? MOST_AHEAD_BYTES : 1;
  }

  #step(): boolean {
    if (this.#state === READING) return this.#at < this.#end && !this.#isClogged && this.#begin();
    if (this.#state !== BUSY || !this.#exchange.takesBody || this.#at === this.#end) return false;
    this.#feed();
    return true;
  }

  #begin(): boolean {
    const core = this.#core;
    const head = this.#head;
    if (!this.#hasHeadBegun) {
      if (this.#repeatable !== undefined && this.#repeats(this.#repeatable)) return true;
      this.#hasHeadBegun = true;
      this.#isFresh = false;
      this.#sinceMs = core.nowMs;
    }
    const input = this.#input;
    const start = this.#at;
    const headEnd = head.parse(input, this.#at, this.#end);
    if (headEnd === 0) return false;
    if (headEnd < 0) {
      this.#refuse(head.refusal!);
      return false;
    }
    this.#at = headEnd;
    this.#state = BUSY;
    this.#out.reset();
    if (head.framing === 'length') this.#bodyLeft = head.contentLength;
    else if (head.framing === 'chunked') (this.#chunks ??= new ChunkedReader('request')).clear();
    const peer = this.peer;
    const client = this.#isTrusted ? clientOf(peer, head, core.trustedProxies) : peer;
    this.#exchange.begin(head, head, input, peer, this.#isTrusted, client);
    if (this.#exchange.isRepeatable) this.#repeatable = input.subarray(start, headEnd);
    return true;
  }

  /** A flood is one request again and again: what is answered by us anyway is not read a second time. */
  #repeats(last: Buffer): boolean {
    const end = this.#at + last.length;
    if (end <= this.#end && this.#input.compare(last, 0, last.length, this.#at, end) === 0) {
      this.#at = end;
      this.#state = BUSY;
      this.#out.reset();
      if (this.#exchange.repeat()) return true;
      this.#at = end - last.length;
      this.#state = READING;
    }
    this.#repeatable = undefined;
    this.#head.clear();
    return false;
  }

  /** Hands over what there is of the body. */
  #feed(): void {
    const exchange = this.#exchange;
    if (this.#at === this.#end || !exchange.takesBody) return;
    const start = this.#at;
    let end: number;
    let isDone: boolean;
    if (this.#head.framing === 'length') {
      end = Math.min(this.#end, start + this.#bodyLeft);
      this.#bodyLeft -= end - start;
      isDone = this.#bodyLeft === 0;
    } else {
      end = this.#chunks!.read(this.#input, start, this.#end);
      if (end < 0) return this.#refuseBody(this.#chunks!.refusal!);
      isDone = this.#chunks!.isDone;
    }
    this.#at = end;
    exchange.takeRequestBody(this.#input, start, end);
    if (isDone && !exchange.isEnded && this.#state === BUSY) exchange.endBody();
  }

  #refuse(reason: { readonly code: string; readonly status: number }): void {
    this.#tell(reason, this.#at);
    this.#out.reset();
    this.#out.sendAnswer(this.#head, ownPage(reason.status, ''), true);
    this.#linger();
  }

  #refuseBody(reason: RefusalReason): void {
    this.#tell(reason, this.#at);
    this.#exchange.breakBody(reason.status);
  }

  #tell(reason: { readonly code: string; readonly status: number }, from: number): void {
    const excerpt = Buffer.from(this.#input.subarray(from, Math.min(this.#end, from + EXCERPT_BYTES)));
    tellRefusal(this.#core, this.peer, reason, excerpt);
  }

  /** Ends our half; what the client is still sending is read and forgotten for a while. */
  #linger(): void {
    if (this.#state === CLOSED) return;
    this.#state = LINGERING;
    this.#at = this.#end = 0;
    this.#input = NOTHING;
    this.#sinceMs = this.#core.nowMs;
    this.#socket.end();
    if (this.#isLeaving) this.#socket.destroySoon();
    else this.#resume();
  }

  #ended(): void {
    this.#isLeaving = true;
    if (this.#state === TUNNEL) return this.#exchange.endTunnel();
    if (this.#state !== BUSY) {
      this.#socket.end();
      return;
    }
    if (!this.#exchange.hasWholeBody) this.#leave();
    else this.#sinceMs = this.#core.nowMs;
  }

  #hasLeft(nowMs: number, forMs: number): boolean {
    if (!this.#out.hasBegun) return forMs > LEAVING_MS;
    const { responseBodyBytes } = this.#exchange;
    if (responseBodyBytes === this.#leavingBytes) return forMs > LEAVING_STILL_MS;
    this.#leavingBytes = responseBodyBytes;
    this.#sinceMs = nowMs;
    return false;
  }

  #leave(): void {
    this.#state = CLOSED;
    this.#exchange.leave();
    this.#socket.destroy();
  }

  #closed(): void {
    this.#state = CLOSED;
    this.#exchange.leave();
    this.#onClosed(this);
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}

const CONTINUE: Buffer = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');
