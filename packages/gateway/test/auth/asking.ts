// What every recipe has to do that names the visitor in X-Forwarded-For, with the real server.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get, startPlace, startSite, type Place } from './place.ts';
import type { Running } from './servers.ts';

const BROWSER = {
  accept: 'text/html',
  'user-agent': 'Mozilla/5.0 Firefox/140.0',
  'sec-fetch-dest': 'document',
};

/** `logged` is what has to stand in the server's own log after the first two tests, and what must not. */
export function describeAsking(
  title: string,
  isThere: boolean,
  start: (socketPath: string, sitePort: number) => Promise<Running>,
  logged?: { readonly some: string; readonly none: RegExp },
): void {
  describe.skipIf(!isThere)(`${title}`, () => {
    let place: Place;
    let site: Awaited<ReturnType<typeof startSite>>;
    let server: Running;

    beforeAll(async () => {
      place = await startPlace();
      site = await startSite();
      server = await start(place.socketPath, site.port);
    });
    afterAll(async () => {
      await server.stop();
      site.close();
      await place.close();
    });
    afterEach(() => place.table.clear());

    it('passes on what may pass, and what is thought of the visitor', async () => {
      place.decide('203.0.113.1', 'throttle');
      const headers = {
        ...BROWSER,
        'X-Forwarded-For': '203.0.113.1',
        'X-Parapet-Record': 'none',
        cookie: 'a=b',
      };
      const got = await get(server.port, '/a?b=%20c', headers, { method: 'POST', body: 'x=1' });
      expect([got.status, JSON.parse(got.body)]).toMatchObject([
        ...[200, { method: 'POST', url: '/a?b=%20c', headers: { cookie: 'a=b', 'x-parapet-threat': 'low' } }],
      ]);
      expect(JSON.parse(got.body).headers['x-parapet-record']).not.toBe('none');
      expect((await get(server.port, '/', headers)).status).toBe(429);
    });

    it('shows the page to who is banned or asked, and serves what it needs', async () => {
      const headers = { ...BROWSER, 'X-Forwarded-For': '203.0.113.2' };
      const record = place.decide('203.0.113.2', 'ban');
      const got = await get(server.port, '/x', { ...headers, 'X-Forwarded-Uri': '/robots.txt' });
      expect([got.status, got.headers['x-parapet-record'], got.body.includes(record)]).toEqual([
        403,
        record,
        true,
      ]);
      const style = /href="(\/\.parapet\/s\/[^"]+\.css)"/.exec(got.body)![1]!;
      expect((await get(server.port, style, headers)).status).toBe(200);
      const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
      const solved = await get(server.port, '/.parapet/solve', form, { method: 'POST', body: 'token=x' });
      expect(solved.headers['content-type']).toContain('json');
      if (logged === undefined) return;
      expect(server.log()).not.toMatch(logged.none);
      expect(server.log()).toContain(logged.some);
    });

    it('lets everything pass when nobody answers', async () => {
      const alone = await start('/nowhere/auth.sock', site.port);
      try {
        expect((await get(alone.port, '/x', BROWSER)).status).toBe(200);
      } finally {
        await alone.stop();
      }
    });
  });
}
