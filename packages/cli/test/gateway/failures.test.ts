// Whatever dies or breaks, the site is answered, and what was decided stays in force.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, newFolder, until } from './programs.ts';
import { isBuilt, SKIPPED, startStack, type Stack } from './stack.ts';
import { crowd, TRUSTS_LOOPBACK, visit } from './visitors.ts';

const BANNED = '198.18.0.9';
const CONFIG = `${TRUSTS_LOOPBACK}  workers: 2\n`;
const SCAN = [
  '/.env',
  '/.git/config',
  '/backup.sql',
  '/.aws/credentials',
  '/phpinfo.php',
  '/wp-config.php.bak',
];

describe.skipIf(!isBuilt)(`failures${isBuilt ? '' : SKIPPED}`, { timeout: 240_000 }, () => {
  let site: http.Server;
  let upstream: string;
  let stack: Stack;

  const isBanned = async (from = BANNED): Promise<boolean> =>
    (await visit(stack, '/', { from })).status === 403;
  /** Asks for what only scanners ask for; resolves when that has led to a ban. */
  const scan = async (from: string): Promise<void> => {
    for (const target of SCAN) await visit(stack, target, { from });
    await until(
      () => isBanned(from),
      () => `${from} was never banned:\n${stack.program.text()}`,
      60_000,
    );
  };

  beforeAll(async () => {
    site = await startSite();
    upstream = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // it listens on TCP
    stack = await startStack({ upstream, config: CONFIG });
    await ban(stack);
    await until(isBanned, () => `${BANNED} is not banned:\n${stack.program.text()}`);
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    site.closeAllConnections();
    site.close();
  }, 60_000);

  it('the engine is killed: everybody is served, the banned one is not, and detection comes back', async () => {
    const people = crowd(stack);
    for (let i = 0; i < 3; i++) {
      const killed = stack.enginePid()!;
      process.kill(killed, 'SIGKILL');
      expect(await isBanned()).toBe(true);
      await until(
        () => ![undefined, killed].includes(stack.enginePid()),
        () => 'the engine was not started again',
      );
    }
    await scan('198.18.0.21');
    expect(await isBanned()).toBe(true);
    await people.stop();
    expect(people.asked()).toBeGreaterThan(20);
    expect(people.troubles).toEqual([]);
  });

  it('what is tried while the engine is away counts when it is back', async () => {
    process.kill(stack.enginePid()!, 'SIGKILL');
    for (const target of SCAN) await visit(stack, target, { from: '198.18.0.22' });
    await until(
      () => isBanned('198.18.0.22'),
      () => `nothing was decided:\n${stack.program.text()}`,
    );
    expect((await visit(stack, '/')).status).toBe(200);
  });

  it('a worker is killed: only who was connected to it notices, and it is replaced', async () => {
    const people = crowd(stack);
    for (let i = 0; i < 3; i++) {
      const killed = stack.workerPids()[0]!;
      process.kill(killed, 'SIGKILL');
      await until(
        () => !stack.workerPids().includes(killed) && stack.workerPids().length === 2,
        () => 'the worker was not replaced',
      );
      await pause(500);
    }
    await people.stop();
    // Each of four people has one connection at a time.
    expect(people.troubles.length).toBeLessThanOrEqual(3 * 4);
    expect(people.asked()).toBeGreaterThan(20);
    expect(await isBanned()).toBe(true);
    expect((await visit(stack, '/')).status).toBe(200);
  });

  it('all workers and the engine are killed at once: a moment later the site answers', async () => {
    for (const pid of [...stack.workerPids(), stack.enginePid()!]) process.kill(pid, 'SIGKILL');
    await until(
      async () => (await visit(stack, '/')).status === 200,
      () => 'the site does not answer',
      5000,
    );
    expect(await isBanned()).toBe(true);
  });

  it('the site is gone: people are told, and served as soon as it is back', async () => {
    const { port } = new URL(upstream);
    site.closeAllConnections();
    site.close();
    await once(site, 'close');
    const away = await visit(stack, '/');
    expect([502, 503]).toContain(away.status);
    expect(away.headers['content-type']).toMatch('text/html');
    expect(await isBanned()).toBe(true);
    site = await startSite(Number(port));
    await until(
      async () => (await visit(stack, '/')).status === 200,
      () => 'the site is not served again',
      35_000,
    );
  });

  it('the supervisor is killed: the workers go on, and the next one takes over', async () => {
    const exited = once(stack.program.child, 'exit');
    process.kill(stack.program.pid, 'SIGKILL');
    await exited;
    expect((await visit(stack, '/')).status).toBe(200);
    expect(await isBanned()).toBe(true);
    const next = await startStack({ upstream, config: CONFIG, folder: stack.folder, port: stack.port });
    const { folder } = stack;
    stack = {
      ...next,
      stop: async () => {
        await next.stop();
        fs.rmSync(folder, { recursive: true, force: true });
      },
    };
    expect((await visit(stack, '/')).status).toBe(200);
    expect(await isBanned()).toBe(true);
    await next.program.says('The site is protected');
    await scan('198.18.0.23');
  });

  it.each([
    ['empty', (file: string) => fs.truncateSync(file)],
    ['cut', (file: string) => fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2))],
    ['noise', (file: string) => fs.writeFileSync(file, randomBytes(fs.statSync(file).size))],
    ['gone', (file: string) => fs.rmSync(file)],
  ])('decisions.bin is %s: nothing is lost, and the site is answered', async (_, spoil) => {
    const file = path.join(stack.dataDir, 'decisions.bin');
    await until(
      () => fs.existsSync(file),
      () => 'there is no decisions.bin',
    );
    spoil(file);
    expect(stack.workerPids()).toHaveLength(2);
    for (const pid of stack.workerPids()) process.kill(pid, 'SIGKILL');
    await until(
      async () => (await visit(stack, '/')).status === 200,
      () => 'the site does not answer',
    );
    await until(isBanned, () => 'the ban is lost', 5000);
  });
});

describe.skipIf(!isBuilt)(`a full disk${isBuilt ? '' : SKIPPED}`, { timeout: 240_000 }, () => {
  it('the site is answered and attackers are stopped, and it is said', async ({ skip }) => {
    const { folder, remove } = newFolder();
    const disk = path.join(folder, 'data');
    fs.mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', disk]);
    skip(mounted.status !== 0, 'a small disk cannot be mounted here');
    const site = await startSite();
    const upstream = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // it listens on TCP
    const stack = await startStack({ upstream, config: CONFIG, folder });
    try {
      await ban(stack);
      await until(
        async () => (await visit(stack, '/', { from: BANNED })).status === 403,
        () => `${BANNED} is not banned:\n${stack.program.text()}`,
      );
      fillDisk(disk);
      const people = crowd(stack);
      for (let i = 30; i < 36; i++) {
        for (const target of SCAN) await visit(stack, target, { from: `198.18.0.${i}` });
        await until(
          async () => (await visit(stack, '/', { from: `198.18.0.${i}` })).status === 403,
          () => `198.18.0.${i} was not stopped:\n${stack.program.text()}`,
        );
      }
      await stack.program.says('E_STORE_FULL');
      await people.stop();
      expect(people.troubles).toEqual([]);
      fs.rmSync(path.join(disk, 'ballast'));
      await stack.program.says('The store works again');
      const { text } = await stack.run('decisions', 'list');
      expect(text).toContain('198.18.0.35');
    } finally {
      await stack.stop();
      site.closeAllConnections();
      site.close();
      spawnSync('umount', ['-l', disk]);
      remove();
    }
  });
});

async function ban(stack: Stack): Promise<void> {
  const { text, code } = await stack.run('decisions', 'add', '--ip', BANNED);
  expect([code, text]).toEqual([0, expect.stringContaining(BANNED)]);
}

async function startSite(port?: number): Promise<http.Server> {
  const site = http.createServer((req, res) => {
    if (req.url === '/') res.end('hello');
    else res.writeHead(404).end('nothing');
  });
  site.listen(port ?? (await freePort()), '127.0.0.1');
  await once(site, 'listening');
  return site;
}

function fillDisk(folder: string): void {
  const handle = fs.openSync(path.join(folder, 'ballast'), 'w');
  const block = Buffer.alloc(4096);
  try {
    for (;;) fs.writeSync(handle, block);
  } catch {
    // Now it is full.
  } finally {
    fs.closeSync(handle);
  }
}
