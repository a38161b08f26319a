// Tells Parapet what the program sees. `send` only puts a record into a queue: it never waits and never throws, whatever
// has become of Parapet. From the queue records go out in batches, one at a time; while nobody takes them they go to
// files, and from there when somebody does. Every record has an id, so that one that is sent twice counts once.

import { createHmac, randomUUID } from 'node:crypto';
import process from 'node:process';
import { readSignal, type SignalRecord } from '@parapet/kinds';
import { ApiConnection } from '../api/connection.ts';
import { Backoff } from './backoff.ts';
import { verdictOf } from './verdict.ts';
import { SignalSpool } from './signalSpool.ts';

export interface SignalClientOptions {
  /** Where the API is: `unix:/path`, `http://host:port` or `https://host:port`. */
  readonly endpoint: string;
  /** Of `parapet tokens add NAME --scope signals:write`. */
  readonly token: string;
  /** What records without a site get. */
  readonly site?: string;
  /** The secret that only this site has, for `hash`. */
  readonly hashKey?: string;
  /** A folder for records that nobody takes; without one they wait in memory and are lost with the process. */
  readonly spool?: string;
  /** How large the folder may grow; the oldest records go first. */
  readonly spoolBytes?: number;
  /** How many records may wait in memory. */
  readonly mostQueued?: number;
  /** So long a record waits for others to go with it. */
  readonly batchMs?: number;
  /** Until a batch is answered. */
  readonly timeoutMs?: number;
  /** Told when records cannot be sent, are refused or are lost; at most once a second. */
  readonly onFault?: (error: Error) => void;
}

export interface SignalCounters {
  /** Taken by Parapet, now or before. */
  delivered: number;
  /** Refused by Parapet, or not sent since they could only be refused. */
  refused: number;
  /** Given up since neither memory nor spool had room. */
  lost: number;
  /** Neither delivered nor in the spool yet. */
  queued: number;
}

const SPOOL_BYTES = 16_777_216;
const MOST_QUEUED = 10_000;
const BATCH_MS = 200;
const TIMEOUT_MS = 5000;
const MOST_RECORDS = 500;
const MOST_CHARS = 500_000;
const FAULT_EVERY_MS = 1000;
const EXIT_MS = 2000;
const SPOOLED_MS = 1000;
const MOMENT_MS = 20;

export class SignalClient {
  readonly #options: SignalClientOptions;
  readonly #connection: ApiConnection;
  readonly #spool: SignalSpool | undefined;
  readonly #backoff = new Backoff();
  readonly #counters = { delivered: 0, refused: 0, lost: 0 };
  /** Records as JSON, the oldest first. */
  #queue: string[] = [];
  /** What is being sent or written now. */
  #underWay: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #toldAt = -Infinity;
  #isClosed = false;

  /** Throws on an endpoint that is none; nothing later throws. */
  constructor(options: SignalClientOptions) {
    this.#options = options;
    this.#connection = new ApiConnection(options.endpoint, options.token);
    if (options.spool !== undefined)
      this.#spool = new SignalSpool(options.spool, options.spoolBytes ?? SPOOL_BYTES);
    process.on('beforeExit', this.#onBeforeExit);
    process.on('exit', this.#onExit);
    // What an earlier process left.
    if (this.#spool !== undefined) this.#wake();
  }

  /** Tells it, some time soon. Returns the record's id; undefined when it is wrong, which `onFault` is told. */
  send(record: SignalRecord): string | undefined {
    try {
      return this.#take(record);
    } catch (error) {
      // What is no record at all, from a program without types.
      this.#counters.refused++;
      this.#fault(error);
      return undefined;
    }
  }

  #take(record: SignalRecord): string | undefined {
    const nowMs = Date.now();
    const id = record.id ?? randomUUID();
    const { site } = this.#options;
    const whole: SignalRecord = {
      ...(site === undefined ? {} : { site }),
      ...record,
      id,
      time: record.time ?? new Date(nowMs).toISOString(),
    };
    const read = readSignal(whole, { nowMs, maxAgeMs: Infinity });
    if (!read.ok) {
      this.#counters.refused++;
      this.#fault(new Error(`${read.detail} (${read.code})`));
      return undefined;
    }
    this.#queue.push(JSON.stringify(whole));
    const most = this.#options.mostQueued ?? MOST_QUEUED;
    if (this.#queue.length > most && (this.#spool === undefined || this.#queue.length > 2 * most)) {
      this.#queue.shift();
      this.#lose(1);
    }
    this.#wake();
    return id;
  }

  /** Returns the keyed hash of a name or session id, which never leaves the program itself. Throws without `hashKey`. */
  hash(secret: string): string {
    const { hashKey } = this.#options;
    if (hashKey === undefined) throw new Error('hash needs the option hashKey');
    return createHmac('sha256', hashKey).update(secret.trim().toLowerCase()).digest('hex').slice(0, 32);
  }

  /** Resolves when all that was told so far is delivered or in the spool, or after the time limit. Never rejects. */
  async flush(limitMs: number = TIMEOUT_MS): Promise<void> {
    const end = performance.now() + limitMs;
    while (this.#waiting > 0 && performance.now() < end) {
      const work = this.#work(true);
      const rest = end - performance.now();
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, rest)));
      await Promise.race([work, limit]);
      clearTimeout(timer);
      if (this.#waiting > 0) await this.#rest(end);
    }
  }

  /** Until it may be tried again, but not beyond the end. */
  async #rest(end: number): Promise<void> {
    const waitMs = Math.max(MOMENT_MS, this.#spool === undefined ? this.#backoff.waitMs() : 0);
    const restMs = Math.max(0, Math.min(waitMs, end - performance.now()));
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }

  counters(): SignalCounters {
    return { ...this.#counters, queued: this.#waiting };
  }

  /** Neither delivered nor in the spool. */
  get #waiting(): number {
    return this.#queue.length + this.#underWay.length;
  }

  /** Sends what waits, puts the rest into the spool and ends. */
  async close(limitMs: number = TIMEOUT_MS): Promise<void> {
    await this.flush(limitMs);
    this.#isClosed = true;
    clearTimeout(this.#timer);
    process.off('beforeExit', this.#onBeforeExit);
    process.off('exit', this.#onExit);
    await this.#working;
    this.#onExit();
    this.#connection.close();
  }

  /** Makes sure that somebody works soon, without keeping the process alive for it. */
  #wake(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const waitMs = this.#backoff.waitMs();
    // While nobody takes anything, what comes goes to the spool, a second's worth at once.
    const restMs =
      this.#spool === undefined || this.#queue.length === 0 ? waitMs : Math.min(waitMs, SPOOLED_MS);
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#work(false);
      },
      Math.max(this.#options.batchMs ?? BATCH_MS, restMs),
    );
    this.#timer.unref();
  }

  /** One at a time. Never rejects. */
  #work(isUrgent: boolean): Promise<void> {
    this.#working ??= this.#deliver(isUrgent)
      .catch((error: unknown) => this.#fault(error))
      .finally(() => {
        this.#working = undefined;
        if (this.#queue.length > 0 || this.#spool?.mayHaveMore === true) this.#wake();
      });
    return this.#working;
  }

  /** Sends what is older first: the spool, then the queue. What cannot be sent goes to the spool. */
  async #deliver(isUrgent: boolean): Promise<void> {
    const mayTry = this.#backoff.waitMs() === 0;
    if (mayTry && !isUrgent) await this.#deliverSpool();
    while (this.#queue.length > 0 && this.#backoff.waitMs() === 0) {
      const batch = this.#batch(this.#queue);
      // Out of the queue meanwhile, whose oldest may have to make room.
      this.#queue.splice(0, batch.length);
      this.#underWay = batch;
      const isDone = await this.#sendBatch(batch);
      this.#underWay = [];
      if (!isDone) this.#queue.unshift(...batch);
    }
    if (this.#queue.length > 0 && this.#spool !== undefined) await this.#store(this.#spool);
  }

  async #deliverSpool(): Promise<void> {
    if (this.#spool === undefined) return;
    for (;;) {
      const file = await this.#spool.oldest();
      if (file === undefined) return;
      for (let rest = file.records; rest.length > 0;) {
        const batch = this.#batch(rest);
        if (!(await this.#sendBatch(batch))) return;
        rest = rest.slice(batch.length);
      }
      await this.#spool.remove(file.name);
    }
  }

  #batch(records: readonly string[]): readonly string[] {
    let chars = 0;
    let count = 0;
    while (count < records.length && count < MOST_RECORDS) {
      chars += records[count]!.length;
      if (count > 0 && chars > MOST_CHARS) break;
      count++;
    }
    return records.slice(0, count);
  }

  /** Returns whether the batch is dealt with; else it has to be sent again later. */
  async #sendBatch(batch: readonly string[]): Promise<boolean> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS;
    try {
      const answer = await this.#connection.ask('POST', '/signals', `[${batch.join(',')}]`, timeoutMs);
      const verdict = verdictOf(answer, batch.length);
      if (verdict.outcome === 'later') {
        this.#backoff.failed(verdict.retryAfterSeconds);
        this.#fault(new Error(verdict.detail));
        return false;
      }
      this.#backoff.succeeded();
      this.#counters.delivered += verdict.delivered;
      this.#counters.refused += verdict.refused;
      if (verdict.refused > 0) this.#fault(new Error(verdict.detail));
      return true;
    } catch (error) {
      this.#backoff.failed(undefined);
      this.#fault(error);
      return false;
    }
  }

  async #store(spool: SignalSpool): Promise<void> {
    const records = this.#queue;
    this.#queue = [];
    this.#underWay = records;
    try {
      this.#lose(await spool.add(records));
      this.#underWay = [];
    } catch (error) {
      this.#underWay = [];
      // A disk that is full: what memory can hold waits there.
      this.#queue.unshift(...records);
      this.#fault(error);
    }
  }

  #lose(count: number): void {
    if (count === 0) return;
    this.#counters.lost += count;
    this.#fault(new Error(`${count} signals were given up: neither memory nor spool has room`));
  }

  #fault(error: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < FAULT_EVERY_MS) return;
    this.#toldAt = now;
    try {
      this.#options.onFault?.(error instanceof Error ? error : new Error(String(error)));
    } catch {
      // What the program makes of it must not keep others from being sent.
    }
  }

  /** The program has nothing left to do: what waits has a moment. */
  readonly #onBeforeExit = (): void => {
    if (this.#waiting > 0) void this.flush(EXIT_MS).then(() => this.#onExit());
  };

  /** The last moment, in which nothing can be waited for. */
  readonly #onExit = (): void => {
    if (this.#waiting === 0) return;
    // What is under way may have arrived, or not: its ids make sure that it counts once.
    const records = [...this.#underWay, ...this.#queue];
    this.#queue = [];
    this.#underWay = [];
    if (this.#spool?.addAtOnce(records) !== true) this.#counters.lost += records.length;
  };
}
