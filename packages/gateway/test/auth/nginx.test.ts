// The recipe for nginx, as it stands in docs/forward-auth.md, with the real nginx, and a real browser where there is one.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askingOnceASecond, hasProgram, startNginx, type Running } from './servers.ts';
import { get, startPlace, startSite, type Place } from './place.ts';

const BROWSER = {
  accept: 'text/html',
  'user-agent': 'Mozilla/5.0 Firefox/140.0',
  'sec-fetch-dest': 'document',
};
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file));

describe.skipIf(!hasProgram('nginx'))('nginx that asks (skipped where it is absent)', () => {
  let place: Place;
  let site: Awaited<ReturnType<typeof startSite>>;
  let nginx: Running;
  let visitors = 1;

  beforeAll(async () => {
    place = await startPlace();
    site = await startSite();
    nginx = await startNginx(place.socketPath, site.port);
  });
  afterAll(async () => {
    await nginx.stop();
    site.close();
    await place.close();
  });
  afterEach(() => place.table.clear());

  /** Each test has a visitor of its own; nginx here stands behind another proxy of the same machine. */
  function newVisitor(): { readonly ip: string; readonly headers: Readonly<Record<string, string>> } {
    const ip = `203.0.113.${visitors++}`;
    return { ip, headers: { ...BROWSER, 'X-Forwarded-For': ip } };
  }

  it('passes on what may pass, as it was', async () => {
    const { headers } = newVisitor();
    const got = await get(
      nginx.port,
      '/a?b=%20c',
      { ...headers, cookie: 'a=b' },
      { method: 'POST', body: 'x=1' },
    );
    expect(got.status).toBe(200);
    expect(JSON.parse(got.body)).toMatchObject({
      method: 'POST',
      url: '/a?b=%20c',
      headers: { cookie: 'a=b' },
    });
  });

  it.each(['GET', 'HEAD', 'POST'])('shows the block page to who is banned (%s)', async (method) => {
    const { ip, headers } = newVisitor();
    const record = place.decide(ip, 'ban');
    const got = await get(nginx.port, '/x', headers, {
      method,
      ...(method === 'POST' ? { body: 'a=b' } : {}),
    });
    expect([got.status, got.headers['x-parapet-record'], got.headers['cache-control']]).toEqual([
      ...[403, record, 'no-store'],
    ]);
    expect(got.body.includes(record)).toBe(method !== 'HEAD');
  });

  it('keeps our answers out of its log, and nothing else', async () => {
    const { ip, headers } = newVisitor();
    await get(nginx.port, '/logged', headers);
    place.decide(ip, 'ban');
    await get(nginx.port, '/not-logged', headers);
    await get(nginx.port, '/.parapet/s/none.css', headers);
    await get(nginx.port, '/logged-too', newVisitor().headers);
    const log = nginx.log();
    expect(log).toContain('GET /logged ');
    expect(log).toContain('GET /logged-too ');
    expect(log).not.toMatch(/not-logged|\.parapet/);
  });

  it('lets the site and itself forbid things in their own words', async () => {
    const { headers } = newVisitor();
    const got = await get(nginx.port, '/forbidden', headers);
    expect([got.status, JSON.parse(got.body)]).toMatchObject([403, { url: '/forbidden' }]);
  });

  it('asks a visitor to wait with 429', async () => {
    const { ip, headers } = newVisitor();
    place.decide(ip, 'throttle');
    const first = await get(nginx.port, '/', headers);
    expect(JSON.parse(first.body)).toMatchObject({ headers: { 'x-parapet-threat': 'low' } });
    const second = await get(nginx.port, '/', headers);
    expect([second.status, second.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });

  it('hands out what the challenge needs, and takes its form', async () => {
    const { ip, headers } = newVisitor();
    place.decide(ip, 'captcha');
    const page = await get(nginx.port, '/wanted', headers);
    expect(page.headers['x-parapet-cause']).not.toBeUndefined();
    const style = /href="(\/\.parapet\/s\/[^"]+\.css)"/.exec(page.body)![1]!;
    expect((await get(nginx.port, style, headers)).status).toBe(200);
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const solved = await get(nginx.port, '/.parapet/solve', form, { method: 'POST', body: 'token=x' });
    expect(solved.headers['content-type']).toContain('json');
  });

  it('does not believe a visitor who speaks of another request, or for the site', async () => {
    const { ip, headers } = newVisitor();
    const liar = {
      ...headers,
      'X-Forwarded-Uri': '/.parapet/s/x.css',
      'X-Original-URI': '/robots.txt',
      'X-Forwarded-Method': 'HEAD',
      'X-Forwarded-Host': 'elsewhere',
      'X-Parapet-Threat': 'none',
    };
    const passed = await get(nginx.port, '/', liar);
    expect([passed.status, JSON.parse(passed.body).headers['x-parapet-threat']]).toEqual([200, undefined]);
    place.decide(ip, 'ban');
    expect((await get(nginx.port, '/', liar)).status).toBe(403);
    // What asks is no page.
    expect((await get(nginx.port, '/.parapet-ask', headers)).status).toBe(404);
  });

  it.skipIf(CHROMIUM === undefined)(
    'lets a browser through once it has shown that it is one',
    async () => {
      const { ip, headers } = newVisitor();
      place.decide(ip, 'captcha');
      const args = ['--no-sandbox', '--disable-gpu', '--disable-blink-features=AutomationControlled'];
      const browser = await chromium.launch({ executablePath: CHROMIUM!, args });
      try {
        const extraHTTPHeaders = { 'X-Forwarded-For': headers['X-Forwarded-For']! };
        const page = await (await browser.newContext({ extraHTTPHeaders })).newPage();
        await page.goto(`http://127.0.0.1:${nginx.port}/wanted?page=2`);
        await page.getByText('"url":"/wanted?page=2"').waitFor();
        expect(place.faults).toEqual([]);
      } finally {
        await browser.close();
      }
    },
    60_000,
  );
});

describe.skipIf(!hasProgram('nginx'))('nginx that asks once a second (skipped where it is absent)', () => {
  it('asks again about who is held up, about another visitor, and after a second', async () => {
    const place = await startPlace();
    const site = await startSite();
    const nginx = await startNginx(
      place.socketPath,
      site.port,
      askingOnceASecond(path.dirname(place.socketPath)),
    );
    const asked = (): number => place.auth.counters().passed;
    try {
      const headers = { ...BROWSER, 'X-Forwarded-For': '203.0.113.1' };
      for (const target of ['/', '/a.css', '/b.js', '/c.png']) await get(nginx.port, target, headers);
      // Two when the second turned meanwhile.
      expect(asked()).toBeLessThan(4);
      const before = asked();
      await get(nginx.port, '/', { ...headers, 'X-Forwarded-For': '203.0.113.2' });
      await get(nginx.port, '/', { ...headers, cookie: 'a=b' });
      expect(asked()).toBe(before + 2);
      place.decide('203.0.113.3', 'throttle');
      const slow = { ...headers, 'X-Forwarded-For': '203.0.113.3' };
      const statuses = [await get(nginx.port, '/', slow), await get(nginx.port, '/', slow)].map(
        (got) => got.status,
      );
      expect(statuses).toEqual([200, 429]);
      place.decide('203.0.113.1', 'ban');
      const since = Date.now();
      while ((await get(nginx.port, '/', headers)).status !== 403)
        expect(Date.now() - since).toBeLessThan(10_000);
    } finally {
      await nginx.stop();
      site.close();
      await place.close();
    }
  });
});

describe.skipIf(!hasProgram('nginx'))('nginx whom nobody answers (skipped where it is absent)', () => {
  it('lets everything pass', async () => {
    const site = await startSite();
    const nginx = await startNginx('/nowhere/auth.sock', site.port);
    try {
      const got = await get(nginx.port, '/x', BROWSER);
      expect([got.status, JSON.parse(got.body)]).toMatchObject([200, { url: '/x' }]);
    } finally {
      await nginx.stop();
      site.close();
    }
  });
});
