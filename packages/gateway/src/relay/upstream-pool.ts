// The connections to one upstream that wait for their next request. The one used last is taken first: it is the
// least likely to have been closed meanwhile, and the others can grow old and be let go.

import type { Counting } from './counters.ts';
import type { UpstreamAddress } from '../edge/upstreamAddress.ts';
import { UpstreamConnection, type AnswerLimits } from './upstream-connection.ts';

const MOST_IDLE = 512;
const IDLE_MS = 60_000;
/** An upstream that says how long it waits is not tried in the last part of that time. */
const MARGIN_MS = 1000;

export class UpstreamPool {
  readonly address: UpstreamAddress;
  readonly #limits: AnswerLimits;
  readonly #counters: Counting;
  readonly #idle: UpstreamConnection[] = [];
  #isClosed = false;

  constructor(address: UpstreamAddress, limits: AnswerLimits, counters: Counting) {
    this.address = address;
    this.#limits = limits;
    this.#counters = counters;
  }

  /** Returns an idle connection, or undefined. */
  take(): UpstreamConnection | undefined {
    let connection = this.#idle.pop();
    // Its end has been seen, and the event that takes it from the list is still to come.
    while (connection?.isDestroyed === true) connection = this.#idle.pop();
    return connection;
  }

  connect(): UpstreamConnection {
    this.#counters.openUpstreamConnections++;
    return new UpstreamConnection(this.address, this.#limits, this.#onClosed);
  }

  release(connection: UpstreamConnection, nowMs: number): void {
    if (this.#isClosed || this.#idle.length >= MOST_IDLE || !connection.canReuse) {
      connection.destroy();
      return;
    }
    connection.release(nowMs);
    this.#idle.push(connection);
  }

  /** Closes those that have waited too long. */
  sweep(nowMs: number): void {
    let kept = 0;
    for (const connection of this.#idle) {
      const mostMs =
        connection.keepAliveMs > 0 ? Math.max(connection.keepAliveMs - MARGIN_MS, MARGIN_MS / 2) : IDLE_MS;
      if (nowMs - connection.idleSinceMs < mostMs) this.#idle[kept++] = connection;
      else connection.destroy();
    }
    this.#idle.length = kept;
  }

  /** The idle ones go at once, the others with the answers they carry. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  readonly #onClosed = (connection: UpstreamConnection): void => {
    this.#counters.openUpstreamConnections--;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  };
}
