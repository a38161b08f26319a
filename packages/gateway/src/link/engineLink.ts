// A worker's end of the socket to the engine. While the engine is away, events wait in a bounded queue, questions
// are answered with no at once, and the decisions that are known stay in force. It is tried again until it is back.

import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import type {
  Appeal,
  DecisionName,
  Redeemed,
  Redemption,
  TableDecision,
  Told,
  TrustedSighting,
} from '@parapet/enforcement';
import type { Exchange, Refusal } from '@parapet/kinds';
import { BatchQueue } from './batchQueue.ts';
import { BatchWriter } from './batch.ts';
import { FrameDecoder, messageFrame } from './frames.ts';
import {
  PROTOCOL,
  readEngineMessage,
  type EngineMessage,
  type RelayTopic,
  type SiteKnowledgeMessage,
  type WorkerMessage,
} from './messages.ts';

export interface EngineLinkOptions {
  readonly socketPath: string;
  /** Which of the workers this is, from 1 on. */
  readonly worker: number;
  readonly nowMs: () => number;
  readonly listener: EngineLinkListener;
  readonly maxQueuedBytes?: number;
}

/** Who is told what the engine says. */
export interface EngineLinkListener {
  /** A part of all decisions in force; with the last one they take the place of those that were known. */
  onTable(decisions: readonly TableDecision[], isFirst: boolean, isLast: boolean): void;
  onChange(added: readonly TableDecision[], removed: readonly DecisionName[]): void;
  onAllowlist(ranges: readonly string[]): void;
  onTrustEpoch(epoch: number): void;
  /** What another worker has told. */
  onRelay(topic: RelayTopic, value: unknown): void;
  /** What is known of a site now. */
  onKnowledge(message: SiteKnowledgeMessage): void;
}

export interface EngineLinkHealth {
  readonly isConnected: boolean;
  /** When the engine was heard last, milliseconds since the epoch; 0 when never. */
  readonly heardAtMs: number;
  readonly queuedBytes: number;
  readonly droppedEvents: number;
  /** Number of the last change of decisions that was taken over; 0 before the first table. */
  readonly tableVersion: number;
}

const QUEUED_BYTES = 33_554_432;
const FLUSH_MS = 25;
const ASK_MS = 50;
const REDEEM_MS = 2000;
/** Records of what was found that wait while the engine is away; a visitor's page names the record. */
const WAITING_RECORDS = 1000;
const UNREACHABLE: Redeemed = { outcome: 'unreachable', lifted: 0 };
/** An engine sends a pulse each second; one that is silent for so long hangs. */
const SILENCE_MS = 10_000;
const AGAIN_MS = 50;
const AGAIN_MAX_MS = 1000;

export class EngineLink {
  readonly #options: EngineLinkOptions;
  readonly #session = randomBytes(8).toString('hex');
  readonly #writer = new BatchWriter();
  readonly #queue: BatchQueue;
  readonly #redeeming = new Map<number, (outcome: Redeemed) => void>();
  /** Records that the engine was not there to take, the oldest first. */
  #records: unknown[] = [];
  readonly #asked = new Map<number, (isCovered: boolean) => void>();
  #socket: Socket | undefined;
  #isWelcome = false;
  #isStopped = false;
  #number = 0;
  #events = 0;
  #ask = 0;
  #flushTimer: NodeJS.Timeout | undefined;
  #againTimer: NodeJS.Timeout | undefined;
  #watchTimer: NodeJS.Timeout | undefined;
  #againMs = AGAIN_MS;
  #heardAtMs = 0;
  #tableVersion = 0;
  #onEmpty = (): void => {};

  constructor(options: EngineLinkOptions) {
    this.#options = options;
    this.#queue = new BatchQueue(options.maxQueuedBytes ?? QUEUED_BYTES, (frame) => {
      // A frame may be kept by its first sending while its second, on a new connection, has not left yet.
      if (this.#socket === undefined || this.#socket.writableLength === 0) this.#writer.giveBack(frame);
    });
  }

  get isConnected(): boolean {
    return this.#isWelcome;
  }

  start(): void {
    this.#watchTimer = setInterval(() => this.#watch(), 1000);
    this.#watchTimer.unref();
    this.#connect();
  }

  /** Sends what waits, gives the engine so long to keep it, and ends the connection. */
  async stop(timeoutMs: number): Promise<void> {
    this.#flush(0);
    if (!this.#queue.isEmpty && this.#isWelcome) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isStopped = true;
    clearInterval(this.#watchTimer);
    clearTimeout(this.#againTimer);
    this.#socket?.end();
    this.#socket?.unref();
  }

  /** Takes a request that came to its end. */
  event(exchange: Exchange, told?: Told): void {
    this.#writer.addExchange(exchange, told);
    this.#added();
  }

  refusal(refusal: Refusal): void {
    this.#writer.addRefusal(refusal);
    this.#added();
  }

  /**
   * Takes an event and asks whether a decision covers its client now. Resolves with false when the engine is away
   * or does not answer in time: the site must answer.
   */
  ask(line: string, meta: string): Promise<boolean> {
    // In a batch of its own: it need not wait until the engine has dealt with what came before.
    this.#flush(0);
    this.#writer.add(line, meta);
    this.#events++;
    if (!this.#isWelcome) {
      this.#flush(0);
      return Promise.resolve(false);
    }
    const ask = this.#nextAsk();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(ask, false), ASK_MS);
      this.#asked.set(ask, (isCovered) => {
        clearTimeout(timer);
        resolve(isCovered);
      });
      this.#flush(ask);
    });
  }

  /** Tells the other workers, if the engine is there. */
  relay(topic: RelayTopic, value: unknown): void {
    this.#say({ kind: 'relay', topic, value });
  }

  stats(stats: unknown): void {
    this.#say({ kind: 'stats', stats });
  }

  /** Returns whether the engine was there to take it. */
  appeal(appeal: Appeal): boolean {
    return this.#say({ kind: 'appeal', appeal });
  }

  trusted(sighting: TrustedSighting): void {
    this.#say({ kind: 'trusted', sighting });
  }

  /** Tells what may be learned of a site; lost while the engine is away. */
  sample(site: string, sample: unknown): void {
    this.#say({ kind: 'sample', site, sample });
  }

  /** Tells of a request in which something was found; the event of the request says it as well. The last ones wait. */
  found(record: unknown): void {
    if (this.#say({ kind: 'found', record })) return;
    if (this.#records.length >= WAITING_RECORDS) this.#records.shift();
    this.#records.push(record);
  }

  /** Asks the engine, which knows of all workers; resolves with `unreachable` when it does not answer. */
  redeem(redemption: Redemption): Promise<Redeemed> {
    const ask = this.#nextAsk();
    if (!this.#say({ kind: 'redeem', ask, redemption })) return Promise.resolve(UNREACHABLE);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#redeemed(ask, UNREACHABLE), REDEEM_MS);
      this.#redeeming.set(ask, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
  }

  health(): EngineLinkHealth {
    return {
      isConnected: this.#isWelcome,
      heardAtMs: this.#heardAtMs,
      queuedBytes: this.#queue.bytes,
      droppedEvents: this.#queue.droppedEvents,
      tableVersion: this.#tableVersion,
    };
  }

  #added(): void {
    this.#events++;
    if (this.#writer.isFull) this.#flush(0);
    else this.#flushTimer ??= setTimeout(() => this.#flush(0), FLUSH_MS);
  }

  #flush(ask: number): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#writer.isEmpty) return;
    this.#queue.add(++this.#number, this.#writer.take(this.#number, ask), this.#events);
    this.#events = 0;
    this.#send();
  }

  #send(): void {
    const socket = this.#socket;
    if (socket === undefined || !this.#isWelcome) return;
    while (!socket.writableNeedDrain) {
      const frame = this.#queue.next();
      if (frame === undefined) return;
      socket.write(frame);
    }
  }

  #sendRecords(): void {
    const said = this.#records.findIndex((record) => !this.#say({ kind: 'found', record }));
    this.#records = said < 0 ? [] : this.#records.slice(said);
  }

  #say(message: WorkerMessage): boolean {
    const socket = this.#socket;
    // One that does not read must not fill our memory: what is said here is said again, or is no loss.
    if (socket === undefined || !this.#isWelcome || socket.writableLength > 1_048_576) return false;
    socket.write(messageFrame(message));
    return true;
  }

  #connect(): void {
    const socket = connect(this.#options.socketPath);
    const decoder = new FrameDecoder();
    this.#socket = socket;
    socket.on('connect', () => {
      this.#heardAtMs = this.#options.nowMs();
      const { worker } = this.#options;
      const hello: WorkerMessage = {
        kind: 'hello',
        protocol: PROTOCOL,
        session: this.#session,
        worker,
        pid: process.pid,
      };
      socket.write(messageFrame(hello));
    });
    socket.on('data', (chunk) => {
      for (const { type, payload } of decoder.push(chunk)) {
        const message = type === 'message' ? readEngineMessage(payload) : undefined;
        if (message !== undefined) this.#hear(message);
      }
      if (decoder.isBroken) socket.destroy();
    });
    socket.on('drain', () => {
      this.#send();
      this.#sendRecords();
    });
    // `close` follows, and is where it is tried again.
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
  }

  #lost(): void {
    this.#socket = undefined;
    this.#isWelcome = false;
    for (const ask of this.#asked.keys()) this.#answer(ask, false);
    for (const ask of this.#redeeming.keys()) this.#redeemed(ask, UNREACHABLE);
    if (this.#isStopped) return;
    this.#againTimer = setTimeout(() => this.#connect(), this.#againMs);
    this.#againMs = Math.min(AGAIN_MAX_MS, this.#againMs * 2);
  }

  #watch(): void {
    const nowMs = this.#options.nowMs();
    if (this.#heardAtMs > nowMs) this.#heardAtMs = nowMs; // the clock was set back
    if (this.#isWelcome && nowMs - this.#heardAtMs > SILENCE_MS) this.#socket?.destroy();
  }

  #hear(message: EngineMessage): void {
    this.#heardAtMs = this.#options.nowMs();
    const { listener } = this.#options;
    switch (message.kind) {
      case 'welcome':
        if (message.protocol !== PROTOCOL) {
          this.#socket?.destroy();
          return;
        }
        this.#againMs = AGAIN_MS;
        this.#isWelcome = true;
        this.#queue.rewind();
        this.#forget(message.kept);
        this.#send();
        this.#sendRecords();
        return;
      case 'kept':
        this.#forget(message.number);
        return;
      case 'answer':
        this.#answer(message.ask, message.isCovered);
        return;
      case 'redeemed':
        this.#redeemed(message.ask, { outcome: message.outcome, lifted: message.lifted });
        return;
      case 'table':
        listener.onTable(message.decisions, message.isFirst, message.isLast);
        if (message.isLast) this.#tableVersion = message.version;
        return;
      case 'change':
        listener.onChange(message.added, message.removed);
        this.#tableVersion = message.version;
        return;
      case 'allowlist':
        listener.onAllowlist(message.ranges);
        return;
      case 'trust':
        listener.onTrustEpoch(message.epoch);
        return;
      case 'relay':
        listener.onRelay(message.topic, message.value);
        return;
      case 'knowledge':
        listener.onKnowledge(message);
        return;
      case 'pulse':
        return;
    }
  }

  #forget(number: number): void {
    this.#queue.forget(number);
    if (this.#queue.isEmpty) this.#onEmpty();
  }

  #nextAsk(): number {
    return (this.#ask = (this.#ask % 0xffff_ffff) + 1);
  }

  #redeemed(ask: number, outcome: Redeemed): void {
    const resolve = this.#redeeming.get(ask);
    this.#redeeming.delete(ask);
    resolve?.(outcome);
  }

  #answer(ask: number, isCovered: boolean): void {
    const answer = this.#asked.get(ask);
    this.#asked.delete(ask);
    answer?.(isCovered);
  }
}
