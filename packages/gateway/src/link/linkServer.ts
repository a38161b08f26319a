// The engine's end of the sockets to the workers. Batches are taken one at a time, and a worker whose batches wait
// is not read on; decisions are pushed as they are made; what one worker tells the others is passed on.

import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { DecisionName, Redeemed, TableDecision } from '@parapet/enforcement';
import { readBatch, type Batch } from './batch.ts';
import { FrameDecoder, messageFrame } from './frames.ts';
import { PROTOCOL, readWorkerMessage, type SiteKnowledgeMessage, type WorkerMessage } from './messages.ts';

export interface LinkServerOptions {
  readonly socketPath: string;
  /** The last batch of a session that will survive this engine's end; 0 when the session is new. */
  readonly keptOf: (session: string) => number;
  /** All decisions in force. */
  readonly decisions: () => Iterable<TableDecision>;
  readonly allowlist: () => readonly string[];
  readonly trustEpoch: () => number;
  /** What is known of the sites; a worker gets it when it comes. */
  readonly knowledge?: () => Iterable<SiteKnowledgeMessage>;
  readonly listener: LinkServerListener;
}

export interface LinkServerListener {
  /** What has been counted since the worker started; the last word is kept when it leaves. */
  onStats?(session: string, stats: unknown): void;
  onLeft?(session: string): void;
  /** What follows is as a worker of this program made it. */
  onAppeal?(appeal: unknown): void;
  onTrusted?(sighting: unknown): void;
  onSample?(site: string, sample: unknown): void;
  onFound?(record: unknown): void;
  onRedeem?(redemption: unknown): Promise<Redeemed>;
}

export interface WorkerBatch extends Batch {
  readonly session: string;
  /** Which of the workers it is from. */
  readonly worker: number;
  /** With this one, all batches of the session up to this number have been taken. */
  readonly takenTo: number;
}

type ReceivedBatch = Omit<WorkerBatch, 'takenTo'>;

interface Peer {
  readonly socket: Socket;
  readonly decoder: FrameDecoder;
  session: string;
  worker: number;
  /** Batches that have been read and not taken. */
  waiting: number;
  /** Decisions change while a table is on its way: these follow it. */
  held: Buffer[] | undefined;
}

/** A worker with more batches waiting than this is not read on. */
const MAX_WAITING = 16;
/** A worker that takes nothing is cut off; it connects again and gets a whole table. */
const MAX_UNREAD_BYTES = 268_435_456;
const PART_DECISIONS = 500;
const PULSE_MS = 1000;
const UNREACHABLE: Redeemed = { outcome: 'unreachable', lifted: 0 };
/** Of one address, only workers of this machine's site: more connections than this are a mistake. */
const MAX_PEERS = 256;

export class LinkServer {
  readonly #options: LinkServerOptions;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  /** The last batch that came of each session: after a new connection some come again. */
  readonly #received = new Map<string, number>();
  #queue: { readonly peer: Peer; readonly batch: ReceivedBatch }[] = [];
  /** How many of them are questions. */
  #questions = 0;
  #wake = (): void => {};
  #version = 0;
  #pulse: NodeJS.Timeout | undefined;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_PEERS;
  }

  /** How many workers are connected. */
  get workers(): number {
    let count = 0;
    for (const { session } of this.#peers) if (session !== '') count++;
    return count;
  }

  /** Batches that have come and were not taken. */
  get waiting(): number {
    return this.#queue.length;
  }

  get version(): number {
    return this.#version;
  }

  /** Listens; what an engine that was killed left at the path is taken away. Rejects when that cannot be. */
  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    try {
      unlinkSync(socketPath);
    } catch {
      // it was not there
    }
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    chmodSync(socketPath, 0o600);
    this.#pulse = setInterval(() => this.#broadcast({ kind: 'pulse' }), PULSE_MS);
    this.#pulse.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    for (const { socket } of this.#peers) socket.end();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      const timer = setTimeout(() => {
        for (const { socket } of this.#peers) socket.destroy();
      }, 100);
      timer.unref();
    });
  }

  /** Yields batches as they come until the signal is aborted; questions first, for somebody waits for them. */
  async *batches(signal: AbortSignal): AsyncGenerator<WorkerBatch> {
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        const next = this.#next();
        if (next === undefined) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        const { peer, batch } = next;
        if (--peer.waiting < MAX_WAITING / 2) peer.socket.resume();
        yield { ...batch, takenTo: this.#takenTo(batch.session) };
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #next(): { readonly peer: Peer; readonly batch: ReceivedBatch } | undefined {
    if (this.#questions === 0) return this.#queue.shift();
    const at = this.#queue.findIndex(({ batch }) => batch.ask > 0);
    this.#questions--;
    return this.#queue.splice(at, 1)[0];
  }

  /** What waits of a session is in order, and comes behind all that was taken but for questions. */
  #takenTo(session: string): number {
    const waiting = this.#queue.find(({ batch }) => batch.session === session);
    return waiting === undefined ? (this.#received.get(session) ?? 0) : waiting.batch.number - 1;
  }

  /** A session that will not come again. */
  forget(session: string): void {
    this.#received.delete(session);
  }

  answer({ session, ask }: WorkerBatch, isCovered: boolean): void {
    this.#send(session, messageFrame({ kind: 'answer', ask, isCovered }));
  }

  /** Tells a worker that what it sent will survive. */
  kept(session: string, number: number): void {
    this.#send(session, messageFrame({ kind: 'kept', number }));
  }

  /** Tells all workers what has changed. */
  change(added: readonly TableDecision[], removed: readonly DecisionName[]): void {
    if (added.length + removed.length === 0) return;
    this.#version++;
    for (let at = 0; at === 0 || at < added.length; at += PART_DECISIONS) {
      this.#broadcast({
        kind: 'change',
        version: this.#version,
        added: added.slice(at, at + PART_DECISIONS),
        removed: at === 0 ? removed : [],
      });
    }
  }

  allowlist(ranges: readonly string[]): void {
    this.#version++;
    this.#broadcast({ kind: 'allowlist', ranges });
  }

  trustEpoch(epoch: number): void {
    this.#broadcast({ kind: 'trust', epoch });
  }

  /** Tells all workers what is known of a site now. */
  knowledge(message: SiteKnowledgeMessage): void {
    this.#broadcast({ kind: 'knowledge', ...message });
  }

  #broadcast(message: object, except?: Peer): void {
    let frame: Buffer | undefined;
    for (const peer of this.#peers) {
      if (peer.session === '' || peer === except) continue;
      frame ??= messageFrame(message);
      if (peer.held === undefined) this.#write(peer, frame);
      else peer.held.push(frame);
    }
  }

  #send(session: string, frame: Buffer): void {
    for (const peer of this.#peers) if (peer.session === session) this.#write(peer, frame);
  }

  #write(peer: Peer, frame: Buffer): void {
    if (peer.socket.writableLength > MAX_UNREAD_BYTES) peer.socket.destroy();
    else peer.socket.write(frame);
  }

  #accept(socket: Socket): void {
    const peer: Peer = {
      socket,
      decoder: new FrameDecoder(),
      session: '',
      worker: 0,
      waiting: 0,
      held: undefined,
    };
    this.#peers.add(peer);
    socket.on('data', (chunk) => {
      for (const { type, payload } of peer.decoder.push(chunk)) {
        if (type === 'message') {
          const message = readWorkerMessage(payload);
          if (message !== undefined) this.#hear(peer, message);
        } else if (peer.session !== '') {
          const batch = readBatch(payload);
          if (batch !== undefined) this.#take(peer, batch);
        }
      }
      if (peer.decoder.isBroken) socket.destroy();
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      this.#peers.delete(peer);
      if (peer.session === '') return;
      this.#options.listener.onLeft?.(peer.session);
    });
  }

  #take(peer: Peer, batch: Batch): void {
    const { session, worker } = peer;
    if (batch.number <= (this.#received.get(session) ?? 0)) return;
    this.#received.set(session, batch.number);
    this.#queue.push({ peer, batch: { ...batch, session, worker } });
    if (batch.ask > 0) this.#questions++;
    if (++peer.waiting >= MAX_WAITING) peer.socket.pause();
    this.#wake();
  }

  #hear(peer: Peer, message: WorkerMessage): void {
    const { listener, keptOf } = this.#options;
    if (message.kind === 'hello') {
      const { protocol, session, worker } = message;
      if (protocol !== PROTOCOL || session === '') return void peer.socket.destroy();
      Object.assign(peer, { session, worker });
      const kept = keptOf(session);
      if (!this.#received.has(session)) this.#received.set(session, kept);
      this.#write(peer, messageFrame({ kind: 'welcome', protocol: PROTOCOL, kept }));
      void this.#sendTable(peer);
      return;
    }
    if (peer.session === '') return;
    switch (message.kind) {
      case 'relay':
        this.#broadcast(message, peer);
        return;
      case 'stats':
        listener.onStats?.(peer.session, message.stats);
        return;
      case 'appeal':
        listener.onAppeal?.(message.appeal);
        return;
      case 'trusted':
        listener.onTrusted?.(message.sighting);
        return;
      case 'sample':
        listener.onSample?.(message.site, message.sample);
        return;
      case 'found':
        listener.onFound?.(message.record);
        return;
      case 'redeem': {
        const { ask } = message;
        void (listener.onRedeem?.(message.redemption) ?? Promise.resolve(UNREACHABLE)).then(
          (outcome) => this.#write(peer, messageFrame({ kind: 'redeemed', ask, ...outcome })),
          () => {}, // the worker's own time limit answers
        );
        return;
      }
    }
  }

  /** In parts, each after the worker has taken the last: a large table must not hold up everything else. */
  async #sendTable(peer: Peer): Promise<void> {
    const { decisions, allowlist, trustEpoch } = this.#options;
    peer.held = [];
    this.#write(peer, messageFrame({ kind: 'trust', epoch: trustEpoch() }));
    this.#write(peer, messageFrame({ kind: 'allowlist', ranges: allowlist() }));
    const version = this.#version;
    let part: TableDecision[] = [];
    let isFirst = true;
    const send = (isLast: boolean): void => {
      this.#write(peer, messageFrame({ kind: 'table', version, isFirst, isLast, decisions: part }));
      isFirst = false;
      part = [];
    };
    // What changes meanwhile is held, and told behind them.
    for (const decision of decisions()) {
      part.push(decision);
      if (part.length < PART_DECISIONS) continue;
      send(false);
      await untilTaken(peer.socket);
      if (peer.socket.destroyed) return;
    }
    send(true);
    for (const frame of peer.held) this.#write(peer, frame);
    peer.held = undefined;
    // Behind the decisions: a site is protected before it is known well.
    for (const message of this.#options.knowledge?.() ?? [])
      this.#write(peer, messageFrame({ kind: 'knowledge', ...message }));
  }
}

/** Resolves when there is room for more, or nobody takes it any more. */
function untilTaken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (!socket.writableNeedDrain || socket.destroyed) return void setImmediate(resolve);
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
