// Upstreams as a running gateway uses them: over TLS, several of them, with health checks.

import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS, type SiteConfig } from '../../src/config.ts';
import { hasOpenssl, makeCertificate, temporaryFolder } from './certificates.ts';
import { site } from './sites.ts';
import { closeAll, closeLater, listen, tlsStand, type TlsStand } from './tlsStand.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(closeAll);

async function before(upstreams: readonly string[], more: Partial<SiteConfig> = {}): Promise<TlsStand> {
  return tlsStand(upstreams[0]!, {
    listener: { isTls: false },
    config: {
      sites: [{ ...site('site', ['example.org'], upstreams), ...more }],
      limits: GATEWAY_LIMITS,
      timeouts: GATEWAY_TIMEOUTS,
    },
  });
}

async function ask(port: number, path = '/'): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  await once(socket, 'close');
  return `${text.slice(9, 12)} ${text.slice(text.indexOf('\r\n\r\n') + 4)}`;
}

async function upstream(answer: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createHttpServer(answer);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  closeLater(close);
  return { url: `http://127.0.0.1:${await listen(server)}`, close };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.skipIf(!hasOpenssl)('an upstream over TLS', () => {
  it('is used, its certificate unchecked where nobody could vouch for it, checked elsewhere', async () => {
    const { certFile, keyFile } = makeCertificate(folder, 'upstream', ['upstream.test']);
    const server = createHttpsServer(
      { cert: readFileSync(certFile), key: readFileSync(keyFile) },
      (req, res) => {
        res.end(`secret ${req.url}`.padEnd(200_000, '.'));
      },
    );
    const port = await listen(server);
    closeLater(() => {
      server.close();
      server.closeAllConnections();
    });
    for (const host of ['127.0.0.1', 'localhost']) {
      const { port: gatewayPort } = await before([`https://${host}:${port}`]);
      const [first, second] = [await ask(gatewayPort, '/a'), await ask(gatewayPort, '/b')];
      expect(first).toMatch(/^200 secret \/a\.+$/);
      expect([first.length, second.length]).toEqual([200_004, 200_004]);
    }
  });
});

describe('several upstreams', () => {
  it('share the requests, and those of one that is gone go to the others', async () => {
    const a = await upstream((_, res) => void res.end('a'));
    const b = await upstream((_, res) => void res.end('b'));
    const { port, gateway } = await before([a.url, b.url]);
    const answers = async (): Promise<string> =>
      (await Promise.all(Array.from({ length: 20 }, () => ask(port)))).toSorted().join();
    expect(new Set((await answers()).split(','))).toEqual(new Set(['200 a', '200 b']));
    b.close();
    expect(new Set((await answers()).split(','))).toEqual(new Set(['200 a']));
    expect(gateway.health()).toMatchObject([
      { site: 'site', upstreams: [{ isUp: true }, { isUp: false, failures: 1 }] },
    ]);
    a.close();
    expect(await ask(port)).toMatch(/^502 /);
  });

  it('are asked for their health, and get requests again when they are well', async () => {
    let isWell = false;
    const asked: string[] = [];
    const a = await upstream((_, res) => void res.end('a'));
    const b = await upstream((req, res) => {
      if (req.url === '/health') asked.push(`${req.headers.host} ${req.headers['user-agent']}`);
      res.writeHead(isWell ? 200 : 503).end('b');
    });
    const { port, gateway, ended } = await before([a.url, b.url], {
      // A check may take as long: on a busy machine a shorter time would find both unwell.
      health: { path: '/health', everyMs: 250 },
    });
    const isUp = (): boolean => gateway.health()[0]!.upstreams[1]!.isUp;
    await until(() => !isUp());
    for (let i = 0; i < 10; i++) expect(await ask(port)).toBe('200 a');
    isWell = true;
    await until(isUp);
    expect(asked[0]).toBe('example.org Parapet-Health/1');
    expect(ended).toHaveLength(10);
    gateway.close();
  });
});
