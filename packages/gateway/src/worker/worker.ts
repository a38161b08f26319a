// A worker: speaks HTTP, decides with the table it has, and tells the engine. Its supervisor hands it the sockets;
// when the supervisor is gone, it goes on serving until another one asks it to make room.

import { randomBytes } from 'node:crypto';
import net, { type Server } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Challenge,
  DecisionTable,
  readSnapshot,
  SiteGuard,
  type GuardOptions,
  type PlaceOf,
} from '@parapet/enforcement';
import { formatProblem, type CostKeeper, type Guard } from '@parapet/kinds';
import { serveForwardAuth, type ForwardAuth, type ForwardAuthCounters } from '../auth/forwardAuth.ts';
import { SiteTable } from '../edge/siteTable.ts';
import { EngineLink } from '../link/engineLink.ts';
import type { SiteKnowledgeMessage } from '../link/messages.ts';
import { ENGINE_SOCKET, openSocketFolder, SNAPSHOT_FILE } from '../link/socketPath.ts';
import { createGateway, type Gateway } from '../relay/gateway.ts';
import { listenAsOrphan } from '../supervisor/controlSocket.ts';
import type { SocketHandle } from '../supervisor/listeners.ts';
import { WorkerCounter } from './counts.ts';
import { FrontPages } from './frontPages.ts';
import { readGatewayPolicy, settingsUnder } from './gatewayPolicy.ts';
import { guardSettingsOf } from './guardSettings.ts';
import { learningKey, siteSecret } from './siteSecret.ts';
import { TableKeeper } from './tableKeeper.ts';
import type { FromWorker, ToWorker, WorkerConfig, WorkerHealth, WorkerInspection } from './workerConfig.ts';
import type { WorkerInspector, WorkerLearning } from './workerInspector.ts';
import { WorkerLink } from './workerLink.ts';

export interface WorkerOptions {
  readonly nowMs: () => number;
  /** Where addresses are, by the databases that the configuration names. */
  readonly placeOf: (files: WorkerConfig['geo'], onNote: (text: string) => void) => PlaceOf | undefined;
  /** Looks into requests for attacks, and learns what is normal for each site. */
  readonly inspectorOf: (inspection: WorkerInspection, learning: WorkerLearning) => WorkerInspector;
  /** What pages cost, as the worker of this number has learned it. */
  readonly costsOf: (where: WorkerCosts) => CostKeeper & { close(): void };
  /** Whether a path is one of which a 404 is shown to the engine first. */
  readonly perimeterOf: (patterns: readonly string[]) => (rawTarget: string) => boolean;
}

/** Where what a worker has learned of pages is kept, and for how long nothing is done with it. */
export interface WorkerCosts {
  readonly dataDir: string;
  readonly worker: number;
  readonly learnMs: number;
  readonly onNote: (text: string) => void;
}

/** The kernel's own limit is lower nearly everywhere. */
const BACKLOG = 4096;
const STATS_MS = 500;
const TIDY_MS = 100;
/** For what waits when the last request has been answered. */
const LINK_STOP_MS = 1500;
/** How long a worker waits for decisions before it serves without. */
const TABLE_MS = 1500;
const FAULTS_TOLD = 5;

/** Runs this process as a worker; it ends when it has been drained. */
export function runWorker(options: WorkerOptions): void {
  const handles: SocketHandle[] = [];
  let worker: Worker | undefined;
  let told: { readonly config: WorkerConfig; readonly worker: number } | undefined;
  // A supervisor speaks for the terminal and for systemd; what they send to all processes is not for us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!process.connected) void worker?.end();
    });
  process.stderr.on('error', () => {}); // a terminal that is gone
  const onDisconnect = (): void => {
    // Without a word of what to serve there is nothing to go on with, and sockets handed over must not be kept.
    if (worker === undefined) process.exit(0);
    void worker.orphaned();
  };
  process.on('disconnect', onDisconnect);
  if (!process.connected) onDisconnect();
  // The supervisor is a process of this very program.
  process.on('message', (message: ToWorker, handle: SocketHandle | undefined) => {
    switch (message.kind) {
      case 'configure':
        told = message;
        return;
      case 'listen':
        if (handle !== undefined) handles[message.listener] = handle;
        return;
      case 'start':
        if (told === undefined) return;
        try {
          worker = new Worker(told.config, told.worker, options);
        } catch (error) {
          fail(error);
          return;
        }
        worker.listen(handles).then(() => say({ kind: 'ready' }), fail);
        return;
      case 'drain':
        if (worker === undefined) process.exit(0);
        void worker.end();
        return;
    }
  });
}

class Worker {
  readonly #config: WorkerConfig;
  readonly #options: WorkerOptions;
  readonly #gateway: Gateway;
  readonly #link: EngineLink;
  readonly #keeper: TableKeeper;
  readonly #counter = new WorkerCounter();
  /** Decides for servers that ask. */
  readonly #asked: Guard;
  readonly #auths: ForwardAuth[] = [];
  readonly #servers: Server[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedAtMs: number;
  readonly #hasTable: Promise<void>;
  /** What became of the file: `read`, or why it was not. */
  readonly #snapshot: string;
  #costs: (CostKeeper & { close(): void }) | undefined;
  #tableCame = (): void => {};
  #findings: readonly string[] = [];
  /** The last one that was told, as JSON. */
  #policy: string | undefined = undefined;
  #isOrphan = false;
  #ending: Promise<void> | undefined;
  #faults = 0;

  constructor(config: WorkerConfig, number: number, options: WorkerOptions) {
    this.#config = config;
    this.#options = options;
    const { gateway, perimeterPatterns, healthToken, robots } = config;
    const { nowMs } = options;
    this.#startedAtMs = nowMs();
    this.#hasTable = new Promise((resolve) => (this.#tableCame = resolve));
    const secrets = [secretOr(gateway.dataDir)];
    const challenge = new Challenge({
      secrets,
      nowMs,
      random: (size) => randomBytes(size),
      delay: (ms) => sleep(ms),
      onUsed: (nonce, expiresAtMs) => link.used(nonce, expiresAtMs),
    });
    const inspector = this.#inspector(secrets[0]!);
    this.#link = new EngineLink({
      socketPath: openSocketFolder(gateway.dataDir).pathOf(ENGINE_SOCKET),
      worker: number,
      nowMs,
      listener: {
        onTable: (decisions, isFirst, isLast) => {
          this.#keeper.part(decisions, isFirst, isLast);
          if (isLast) this.#tableCame();
        },
        onChange: (added, removed) => this.#keeper.change(added, removed),
        onAllowlist: (ranges) => this.#keeper.allowlist(ranges),
        onTrustEpoch: (epoch) => guard.setTrustEpoch(epoch),
        onRelay: (topic, value) => hear(guard, topic, value),
        onKnowledge: (message) => {
          if (message.topic === 'policy') this.#obey(guard, pages, message.value);
          else this.#know(inspector, message);
        },
      },
    });
    if (config.guard.costlyPages !== 'off')
      this.#costs = options.costsOf({
        dataDir: gateway.dataDir,
        worker: number,
        learnMs: config.learnCostsMs,
        onNote: note,
      });
    const placeOf = options.placeOf(config.geo, (text) => say({ kind: 'note', text }));
    const link = new WorkerLink(this.#link, this.#counter, this.#startedAtMs, inspector);
    const guard: SiteGuard = new SiteGuard({
      table: new DecisionTable(),
      challenge,
      settings: guardSettingsOf(config),
      link,
      secrets,
      // Not known before the engine has said it.
      trustEpoch: -1,
      isPerimeterPath: options.perimeterOf(perimeterPatterns),
      ...(this.#costs === undefined ? {} : { costs: this.#costs }),
      ...(placeOf === undefined ? {} : { placeOf }),
      ...this.#inspection(inspector),
      nowMs,
      sleep: (ms) => sleep(ms),
    });
    const snapshot = readSnapshot(path.join(gateway.dataDir, SNAPSHOT_FILE));
    this.#snapshot = snapshot.ok ? 'read' : snapshot.code;
    if (snapshot.ok) this.#tableCame();
    else if (snapshot.code !== 'E_SNAPSHOT_MISSING')
      note(
        `${SNAPSHOT_FILE} cannot be used: ${snapshot.message} (${snapshot.code}). The engine gives the decisions anew.`,
      );
    this.#keeper = new TableKeeper(snapshot.ok ? snapshot.table : new DecisionTable(), (table) =>
      guard.setTable(table),
    );
    guard.setTable(this.#keeper.table);
    const health = (): WorkerHealth => this.#health();
    // To a server that asks, an answer of 200 would mean that the request may pass.
    this.#asked = new FrontPages({ inner: guard, health, token: healthToken, robots: undefined });
    const pages = new FrontPages({ inner: guard, health, token: healthToken, robots });
    this.#gateway = createGateway(gateway, pages, {
      nowMs,
      onFault: (error) => this.#fault(error),
      onCertificates: (problems) => {
        for (const problem of problems) note(formatProblem(problem));
      },
      siteKey: secrets[0]!,
    });
    this.#timers.push(
      setInterval(() => this.#tellStats(), STATS_MS),
      setInterval(() => this.#keeper.tidy(nowMs()), TIDY_MS),
    );
    this.#link.start();
  }

  /** Listens on the sockets of the supervisor, in the order of the configuration. */
  async listen(handles: readonly SocketHandle[]): Promise<void> {
    // Without any decision, those who are banned would be let in; but the site does not wait for an engine for long.
    await Promise.race([this.#hasTable, sleep(TABLE_MS)]);
    for (const [index, listener] of this.#config.gateway.listeners.entries()) {
      const server = net.createServer({ allowHalfOpen: true, noDelay: true });
      if (listener.serves === 'forward-auth') this.#auths.push(this.#serveForwardAuth(server));
      else this.#gateway.attach(server, listener);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(handles[index], BACKLOG, () => {
          server.off('error', reject);
          resolve();
        });
      });
      this.#servers.push(server);
    }
  }

  #inspector(secret: Uint8Array): WorkerInspector | undefined {
    const { inspection } = this.#config;
    if (inspection === undefined) return undefined;
    return this.#options.inspectorOf(inspection, {
      nowMs: this.#options.nowMs,
      keyOf: (site) => learningKey(secret, site),
      newRecordId,
      onSample: (site, sample) => this.#link.sample(site, sample),
      onRecord: (record) => this.#link.found(record),
      onFault: (error) => this.#fault(error),
    });
  }

  #inspection(inspector: WorkerInspector | undefined): Pick<GuardOptions, 'inspection'> {
    const { inspection } = this.#config;
    if (inspection === undefined || inspector === undefined) return {};
    return { inspection: { inspector, bodyBytes: inspection.bodyBytes, newRecordId } };
  }

  /** What people chose counts from the next request on. */
  #obey(guard: SiteGuard, pages: FrontPages, value: unknown): void {
    const policy = readGatewayPolicy(value);
    const text = JSON.stringify(policy);
    if (policy === undefined || text === this.#policy) return;
    this.#policy = text;
    guard.setSettings(settingsUnder(policy, guardSettingsOf(this.#config)));
    pages.setRobots(policy.robots);
  }

  #know(inspector: WorkerInspector | undefined, message: SiteKnowledgeMessage): void {
    const problem = inspector?.know(message);
    if (problem !== undefined)
      note(`What the engine has learned cannot be used: ${problem}. Requests are judged without it.`);
  }

  #serveForwardAuth(server: Server): ForwardAuth {
    const { sites, askers, trustedProxies } = this.#config.gateway;
    const table = new SiteTable(sites);
    return serveForwardAuth(server, {
      guard: this.#asked,
      ...(askers === undefined ? {} : { askers }),
      trustedProxies,
      siteOf: (host) => table.find(host)?.name ?? '',
      nowMs: () => this.#options.nowMs(),
      onFault: (error) => this.#fault(error),
    });
  }

  /** Accepts nothing more, answers what is under way, tells the engine, and ends the process. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#stopListening();
    const { drainMs } = this.#config;
    await Promise.all([this.#gateway, ...this.#auths].map((one) => one.drain(drainMs)));
    this.#tellStats();
    this.#costs?.close();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#link.stop(LINK_STOP_MS);
    process.exit(0);
  }

  /** The supervisor is gone: goes on, and listens for the next one. */
  async orphaned(): Promise<void> {
    if (this.#ending !== undefined) return;
    this.#isOrphan = true;
    process.stderr.write(
      `Worker ${process.pid} has lost its supervisor. The site is still served with the decisions that were in force; start parapet again.\n`,
    );
    await listenAsOrphan(this.#config.gateway.dataDir, (line) => {
      if (line !== 'drain') return JSON.stringify(this.#health());
      this.#stopListening();
      void this.end();
      return 'drained';
    }).catch((error: unknown) => this.#fault(error));
  }

  #stopListening(): void {
    // Only new connections end here: `close` waits for the others, and nobody waits for it.
    for (const server of this.#servers.splice(0)) server.close();
  }

  #tellStats(): void {
    this.#link.stats({
      counts: this.#counter.counts(),
      gateway: this.#gateway.counters(),
      auth: this.#auths.map((one) => one.counters()).reduce(added, NO_ANSWERS),
      link: this.#link.health(),
      table: { size: this.#keeper.table.size, refused: this.#keeper.refused },
      rssBytes: process.memoryUsage.rss(),
      cpuMs: cpuMs(),
    });
    const findings = this.#gateway.findings();
    for (const finding of findings) if (!this.#findings.includes(finding)) note(finding);
    this.#findings = findings;
    say({ kind: 'health', health: this.#health() });
  }

  #health(): WorkerHealth {
    const { isConnected, heardAtMs, queuedBytes, droppedEvents, tableVersion } = this.#link.health();
    return {
      isFine: isConnected && !this.#isOrphan,
      pid: process.pid,
      upForSeconds: Math.round((this.#options.nowMs() - this.#startedAtMs) / 1000),
      engine: {
        isConnected,
        heardSecondsAgo: heardAtMs === 0 ? null : Math.round((this.#options.nowMs() - heardAtMs) / 1000),
        queuedBytes,
        droppedEvents,
      },
      hasSupervisor: !this.#isOrphan,
      decisions: {
        size: this.#keeper.table.size,
        version: tableVersion,
        refused: this.#keeper.refused,
        snapshot: this.#snapshot,
      },
      sites: this.#gateway.health(),
      findings: this.#findings,
      faults: this.#faults,
    };
  }

  #fault(error: unknown): void {
    this.#faults++;
    if (this.#faults > FAULTS_TOLD) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    note(`A fault in worker ${process.pid}; the request passed: ${text}`);
  }
}

/** A worker without the secret serves with one of its own: who passed the check at another is asked again. */
function secretOr(dataDir: string): Uint8Array {
  try {
    return siteSecret(dataDir);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note(
      `The secret of the gateway cannot be used (${why}): passes count at one worker only, until it ends.`,
    );
    return randomBytes(32);
  }
}

const NO_ANSWERS: ForwardAuthCounters = { open: 0, passed: 0, answered: 0, refused: 0, strangers: 0 };

function added(one: ForwardAuthCounters, other: ForwardAuthCounters): ForwardAuthCounters {
  return {
    open: one.open + other.open,
    passed: one.passed + other.passed,
    answered: one.answered + other.answered,
    refused: one.refused + other.refused,
    strangers: one.strangers + other.strangers,
  };
}

function newRecordId(): string {
  return randomBytes(4).toString('hex');
}

function hear(guard: SiteGuard, topic: 'poured' | 'used', value: unknown): void {
  if (topic === 'poured') {
    if (Array.isArray(value)) guard.pouredElsewhere(Uint32Array.from(value, Number));
    return;
  }
  if (typeof value !== 'object' || value === null || !('nonce' in value) || !('expiresAtMs' in value)) return;
  guard.markUsed(String(value.nonce), Number(value.expiresAtMs));
}

function fail(error: unknown): void {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = error instanceof Error && 'hint' in error ? String(error.hint) : '';
  say({ kind: 'failed', code: code.startsWith('E_') ? code : 'E_GATEWAY_WORKER', message, hint });
  // Time for the words to leave.
  setTimeout(() => process.exit(1), 50);
}

/** Tells people, by way of the supervisor. */
function note(text: string): void {
  say({ kind: 'note', text });
}

function say(message: FromWorker): void {
  if (process.connected) process.send?.(message, () => {});
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return Math.round((user + system) / 1000);
}
