// Who is stopped, and how people come back in: the built program, as processes.

import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gatewaySite, isBuilt, until, type GatewaySite } from './gatewaySite.ts';

const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const LIMIT_MS = 90_000;
const OPERATOR = '198.51.100.20';
const SESSION = 'SSESS0123456789abcdef0123456789abcdef=kK2-9q_3vQ4zXnB1lM0pRsTuVwXyZaBcDeFgHiJkLmN';

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** As a browser of the visitor with this address. */
function browse(port: number, target: string, ip: string, sent: Sent = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: target,
        method: sent.method ?? 'GET',
        agent: false,
        headers: { 'x-forwarded-for': ip, accept: 'text/html', ...sent.headers },
      },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    request.on('error', reject);
    request.end(sent.body);
  });
}

function ban(site: GatewaySite, target: string): Promise<string> {
  const kind = target.includes('/') ? '--range' : '--ip';
  return site.parapet('decisions', 'add', kind, target, '--duration', '1h', '--reason', 'test', '--force');
}

const cookieOf = (got: Got): string => got.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe.skipIf(!isBuilt)(`the ways back in${skipped}`, { timeout: LIMIT_MS }, () => {
  it('an operator who is locked out comes in by a link, once, and is trusted until that is revoked', async () => {
    const site = await gatewaySite();
    const { port, says } = await site.start();
    await ban(site, OPERATOR);
    await ban(site, '198.51.100.0/24');
    await until(async () => (await browse(port, '/page', OPERATOR)).status === 403, 'never banned');
    const printed = await site.parapet('unban', '--link', '--site', 'http://127.0.0.1', '-o', 'raw');
    const link = new URL(printed.trim()).pathname;
    for (const method of ['GET', 'HEAD', 'GET'])
      expect((await browse(port, link, OPERATOR, { method })).status).toBe(200);
    const done = await browse(port, link, OPERATOR, { method: 'POST' });
    expect(done.status).toBe(200);
    await says(`Someone came in by a one-time link from ${OPERATOR}. What was decided on it has ended (1).`);
    expect((await browse(port, link, '203.0.113.66', { method: 'POST' })).status).toBe(410);
    await until(async () => (await browse(port, link, '203.0.113.66')).status === 410, 'still offered');

    // The range still holds, for all but this browser; each connection may reach another worker.
    const cookie = cookieOf(done);
    for (let i = 0; i < 8; i++) {
      expect((await browse(port, '/page', OPERATOR, { headers: { cookie } })).status).toBe(200);
      expect((await browse(port, '/page', OPERATOR)).status).toBe(403);
    }
    await until(
      async () => (await site.parapet('operators', 'list', '-o', 'raw').catch(() => '')).includes(OPERATOR),
      'never seen',
    );
    await expect(site.parapet('decisions', 'add', '--ip', OPERATOR)).rejects.toThrow('E_CLI_SPARED');
    await site.parapet('operators', 'revoke');
    await until(
      async () => (await browse(port, '/page', OPERATOR, { headers: { cookie } })).status === 403,
      'never revoked',
    );
  });

  it('a visitor who was stopped by mistake writes to the owner, who lets them in', async () => {
    const site = await gatewaySite();
    const { port, says } = await site.start();
    await ban(site, '203.0.113.5');
    await until(async () => (await browse(port, '/page', '203.0.113.5')).status === 403, 'never banned');
    const { body: page } = await browse(port, '/page', '203.0.113.5');
    const field = (name: string): string =>
      new RegExp(`name="?${name}"? value="?([^" >]*)`).exec(page)?.[1] ?? '';
    const form = new URLSearchParams({
      record: field('record'),
      token: field('token'),
      message: 'I only\u001B[2J wanted to pay.',
      email: 'bob@example.org',
      website: '',
    });
    const thanks = await browse(port, '/.parapet/appeal', '203.0.113.5', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    expect(thanks.status).toBe(200);
    await says(`Needs you: appeal #1 from 203.0.113.5 against record ${field('record')}: "I only`);
    expect(await site.parapet('appeals', 'show', '1')).toContain('bob@example.org');
    expect(await site.parapet('appeals', 'accept', '1')).toContain('203.0.113.5 is free');
    await until(async () => (await browse(port, '/page', '203.0.113.5')).status === 200, 'never free');
  });

  it('the CMS vouches for its administrators and names its users, and visitors see nothing of it', async () => {
    const site = await gatewaySite();
    const { port } = await site.start();
    const key = Buffer.from((await site.parapet('operators', 'key')).trim(), 'hex');
    const session = createHash('sha256').update(SESSION.split('=')[1]!).digest('hex');
    const expires = Math.floor(Date.now() / 1000) + 200;
    const sign = (...lines: readonly (string | number)[]): string =>
      createHmac('sha256', key).update(lines.join('\n')).digest('hex');
    site.answer = (request, response) => {
      if (request.url !== '/user') return false;
      response.setHeader(
        'X-Parapet-User',
        `ada; exp=${expires}; mac=${sign('parapet-user', session, expires, 'ada')}`,
      );
      if (request.headers['x-vouch'] !== undefined)
        response.setHeader(
          'X-Parapet-Trust',
          `ada; exp=${expires}; for=3600; mac=${sign('parapet-trust', session, expires, 3600, 'ada')}`,
        );
      response.end('hello');
      return true;
    };
    const stranger = await browse(port, '/user', '203.0.113.7', { headers: { 'x-vouch': '1' } });
    expect(stranger.headers['set-cookie']).toBeUndefined();
    const signedIn = await browse(port, '/user', '203.0.113.8', {
      headers: { cookie: SESSION, 'x-vouch': '1' },
    });
    expect(cookieOf(signedIn)).toMatch(/^parapet_trust=1\.v\./);
    expect(Object.keys(signedIn.headers).filter((name) => name.startsWith('x-parapet'))).toEqual([]);

    await expect(site.parapet('decisions', 'add', '--scope', 'user', '--value', 'ada')).rejects.toThrow(
      'ada, whom the site trusts, was seen at 203.0.113.8',
    );
    await site.parapet('decisions', 'add', '--scope', 'user', '--value', 'ada', '--force');
    await until(
      async () =>
        (await browse(port, '/user', '203.0.113.9', { headers: { cookie: SESSION } })).status === 403,
      'the user was never stopped',
    );
    const cookie = `${SESSION}; ${cookieOf(signedIn)}`;
    expect((await browse(port, '/user', '203.0.113.8', { headers: { cookie } })).status).toBe(200);
  });

  it('a client that is slowed down is counted over all workers', async () => {
    const site = await gatewaySite(`gateway:
  trusted_proxies: [127.0.0.1]
  workers: 2
  throttle: { throttle: { per_second: 1, burst: 6, queue: 0 } }
`);
    const { port } = await site.start();
    await site.parapet('decisions', 'add', '--ip', '203.0.113.30', '--type', 'throttle', '--reason', 'test');
    await until(async () => {
      const { status } = await browse(port, '/page', '203.0.113.30');
      return status === 429;
    }, 'never slowed down');
    // Both workers have served their burst by now, or know of the other's after a fifth of a second.
    await pause(200);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await browse(port, '/page', '203.0.113.30')).status),
    );
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
    const refused = await browse(port, '/page', '203.0.113.30');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await browse(port, '/page', '203.0.113.31')).status).toBe(200);
  });
});
