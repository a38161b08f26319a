// A request on its way to an upstream: the head waits for the first piece of the body, so that both leave in one
// packet.

import type { RequestWriter } from './request-writer.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

export class RequestSending {
  /** An upstream may have acted on it: it cannot simply be sent again. */
  hasSentBody = false;
  readonly #writer: RequestWriter;
  #isHeadPending = false;

  constructor(writer: RequestWriter) {
    this.#writer = writer;
  }

  /** The next request. */
  clear(): void {
    this.hasSentBody = this.#isHeadPending = false;
  }

  /** The head has been composed and nothing else is until `flush`. */
  hold(): void {
    this.#isHeadPending = true;
  }

  /** Sends a piece of the body. False when the connection wants no more for now. */
  write(connection: UpstreamConnection, buffer: Buffer, start: number, end: number): boolean {
    this.hasSentBody = true;
    if (this.#isHeadPending) {
      this.#isHeadPending = false;
      return this.#writer.sendWith(connection, buffer, start, end);
    }
    return connection.write(start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end));
  }

  /** Sends the head if it has not left with a piece of the body. False when the connection wants no more for now. */
  flush(connection: UpstreamConnection): boolean {
    if (!this.#isHeadPending) return true;
    this.#isHeadPending = false;
    return this.#writer.send(connection);
  }
}
