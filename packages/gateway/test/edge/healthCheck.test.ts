import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthCheck, probeUpstream } from '../../src/edge/healthCheck.ts';
import { parseUpstream, type UpstreamAddress } from '../../src/edge/upstreamAddress.ts';
import { UpstreamSet } from '../../src/edge/upstreamSet.ts';
import { site } from './sites.ts';

const closing: (() => unknown)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function addressOf(text: string): UpstreamAddress {
  const parsed = parseUpstream(text);
  if (!parsed.ok) throw new Error(parsed.says);
  return parsed.address;
}

async function serve(
  status: (url: string, host: string) => number,
): Promise<{ server: Server; port: number }> {
  const server = createServer((req, res) => res.writeHead(status(req.url!, req.headers.host!)).end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

const HEALTH = { path: '/health', everyMs: 1000 };

it('takes an upstream out after two bad rounds, and back after two good ones', async () => {
  let isGood = true;
  const set = new UpstreamSet([addressOf('http://127.0.0.1:1'), addressOf('http://127.0.0.1:2')]);
  const check = new HealthCheck(
    set,
    { ...site('s', ['*.example.org', 'example.org']), health: HEALTH },
    () => 0,
    async ({ port }, url, host) => {
      expect([url, host]).toEqual(['/health', 'example.org']);
      return port === 1 || isGood;
    },
  );
  const ups = async (): Promise<boolean[]> => {
    await check.round();
    return set.members.map(({ isUp }) => isUp);
  };
  expect(await ups()).toEqual([true, true]);
  isGood = false;
  expect(await ups()).toEqual([true, true]);
  expect(await ups()).toEqual([true, false]);
  isGood = true;
  expect(await ups()).toEqual([true, false]);
  expect(await ups()).toEqual([true, true]);
});

it('does not begin a round before the last has ended', async () => {
  let asked = 0;
  let answer: (isHealthy: boolean) => void = () => undefined;
  const set = new UpstreamSet([addressOf('http://127.0.0.1:1')]);
  const check = new HealthCheck(
    set,
    { ...site('s', ['*']), health: HEALTH },
    () => 0,
    () => {
      asked++;
      return new Promise((resolve) => (answer = resolve));
    },
  );
  const first = check.round();
  await check.round();
  expect(asked).toBe(1);
  answer(true);
  await first;
});

describe('one question', () => {
  it('is answered well from 200 to 399, under the name of the site', async () => {
    const { port } = await serve((url, host) => (host === 'example.org' ? Number(url.slice(1)) : 500));
    const ask = (status: number): Promise<boolean> =>
      probeUpstream(addressOf(`http://127.0.0.1:${port}`), `/${status}`, 'example.org', 5000);
    expect(await Promise.all([200, 204, 302, 404, 500, 503].map(ask))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('is answered badly by nobody, by silence and by nonsense', async () => {
    const silent = createPlainServer(() => undefined).listen(0, '127.0.0.1');
    const nonsense = createPlainServer((socket) => void socket.end('hello\r\n\r\n')).listen(0, '127.0.0.1');
    await Promise.all([once(silent, 'listening'), once(nonsense, 'listening')]);
    closing.push(
      () => silent.close(),
      () => nonsense.close(),
    );
    const at = (server: { address(): unknown }): UpstreamAddress =>
      addressOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await probeUpstream(addressOf('http://127.0.0.1:1'), '/', 'x', 5000)).toBe(false);
    expect(await probeUpstream(at(silent), '/', 'x', 20)).toBe(false);
    expect(await probeUpstream(at(nonsense), '/', 'x', 5000)).toBe(false);
  });

  it('also goes over a Unix socket', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'parapet-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const socketPath = path.join(folder, 's');
    const server = createServer((_, res) => res.end()).listen(socketPath);
    await once(server, 'listening');
    closing.push(() => server.close());
    expect(await probeUpstream(addressOf(`unix:${socketPath}`), '/', 'x', 5000)).toBe(true);
  });
});
