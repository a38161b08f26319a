// One request over HTTP/2: a stream on the client's side of the core. Bodies pass with the stream's own flow control
// in both directions: the upstream is read no faster than the client takes, and the client may send no more than the
// upstream takes.

import {
  constants,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type ServerStreamResponseOptions,
} from 'node:http2';
import type { Answer, Client, RequestView } from '@parapet/kinds';
import { ChunkedReader } from '../http/chunked.ts';
import type { RequestHead } from '../http/request-head.ts';
import type { ResponseHead } from '../http/response-head.ts';
import type { Core } from '../relay/core.ts';
import type { AnswerPlan, Downstream } from '../relay/downstream.ts';
import { RelayExchange } from '../relay/exchange.ts';
import { ownPage } from '../relay/own-answers.ts';
import { answerHeaders, fieldsOf, ownAnswerHeaders } from './http2Answer.ts';
import { Http2RequestView } from './http2View.ts';

export interface Http2ExchangeOwner {
  readonly peer: Client;
  readonly isTrusted: boolean;
  clientOf(request: RequestView): Client;
  /** Something that came could not be said in HTTP/2. */
  fault(error: unknown): void;
  /** Something was sent that is refused. */
  report(reason: string, excerpt: Buffer): void;
  /** No stream is to begin on this connection any more. */
  endAfter(): void;
}

export class Http2Exchange implements Downstream {
  readonly takesInterim = true;
  readonly #exchange: RelayExchange;
  readonly #stream: ServerHttp2Stream;
  readonly #owner: Http2ExchangeOwner;
  #isChunked = false;
  /** Bytes that the announced length still lacks; nghttp2 sees to it that no more come. */
  #bodyLeft = Infinity;
  #isOver = false;
  /** All of the answer has been handed to the stream. */
  #hasAll = false;
  #writes = 0;
  /** Header lines behind the request's body, each with its line break. */
  #requestTrailers = '';
  /** The upstream's answer could not be said in HTTP/2; the client has another. */
  #isReplaced = false;
  #answerTrailers: OutgoingHttpHeaders = {};

  constructor(core: Core, stream: ServerHttp2Stream, owner: Http2ExchangeOwner) {
    this.#exchange = new RelayExchange(core, this);
    this.#stream = stream;
    this.#owner = owner;
    stream.on('close', () => this.#leave());
  }

  /** `head` has been read from `bytes`. */
  begin(head: RequestHead, bytes: Buffer): void {
    const view = new Http2RequestView(head);
    const { peer, isTrusted } = this.#owner;
    this.#isChunked = head.framing === 'chunked';
    if (head.framing === 'length') this.#bodyLeft = head.contentLength;
    if (head.framing === 'none') this.#stream.resume();
    else {
      this.#stream.on('readable', this.#feed);
      this.#stream.on(
        'trailers',
        (_, __, raw?: readonly string[]) => (this.#requestTrailers = linesOf(raw ?? [])),
      );
      this.#stream.on('end', () => this.#endBody());
    }
    this.#exchange.begin(view, head, bytes, peer, isTrusted, this.#owner.clientOf(view));
  }

  /** Ends what takes too long. */
  sweep(nowMs: number): void {
    if (!this.#isOver) this.#exchange.sweep(nowMs);
  }

  pull(): void {
    this.#feed();
  }

  sendContinue(): void {
    this.#inform({ ':status': 100 });
  }

  sendInterim(head: ResponseHead): void {
    this.#inform(answerHeaders(head.status, head.keptHeaders()));
  }

  sendHead(head: ResponseHead, buffer: Buffer, end: number, plan: AnswerPlan): boolean {
    if (!this.#isOpen) return true;
    const isEmpty = head.framing === 'none';
    const headers = answerHeaders(head.status, head.keptHeaders(), plan.setCookies);
    const waitForTrailers = plan.chunks !== undefined && head.header('trailer') !== undefined;
    if (waitForTrailers) this.#stream.once('wantTrailers', () => this.#sendTrailers());
    const options = { endStream: isEmpty, waitForTrailers, sendDate: false };
    if (!this.#respond(headers, options)) {
      this.#isReplaced = true;
      this.sendAnswer(ownPage(502, ''));
      return true;
    }
    return isEmpty || this.sendBody(buffer, head.headEnd, end, plan);
  }

  sendBody(buffer: Buffer, start: number, end: number, { chunks, isWhole }: AnswerPlan): boolean {
    if (!this.#isOpen || this.#isReplaced) return true;
    const spans = chunks === undefined ? [start, end] : chunks.data.slice(0, chunks.dataCount * 2);
    for (let i = 0; i < spans.length; i += 2) {
      if (spans[i] === spans[i + 1]) continue;
      const data = buffer.subarray(spans[i], spans[i + 1]);
      this.#writes++;
      this.#stream.write(data, this.#written);
    }
    this.#hasAll ||= isWhole;
    if (isWhole) {
      if (chunks !== undefined) this.#answerTrailers = fieldsOf(chunks.trailers);
      this.#stream.end();
    }
    return this.#writes === 0;
  }

  /** The end of the stream tells the client that it need not send the rest. */
  skipBody(): boolean {
    return true;
  }

  /** A body that nobody reads ends its stream and not, as in HTTP/1, the connection. */
  sendAnswer(answer: Answer): number {
    if (!this.#isOpen || this.#stream.headersSent) return 0;
    const { body } = answer;
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const isEmpty =
      bytes === 0 ||
      answer.status === 204 ||
      answer.status === 304 ||
      this.#exchange.request.method === 'HEAD';
    if (!this.#respond(ownAnswerHeaders(answer, bytes), { endStream: isEmpty })) {
      this.cut();
      return 0;
    }
    if (!isEmpty) this.#stream.end(body);
    if (answer.isLast === true) this.#owner.endAfter();
    return isEmpty ? 0 : bytes;
  }

  /** Not close(): that would end the answer first, and a shortened one would look whole. */
  cut(): void {
    this.#isOver = true;
    this.#stream.destroy(new Error('the answer could not be completed'));
  }

  done(): void {
    this.#isOver = true;
    const stream = this.#stream;
    if (stream.readableEnded || stream.destroyed) return;
    stream.off('readable', this.#feed);
    stream.resume();
    // RFC 9113 8.1: a client that still sends is told, when it has the answer, that it need not.
    if (stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
    else stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
  }

  /** HTTP/2 has no upgrades: a request that asked for one has been refused. */
  beginTunnel(): void {
    this.cut();
  }

  endTunnel(): void {
    this.cut();
  }

  /** Not everything that a parser of HTTP/1.1 takes can be sent: a status of 700, to begin with. */
  #respond(
    headers: OutgoingHttpHeaders,
    options: ServerStreamResponseOptions & { sendDate?: boolean },
  ): boolean {
    try {
      this.#stream.respond(headers, options);
      return true;
    } catch (error) {
      this.#owner.fault(error);
      return false;
    }
  }

  /** Interim answers are a favour: one that cannot be sent is left out. */
  #inform(headers: OutgoingHttpHeaders): void {
    if (!this.#isOpen || this.#stream.headersSent) return;
    try {
      this.#stream.additionalHeaders(headers);
    } catch (error) {
      this.#owner.fault(error);
    }
  }

  #sendTrailers(): void {
    try {
      this.#stream.sendTrailers(this.#answerTrailers);
    } catch (error) {
      this.#owner.fault(error);
      this.#stream.destroy(new Error('the trailers could not be sent'));
    }
  }

  get requestBytes(): number {
    return this.#exchange.requestBodyBytes;
  }

  get answerBytes(): number {
    return this.#exchange.responseBodyBytes;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get #isOpen(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  /** Also called, late, when the stream was closed in the meantime: only now nobody reads the buffer any more. */
  readonly #written = (error?: Error | null): void => {
    if (--this.#writes > 0 || this.#isOver) return;
    if (this.#hasAll || error === undefined || error === null) this.#exchange.sent();
  };

  readonly #feed = (): void => {
    const exchange = this.#exchange;
    while (!this.#isOver && exchange.takesBody) {
      const chunk = this.#stream.read() as Buffer | null;
      if (chunk === null) return;
      const piece = this.#isChunked ? framed(chunk) : chunk;
      exchange.takeRequestBody(piece, 0, piece.length);
      // Not left to the end of the stream: the upstream answers when it has it all, and can then be used again.
      this.#bodyLeft -= chunk.length;
      if (this.#bodyLeft === 0 && !exchange.isEnded) exchange.endBody();
    }
  };

  #endBody(): void {
    const exchange = this.#exchange;
    if (this.#isOver || exchange.isEnded || exchange.hasWholeBody) return;
    if (this.#isChunked) {
      const last = Buffer.from(`0\r\n${this.#requestTrailers}\r\n`, 'latin1');
      const reader = new ChunkedReader('request');
      if (reader.read(last, 0, last.length) !== last.length) {
        this.#owner.report(reader.refusal?.code ?? 'trailer-field', last);
        return exchange.breakBody(400);
      }
      exchange.takeRequestBody(last, 0, last.length);
    }
    if (!exchange.isEnded) exchange.endBody();
  }

  /** The client is gone; unless this is the usual end of a stream, which is closed before its last write is done. */
  #leave(): void {
    if (this.#isOver) return;
    if (this.#hasAll && this.#writes > 0 && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR) return;
    this.#isOver = true;
    this.#exchange.leave();
  }
}

function framed(chunk: Buffer): Buffer {
  const size = Buffer.from(`${chunk.length.toString(16)}\r\n`);
  return Buffer.concat([size, chunk, CRLF]);
}

const CRLF: Buffer = Buffer.from('\r\n');

/** Names and values in turn, as lines; what could be more than one line is left out. */
function linesOf(raw: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < raw.length; i += 2)
    if (!/[\r\n\0]/.test(`${raw[i]!}${raw[i + 1]!}`)) lines += `${raw[i]!}: ${raw[i + 1]!}\r\n`;
  return lines;
}
