// The same gateway with clients that others have written, and the same request in both versions of HTTP.

import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { Challenge, DecisionTable, LocalLink, SiteGuard } from '@parapet/enforcement';
import fc from 'fast-check';
import { chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { GATEWAY_LIMITS } from '../../src/config.ts';
import { hasOpenssl, temporaryFolder } from './certificates.ts';
import { closeAll, closeLater, listen, replyTo, tlsStand, type TlsStand } from './tlsStand.ts';

const run = promisify(execFile);
const curlVersion = spawnSync('curl', ['--version'], { encoding: 'utf8' });
const hasCurl = hasOpenssl && /^Features:.*\bHTTP2\b/m.test(curlVersion.stdout ?? '');
if (!hasCurl) process.stderr.write('curl with HTTP/2 is not installed: its tests are skipped\n');
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const hasBrowser = hasOpenssl && browserPath !== undefined;
if (browserPath === undefined) process.stderr.write('chromium is not installed: its test is skipped\n');

afterEach(closeAll);
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const measure: RequestListener = (req, res) => {
  const hash = createHash('sha256');
  req.on('data', (chunk: Buffer) => hash.update(chunk));
  req.on('end', () => res.end(hash.digest('hex')));
};

describe.skipIf(!hasCurl)('curl', () => {
  async function curl(
    ...args: readonly string[]
  ): Promise<{ version: string; status: string; body: string }> {
    const { stdout } = await run(
      'curl',
      ['-sSk', '--http2', '-w', '\n%{http_version} %{http_code}', ...args],
      {
        maxBuffer: 1e8,
      },
    );
    const [version, status] = stdout.slice(stdout.lastIndexOf('\n') + 1).split(' ') as [string, string];
    return { version, status, body: stdout.slice(0, stdout.lastIndexOf('\n')) };
  }

  it('gets a page, sends a form and asks for a head', async () => {
    const { url } = await tlsStand(
      (req, res) => void res.end(`${req.method} ${req.url} ${req.headers.cookie}`),
    );
    expect(await curl(`${url}/a?b`, '-b', 'x=1; y=2')).toEqual({
      version: '2',
      status: '200',
      body: 'GET /a?b x=1; y=2',
    });
    expect(await curl(`${url}/`, '-d', 'name=value')).toMatchObject({
      status: '200',
      body: 'POST / undefined',
    });
    expect(await curl(`${url}/`, '-I')).toMatchObject({ version: '2', status: '200' });
    expect(await curl(`${url}/`, '--http1.1')).toMatchObject({ version: '1.1', status: '200' });
  });

  it('uploads a file, of known and of unknown length, and downloads one', async () => {
    const data = randomBytes(20_000_000);
    const hash = createHash('sha256').update(data).digest('hex');
    const file = path.join(folder, 'data');
    const copy = path.join(folder, 'copy');
    writeFileSync(file, data);
    const { url } = await tlsStand((req, res) =>
      req.method === 'GET' ? void res.end(data) : measure(req, res),
    );
    expect((await curl(`${url}/`, '-T', file)).body).toBe(hash);
    expect((await curl(`${url}/`, '-T', file, '-H', 'Content-Length:')).body).toBe(hash);
    expect((await curl(`${url}/`, '-T', file, '-H', 'Expect: 100-continue')).body).toBe(hash);
    await curl(`${url}/`, '-o', copy);
    const { stdout } = await run('sha256sum', [copy]);
    expect(stdout.slice(0, 64)).toBe(hash);
  });

  it('is told that its upload is too long', async () => {
    const file = path.join(folder, 'long');
    writeFileSync(file, Buffer.alloc(5_000_000));
    const limits = { ...GATEWAY_LIMITS, requestBodyBytes: 1000 };
    const { url } = await tlsStand(measure, { config: { limits } });
    expect(await curl(`${url}/`, '-T', file)).toMatchObject({ status: '413' });
    expect(await curl(`${url}/`, '-T', file, '-H', 'Content-Length:')).toMatchObject({ status: '413' });
  });

  it('may ask for many things at once', async () => {
    const { url, gateway } = await tlsStand((req, res) => void res.end(`${req.url}\n`));
    const { stdout } = await run('curl', ['-sSkZ', '--http2', `${url}/[1-200]`]);
    expect(stdout.trim().split('\n')).toHaveLength(200);
    expect(gateway.counters().connections).toBeLessThan(60);
  });
});

describe.skipIf(!hasBrowser)('a browser', () => {
  it('loads a page with its parts, posts a form and keeps a cookie, all over HTTP/2', async () => {
    const pages: RequestListener = (req, res) => {
      if (req.url!.startsWith('/image')) return void res.end('<svg xmlns="http://www.w3.org/2000/svg"/>');
      res.setHeader('Content-Type', 'text/html');
      if (req.method === 'POST') {
        res.setHeader('Set-Cookie', 'session=1; Secure');
        req.resume().on('end', () => res.end(`<p id=done>posted</p>`));
      } else {
        const images = Array.from({ length: 20 }, (_, i) => `<img src="/image${i}">`).join('');
        res.end(
          `<form method=post><input name=a value=b><button>go</button></form><p>${req.headers.cookie}</p>${images}`,
        );
      }
    };
    const { url, ended } = await tlsStand(pages);
    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    closeLater(() => browser.close());
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(`${url}/`, { waitUntil: 'load' });
    const protocols = await page.evaluate(
      "performance.getEntries().filter((entry) => 'nextHopProtocol' in entry).map((entry) => entry.nextHopProtocol)",
    );
    expect(new Set(protocols as string[])).toEqual(new Set(['h2']));
    await page.click('button');
    await page.waitForSelector('#done');
    await page.goto(`${url}/`);
    expect(await page.textContent('p')).toBe('session=1');
    expect(ended.every(({ version, status }) => version === '2' && status === 200)).toBe(true);
  });
});

describe.skipIf(!hasBrowser)('a browser and the guard', () => {
  function guardWith(remediation: string): SiteGuard {
    const nowMs = (): number => Date.now();
    const table = new DecisionTable();
    table.add({
      id: '0a1b2c3d-0000-4000-8000-000000000000',
      target: { scope: 'ip', value: '127.0.0.1' },
      remediation,
      expiresAtMs: Date.now() + 3_600_000,
      scenario: 'parapet/http-probing',
      origin: 'scenario',
      simulated: false,
    });
    const secrets = [randomBytes(32)];
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    return new SiteGuard({
      table,
      challenge: new Challenge({ secrets, nowMs, random: randomBytes, delay: sleep }),
      settings: {
        sites: [{ name: 'site', mode: 'enforce', closedPaths: [], neverChallenge: [] }],
        crawlers: [],
        ownProxies: [],
      },
      link: new LocalLink({}, nowMs),
      secrets,
      trustEpoch: 1,
      nowMs,
      sleep,
    });
  }

  async function guardedPage(remediation: string): Promise<{ page: Page; stood: TlsStand }> {
    const guard = guardWith(remediation);
    const stood = await tlsStand(
      (req, res) => void res.setHeader('Content-Type', 'text/html').end(`<h1>site ${req.url}</h1>`),
      {
        guard: {
          onRequest: (...all) => guard.onRequest(...all),
          onResponse: (...all) => guard.onResponse(...all),
        },
      },
    );
    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    closeLater(() => browser.close());
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    return { page, stood };
  }

  it('passes its check over HTTP/2 and is let in', async () => {
    const { page, stood } = await guardedPage('captcha');
    await page.goto(`${stood.url}/node/7`);
    await page.waitForSelector('h1:text("site /node/7")');
    await page.goto(`${stood.url}/node/8`);
    expect(await page.textContent('h1')).toBe('site /node/8');
    expect(stood.ended.every(({ version }) => version === '2')).toBe(true);
    expect(stood.ended[0]?.cause).toBe('captcha');
  });

  it('sees over HTTP/2 why it is banned', async () => {
    const { page, stood } = await guardedPage('ban');
    const answer = await page.goto(`${stood.url}/`);
    expect(answer?.status()).toBe(403);
    expect(await page.textContent('body')).toContain('0a1b2c3d');
    expect(stood.ended[0]).toMatchObject({ version: '2', cause: 'ban' });
  });
});

describe.skipIf(!hasBrowser)('a WebSocket', () => {
  it('is opened over TLS with HTTP/1.1, and bytes pass both ways', async () => {
    const upstream = createHttpServer((_, res) => void res.end('<p>page</p>'));
    const sockets = new WebSocketServer({ server: upstream });
    sockets.on('connection', (socket) =>
      socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`)),
    );
    const port = await listen(upstream);
    closeLater(() => {
      for (const socket of sockets.clients) socket.terminate();
      upstream.close();
      upstream.closeAllConnections();
    });
    const { url } = await tlsStand(`http://127.0.0.1:${port}`);
    const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    closeLater(() => browser.close());
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    await page.goto(`${url}/`);
    const heard = await page.evaluate(`new Promise((resolve, reject) => {
      const socket = new WebSocket(location.href.replace('https', 'wss'));
      socket.onopen = () => socket.send('hello');
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => reject(new Error('no WebSocket'));
    })`);
    expect(heard).toBe('echo hello');
  });
});

describe.skipIf(!hasOpenssl)('the same request', () => {
  it('gives the upstream the same bytes in both versions, but for its id', async () => {
    const seen: string[] = [];
    const server = createServer((socket) => {
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (!isWhole(text)) return;
        seen.push(text.replace(/x-request-id: \w+/i, 'x-request-id: ID'));
        text = '';
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const upstreamPort = await listen(server);
    closeLater(() => server.close());
    const { session, raw } = await tlsStand(`http://127.0.0.1:${upstreamPort}`);
    const [client, plain] = [await session(), await raw('http/1.1')];
    let answers = 0;
    plain.on(
      'data',
      (chunk: Buffer) => (answers += chunk.toString('latin1').split('HTTP/1.1 200').length - 1),
    );
    const name = fc.stringMatching(/^x-[a-z]{1,8}$/);
    const value = fc.stringMatching(/^[!-~](?:[ -~\xa0-\xff]{0,20}[!-~])?$/);
    const fields = fc.uniqueArray(fc.tuple(name, value), { maxLength: 6, selector: ([key]) => key });
    const target = fc.stringMatching(/^\/[a-z0-9%/?&=.-]{0,30}$/);
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PROPFIND');
    const body = fc.option(fc.stringMatching(/^[ -~]{1,40}$/));
    const claims = fc.option(
      fc.constantFrom('x-forwarded-for', 'x-real-ip', 'forwarded', 'x-parapet-trust', 'proxy'),
    );
    await fc.assert(
      fc.asyncProperty(method, target, fields, body, claims, async (verb, where, headers, sent, claim) => {
        seen.length = 0;
        const all = [
          ...headers,
          ...(claim === null ? [] : [[claim, '6.6.6.6'] as const]),
          ...(sent === null ? [] : [['content-length', String(sent.length)] as const]),
          ['cookie', 'a=1; b=2'] as const,
        ];
        const lines = all.map(([key, text]) => `${key}: ${text}\r\n`).join('');
        const before = answers;
        plain.write(
          Buffer.from(
            `${verb} ${where} HTTP/1.1\r\nhost: example.org\r\n${lines}\r\n${sent ?? ''}`,
            'latin1',
          ),
        );
        while (answers === before) await new Promise((resolve) => setImmediate(resolve));
        const asked = client.request(
          {
            ':method': verb,
            ':path': where,
            ':authority': 'example.org',
            ...Object.fromEntries(all),
            cookie: ['a=1', 'b=2'],
          },
          { endStream: sent === null },
        );
        await replyTo(asked, sent ?? undefined);
        expect(seen).toHaveLength(2);
        expect(seen[1]).toBe(seen[0]);
        expect(seen[0]).not.toContain('6.6.6.6');
      }),
      { numRuns: 200 },
    );
  });
});

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return end >= 0 && text.length >= end + 4 + length;
}
