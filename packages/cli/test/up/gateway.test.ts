// What people and visitors meet with `parapet up --upstream`: the built program, as processes.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewaySite, isBuilt, kill, until, type GatewaySite } from './gatewaySite.ts';

const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const LIMIT_MS = 240_000;
const SCANNED = '/wp-login.php';

describe.skipIf(!isBuilt)(`parapet up --upstream${skipped}`, { timeout: LIMIT_MS }, () => {
  it('serves the site, and turns away within the request that trips the perimeter', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    expect(await site.get(gateway.port, '/page')).toEqual({ status: 200, body: 'the site' });
    expect(await site.get(gateway.port, '/missing')).toMatchObject({ status: 404 });
    const { ip, body } = await stopped(site, gateway.port);
    expect(body).not.toContain('nothing here');
    expect(site.seen).toContain(SCANNED);
    expect((await site.get(gateway.port, '/page', ip)).status).toBe(403);
    expect((await site.get(gateway.port, '/page', '198.51.100.250')).status).toBe(200);
    await gateway.says(ip);
    const [record] = /Record: ([0-9a-f]{8})/.exec(body)?.slice(1) ?? [];
    expect(await site.parapet('decisions', 'list', '-o', 'json')).toContain(record);
  });

  it('obeys operators within 200 ms, at every worker', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    const isOut = async (status: number): Promise<void> => {
      await pause(200);
      // Each connection may reach another worker.
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => site.get(gateway.port, '/page', '198.51.100.20')),
      );
      expect(new Set(answers.map((one) => one.status))).toEqual(new Set([status]));
    };
    await site.parapet('decisions', 'add', '--ip', '198.51.100.20', '--duration', '1h', '--reason', 'test');
    await isOut(403);
    await site.parapet('unban', '198.51.100.20');
    await isOut(200);
    await site.parapet(
      'decisions',
      'add',
      '--range',
      '198.51.100.0/24',
      '--duration',
      '1h',
      '--reason',
      'test',
    );
    await isOut(403);
    await site.parapet('allowlist', 'add', '198.51.100.20', '--comment', 'us');
    await isOut(200);
  });

  it('counts together what several workers see of one address', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    const ip = '198.51.100.30';
    for (let i = 0; i < 40; i++) await site.get(gateway.port, `/gone/${i}`, ip);
    await gateway.says('parapet/http-404-burst');
    expect(gateway.text()).toContain(ip);
    await until(
      async () => (await site.get(gateway.port, '/page', ip)).status === 403,
      'it was never stopped',
    );
  });

  it('goes on when the engine is killed, and loses no event', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    await ban(site, gateway.port, '198.51.100.40');
    const before = await site.status();
    // Not enough to be stopped; what comes after the kill has to count together with it.
    for (let i = 0; i < 8; i++) await site.get(gateway.port, `/gone/${i}`, '198.51.100.41');
    kill(before.engine);
    for (let i = 8; i < 40; i++)
      expect((await site.get(gateway.port, `/gone/${i}`, '198.51.100.41')).status).toBe(404);
    expect((await site.get(gateway.port, '/page', '198.51.100.40')).status).toBe(403);
    expect((await site.get(gateway.port, '/page')).status).toBe(200);
    await gateway.says('The engine ended (killed) and is started again');
    await until(
      async () => (await site.get(gateway.port, '/page', '198.51.100.41')).status === 403,
      'never stopped',
    );
    const after = await site.status();
    expect(after.engine).not.toBe(before.engine);
    expect(after.workers).toEqual(before.workers);
    // The same decision, not another one.
    expect((await site.parapet('decisions', 'list', '-o', 'json')).split('198.51.100.40"').length).toBe(2);
  });

  it('replaces a worker that is killed, while the others go on', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    await ban(site, gateway.port, '198.51.100.50');
    const before = await site.status();
    expect(before.workers).toHaveLength(2);
    kill(before.workers[0]!);
    // The kernel may have given a connection to the worker that dies; the next one is served.
    await until(async () => (await site.get(gateway.port, '/page')).status === 200, 'nobody answers');
    await gateway.says('Worker 1');
    await until(async () => (await site.status()).workers.length === 2, 'it was never replaced');
    expect((await site.status()).workers).not.toContain(before.workers[0]);
    for (let i = 0; i < 10; i++)
      expect((await site.get(gateway.port, '/page', '198.51.100.50')).status).toBe(403);
  });

  it('is served by the workers when the supervisor is killed, until the next one takes over', async () => {
    const site = await gatewaySite();
    const first = await site.start();
    await ban(site, first.port, '198.51.100.60');
    const { engine, workers } = await site.status();
    first.child.kill('SIGKILL');
    await first.ended;
    for (let i = 0; i < 10; i++) {
      expect((await site.get(first.port, '/page')).status).toBe(200);
      expect((await site.get(first.port, '/page', '198.51.100.60')).status).toBe(403);
    }
    await until(() => !isAlive(engine), 'the engine never noticed');
    expect(await site.health(first.port)).toMatchObject({ isFine: false, hasSupervisor: false });
    const second = await site.start(['--port', String(first.port)]);
    expect(second.text()).toContain('Took over from 2 workers');
    expect(second.port).toBe(first.port);
    await until(() => !workers.some(isAlive), 'the orphans never ended');
    expect((await site.get(second.port, '/page', '198.51.100.60')).status).toBe(403);
    expect((await site.get(second.port, '/page')).status).toBe(200);
  });

  it('reads its configuration again on SIGHUP without refusing a connection', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    const before = await site.status();
    site.answer = ({ url }, response) => {
      if (url !== '/page/slow') return false;
      response.write('be');
      setTimeout(() => response.end('gun'), 1500);
      return true;
    };
    const slow = site.get(gateway.port, '/page/slow');
    await until(() => site.seen.includes('/page/slow'), 'it never came');
    site.config('gateway: { trusted_proxies: [127.0.0.1], workers: 3, timeouts: { idle: 9s } }\n');
    const statuses: number[] = [];
    let isOver = false;
    const asking = (async () => {
      while (!isOver) statuses.push((await site.get(gateway.port, '/page')).status);
    })();
    kill(gateway.pid, 'SIGHUP');
    await gateway.says('were read again');
    expect(await slow).toEqual({ status: 200, body: 'begun' });
    await until(async () => (await site.status()).workers.length === 3, 'the old ones never ended');
    const after = await site.status();
    expect(after.workers.filter((pid) => before.workers.includes(pid))).toEqual([]);
    await until(async () => (await site.status()).engine !== before.engine, 'the engine is the old one');
    isOver = true;
    await asking;
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(statuses.length).toBeGreaterThan(50);
  });

  it('keeps what it has when the new configuration is wrong', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    const before = await site.status();
    site.config('gateway: { trusted_proxies: [nonsense] }\n');
    kill(gateway.pid, 'SIGHUP');
    await gateway.says('Nothing was reloaded');
    expect(await site.status()).toEqual(before);
    expect((await site.get(gateway.port, '/page')).status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers what is under way before it ends by %s',
    async (signal) => {
      const site = await gatewaySite();
      const gateway = await site.start();
      const { engine, workers } = await site.status();
      site.answer = ({ url }, response) => {
        if (url !== '/page/slow') return false;
        setTimeout(() => response.end('done'), 700);
        return true;
      };
      const slow = site.get(gateway.port, '/page/slow');
      await until(() => site.seen.includes('/page/slow'), 'it never came');
      // As a terminal and systemd do: to all of them.
      for (const pid of [gateway.pid, engine, ...workers]) kill(pid, signal);
      expect(await slow).toEqual({ status: 200, body: 'done' });
      expect(await gateway.ended).toEqual([0, null]);
      expect([engine, ...workers].filter(isAlive)).toEqual([]);
      // What the last requests were is known to the next engine.
      expect(fs.readdirSync(site.dataDir).filter((name) => name.endsWith('.sock'))).toEqual([]);
    },
  );

  it('starts without decisions.bin when that is damaged, and gets them from the engine', async () => {
    const site = await gatewaySite();
    const gateway = await site.start();
    await ban(site, gateway.port, '198.51.100.65');
    const file = path.join(site.dataDir, 'decisions.bin');
    await until(() => fs.statSync(file).size > 300, 'it was never written');
    fs.writeFileSync(file, fs.readFileSync(file).fill(7, 20, 40));
    const [first, second] = (await site.status()).workers;
    for (const pid of [first!, second!]) kill(pid);
    await gateway.says('decisions.bin cannot be used');
    await until(
      async () => (await site.get(gateway.port, '/page', '198.51.100.65')).status === 403,
      'the decision was lost',
    );
    expect(await site.health(gateway.port)).toMatchObject({ decisions: { snapshot: 'E_SNAPSHOT_DAMAGED' } });
  });

  it('pushes decisions when decisions.bin cannot be written, and says so', async () => {
    const site = await gatewaySite();
    fs.mkdirSync(path.join(site.dataDir, 'decisions.bin', 'in the way'), { recursive: true });
    const gateway = await site.start();
    await gateway.says('E_SNAPSHOT_UNWRITABLE');
    await ban(site, gateway.port, '198.51.100.66');
    expect(await site.get(gateway.port, '/page')).toEqual({ status: 200, body: 'the site' });
  });

  it('decides, acts and serves on a full disk, and stores it when there is room', async ({ skip }) => {
    const site = await gatewaySite();
    fs.mkdirSync(site.dataDir);
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', site.dataDir]);
    skip(status !== 0, 'this user may not mount a small disk');
    onTestFinished(() => void spawnSync('umount', ['-l', site.dataDir]));
    const gateway = await site.start();
    const filling = path.join(site.dataDir, 'filling');
    spawnSync('dd', ['if=/dev/zero', `of=${filling}`, 'bs=1k']);
    await ban(site, gateway.port, '198.51.100.68');
    await gateway.says('E_STORE_FULL');
    await ban(site, gateway.port, '198.51.100.69');
    expect(await site.get(gateway.port, '/page')).toEqual({ status: 200, body: 'the site' });
    fs.rmSync(filling);
    await gateway.says('The store works again');
    expect(await site.parapet('decisions', 'list', '-o', 'json')).toContain('198.51.100.69');
  });

  it('tells doctor and metrics how it is', async () => {
    const site = await gatewaySite();
    const gateway = await site.start(['--metrics', '127.0.0.1:0']);
    await stopped(site, gateway.port);
    const url = /Metrics: (\S+)/.exec(gateway.text())![1]!;
    const page = async (): Promise<string> => (await fetch(url)).text();
    const counts = (line: string): Promise<void> =>
      until(async () => (await page()).includes(line), `it never counted ${line}`);
    await counts('parapet_gateway_asked_total{outcome="decided"} 1');
    await counts('parapet_gateway_answers_total{cause="ban"} 1');
    kill((await site.status()).workers[0]!);
    await counts('parapet_gateway_worker_restarts_total 1');
    await counts('parapet_gateway_workers 2');
    expect(await page()).toMatch(/parapet_gateway_asked_total\{outcome="decided"\} 1/);
    expect(await page()).toMatch(/parapet_gateway_request_duration_seconds_count [1-9]/);
    expect(await site.parapet('metrics', '--url', url)).toMatch(/answers of its own\s+ban\s+[1-9]/);
    expect(await site.parapet('doctor')).toMatch(/A gateway serves http:\S+ with 2 workers/);
  });

  it('starts before the site does, and says that nothing answers there', async () => {
    const site = await gatewaySite();
    const gateway = site.spawn('up', '--upstream', 'http://127.0.0.1:1', '--port', '0');
    await gateway.says('Nothing answers at http://127.0.0.1:1 (ECONNREFUSED)');
    await gateway.says('The site is protected at');
    const port = Number(/protected at http:\/\/[^:]+:(\d+)/.exec(gateway.text())?.[1]);
    await until(async () => (await site.get(port, '/')).status === 502, 'it never said so to a visitor');
    expect(gateway.child.exitCode).toBeNull();
  });

  it('works in a folder with a long path', async () => {
    const site = await gatewaySite('', 'x'.repeat(140));
    const gateway = await site.start();
    expect((await stopped(site, gateway.port)).body).toContain('Record: ');
  });
});

describe.skipIf(!isBuilt)(`engine and gateway apart${skipped}`, { timeout: LIMIT_MS }, () => {
  it('find each other on one data directory, whoever comes first', async () => {
    const site = await gatewaySite();
    const gateway = await site.startGatewayAlone();
    expect(await site.get(gateway.port, SCANNED, '198.51.100.80')).toMatchObject({ status: 404 });
    expect(await site.health(gateway.port)).toMatchObject({ isFine: false });
    const engine = site.spawn('engine');
    await engine.says('Parapet watches');
    // What happened before the engine came was kept for it.
    await engine.says('198.51.100.80');
    await until(
      async () => (await site.get(gateway.port, '/page', '198.51.100.80')).status === 403,
      'the decision never came',
    );
    // Each worker finds the engine by itself, and any of them may get the next request.
    await until(site.areConnected, 'a worker never found the engine');
    engine.child.kill('SIGTERM');
    expect(await engine.ended).toEqual([0, null]);
    for (let i = 0; i < 8; i++)
      expect((await site.get(gateway.port, '/page', '198.51.100.80')).status).toBe(403);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual([0, null]);
  });
});

describe.skipIf(!isBuilt)(`a gateway that cannot start${skipped}`, { timeout: LIMIT_MS }, () => {
  it('says that the port is taken, and what to do', async () => {
    const site = await gatewaySite();
    const port = await takenPort();
    const { code, text } = await site.refused(['--upstream', 'http://127.0.0.1:1', '--port', String(port)]);
    expect(code).toBe(2);
    expect(text).toContain('E_GATEWAY_PORT_TAKEN');
    expect(text).toContain('ss -ltnp');
  });

  it.each([
    [['--upstream', 'http://127.0.0.1:8080'], 'E_GATEWAY_LOOP'],
    [['--upstream', 'http://localhost:9123', '--port', '9123'], 'E_GATEWAY_LOOP'],
    [['--upstream', 'ftp://example.org'], 'E_GATEWAY_UPSTREAM'],
    [['--upstream', 'http://example.org/path'], 'E_GATEWAY_UPSTREAM'],
    [['--upstream', 'http://127.0.0.1:81', '--port', 'http'], 'E_GATEWAY_PORT'],
    [['--port', '81'], 'E_NO_GATEWAY'],
  ])('refuses %j with %s', async (args, error) => {
    const site = await gatewaySite();
    const { code, text } = await site.refused(args);
    expect(text).toContain(error);
    expect(code).toBe(2);
  });

  it('refuses a second one on the same folder, and names the first', async () => {
    const site = await gatewaySite();
    const first = await site.start();
    const { code, text } = await site.refused(['--upstream', 'http://127.0.0.1:1', '--port', '0']);
    expect(code).toBe(2);
    expect(text).toContain('E_GATEWAY_RUNNING');
    expect(text).toContain(String(first.pid));
    expect((await site.get(first.port, '/page')).status).toBe(200);
  });

  it('ends when another engine uses the folder, and serves nobody', async () => {
    const site = await gatewaySite();
    fs.writeFileSync(path.join(site.folder, 'access.log'), '');
    const engine = await startEngine(site);
    const { code, text } = await site.refused(['--upstream', 'http://127.0.0.1:1', '--port', '0']);
    expect(code).toBe(1);
    expect(text).toContain('E_STORE_LOCKED');
    expect(isAlive(engine)).toBe(true);
  });
});

/** Has the address banned; on a busy machine the engine may not answer within the request that does it. */
async function ban(site: GatewaySite, port: number, ip: string): Promise<void> {
  await site.get(port, SCANNED, ip);
  await until(async () => (await site.get(port, '/page', ip)).status === 403, `${ip} was never banned`);
}

/** Returns who was stopped within the very request that tripped the perimeter, and with which answer. */
async function stopped(site: GatewaySite, port: number): Promise<{ ip: string; body: string }> {
  for (let i = 0; i < 40; i++) {
    const ip = `198.51.100.${200 + i}`;
    const { status, body } = await site.get(port, SCANNED, ip);
    if (status === 403) return { ip, body };
    await pause(250);
  }
  throw new Error('none of forty was stopped in time');
}

async function startEngine(site: GatewaySite): Promise<number> {
  const { openStore } = await import('@parapet/store');
  const store = await openStore({ dataDir: site.dataDir, role: 'engine', now: () => new Date() });
  onTestFinished(() => store.close());
  return process.pid;
}

async function takenPort(): Promise<number> {
  const server = net.createServer().listen(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // it listens on TCP
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
