import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/server/dashboard.ts';
import { ROLES } from '../../src/server/index.ts';
import { PASSWORD, testSite, type Answer, type Browser } from './site.ts';

function addressOf(path: string): string {
  return `/data${path.replace(':id', '1').replace(':record', '1a2b3c4d')}`;
}

/** Of each route something to send; what it answers beyond the gates is not asked here. */
function call(browser: Browser, method: string, path: string): Promise<Answer> {
  return method === 'GET' ? browser.get(addressOf(path)) : browser.post(addressOf(path), {});
}

describe('every route', () => {
  const guarded = ROUTES.filter(({ role }) => role !== 'everybody');
  const changing = ROUTES.filter(({ method }) => method === 'POST');

  it('that is not for everybody is for nobody who is not logged in', async () => {
    const site = await testSite();
    await site.somebody('admin');
    for (const { method, path } of guarded)
      expect([path, (await call(site.browser(), method, path)).status]).toEqual([path, 401]);
  });

  it.each(ROLES)('gives %s what the role gives and not more', async (role) => {
    const site = await testSite();
    const browser = await site.somebody(role);
    for (const route of guarded.filter(({ path }) => path !== '/live')) {
      const { status } = await call(browser, route.method, route.path);
      const may = ROLES.indexOf(role) >= ROLES.indexOf(route.role as (typeof ROLES)[number]);
      expect([route.path, status === 403]).toEqual([route.path, !may]);
      expect([route.path, status === 401]).toEqual([route.path, false]);
    }
    expect(site.faults).toEqual([]);
  });

  it('ends the session of whose role changes, and gives what the new one gives', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const operator = await site.somebody('operator');
    const add = { value: '203.0.113.5', remediation: 'ban', duration: '1h' };
    expect((await operator.post('/data/decisions', add)).status).toBe(200);
    await admin.post('/data/users/role', { user: 'operator-2', role: 'viewer' });
    expect((await operator.get('/data/overview')).status).toBe(401);
    const old = operator.cookie;
    await operator.post('/data/login', { name: 'operator-2', password: PASSWORD });
    expect(operator.cookie).not.toBe(old);
    expect((await operator.get('/data/overview')).status).toBe(200);
    expect((await operator.post('/data/decisions', add)).status).toBe(403);
    await admin.post('/data/users/remove', { user: 'operator-2' });
    expect((await operator.get('/data/overview')).status).toBe(401);
  });

  it('that changes something is refused to pages of others', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const foreign: readonly Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:8422' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ];
    const without: readonly Record<string, string>[] = [
      { 'x-parapet-csrf': '' },
      { 'x-parapet-csrf': 'A'.repeat(43) },
      { 'x-parapet-csrf': '', origin: '', 'sec-fetch-site': '' },
    ];
    for (const { path } of changing)
      for (const [browser, odd] of [
        [site.browser(), foreign],
        [admin, [...foreign, ...without]],
      ] as const)
        for (const headers of odd) {
          const { status, body } = await browser.post(addressOf(path), {}, headers);
          expect([path, headers, status, body['code']]).toEqual([path, headers, 403, 'E_DASHBOARD_FORGED']);
        }
    expect((await admin.get('/data/overview')).status).toBe(200);
  });

  it('that changes something reads no body that a form of another site can send, and no query', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''];
    for (const { path } of changing) {
      for (const type of types) {
        const { status, body } = await admin.post(addressOf(path), {}, { 'content-type': type });
        expect([path, type, status, body['code']]).toEqual([path, type, 415, 'E_DASHBOARD_BODY']);
      }
    }
    const read = new Set(ROUTES.filter(({ method }) => method === 'GET').map(({ path }) => path));
    for (const { path } of changing.filter((one) => !read.has(one.path)))
      expect([path, (await admin.get(addressOf(path))).status]).toEqual([path, 404]);
  });

  it('answers with the headers that keep browsers from doing more than is meant', async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    for (const browser of [admin, site.browser()])
      for (const { method, path } of ROUTES.filter(({ path: one }) => !/logout|remove/.test(one))) {
        const { headers } = await call(browser, method, path);
        const sent = (name: string): string => headers.get(name) ?? '';
        expect([path, sent('content-security-policy')]).toEqual([
          path,
          expect.stringMatching(/^default-src 'none'.*frame-ancestors 'none'/),
        ]);
        expect([path, sent('x-content-type-options'), sent('x-frame-options')]).toEqual([
          ...[path, 'nosniff', 'DENY'],
        ]);
        expect([path, sent('referrer-policy'), sent('cross-origin-resource-policy')]).toEqual([
          ...[path, 'no-referrer', 'same-origin'],
        ]);
        expect([path, sent('cache-control')]).toEqual([path, expect.stringContaining('no-store')]);
        expect([path, sent('access-control-allow-origin')]).toEqual([path, '']);
        for (const cookie of headers.getSetCookie())
          expect([path, cookie]).toEqual([path, expect.stringMatching(/; HttpOnly; SameSite=(Strict|Lax)$/)]);
      }
  });

  it('takes no token of another session', async () => {
    const site = await testSite();
    const [one, other] = [await site.somebody('admin'), await site.somebody('admin')];
    const answer = await one.post('/data/logout', {}, { 'x-parapet-csrf': other.csrf });
    expect(answer.body['code']).toBe('E_DASHBOARD_FORGED');
  });

  it('reads bodies up to a bound, and says what is wrong with one', async () => {
    const site = await testSite();
    const browser = await site.somebody('admin');
    const long = await browser.post('/data/logout', { x: 'y'.repeat(70_000) });
    expect(long.status).toBe(413);
    expect((await browser.send('POST', '/data/logout', '{')).status).toBe(400);
    expect((await browser.post('/data/decisions/lift', { numbers: ['1'] })).status).toBe(422);
    expect((await browser.post('/data/logout', { more: 1 })).status).toBe(422);
  });
});

describe('whatever is asked', () => {
  const paths = fc.oneof(
    fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
    fc.constantFrom(...ROUTES.map(({ path }) => path)).map((path) => `/data${path}`),
    fc
      .tuple(fc.constantFrom('incidents', 'findings', 'decisions'), fc.webSegment())
      .map(([page, id]) => `/data/${page}/${id}`),
    fc.constantFrom('/%', '/data/%zz', '/data/incidents/%00', '/data//', '/data/incidents/%F0%9F'),
  );
  const queries = fc.webQueryParameters();
  const bodies = fc.oneof(
    fc.json(),
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify({ name: value })),
  );

  it('is answered, and never by a fault of ours', { timeout: 120_000 }, async () => {
    const site = await testSite();
    const admin = await site.somebody('admin');
    const headers = fc.dictionary(
      fc.constantFrom('cookie', 'origin', 'content-type', 'if-none-match', 'x-parapet-csrf'),
      fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
      { maxKeys: 2 },
    );
    await fc.assert(
      fc.asyncProperty(
        paths,
        queries,
        bodies,
        headers,
        fc.boolean(),
        async (path, query, body, more, isIn) => {
          // Logging out, or in as nobody, would only make the rest about strangers.
          fc.pre(!/logout|login|live|password|welcome/.test(path));
          const browser = isIn ? admin : site.browser();
          for (const method of ['GET', 'POST']) {
            const sent = method === 'GET' ? undefined : body;
            const answer = await browser.send(method, `${path}?${query}`, sent, more);
            expect(answer.status).toSatisfy((status: number) => status < 500 || status === 503);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(site.faults).toEqual([]);
  });
});

describe('the host', () => {
  it('has to be an address, localhost, or a name of the configuration', async () => {
    const site = await testSite();
    const ask = async (host: string): Promise<number> =>
      (await site.browser().get('/data/session', { host })).status;
    for (const known of ['127.0.0.1:8421', '[::1]:8421', 'localhost', 'parapet.example:443', '10.0.0.7'])
      expect([known, await ask(known)]).toEqual([known, 200]);
    for (const unknown of ['evil.example', 'localhost.evil.example', 'parapet.example.evil'])
      expect([unknown, await ask(unknown)]).toEqual([unknown, 421]);
  });
});

describe('the files of the page', () => {
  function folder(): string {
    const path = mkdtempSync(`${tmpdir()}/parapet-assets-`);
    mkdirSync(`${path}/assets`);
    writeFileSync(`${path}/index.html`, `<!doctype html><title>Parapet</title>${' '.repeat(600)}`);
    writeFileSync(`${path}/assets/main-a1b2.js`, 'export {};\n');
    writeFileSync(`${path}/.secret`, 'x');
    return path;
  }

  it('are served under a policy that allows no script but theirs', async () => {
    const site = await testSite({ assets: folder() });
    for (const path of ['/', '/incidents/7', '/login']) {
      const page = await site.browser().get(path);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('cache-control')).toBe('no-cache');
    }
    const script = await site.browser().get('/assets/main-a1b2.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it('are the only ones: no path leads out of the folder', async () => {
    const site = await testSite({ assets: folder() });
    for (const path of [
      '/.secret',
      '/..%2f..%2fpackage.json',
      '/assets/../../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..\\..\\package.json',
      '/assets/%5c..%5c..%5cpackage.json',
      '/assets/main-a1b2.js%00.html',
      '/assets/%c0%ae%c0%ae/package.json',
      '/assets/%252e%252e/package.json',
      '//etc/passwd.txt',
      '/assets/main-a1b2.js.map',
    ])
      expect([path, (await site.browser().get(path)).status]).toEqual([path, 404]);
    expect((await site.browser().send('POST', '/', '{}')).status).toBe(405);
  });

  it('are not sent again to who has them, and are zipped for who can read that', async () => {
    const site = await testSite({ assets: folder() });
    const page = await site.browser().get('/', { 'accept-encoding': 'gzip, br' });
    expect(page.headers.get('content-encoding')).toBe('gzip');
    const again = await site.browser().get('/', { 'if-none-match': page.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('that a report makes are called by their names, and by no way around', async () => {
    const site = await testSite();
    const viewer = await site.somebody('viewer');
    expect((await viewer.get('/data/reports/week.html')).headers.get('content-disposition')).toBe(
      'attachment; filename="parapet-week.html"',
    );
    for (const name of [
      ...['..%2fweek.html', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'week.html%00.pdf', '..%5cweek.html', '%00'],
      ...['constructor', '__proto__', 'toString', 'week.html%0d%0aset-cookie:x=1', '/etc/passwd'],
    ]) {
      const { status, headers } = await viewer.get(`/data/reports/${name}`);
      expect([name, status, headers.get('set-cookie')]).toEqual([name, 404, null]);
    }
  });

  it('that were not built are asked for', async () => {
    const site = await testSite();
    expect((await site.browser().get('/')).status).toBe(503);
  });
});
