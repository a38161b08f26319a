// The programs that people and tools use to ask a site get through the gateway what they get without it.

import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { fetch, Pool, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CHROMIUM, CHROMIUM_ARGS } from './chromium.ts';
import { hasPrograms } from './programs.ts';
import { isBuilt, NOT_INSPECTED, SKIPPED, startStackBefore, type Stack } from './stack.ts';

const run = promisify(execFile);
const hasCurl = hasPrograms('curl');
const hasWrk = hasPrograms('wrk');

// What clients send here is about HTTP: a file as a form, methods that no browser knows.
describe.skipIf(!isBuilt)(`clients of a site${isBuilt ? '' : SKIPPED}`, () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStackBefore(startSite(), { config: NOT_INSPECTED });
  }, 60_000);
  afterAll(() => stack.stop(), 60_000);

  describe.skipIf(!hasCurl)(`curl${hasCurl ? '' : ' (skipped: not installed)'}`, () => {
    const curl = async (...args: readonly string[]): Promise<string> =>
      (await run('curl', ['-sS', '--max-time', '20', ...args], { maxBuffer: 1 << 26 })).stdout;

    it('gets a page, over one connection twice', async () => {
      const out = await curl('-w', '%{num_connects} ', `${stack.url}/hello`, `${stack.url}/hello`);
      expect(out).toBe('hello1 hello0 ');
    });

    it('gets an answer in chunks, and one that is pressed', async () => {
      expect(await curl(`${stack.url}/chunks`)).toBe('one two three ');
      expect(await curl('--compressed', `${stack.url}/gzip`)).toBe('pressed');
    });

    it('asks for a head only', async () => {
      expect(await curl('-I', `${stack.url}/hello`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 5/i);
    });

    it('speaks HTTP/1.0, and is told when the answer ends', async () => {
      expect(await curl('-0', `${stack.url}/chunks`)).toBe('one two three ');
    });

    it('waits for 100 Continue before it sends a body', async () => {
      const out = await curl(
        '-v',
        '--stderr',
        '-',
        '-H',
        'Expect: 100-continue',
        '-d',
        'a=b',
        `${stack.url}/echo`,
      );
      expect(out).toContain('HTTP/1.1 100 Continue');
      expect(out).toContain('POST 3');
    });

    it('uploads a file with a length, in chunks, and as a form', async () => {
      const file = path.join(stack.folder, 'upload.bin');
      const bytes = randomBytes(3_000_000);
      fs.writeFileSync(file, bytes);
      const expected = `POST 3000000 ${createHash('sha256').update(bytes).digest('hex')}`;
      expect(await curl('--data-binary', `@${file}`, `${stack.url}/echo`)).toBe(expected);
      const chunked = ['-H', 'Transfer-Encoding: chunked', '--data-binary', `@${file}`];
      expect(await curl(...chunked, `${stack.url}/echo`)).toBe(expected);
      expect(await curl('-F', `file=@${file}`, `${stack.url}/echo`)).toMatch(/^POST 3000\d+ /);
    });

    it('uses every method', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])
        expect(await curl('-X', method, '-d', 'x', `${stack.url}/echo`)).toMatch(`${method} 1`);
    });

    it('resumes a download', async () => {
      expect(await curl('-r', '2-4', `${stack.url}/range`)).toBe('234');
    });
  });

  it.skipIf(!hasWrk)(
    `wrk gets nothing but good answers${hasWrk ? '' : ' (skipped: not installed)'}`,
    async () => {
      const { stdout } = await run('wrk', ['-t1', '-c32', '-d2s', `${stack.url}/hello`]);
      expect(stdout).not.toMatch(/Socket errors|Non-2xx/);
      expect(Number(/(\d+) requests in/.exec(stdout)?.[1])).toBeGreaterThan(20);
    },
  );

  it('undici pipelines requests, and each gets its own answer', async () => {
    const pool = new Pool(stack.url, { connections: 2, pipelining: 8 });
    const asked = Array.from({ length: 200 }, (_, i) => `/say/${i}`);
    const answers = await Promise.all(
      asked.map(async (target) => (await pool.request({ path: target, method: 'GET' })).body.text()),
    );
    expect(answers).toEqual(asked.map((target) => `said ${target}`));
    await pool.close();
  });

  it('undici streams a body up and down', async () => {
    const parts = Array.from({ length: 50 }, (_, i) => `part ${i} `.repeat(1000));
    const { body } = await request(`${stack.url}/mirror`, {
      method: 'POST',
      body: Readable.from(parts),
    });
    expect(await body.text()).toBe(parts.join(''));
  });

  it('undici reads trailers, empty answers and redirects', async () => {
    const trailed = await request(`${stack.url}/trailers`);
    expect(await trailed.body.text()).toBe('body');
    expect(trailed.trailers).toEqual({ 'x-sum': '42' });
    expect((await request(`${stack.url}/status/204`)).statusCode).toBe(204);
    expect((await request(`${stack.url}/status/304`)).statusCode).toBe(304);
    expect(await (await fetch(`${stack.url}/redirect`)).text()).toBe('hello');
  });

  it('a WebSocket echoes small and large messages, and closes with its code', async () => {
    const socket = new WebSocket(`${stack.url.replace('http', 'ws')}/socket`);
    await once(socket, 'open');
    const large = randomBytes(2_000_000);
    for (const message of [Buffer.from('hello'), large]) {
      const echo = once(socket, 'message');
      socket.send(message);
      expect(((await echo)[0] as Buffer).equals(message)).toBe(true); // ws hands on a Buffer
    }
    const closed = once(socket, 'close');
    socket.close(4001, 'enough');
    expect((await closed)[0]).toBe(4001);
  });

  it('two hundred WebSockets live beside each other', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = new WebSocket(`${stack.url.replace('http', 'ws')}/socket`);
        await once(socket, 'open');
        return socket;
      }),
    );
    const echoes = sockets.map(async (socket, i) => {
      const echo = once(socket, 'message');
      socket.send(`message ${i}`);
      return String((await echo)[0]);
    });
    expect(await Promise.all(echoes)).toEqual(sockets.map((_, i) => `message ${i}`));
    for (const socket of sockets) socket.terminate();
  });

  const withoutChromium = CHROMIUM === undefined ? ' (skipped: not installed)' : '';
  it.skipIf(CHROMIUM === undefined)(`Chromium shows a page with its parts${withoutChromium}`, async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGS });
    try {
      const page = await browser.newPage();
      const failures: string[] = [];
      page.on('requestfailed', (failed) => {
        // The page itself ends its stream of events.
        if (!failed.url().endsWith('/events')) failures.push(failed.url());
      });
      page.on('console', (message) => failures.push(message.text()));
      await page.goto(`${stack.url}/page`, { waitUntil: 'networkidle' });
      expect(await page.title()).toBe('A page');
      expect(await page.locator('#script').textContent()).toBe('12 parts, event: tick');
      await page.fill('input[name=word]', 'zwölf');
      await page.click('button');
      expect(await page.textContent('body')).toContain('POST');
      expect(failures).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

function startSite(): http.Server {
  const server = http.createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://site');
    const [, first = '', second = ''] = url.pathname.split('/');
    switch (first) {
      case 'hello':
        res.setHeader('Content-Length', 5).end('hello');
        break;
      case 'say':
        res.end(`said ${url.pathname}`);
        break;
      case 'chunks':
        res.write('one ');
        res.write('two ');
        res.end('three ');
        break;
      case 'gzip':
        res.setHeader('Content-Encoding', 'gzip').end(gzipSync('pressed'));
        break;
      case 'range': {
        const [, from = '0', to = '9'] = /bytes=(\d+)-(\d+)/.exec(req.headers.range ?? '') ?? [];
        res.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/10` });
        res.end('0123456789'.slice(Number(from), Number(to) + 1));
        break;
      }
      case 'trailers':
        res.setHeader('Trailer', 'X-Sum');
        res.write('body');
        res.addTrailers({ 'X-Sum': '42' });
        res.end();
        break;
      case 'status':
        res.writeHead(Number(second)).end();
        break;
      case 'redirect':
        res.writeHead(302, { Location: '/hello' }).end();
        break;
      case 'mirror':
        req.pipe(res);
        break;
      case 'events':
        res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        res.write('data: tick\n\n');
        req.on('close', () => res.end());
        break;
      case 'page':
        res.setHeader('Content-Type', 'text/html; charset=utf-8').end(PAGE);
        break;
      case 'part':
        res.setHeader('Content-Type', 'text/plain').end(`part ${second}`);
        break;
      case 'favicon.ico':
        res.writeHead(204).end();
        break;
      default: {
        const hash = createHash('sha256');
        let size = 0;
        req.on('data', (chunk: Buffer) => {
          size += chunk.length;
          hash.update(chunk);
        });
        req.on('end', () => res.end(`${req.method} ${size} ${hash.digest('hex')}`));
      }
    }
  });
  const sockets = new WebSocketServer({ server, path: '/socket' });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return server;
}

const PAGE = `<!doctype html><html lang="en"><title>A page</title>
<form method="post" action="/echo"><label>Word <input name="word"></label><button>Send</button></form>
<p id="script"></p>
<script type="module">
const parts = await Promise.all(Array.from({ length: 12 }, async (_, i) => (await fetch('/part/' + i)).text()));
const events = new EventSource('/events');
events.onmessage = ({ data }) => {
  document.getElementById('script').textContent = parts.length + ' parts, event: ' + data;
  events.close();
};
</script></html>`;
