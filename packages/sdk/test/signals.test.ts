// The signal client against a server that answers as the test says, and the real engine that is killed.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiClient, ApiError, SignalClient, type SignalClientOptions } from '../src/index.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../cli/bin/parapet.js');
const isBuilt = fs.existsSync(path.resolve(import.meta.dirname, '../../cli/dist/main.js'));

interface Taken {
  readonly id: string;
  readonly type: string;
  readonly site?: string;
}

interface Fake {
  readonly url: string;
  readonly taken: Taken[];
  /** Which time it was where it came from, as it was said. */
  readonly dates: (string | undefined)[];
  /** What it answers: a status with headers and a body. */
  answer: (batch: readonly Taken[]) => { status: number; body?: object; headers?: Record<string, string> };
  close: () => Promise<void>;
}

const ok = (batch: readonly Taken[]) => ({
  status: 202,
  body: { accepted: batch.length, duplicates: 0, refused: [] },
});

async function fake(port = 0): Promise<Fake> {
  const taken: Taken[] = [];
  const made: Fake = { url: '', taken, dates: [], answer: ok, close: async () => {} };
  const server: Server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    made.dates.push(req.headers.date);
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as Taken[];
      const { status, body, headers } = made.answer(batch);
      if (status === 202) taken.push(...batch);
      if (status === 0) return; // never
      res.writeHead(status, { 'content-type': 'application/json', ...headers });
      res.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return Object.assign(made, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-sdk-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Teller {
  readonly client: SignalClient;
  readonly faults: string[];
}

function teller(url: string, more: Partial<SignalClientOptions> = {}): Teller {
  const faults: string[] = [];
  const client = new SignalClient({
    ...{ endpoint: url, token: 'pt_x', batchMs: 5 },
    onFault: (error) => faults.push(error.message),
    ...more,
  });
  onTestFinished(() => client.close(0));
  return { client, faults };
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await pause(10);
  }
}

describe('SignalClient', () => {
  it('sends what it is told, together, each with an id, a time and the site', async () => {
    const server = await fake();
    let batches = 0;
    server.answer = (batch) => {
      batches++;
      return ok(batch);
    };
    const { client } = teller(server.url, { site: 'shop.example', batchMs: 20 });
    const ids = Array.from({ length: 700 }, () => client.send({ type: 'login.failed', ip: '192.0.2.1' }));
    await client.flush();
    expect(server.taken.map(({ id }) => id)).toEqual(ids);
    expect(batches).toBe(2);
    expect(Math.abs(Date.parse(server.dates[0] ?? '') - Date.now())).toBeLessThan(60_000);
    expect(server.taken[0]).toMatchObject({
      site: 'shop.example',
      time: expect.stringMatching(/Z$/) as string,
    });
    expect(client.counters()).toEqual({ delivered: 700, refused: 0, lost: 0, queued: 0 });
  });

  it('never throws: what is wrong is told and not sent', async () => {
    const server = await fake();
    const { client, faults } = teller(server.url, {
      onFault: (error) => {
        faults.push(error.message);
        throw new Error('the program’s own');
      },
    });
    expect(client.send({ type: 'x' })).toBeUndefined();
    expect(client.send({ type: 'a.b', user: 'alice' })).toBeUndefined();
    expect(client.send(undefined as never)).toBeUndefined();
    client.send({ type: 'a.b' });
    await client.flush();
    expect(server.taken).toHaveLength(1);
    expect(client.counters()).toMatchObject({ delivered: 1, refused: 3 });
    expect(faults[0]).toContain('E_SIGNAL_TYPE');
  });

  it('hashes names so that the same name is the same, and no other', () => {
    const one = new SignalClient({ endpoint: '/x', token: '', hashKey: 'a secret' });
    const other = new SignalClient({ endpoint: '/x', token: '', hashKey: 'another' });
    expect(one.hash(' Alice ')).toBe(one.hash('alice'));
    expect(one.hash('alice')).toMatch(/^[0-9a-f]{32}$/);
    expect(one.hash('alice')).not.toBe(other.hash('alice'));
    expect(() => new SignalClient({ endpoint: 'ftp://x', token: '' })).toThrow('endpoint');
  });

  it('waits as long as it is told to, and sends the same again', async () => {
    const server = await fake();
    let refusals = 0;
    server.answer = (batch) =>
      refusals++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : ok(batch);
    const { client, faults } = teller(server.url);
    const id = client.send({ type: 'a.b' });
    const startedAt = performance.now();
    await client.flush(5000);
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    expect(server.taken.map((one) => one.id)).toEqual([id]);
    expect(faults).toHaveLength(1);
  });

  it('gives up what would never be taken, and keeps what a wrong set-up refuses', async () => {
    const server = await fake();
    const { client, faults } = teller(server.url);
    server.answer = () => ({ status: 422, body: { code: 'E_SIGNAL_REFUSED', detail: 'all bad' } });
    client.send({ type: 'a.b' });
    await client.flush(300);
    expect(client.counters()).toMatchObject({ refused: 1, queued: 0 });
    for (const answer of [
      { status: 401, body: { code: 'E_API_TOKEN', detail: 'no' } },
      { status: 400, body: { html: 'of a proxy' } },
      { status: 200, body: {} },
      { status: 502 },
    ]) {
      const other = teller(server.url);
      server.answer = () => answer;
      other.client.send({ type: 'a.b' });
      await other.client.flush(300);
      expect([answer.status, other.client.counters().queued]).toEqual([answer.status, 1]);
    }
    expect(faults[0]).toContain('all bad');
  });

  it('without a spool keeps so many, the newest', async () => {
    const gone = await fake();
    await gone.close();
    const { client, faults } = teller(gone.url, { mostQueued: 100 });
    for (let i = 0; i < 250; i++) client.send({ type: 'a.b', id: `i${i}` });
    await client.flush(50);
    expect(client.counters()).toMatchObject({ lost: 150, queued: 100, delivered: 0 });
    expect(faults.length).toBeGreaterThan(0);
  });

  it('with a spool keeps what nobody takes on the disk, over its own end, and sends it once there is somebody', async () => {
    const gone = await fake();
    const port = Number(new URL(gone.url).port);
    await gone.close();
    const spool = path.join(newFolder(), 'spool');
    const first = teller(gone.url, { spool }).client;
    const ids = Array.from({ length: 1200 }, (_, i) => first.send({ type: 'a.b', id: `i${i}` }));
    await first.close(1000);
    expect(first.counters()).toMatchObject({ queued: 0, lost: 0 });
    expect(fs.readdirSync(spool).every((name) => name.endsWith('.ndjson'))).toBe(true);
    const server = await fake(port);
    const { client } = teller(server.url, { spool });
    await until(() => client.counters().delivered === 1200, 'the spool to be sent');
    expect(server.taken.map(({ id }) => id)).toEqual(ids);
    await until(() => fs.readdirSync(spool).length === 0, 'the spool to be empty');
  });

  it('has a spool that is bounded: the oldest goes first', async () => {
    const gone = await fake();
    await gone.close();
    const spool = newFolder();
    const { client } = teller(gone.url, { spool, spoolBytes: 20_000 });
    for (let turn = 0; turn < 20; turn++) {
      for (let i = 0; i < 30; i++) client.send({ type: 'a.b', id: `t${turn}-${i}` });
      await client.flush();
    }
    const bytes = fs
      .readdirSync(spool)
      .reduce((sum, name) => sum + fs.statSync(path.join(spool, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(20_000);
    const kept = fs
      .readdirSync(spool)
      .toSorted()
      .map((name) => fs.readFileSync(path.join(spool, name), 'utf8'))
      .join('');
    const records = kept.trim().split('\n');
    expect(records.at(-1)).toContain('"t19-29"');
    expect(client.counters().lost).toBe(600 - records.length);
  });

  it('passes over what is broken in the spool', async () => {
    const server = await fake();
    const spool = newFolder();
    fs.writeFileSync(path.join(spool, '1.ndjson'), '{"type":"a.b","id":"one"}\n{"type":"a.b","id":"cut');
    fs.writeFileSync(path.join(spool, '2.ndjson'), '\0\0\0');
    fs.mkdirSync(path.join(spool, '3.ndjson'));
    fs.writeFileSync(path.join(spool, '4.ndjson'), '{"type":"a.b","id":"two"}\n');
    const { client } = teller(server.url, { spool });
    await until(() => client.counters().delivered === 2, 'both');
    expect(server.taken.map(({ id }) => id)).toEqual(['one', 'two']);
  });

  it('survives a spool that cannot be written', async () => {
    const gone = await fake();
    await gone.close();
    const file = path.join(newFolder(), 'file');
    fs.writeFileSync(file, '');
    const { client } = teller(gone.url, { spool: path.join(file, 'below') });
    client.send({ type: 'a.b' });
    await client.flush(100);
    expect(client.counters().queued).toBe(1);
  });

  it('sends what waits when the program ends, or leaves it in the spool', async () => {
    const server = await fake();
    const spool = newFolder();
    const program = (endpoint: string): string => `
      import { SignalClient } from ${JSON.stringify(path.resolve(import.meta.dirname, '../dist/index.js'))};
      const client = new SignalClient({ endpoint: ${JSON.stringify(endpoint)}, token: 'x', spool: ${JSON.stringify(spool)}, batchMs: 60000 });
      client.send({ type: 'a.b', id: 'waits' });
      if (process.argv[1] === 'abruptly') process.exit(0);
      if (process.argv[1] === 'under way') void client.flush().then(() => {}), setTimeout(() => process.exit(0), 300);`;
    const run = async (endpoint: string, ...args: string[]): Promise<unknown> => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program(endpoint), ...args], {
        stdio: 'inherit',
      });
      return (await once(child, 'exit'))[0] as unknown;
    };
    expect(await run(server.url)).toBe(0);
    expect(server.taken.map(({ id }) => id)).toEqual(['waits']);
    expect(await run(server.url, 'abruptly')).toBe(0);
    const [left] = fs.readdirSync(spool);
    expect(fs.readFileSync(path.join(spool, left!), 'utf8')).toContain('"waits"');
    server.answer = () => ({ status: 0 });
    expect(await run(server.url, 'under way')).toBe(0);
    expect(fs.readdirSync(spool)).toHaveLength(2);
    await server.close();
    expect(await run(server.url)).toBe(0);
    expect(fs.readdirSync(spool)).toHaveLength(3);
  });
});

/** Runs the programs of docs/sdk.md that are about signals and about alerts, with these options for theirs. */
async function runPage(options: { endpoint: string; token: string; spool: string }): Promise<void> {
  const page = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/sdk.md'), 'utf8');
  const programs = [...page.matchAll(/```js\n([\s\S]*?)```/g)]
    .map((found) => found[1]!)
    .filter((program) => !program.includes('new Parapet('));
  expect(programs).toHaveLength(2);
  let delivered = 0;
  class Signals extends SignalClient {
    constructor(given: SignalClientOptions) {
      super({ ...given, ...options, hashKey: 'secret' });
    }
    override async close(): Promise<void> {
      await super.close();
      delivered += this.counters().delivered;
    }
  }
  class Asking extends ApiClient {
    constructor() {
      super(options);
    }
  }
  const said: string[] = [];
  const quiet = { log: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  for (const program of programs) {
    const text = program.replace(/^import .*\n/gm, '');
    // eslint-disable-next-line typescript/no-implied-eval -- our own page
    const run = new Function('SignalClient', 'ApiClient', 'console', `return (async () => {${text}})()`) as (
      ...args: unknown[]
    ) => Promise<void>;
    await run(Signals, Asking, quiet);
  }
  expect(delivered).toBe(1);
  expect(said[0]).toContain('198.18.');
}

describe.skipIf(!isBuilt)('with a real engine (skipped when dist is not built: npx tsc -b)', () => {
  it(
    'nothing is lost and nothing doubled when it is killed and started again',
    { timeout: 120_000 },
    async () => {
      const folder = newFolder();
      const socket = path.join(folder, 'api.sock');
      const config = path.join(folder, 'parapet.yaml');
      const dataDir = path.join(folder, 'data');
      fs.writeFileSync(
        config,
        `api: { listen: ['unix:${socket}'] }\nsignals: { records_per_second: 100000 }\n`,
      );
      const added = spawnSync(
        process.execPath,
        [PARAPET, 'tokens', 'add', 'sdk', '--scope', 'all', '-o', 'raw', '--data-dir', dataDir],
        { encoding: 'utf8' },
      );
      const token = added.stdout.trim();
      const engines: ChildProcess[] = [];
      onTestFinished(() => {
        for (const engine of engines) engine.kill('SIGKILL');
      });
      const start = (): ChildProcess => {
        const engine = spawn(
          process.execPath,
          [PARAPET, 'engine', '--config', config, '--data-dir', dataDir],
          { stdio: 'ignore' },
        );
        engines.push(engine);
        return engine;
      };
      const { client } = teller(`unix:${socket}`, { token, spool: path.join(folder, 'spool'), batchMs: 20 });
      // Seven of each address make an alert and six make none, so that both losses and doubles show.
      const guilty: string[] = [];
      let told = 0;
      let engine = start();
      for (let turn = 0; turn < 240; turn++) {
        const ip = `198.18.${turn % 8}.${Math.floor(turn / 8) + 1}`;
        const count = turn % 2 === 0 ? 7 : 6;
        if (count === 7) guilty.push(ip);
        for (let i = 0; i < count; i++, told++)
          client.send({ type: 'login.failed', ip, site: 'www.example.org' });
        await pause(25);
        if (turn % 60 === 40) {
          const isOver = once(engine, 'exit');
          engine.kill('SIGKILL');
          await isOver;
        }
        if (turn % 60 === 55) engine = start();
      }
      await until(() => client.counters().delivered === told, `all ${told} to be delivered`);
      const api = new ApiClient({ endpoint: `unix:${socket}`, token });
      onTestFinished(() => api.close());
      const alerted = async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const { source } of api.alerts({ limit: 50 })) found.push(source.value);
        return found.toSorted();
      };
      await until(async () => (await alerted()).length >= guilty.length, 'the alerts');
      await pause(500);
      expect(await alerted()).toEqual(guilty.toSorted());
      expect(client.counters()).toEqual({ delivered: told, refused: 0, lost: 0, queued: 0 });

      const check = await api.check(guilty[0]!);
      expect(check.decisions[0]).toMatchObject({ remediation: 'ban', isActive: true });
      const alert = await api.alert((await api.alerts({ ip: guilty[0]! }).next()).value!.number);
      expect(alert.events.length).toBeGreaterThan(0);
      const made = await api.decide({ value: '203.0.113.9', duration: '1h', reason: 'by hand' });
      expect((await api.explain(made.recordId)).sentence).toContain('203.0.113.9 is banned for 60 minutes');
      expect(await api.lift(made.number)).toMatchObject({ isActive: false });
      expect(await api.lift(made.number)).toBeUndefined();
      await runPage({ endpoint: `unix:${socket}`, token, spool: path.join(folder, 'other') });
      const error = await api.explain('00000000').catch((fault: unknown) => fault);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ status: 404, code: 'E_API_ABSENT' });
    },
  );
});
