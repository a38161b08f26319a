// A syslog server over UDP or TCP. Nothing a sender does can fill memory: messages, connections and the queue have
// limits. When the queue is full, TCP senders wait, and UDP datagrams are dropped and counted.

import type { Line, LineOrigin, Problem } from '@parapet/kinds';
import type { LineBatch } from './line-batch.ts';
import type { Clock, Connection, Listener, Network } from './surroundings.ts';
import { SyslogFramer } from './syslog-framing.ts';
import { parseSyslogMessage, stripPriority } from './syslog-message.ts';

export interface SyslogOptions {
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly isRaw: boolean;
  readonly labels: LineOrigin['labels'];
  readonly network: Network;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Problem) => void;
  readonly onListening?: (port: number) => void;
  readonly maxQueuedLines?: number;
  readonly maxConnections?: number;
}

const BATCH_LINES = 1000;
const SWEEP_MS = 5000;
/** A sender that stops within a message for this long is cut off. */
const PARTIAL_MS = 30_000;
/** Connections stay open while nothing is logged, but not for ever. */
const IDLE_MS = 3_600_000;
const LISTEN_AGAIN_MS = 10_000;
const MAX_ORIGINS = 1000;

/** Yields received messages as lines until the signal is aborted. Structured data is in the label `structured_data`. */
export async function* listenSyslog(options: SyslogOptions): AsyncGenerator<LineBatch> {
  const server = new SyslogServer(options);
  try {
    yield* server.run();
  } finally {
    await server.close();
  }
}

interface Open {
  readonly connection: Connection;
  readonly framer: SyslogFramer;
  heardAtMs: number;
}

class SyslogServer {
  readonly #options: SyslogOptions;
  readonly #maxQueued: number;
  readonly #open = new Set<Open>();
  readonly #origins = new Map<string, LineOrigin>();
  readonly #said = new Map<string, number>();
  readonly #counters = { dropped: 0, unreadable: 0, refused: 0, slow: 0 };
  #queue: Line[] = [];
  #listener: Listener | undefined;
  #wake = (): void => {};
  #room: (() => void)[] = [];

  constructor(options: SyslogOptions) {
    this.#options = options;
    this.#maxQueued = options.maxQueuedLines ?? 10_000;
  }

  async *run(): AsyncGenerator<LineBatch> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      if (this.#listener === undefined) await this.#listen();
      this.#sweep();
      this.#report();
      while (this.#queue.length > 0) {
        const lines = this.#queue.splice(0, BATCH_LINES);
        for (const proceed of this.#room.splice(0)) proceed();
        yield { lines, cursors: new Map() };
      }
      if (signal.aborted) return;
      const alarm = new AbortController();
      const stop = (): void => alarm.abort();
      this.#wake = stop;
      signal.addEventListener('abort', stop);
      await clock.sleep(this.#listener === undefined ? LISTEN_AGAIN_MS : SWEEP_MS, alarm.signal);
      signal.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    for (const { connection } of this.#open) connection.close();
    for (const proceed of this.#room.splice(0)) proceed();
    await this.#listener?.close();
  }

  async #listen(): Promise<void> {
    const { network, transport, address, port, onListening } = this.#options;
    try {
      this.#listener =
        transport === 'udp'
          ? await network.openUdp(address, port, (bytes, client) => this.#takeDatagram(bytes, client))
          : await network.openTcp(address, port, (connection) => void this.#serve(connection));
      onListening?.(this.#listener.port);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#complain(
        'E_SYSLOG_LISTEN',
        `The port cannot be opened: ${why}`,
        'Free the port or choose another; it is tried again',
      );
    }
  }

  #takeDatagram(bytes: Buffer, client: string): void {
    if (this.#queue.length >= this.#maxQueued) this.#counters.dropped++;
    else this.#take(bytes.subarray(0, this.#options.maxMessageBytes), client);
  }

  async #serve(connection: Connection): Promise<void> {
    if (this.#open.size >= (this.#options.maxConnections ?? 256)) {
      this.#counters.refused++;
      connection.close();
      return;
    }
    const { clock, maxMessageBytes } = this.#options;
    const open = { connection, framer: new SyslogFramer(maxMessageBytes), heardAtMs: clock.nowMs() };
    this.#open.add(open);
    try {
      for await (const chunk of connection.chunks) {
        open.heardAtMs = clock.nowMs();
        for (const message of open.framer.push(chunk)) this.#take(message, connection.client);
        if (this.#queue.length >= this.#maxQueued) {
          await new Promise<void>((resolve) => this.#room.push(resolve));
          // The sender was held up by us and is not slow.
          open.heardAtMs = clock.nowMs();
        }
        if (this.#options.signal.aborted) break;
      }
      for (const message of open.framer.end()) this.#take(message, connection.client);
    } catch {
      // The sender is gone in the middle of something: it will connect again.
    } finally {
      this.#open.delete(open);
      connection.close();
    }
  }

  #take(bytes: Buffer, client: string): void {
    const { clock, isRaw } = this.#options;
    const nowMs = clock.nowMs();
    const message = isRaw ? stripPriority(bytes) : parseSyslogMessage(bytes, { nowMs, client });
    if (message === undefined) {
      this.#counters.unreadable++;
      return;
    }
    const origin = this.#originOf(client, message.structuredData);
    this.#queue.push({ raw: message.line, origin, readAtMs: nowMs });
    this.#wake();
  }

  #originOf(client: string, structuredData: string | undefined): LineOrigin {
    const key = `${client} ${structuredData ?? ''}`;
    const known = this.#origins.get(key);
    if (known !== undefined) return known;
    const { labels } = this.#options;
    const all = structuredData === undefined ? labels : { ...labels, structured_data: structuredData };
    const origin: LineOrigin = { src: client, module: 'syslog', labels: all };
    if (this.#origins.size >= MAX_ORIGINS) this.#origins.clear();
    this.#origins.set(key, origin);
    return origin;
  }

  #sweep(): void {
    const now = this.#options.clock.nowMs();
    for (const open of this.#open) {
      const { connection, framer, heardAtMs } = open;
      // Those that wait for room in the queue have been heard, but are not read.
      if (this.#room.length > 0) return;
      const isSlow = framer.isWithinMessage && now - heardAtMs >= PARTIAL_MS;
      if (isSlow) this.#counters.slow++;
      if (!isSlow && now - heardAtMs < IDLE_MS) continue;
      this.#open.delete(open);
      connection.close();
    }
  }

  #report(): void {
    const { dropped, unreadable, refused, slow } = this.#counters;
    const messages: [number, string, string, string][] = [
      [
        dropped,
        'E_SYSLOG_DROPPED',
        `${dropped} messages came faster than they could be read`,
        'Send over TCP, which waits',
      ],
      [
        unreadable,
        'E_SYSLOG_UNREADABLE',
        `${unreadable} messages were no syslog`,
        'Set disable_rfc_parser for senders with a format of their own',
      ],
      [
        refused,
        'E_SYSLOG_CONNECTIONS',
        `${refused} connections were refused: too many are open`,
        'Let a relay collect the messages of many hosts',
      ],
      [
        slow,
        'E_SYSLOG_SLOW',
        `${slow} connections stopped within a message and were closed`,
        'Check the network to the sender',
      ],
    ];
    for (const [count, code, message, hint] of messages) if (count > 0) this.#complain(code, message, hint);
  }

  /** Each kind of trouble once a minute at most. */
  #complain(code: string, message: string, hint: string): void {
    const { clock, transport, address, port, onProblem } = this.#options;
    const now = clock.nowMs();
    if (now - (this.#said.get(code) ?? -Infinity) < 60_000) return;
    this.#said.set(code, now);
    onProblem({ code, file: `syslog ${transport} ${address}:${port}`, line: 0, column: 0, message, hint });
    if (code === 'E_SYSLOG_DROPPED') this.#counters.dropped = 0;
    if (code === 'E_SYSLOG_UNREADABLE') this.#counters.unreadable = 0;
    if (code === 'E_SYSLOG_CONNECTIONS') this.#counters.refused = 0;
    if (code === 'E_SYSLOG_SLOW') this.#counters.slow = 0;
  }
}
