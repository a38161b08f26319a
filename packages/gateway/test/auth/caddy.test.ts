// The recipe for Caddy, as it stands in docs/forward-auth.md, with the real Caddy.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get, startPlace, startSite, type Place } from './place.ts';
import { hasProgram, startCaddy, type Running } from './servers.ts';

const BROWSER = {
  accept: 'text/html',
  'user-agent': 'Mozilla/5.0 Firefox/140.0',
  'sec-fetch-dest': 'document',
};

describe.skipIf(!hasProgram('caddy'))('Caddy that asks (skipped where it is absent)', () => {
  let place: Place;
  let site: Awaited<ReturnType<typeof startSite>>;
  let caddy: Running;

  beforeAll(async () => {
    place = await startPlace();
    site = await startSite();
    caddy = await startCaddy(place.socketPath, site.port);
  });
  afterAll(async () => {
    await caddy.stop();
    site.close();
    await place.close();
  });
  afterEach(() => place.table.clear());

  it('passes on what may pass, and what is thought of the visitor', async () => {
    place.decide('127.0.0.1', 'throttle');
    const headers = { ...BROWSER, 'X-Parapet-Record': 'none', cookie: 'a=b' };
    const got = await get(caddy.port, '/a?b=%20c', headers, { method: 'POST', body: 'x=1' });
    expect([got.status, JSON.parse(got.body)]).toMatchObject([
      ...[200, { method: 'POST', url: '/a?b=%20c', headers: { cookie: 'a=b', 'x-parapet-threat': 'low' } }],
    ]);
    expect(JSON.parse(got.body).headers['x-parapet-record']).not.toBe('none');
    expect((await get(caddy.port, '/', headers)).status).toBe(429);
  });

  it('shows the page to who is banned or asked, and serves what it needs', async () => {
    const record = place.decide('127.0.0.1', 'ban');
    const got = await get(caddy.port, '/x', { ...BROWSER, 'X-Forwarded-Uri': '/robots.txt' });
    expect([got.status, got.headers['x-parapet-record'], got.body.includes(record)]).toEqual([
      403,
      record,
      true,
    ]);
    const style = /href="(\/\.parapet\/s\/[^"]+\.css)"/.exec(got.body)![1]!;
    expect((await get(caddy.port, style, BROWSER)).status).toBe(200);
    const form = { ...BROWSER, 'Content-Type': 'application/x-www-form-urlencoded' };
    const solved = await get(caddy.port, '/.parapet/solve', form, { method: 'POST', body: 'token=x' });
    expect(solved.headers['content-type']).toContain('json');
  });
});
