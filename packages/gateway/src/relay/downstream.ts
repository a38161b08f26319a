// The client's side of one exchange, as the core sees it: a connection that speaks HTTP/1.1, or one stream of
// HTTP/2. The core (RelayExchange) reads no socket of a client; whoever does tells it three things, and is told
// the answer through this interface.
//
// How to put another transport in front of the core:
//
// 1. Make an object that is a Downstream, and a RelayExchange with it (`new RelayExchange(core, downstream)`); one
//    exchange object may serve one request after another.
// 2. Write the head of the request as HTTP/1.1 bytes and parse them with a RequestHead: the upstream is always
//    spoken to in HTTP/1.1, with the spans that the parser does not drop, and one set of rules judges all requests.
//    Then `exchange.begin(view, head, headBytes, peer)`; `view` is what the guard sees, `head` itself for HTTP/1.
// 3. Body bytes go to `exchange.takeRequestBody(buffer, start, end)` in the framing that the head announced (chunks with
//    their sizes when it said chunked), but only while `exchange.takesBody`; `pull` says that it does again.
//    After the last one `exchange.endBody()`.
// 4. `exchange.leave()` when the client is gone before `done` was called. Nothing is called after it.

import type { Answer } from '@parapet/kinds';
import type { ChunkedReader } from '../http/chunked.ts';
import type { ResponseHead } from '../http/response-head.ts';

/** Free bytes before and behind what an upstream sent: a head may grow, a chunk may get its size, in place. */
export const HEADROOM = 2048;
export const TAILROOM = 16;

export interface Downstream {
  /** Interim answers (100, 103) can be sent to this client. */
  readonly takesInterim: boolean;

  /** The exchange takes body bytes: hand over what there is (within this call), and what comes. */
  pull(): void;

  /** Sends `100 Continue`: nobody else has. */
  sendContinue(): void;

  /** Sends an interim answer: its head is at buffer[head.lineStart, head.headEnd). */
  sendInterim(head: ResponseHead, buffer: Buffer): void;

  /**
   * Sends the head of the upstream's answer, which is in `buffer`, and the first bytes of the body behind it,
   * buffer[head.headEnd, end). Everything from HEADROOM bytes before the head to TAILROOM bytes behind `end` may be
   * overwritten. False when the buffer is still in use; then `exchange.sent()` is to be called when it is free and
   * more is welcome.
   */
  sendHead(head: ResponseHead, buffer: Buffer, end: number, plan: AnswerPlan): boolean;

  /** More of the body, under the same rules as `sendHead`. */
  sendBody(buffer: Buffer, start: number, end: number, plan: AnswerPlan): boolean;

  /** Passes over the rest of the request's body; false when it has not arrived yet. */
  skipBody(): boolean;

  /**
   * A whole answer of our own; the body is left out for HEAD. `isLast`: nothing follows on this connection. Returns
   * how long the body is.
   */
  sendAnswer(answer: Answer, isLast: boolean): number;

  /** The answer cannot be completed, and the client must be able to tell. */
  cut(): void;

  /** The exchange is over and the object may serve the next one. `isLast`: nothing more is read from this client. */
  done(isLast: boolean): void;

  /** From now on bytes are passed as they come, both ways (after 101). */
  beginTunnel(): void;

  /** In a tunnel: the upstream has said all. */
  endTunnel(): void;
}

/** What goes with an answer, beside its bytes. */
export interface AnswerPlan {
  /** These bytes are the last ones of the answer. */
  isWhole: boolean;
  /** The connection ends after the answer. */
  closes: boolean;
  /** The chunked body, where the data stands in the bytes at hand (`data`, `dataCount`); undefined for others. */
  chunks: ChunkedReader | undefined;
  setCookies: readonly string[] | undefined;
}
