// Both ends over a real socket.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TableDecision } from '@parapet/enforcement';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EngineLink, type EngineLinkListener } from '../../src/link/engineLink.ts';
import { LinkServer, type LinkServerListener, type WorkerBatch } from '../../src/link/linkServer.ts';
import { openSocketFolder } from '../../src/link/socketPath.ts';
import { exchangeOf, requestOf } from './requests.ts';

describe('worker and engine', () => {
  test('a worker gets all decisions when it comes, and then each change', async () => {
    const site = newSite();
    site.decisions.push(...Array.from({ length: 1200 }, (_, i) => decision(`d${i}`)));
    site.allowed.push('192.0.2.0/24');
    const engine = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.table.size === 1200);
    expect(worker.allowed).toEqual(['192.0.2.0/24']);
    engine.server.trustEpoch(4);
    engine.server.change([decision('new')], [decision('d7')]);
    await until(() => worker.table.has('new'));
    expect(worker.table.has('d7')).toBe(false);
    expect(worker.epochs).toEqual([3, 4]);
    expect(worker.link.health()).toMatchObject({ isConnected: true, tableVersion: 1, droppedEvents: 0 });
  });

  test('what was found while the engine was away is told when it comes, the last of it', async () => {
    const site = newSite();
    const worker = site.startWorker(1);
    for (let i = 0; i < 1003; i++) worker.link.found({ id: String(i) });
    const engine = await site.startEngine();
    await until(() => engine.told.length === 1000);
    expect(engine.told[0]).toBe('found {"id":"3"}');
    worker.link.found({ id: 'now' });
    await until(() => engine.told.length > 1000);
    expect(engine.told.slice(999)).toEqual(['found {"id":"1002"}', 'found {"id":"now"}']);
  });

  test('what is learned reaches the engine, and what is known of a site every worker', async () => {
    const site = newSite();
    const engine = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.known.length === 1);
    engine.server.knowledge({ site: 'main', topic: 'rules', value: { templates: [] } });
    await until(() => worker.known.length === 2);
    expect(worker.known).toEqual([
      ['shop', 'normal', 'AAEC'],
      ['main', 'rules', { templates: [] }],
    ]);
    worker.link.sample('main', { route: '/' });
    worker.link.found({ id: '1a2b3c4d' });
    await until(() => engine.told.length === 2);
    expect(engine.told).toEqual(['sample main {"route":"/"}', 'found {"id":"1a2b3c4d"}']);
  });

  test('a question is answered at once, and is an event itself', async () => {
    const site = newSite();
    const engine = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.link.isConnected);
    engine.covers = (line) => line.includes('.env');
    worker.link.event(exchangeOf('192.0.2.7', requestOf('/')));
    expect(await worker.link.ask('GET /.env', 'main')).toBe(true);
    expect(await worker.link.ask('GET /other', 'main')).toBe(false);
    expect(engine.lines().map((raw) => raw.includes('GET'))).toEqual([true, true, true]);
  });

  test('a question overtakes the events that wait, and what has been taken is known in order', async () => {
    const site = newSite();
    const engine = await site.startEngine({ takes: 'nothing' });
    const worker = site.startWorker(1);
    await until(() => worker.link.isConnected);
    for (let i = 0; i < 700; i++) worker.link.event(exchangeOf('192.0.2.7', requestOf(`/${i}`)));
    // All has been sent when nobody has answered in time.
    expect(await worker.link.ask('GET /.env', 'main')).toBe(false);
    await until(() => engine.server.waiting > 2);
    engine.take();
    await until(() => engine.lines().length === 701);
    const numbers = engine.batches.map(({ number }) => number);
    const last = Math.max(...numbers);
    expect(numbers[0]).toBe(last);
    expect(numbers.slice(1)).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 1));
    expect(engine.batches.map(({ takenTo }) => takenTo)).toEqual([...Array(last - 1).keys(), last]);
  });

  test('a question to an engine that is away, or that does not answer, is answered with no', async () => {
    const site = newSite();
    const worker = site.startWorker(1);
    expect(await worker.link.ask('GET /.env', 'main')).toBe(false);
    const engine = await site.startEngine();
    engine.isSilent = true;
    await until(() => worker.link.isConnected);
    expect(await worker.link.ask('GET /.env', 'main')).toBe(false);
    await until(() => engine.lines().length === 2);
  });

  test('what an engine has not kept is sent again to the next one, and nothing twice to the same', async () => {
    const site = newSite();
    const first = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.link.isConnected);
    for (const path of ['/1', '/2', '/3']) {
      worker.link.event(exchangeOf('192.0.2.7', requestOf(path)));
      await until(() => first.lines().some((line) => line.includes(path)));
    }
    const [one] = first.batches;
    first.server.kept(one!.session, one!.number);
    site.kept.set(one!.session, one!.number);
    await first.close();
    worker.link.event(exchangeOf('192.0.2.7', requestOf('/4')));
    const second = await site.startEngine();
    await until(() => second.lines().length === 3);
    expect(second.lines().map((line) => line.split(' ')[6])).toEqual(['/2', '/3', '/4']);
    expect(worker.link.health().droppedEvents).toBe(0);
  });

  test('what one worker tells, the others know', async () => {
    const site = newSite();
    await site.startEngine();
    const [a, b, c] = [site.startWorker(1), site.startWorker(2), site.startWorker(3)];
    await until(() => [a, b, c].every(({ link }) => link.isConnected));
    a.link.relay('used', { nonce: 'x' });
    await until(() => b.heard.length + c.heard.length === 2);
    expect([a.heard, b.heard, c.heard]).toEqual([[], [{ nonce: 'x' }], [{ nonce: 'x' }]]);
  });

  test('what a worker has counted is told, and that it left', async () => {
    const site = newSite();
    const engine = await site.startEngine();
    const worker = site.startWorker(2);
    await until(() => worker.link.isConnected);
    worker.link.stats({ requests: 5 });
    await until(() => engine.told.includes('stats {"requests":5}'));
    await worker.link.stop(100);
    await until(() => engine.told.includes('left'));
    expect(engine.server.workers).toBe(0);
  });

  test('events that wait when a worker ends are given time', async () => {
    const site = newSite();
    const engine = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.link.isConnected);
    worker.link.event(exchangeOf('192.0.2.7', requestOf('/last')));
    await worker.link.stop(50);
    await until(() => engine.lines().length === 1);
    expect(engine.lines()[0]).toContain('/last');
  });

  test('a data directory may have a long path', async () => {
    const site = newSite('x'.repeat(120));
    const engine = await site.startEngine();
    const worker = site.startWorker(1);
    await until(() => worker.link.isConnected);
    expect(engine.server.workers).toBe(1);
    expect(fs.statSync(path.join(site.folder, 'engine.sock')).mode & 0o777).toBe(0o600);
  });
});

interface Engine {
  readonly server: LinkServer;
  readonly batches: WorkerBatch[];
  readonly told: string[];
  covers: (line: string) => boolean;
  isSilent: boolean;
  lines: () => string[];
  /** Begins to take batches, where it did not from the start. */
  take: () => void;
  close: () => Promise<void>;
}

interface Worker extends EngineLinkListener {
  readonly link: EngineLink;
  readonly table: Map<string, TableDecision>;
  readonly allowed: readonly string[];
  readonly heard: unknown[];
  readonly known: unknown[];
  readonly epochs: readonly number[];
}

test('the folder of a socket is closed once, whoever closes it again', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `parapet-link-${'long'.repeat(25)}`));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  const sockets = openSocketFolder(folder);
  sockets.close();
  const next = fs.openSync(folder, 'r'); // the same number, as a rule
  sockets.close();
  expect(fs.fstatSync(next).isDirectory()).toBe(true);
  fs.closeSync(next);
});

interface Site {
  readonly folder: string;
  readonly decisions: TableDecision[];
  readonly allowed: string[];
  readonly kept: Map<string, number>;
  startEngine: (options?: { readonly takes: 'nothing' }) => Promise<Engine>;
  startWorker: (worker: number) => Worker;
}

function newSite(name = 'data'): Site {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-link-'));
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  const sockets = openSocketFolder(folder);
  onTestFinished(() => {
    sockets.close();
    fs.rmSync(root, { recursive: true, force: true });
  });
  const socketPath = sockets.pathOf('engine.sock');
  const site = {
    folder,
    decisions: [] as TableDecision[],
    allowed: [] as string[],
    kept: new Map<string, number>(),
  };
  return {
    ...site,
    startEngine: (options) => startEngine(socketPath, site, options !== undefined),
    startWorker: (worker) => startWorker(socketPath, worker),
  };
}

async function startEngine(
  socketPath: string,
  site: Pick<Site, 'decisions' | 'allowed' | 'kept'>,
  isWaiting: boolean,
): Promise<Engine> {
  const told: string[] = [];
  const listener: LinkServerListener = {
    onStats: (_, stats) => void told.push(`stats ${JSON.stringify(stats)}`),
    onLeft: () => void told.push('left'),
    onSample: (name, sample) => void told.push(`sample ${name} ${JSON.stringify(sample)}`),
    onFound: (record) => void told.push(`found ${JSON.stringify(record)}`),
  };
  const server = new LinkServer({
    socketPath,
    keptOf: (session) => site.kept.get(session) ?? 0,
    decisions: () => site.decisions,
    allowlist: () => site.allowed,
    trustEpoch: () => 3,
    knowledge: () => [{ site: 'shop', topic: 'normal', value: 'AAEC' }],
    listener,
  });
  await server.listen();
  const stop = new AbortController();
  const engine: Engine = {
    server,
    batches: [],
    told,
    covers: () => false,
    isSilent: false,
    lines: () => engine.batches.flatMap(({ lines }) => lines.map(({ raw }) => raw)),
    take: () => void take(),
    close: async () => {
      stop.abort();
      await server.close();
    },
  };
  const take = async (): Promise<void> => {
    for await (const batch of server.batches(stop.signal)) {
      engine.batches.push(batch);
      if (batch.ask > 0 && !engine.isSilent) server.answer(batch, engine.covers(batch.lines.at(-1)!.raw));
    }
  };
  if (!isWaiting) engine.take();
  onTestFinished(() => engine.close());
  return engine;
}

function startWorker(socketPath: string, number: number): Worker {
  const table = new Map<string, TableDecision>();
  const allowed: string[] = [];
  const heard: unknown[] = [];
  const known: unknown[] = [];
  const epochs: number[] = [];
  const listener: EngineLinkListener = {
    onTable: (decisions, isFirst) => {
      if (isFirst) table.clear();
      for (const one of decisions) table.set(one.id, one);
    },
    onChange: (added, removed) => {
      for (const { id } of removed) table.delete(id);
      for (const one of added) table.set(one.id, one);
    },
    onAllowlist: (ranges) => void allowed.splice(0, allowed.length, ...ranges),
    onTrustEpoch: (epoch) => void epochs.push(epoch),
    onRelay: (_, value) => void heard.push(value),
    onKnowledge: ({ site, topic, value }) => void known.push([site, topic, value]),
  };
  const link = new EngineLink({ socketPath, worker: number, nowMs: () => Date.now(), listener });
  link.start();
  onTestFinished(() => link.stop(10));
  return { ...listener, link, table, allowed, heard, known, epochs };
}

function decision(id: string): TableDecision {
  return {
    id,
    target: { scope: 'ip', value: '198.51.100.1' },
    remediation: 'ban',
    expiresAtMs: Date.UTC(2040, 0),
    scenario: 'x/y',
    origin: 'crowdsec',
    simulated: false,
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
