// A client's connection that speaks HTTP/2, with the limits that make it cheap to refuse what is only there to be
// expensive: streams opened to be reset (CVE-2023-44487), frames that ask for an answer and nothing else, headers
// that unpack to megabytes, answers that nobody reads. What node:http2 and nghttp2 limit themselves is set here too.

import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Client, RequestView } from '@parapet/kinds';
import { RequestHead } from '../http/request-head.ts';
import type { Core } from '../relay/core.ts';
import { tellRefusal } from '../relay/guard-calls.ts';
import { ownPage } from '../relay/own-answers.ts';
import { clientOf } from './clientOf.ts';
import { ownAnswerHeaders } from './http2Answer.ts';
import { Http2Exchange, type Http2ExchangeOwner } from './http2Exchange.ts';
import { composeHead } from './http2Head.ts';

/** What RFC 9113 asks for at least: enough for a page with all its pictures. */
const MAX_STREAMS = 100;
/** What a client may send ahead on one stream, and on all of them. */
const STREAM_WINDOW = 262_144;
const CONNECTION_WINDOW = 1_048_576;

/** Counts begin anew after this. */
const WINDOW_MS = 10_000;
/** A browser that leaves a page resets what it had asked for: some dozens, and not again and again. */
const MAX_RESETS = 200;
/** A client measures the way with a PING now and then, and changes its settings once. */
const MAX_CONTROL_FRAMES = 100;
/**
 * Bytes that carried neither heads nor bodies. Frames that node:http2 answers or drops by itself (WINDOW_UPDATE,
 * PRIORITY, empty DATA) are seen by nobody here, but they can be weighed. A download needs a WINDOW_UPDATE for each
 * few kilobytes, an upload in small pieces a frame for each.
 */
const FREE_OVERHEAD_BYTES = 262_144;
const OVERHEAD_PER_REQUEST_BYTE = 4;
const ANSWER_BYTES_PER_OVERHEAD = 128;
const LINGER_MS = 2000;
const EXCERPT_BYTES = 512;

interface OpenStream {
  readonly stream: ServerHttp2Stream;
  readonly exchange: Http2Exchange | undefined;
  /** When the exchange was first seen to be over, with the stream still open. */
  overSinceMs: number;
}

export class Http2Connection implements Http2ExchangeOwner {
  readonly peer: Client;
  readonly isTrusted: boolean;
  readonly #core: Core;
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #open = new Set<OpenStream>();
  /** When the last stream ended, or GOAWAY was sent. */
  #sinceMs: number;
  readonly #bornMs: number;
  #windowSinceMs: number;
  #streams = 0;
  #resets = 0;
  #controlFrames = 0;
  #isEnding = false;
  /** Of streams that are closed, and of all heads. */
  #requestBytes = 0;
  #answerBytes = 0;

  constructor(
    core: Core,
    socket: Socket,
    peer: Client,
    isTrusted: boolean,
    onClosed: (connection: Http2Connection) => void,
  ) {
    this.#core = core;
    this.#socket = socket;
    this.peer = peer;
    this.isTrusted = isTrusted;
    this.#bornMs = this.#sinceMs = this.#windowSinceMs = core.nowMs;
    socket.setNoDelay(true);
    const session = (this.#session = performServerHandshake(socket, optionsFor(core)));
    session.setLocalWindowSize(CONNECTION_WINDOW);
    // The types lack the headers as they were sent, which node gives as the last argument.
    const onStream = (
      stream: ServerHttp2Stream,
      _headers: unknown,
      flags: number,
      rawHeaders: string[],
    ): void => this.#begin(stream, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, rawHeaders);
    session.on('stream', onStream as never);
    session.on('ping', () => this.#countControlFrame());
    session.on('remoteSettings', () => this.#countControlFrame());
    session.on('error', (error: Error & { code?: unknown }) => {
      if (error.code === 'ERR_HTTP2_ERROR') this.report('h2-protocol', Buffer.from(error.message));
    });
    socket.on('error', () => {});
    // HTTP/2 knows no connection that is open on one side only.
    socket.on('end', () => this.close());
    socket.on('close', () => onClosed(this));
  }

  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  clientOf(request: RequestView): Client {
    return this.isTrusted ? clientOf(this.peer, request, this.#core.trustedProxies) : this.peer;
  }

  fault(error: unknown): void {
    if (error instanceof Error) this.#core.onUpstreamError(error);
  }

  endAfter(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#sinceMs = this.#core.nowMs;
    if (!this.#session.closed && !this.#session.destroyed) this.#session.close();
  }

  /** Ends what takes too long. */
  sweep(nowMs: number): void {
    const { timeouts } = this.#core.config;
    for (const entry of this.#open) {
      entry.exchange?.sweep(nowMs);
      // Over for us, and the client does not take the rest: then it takes nothing on this connection.
      if (entry.exchange?.isOver !== true) continue;
      entry.overSinceMs ||= nowMs;
      if (nowMs - entry.overSinceMs > timeouts.bodyMs) return this.close();
    }
    if (this.#overheadBytes() > 0) return this.#expel('h2-flood');
    if (this.#core.isDraining) this.endAfter();
    if (this.#open.size > 0) return;
    const forMs = nowMs - this.#sinceMs;
    if (this.#isEnding) {
      if (forMs > LINGER_MS) this.close();
    } else if (forMs > timeouts.idleMs) {
      this.endAfter();
    }
  }

  close(): void {
    if (!this.#session.destroyed) this.#session.destroy();
    this.#socket.destroy();
  }

  #begin(stream: ServerHttp2Stream, isWhole: boolean, rawHeaders: readonly string[]): void {
    const core = this.#core;
    core.nowMs = core.clock();
    stream.on('error', () => {});
    this.#renewWindow();
    this.#streams++;
    const composed = composeHead(rawHeaders, !isWhole);
    if (!composed.ok) return this.#refuse(stream, composed.reason, composed.status, rawHeaders);
    const { bytes } = composed;
    this.#requestBytes += bytes.length;
    // Its own lines (Host, Transfer-Encoding, one for all cookies) are not the client's to be counted.
    const { headBytes, headers } = core.config.limits;
    const head = new RequestHead({ headBytes: headBytes + EXCERPT_BYTES, headers: headers + 2 });
    if (head.parse(bytes, 0, bytes.length) <= 0) {
      const { code, status } = head.refusal ?? { code: 'request-line', status: 400 };
      return this.#refuse(stream, code, status, rawHeaders);
    }
    const exchange = new Http2Exchange(core, stream, this);
    // Not what is over for us: node calls our own breaking off by the same name.
    stream.on('aborted', () => {
      if (!exchange.isOver) this.#countReset();
    });
    this.#keep({ stream, exchange, overSinceMs: 0 });
    exchange.begin(head, bytes);
  }

  #keep(entry: OpenStream): void {
    this.#open.add(entry);
    entry.stream.on('close', () => {
      this.#open.delete(entry);
      this.#requestBytes += entry.exchange?.requestBytes ?? 0;
      this.#answerBytes += entry.exchange?.answerBytes ?? 0;
      this.#sinceMs = this.#core.nowMs;
    });
  }

  #refuse(stream: ServerHttp2Stream, reason: string, status: number, rawHeaders: readonly string[]): void {
    this.#keep({ stream, exchange: undefined, overSinceMs: 0 });
    this.report(reason, Buffer.from(shown(rawHeaders), 'latin1'), status);
    if (stream.destroyed) return;
    const page = ownPage(status, '');
    stream.respond(ownAnswerHeaders(page, Buffer.byteLength(page.body)));
    stream.end(page.body);
    stream.resume();
  }

  report(reason: string, excerpt: Buffer, status = 400): void {
    tellRefusal(this.#core, this.peer, { code: reason, status }, excerpt.subarray(0, EXCERPT_BYTES));
  }

  /** What was read beyond what the bodies that passed can explain; negative as long as all is well. */
  #overheadBytes(): number {
    let requestBytes = this.#requestBytes;
    let answerBytes = this.#answerBytes;
    for (const { exchange } of this.#open) {
      requestBytes += exchange?.requestBytes ?? 0;
      answerBytes += exchange?.answerBytes ?? 0;
    }
    // A connection may live for days, with a PING now and then.
    const idleAllowance = (this.#core.nowMs - this.#bornMs) / 10;
    const explained =
      requestBytes * (1 + OVERHEAD_PER_REQUEST_BYTE) + answerBytes / ANSWER_BYTES_PER_OVERHEAD;
    return this.#socket.bytesRead - explained - FREE_OVERHEAD_BYTES - idleAllowance;
  }

  #renewWindow(): void {
    const { nowMs } = this.#core;
    if (nowMs - this.#windowSinceMs < WINDOW_MS) return;
    this.#windowSinceMs = nowMs;
    this.#streams = this.#resets = this.#controlFrames = 0;
  }

  #countReset(): void {
    if (++this.#resets > MAX_RESETS && this.#resets > this.#streams / 2) this.#expel('h2-rapid-reset');
  }

  #countControlFrame(): void {
    this.#core.nowMs = this.#core.clock();
    this.#renewWindow();
    if (++this.#controlFrames > MAX_CONTROL_FRAMES) this.#expel('h2-flood');
  }

  #expel(reason: string): void {
    if (this.#session.destroyed) return;
    this.report(reason, Buffer.alloc(0));
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    this.#session.destroy();
  }
}

function optionsFor({ config: { limits } }: Core): ServerOptions {
  return {
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: limits.headBytes,
      initialWindowSize: STREAM_WINDOW,
      enableConnectProtocol: false,
    },
    // The four pseudo headers are counted too.
    maxHeaderListPairs: limits.headers + 4,
    maxSettings: 32,
    maxOutstandingPings: 4,
    maxSessionMemory: 8,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  };
}

function shown(rawHeaders: readonly string[]): string {
  let text = '';
  for (let i = 0; i < rawHeaders.length && text.length < EXCERPT_BYTES; i += 2)
    text += `${rawHeaders[i]!}: ${rawHeaders[i + 1]!}\n`;
  return text;
}
