import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS, GATEWAY_TIMEOUTS } from '../../src/config.ts';
import { hasOpenssl, makeCertificate, temporaryFolder } from './certificates.ts';
import { closeAll, closeLater, replyTo, tlsStand, type TlsSetting, type TlsStand } from './tlsStand.ts';

afterEach(closeAll);

const tellClient: RequestListener = (req, res) => {
  res.end([req.headers['x-forwarded-for'], req.headers['x-forwarded-proto']].join(' '));
};

const V1 = 'PROXY TCP4 198.51.100.1 10.0.0.1 56324 443\r\n';
const ASK = 'GET / HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n';

function plain(setting: TlsSetting = {}): Promise<TlsStand> {
  return tlsStand(tellClient, { ...setting, listener: { isTls: false, ...setting.listener } });
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  closeLater(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends, and resolves with all that comes until the other side closes. */
async function tell(socket: Socket, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  if (!socket.destroyed) await once(socket, 'close').catch(() => {});
  return text;
}

describe('a listener that expects a PROXY header', () => {
  const setting: TlsSetting = {
    listener: { expectsProxyProtocol: true },
    config: { trustedProxies: ['loopback'] },
  };

  it('takes the client from it', async () => {
    const { port, ended } = await plain(setting);
    expect(await tell(await open(port), V1, ASK)).toMatch(/\r\n\r\n198\.51\.100\.1 http$/);
    expect(await tell(await open(port), V1.slice(0, 9), V1.slice(9) + ASK)).toContain('198.51.100.1 http');
    expect(await tell(await open(port), `PROXY UNKNOWN\r\n${ASK}`)).toContain('127.0.0.1 http');
    expect(ended.map(({ ip }) => ip)).toEqual(['198.51.100.1', '198.51.100.1', '127.0.0.1']);
  });

  it('believes no more of the client for it', async () => {
    const { port, ended } = await plain(setting);
    await tell(await open(port), V1, ASK.replace('\r\n\r\n', '\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n'));
    await tell(
      await open(port),
      V1.replace('198.51.100.1', '127.0.0.9'),
      ASK.replace('\r\n\r\n', '\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n'),
    );
    expect(ended.map(({ ip }) => ip)).toEqual(['198.51.100.1', '203.0.113.7']);
  });

  it('closes without a word on a proxy that sends none', async () => {
    const { port, ended, gateway } = await plain(setting);
    expect(await tell(await open(port), ASK)).toBe('');
    expect(ended).toEqual([]);
    expect(gateway.counters().openConnections).toBe(0);
  });

  it('expects and believes none from others', async () => {
    const { port, refusals } = await plain({ ...setting, config: {} });
    expect(await tell(await open(port), ASK)).toContain('127.0.0.1 http');
    expect(await tell(await open(port), V1 + ASK)).toMatch(/^HTTP\/1\.1 400 /);
    expect(refusals).toHaveLength(1);
  });

  it('counts connections for the client that is named', async () => {
    const limits = { ...GATEWAY_LIMITS, connectionsPerClient: 1 };
    const { port, gateway } = await plain({ ...setting, config: { ...setting.config, limits } });
    const first = await open(port);
    first.write(V1);
    while (gateway.counters().openConnections === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await tell(await open(port), V1, ASK)).toBe('');
    expect(await tell(await open(port), V1.replace('198.51.100.1', '198.51.100.2'), ASK)).toContain(
      '198.51.100.2',
    );
    expect(gateway.counters().turnedAway).toBe(1);
  });
});

describe.skipIf(!hasOpenssl)('a listener with TLS', () => {
  it('reads the PROXY header before the handshake', async () => {
    const { port, ended } = await tlsStand(tellClient, {
      listener: { expectsProxyProtocol: true },
      config: { trustedProxies: ['loopback'] },
    });
    const raw = await open(port);
    raw.write(V1);
    const socket = connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    const session = connectHttp2('https://example.org', { createConnection: () => socket });
    closeLater(() => session.destroy());
    expect((await replyTo(session.request())).body.toString()).toBe('198.51.100.1 https');
    expect(ended).toMatchObject([{ ip: '198.51.100.1', version: '2' }]);
  });

  it('lets go those who speak no TLS, or nothing', async () => {
    const timeouts = { ...GATEWAY_TIMEOUTS, headMs: 1000 };
    const { port, gateway, session } = await tlsStand(tellClient, { config: { timeouts } });
    expect(await tell(await open(port), ASK)).not.toContain('HTTP/1.1 200');
    expect(await tell(await open(port))).toBe('');
    expect((await replyTo((await session()).request())).status).toBe(200);
    expect(gateway.counters()).toMatchObject({ requests: 1, connections: 3 });
  });

  it('counts those who have not finished their handshake', async () => {
    const limits = { ...GATEWAY_LIMITS, connectionsPerClient: 2 };
    const { port, gateway } = await tlsStand(tellClient, { config: { limits } });
    const waiting = [await open(port), await open(port)];
    expect(await tell(await open(port))).toBe('');
    expect(gateway.counters().turnedAway).toBe(1);
    for (const socket of waiting) socket.destroy();
    await gateway.drain(10_000);
    expect(gateway.counters().connections).toBe(3);
  });

  it('has nothing to say without a certificate, and says why', async () => {
    const folder = temporaryFolder();
    // Before the clock of the gateway, which stands still.
    const certificate = makeCertificate(folder, 'new', ['new.test']);
    const { port, gateway } = await tlsStand(tellClient, {
      config: { certificates: [{ certFile: `${folder}/absent.pem`, keyFile: `${folder}/absent.key` }] },
    });
    const socket = connectTls({ socket: await open(port), rejectUnauthorized: false }).on('error', () => {});
    await once(socket, 'close').catch(() => {});
    expect(gateway.findings()).toEqual([expect.stringContaining('absent.pem: the file does not exist')]);
    gateway.reload({
      listeners: [],
      certificates: [certificate],
      sites: [],
      trustedProxies: [],
      limits: GATEWAY_LIMITS,
      timeouts: GATEWAY_TIMEOUTS,
      workers: 1,
      dataDir: '',
    });
    expect(gateway.findings()).toEqual([]);
    const again = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    closeLater(() => again.destroy());
    await once(again, 'secureConnect');
    expect(again.getPeerCertificate().subject.CN).toBe('new');
  });
});

describe('a listener that redirects', () => {
  it('sends all to HTTPS but a certificate authority', async () => {
    const { port, ended } = await plain({
      listener: { redirectsToHttps: true },
      hosts: ['example.org'],
      config: {
        listeners: [
          { listen: '0.0.0.0:80', isTls: false, expectsProxyProtocol: false, redirectsToHttps: true },
          { listen: '[::]:8443', isTls: true, expectsProxyProtocol: false },
        ],
        trustedProxies: ['loopback'],
      },
    });
    const moved = await tell(await open(port), ASK.replace('/', '/a?b'));
    expect(moved).toMatch(/^HTTP\/1\.1 301 [^]*\r\nLocation: https:\/\/example\.org:8443\/a\?b\r\n/);
    const acme = ASK.replace('/', '/.well-known/acme-challenge/token');
    expect(await tell(await open(port), acme)).toContain('HTTP/1.1 200');
    expect(await tell(await open(port), ASK.replace('example.org', 'other.test'))).toContain('HTTP/1.1 421');
    const secure = ASK.replace('\r\n\r\n', '\r\nX-Forwarded-Proto: https\r\n\r\n');
    expect(await tell(await open(port), secure)).toContain('HTTP/1.1 200');
    expect(ended.map(({ cause }) => cause)).toEqual(['https', undefined, 'own-page', undefined]);
  });
});

it('a proxy that nobody named becomes a finding', async () => {
  const { port, gateway } = await plain();
  const ask = ASK.replace('Connection: close', 'X-Forwarded-For: 198.51.100.1').repeat(50);
  const socket = await open(port);
  for (let i = 0; i < 20; i++) socket.write(ask);
  socket.resume();
  while (gateway.counters().requests < 1000) await new Promise((resolve) => setImmediate(resolve));
  expect(gateway.findings()).toEqual([
    expect.stringMatching(/^You seem to be behind a proxy: 100 % .* 127\.0\.0\.1 /),
  ]);
});
