// A site in PHP answers through the gateway what it answers without it: the same bytes, the same headers, in the same
// order of events.

import { createHash } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPhp, startPhpSite, type PhpSite } from './phpSite.ts';
import { newFolder } from './programs.ts';
import { isBuilt, SKIPPED, startStack, type Stack } from './stack.ts';

/** What one connection has and another has not; all else has to be the same. */
const OF_THE_CONNECTION = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
/** nginx numbers the boundaries of its answers with several ranges. */
const BOUNDARY = /\b0{12,}\d+\b/g;

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Got {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Buffer;
  /** When each piece came, in ms. */
  readonly pieces: readonly number[];
}

const reason = isBuilt ? ' (skipped: nginx or php-fpm is not installed)' : SKIPPED;
const isPossible = isBuilt && hasPhp;

describe.skipIf(!isPossible)(`a site with nginx and php-fpm${isPossible ? '' : reason}`, () => {
  const { folder, remove } = newFolder();
  let site: PhpSite;
  let stack: Stack;

  beforeAll(async () => {
    site = await startPhpSite(folder);
    stack = await startStack({ upstream: `http://127.0.0.1:${site.port}` });
  }, 60_000);
  afterAll(async () => {
    await stack.stop();
    await site.stop();
    remove();
  }, 60_000);

  const both = async (asked: Asked): Promise<Got> => {
    const direct = await ask(site.port, asked);
    const through = await ask(stack.port, asked);
    const told = ({ status, headers, body }: Got): unknown => ({
      status,
      headers: headers
        .filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()))
        .map(([name, value]) => [name, value.replace(BOUNDARY, '#')]),
      body: createHash('sha256').update(body.toString('latin1').replaceAll(BOUNDARY, '#')).digest('hex'),
    });
    expect(told(through)).toEqual(told(direct));
    return through;
  };
  const form = (fields: Readonly<Record<string, string>>): Pick<Asked, 'method' | 'headers' | 'body'> => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });

  it('logs people in with a cookie, and knows them afterwards', async () => {
    const refused = await both({ path: '/login', ...form({ name: 'anna', password: 'wrong' }) });
    expect(refused.status).toBe(403);
    const login = await both({ path: '/login', ...form({ name: 'anna', password: 'right' }) });
    expect(login.status).toBe(303);
    const cookies = login.headers.filter(([name]) => name.toLowerCase() === 'set-cookie');
    expect(cookies).toHaveLength(2);
    const cookie = cookies.map(([, value]) => value.split(';')[0]).join('; ');
    const account = await both({ path: '/account', headers: { Cookie: cookie } });
    expect(account.body.toString()).toBe('Hello anna, dark, "quoted"');
    expect(account.headers.filter(([name]) => name === 'Vary')).toHaveLength(2);
  });

  it('gets forms with every kind of character, and queries as they are', async () => {
    const fields = { text: 'Grüße & <b>%00</b>\r\n\tend', empty: '', list: '[]' };
    const { body } = await both({ path: '/form?a=1&b=%C3%A4&c[]=x&c[]=y&&=', ...form(fields) });
    expect(JSON.parse(body.toString())).toEqual([
      'POST',
      { a: '1', b: 'ä', c: ['x', 'y'] },
      fields,
      'application/x-www-form-urlencoded',
    ]);
    await both({ path: '/form', method: 'PUT', body: 'plain', headers: { 'Content-Type': 'text/plain' } });
    await both({ path: '/form', method: 'DELETE' });
  });

  it('gets files', async () => {
    const boundary = '----------parapet';
    const file = Buffer.alloc(5_000_000, '\r\n--------\0');
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nwith a file\r\n`),
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="ä.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      ),
      file,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
    const got = await both({ path: '/upload', method: 'POST', headers, body });
    const sum = createHash('sha256').update(file).digest('hex');
    expect(JSON.parse(got.body.toString())).toEqual([
      [['file', 'ä.bin', file.length, sum]],
      { note: 'with a file' },
    ]);
  });

  it('streams: the pieces arrive one by one', async () => {
    const { body, pieces } = await both({ path: '/stream' });
    expect(body.toString()).toContain('piece 4');
    expect(pieces.at(-1)! - pieces[0]!).toBeGreaterThan(150);
  });

  it.each([
    { Range: 'bytes=0-9' },
    { Range: 'bytes=-5' },
    { Range: 'bytes=10-19,100-109' },
    { Range: 'bytes=999999-' },
    { 'If-None-Match': '"6553f100-15f90"' },
    { 'If-Modified-Since': new Date(1_700_000_000_000).toUTCString() },
  ])('sends files with %o', async (headers) => {
    const { status } = await both({ path: '/file.txt', headers: { ...headers } });
    expect([206, 304, 416]).toContain(status);
  });

  it('answers HEAD, 204, 404 and any bytes', async () => {
    await both({ path: '/file.txt', method: 'HEAD' });
    await both({ path: '/raw', method: 'HEAD' });
    expect((await both({ path: '/empty' })).status).toBe(204);
    expect((await both({ path: '/not/there' })).status).toBe(404);
    expect((await both({ path: '/raw' })).body.length).toBe(25_000);
  });

  it('is told who asks, and nothing that the client claims about itself', async () => {
    const headers = {
      'X-Forwarded-For': '198.51.100.1',
      Forwarded: 'for=198.51.100.1',
      'X-Real-IP': '198.51.100.1',
      'X-Forwarded-Proto': 'https',
      'X-Parapet-Client': 'somebody',
      'X-Mine': 'kept',
      'Accept-Language': 'de',
    };
    const { body } = await ask(stack.port, { path: '/headers', headers });
    const seen = JSON.parse(body.toString()) as Record<string, string>; // the page's own shape
    expect(seen).toMatchObject({ 'x-mine': 'kept', 'accept-language': 'de', 'x-forwarded-proto': 'http' });
    expect(seen['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(seen)).not.toMatch(/198\.51\.100\.1|somebody/);
  });
});

async function ask(port: number, { method = 'GET', path, headers = {}, body }: Asked): Promise<Got> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const req = http.request(
      { port, host: '127.0.0.1', method, path, headers: { Host: 'site.example', ...headers, ...length } },
      (res) => {
        const chunks: Buffer[] = [];
        const pieces: number[] = [];
        res.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          pieces.push(performance.now());
        });
        res.on('error', reject);
        res.on('end', () => {
          const raw = res.rawHeaders;
          const pairs = raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]!] as const] : []));
          resolve({ status: res.statusCode ?? 0, headers: pairs, body: Buffer.concat(chunks), pieces });
        });
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}
