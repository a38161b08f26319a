import { createHash, createHmac } from 'node:crypto';
import {
  parseIpOrCidr,
  PASS,
  type Action,
  type Answer,
  type RequestView,
  type ResponseView,
} from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassOffice } from '../../src/challenge/pass.ts';
import type { TrustedSighting } from '../../src/ladder/guardLink.ts';
import { LocalLink } from '../../src/ladder/localLink.ts';
import { explainTold } from '../../src/ladder/told.ts';
import { TrustOffice } from '../../src/trust/trustCookie.ts';
import { makeLinkPath } from '../../src/trust/oneTimeLink.ts';
import { vouchingKey } from '../../src/trust/vouching.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';
import { clientNumber, GOOGLE, guarded, NOON, PROXY, SECRET } from './guarded.ts';

const ATTACKER = makeClient('192.0.2.7');
const SHOPPER = makeClient('198.51.100.9');
const OPERATOR = makeClient('198.51.100.20');
const OK: ResponseView = { status: 200, header: () => undefined };

function answerOf(action: Action | undefined): Answer {
  if (action?.kind !== 'reply') throw new Error(`no answer but ${action?.kind}`);
  return action.answer;
}

async function waited(action: Action | undefined): Promise<Action> {
  if (action?.kind !== 'wait') throw new Error(`no waiting but ${action?.kind}`);
  return action.action;
}

describe('an attacker', () => {
  it('gets the block page with the record, and the event says why', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    const answer = answerOf(site.ask(ATTACKER));
    expect(answer).toMatchObject({ status: 403, cause: 'ban', recordId: '00000010' });
    expect(String(answer.body)).toContain('00000010');
    const told = site.toldOf(site.asked[0]!)!;
    expect(explainTold(told)).toBe('blocked (record 00000010 for parapet/drupal-bf on its address)');
  });

  it('gets that page again unseen, until anything changes or the page is old', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    const isStill = (): boolean => {
      const action = site.ask(ATTACKER);
      return action.kind === 'reply' && action.isStill?.() === true;
    };
    expect(isStill()).toBe(true);
    const action = site.ask(ATTACKER);
    if (action.kind !== 'reply') throw new Error(action.kind);
    site.decide('ip', '192.0.2.8', 'ban');
    expect(action.isStill?.()).toBe(false);
    expect(isStill()).toBe(true);
  });

  it('is told as much and let through where the site only observes', () => {
    const site = guarded({ site: { mode: 'observe' } });
    site.decide('ip', '192.0.2.7', 'ban');
    expect(site.ask(ATTACKER)).toBe(PASS);
    expect(explainTold(site.toldOf(site.asked[0]!)!)).toBe(
      'let through, because the site only observes; enforced, it would have been a ban (record 00000010 for parapet/drupal-bf on its address)',
    );
  });

  it('is let through by a simulated decision, and by one that only other enforcers know', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban', { simulated: true });
    expect(site.ask(ATTACKER)).toBe(PASS);
    expect(site.toldOf(site.asked[0]!)?.cause).toBe('simulated');
    const other = guarded();
    other.decide('ip', '192.0.2.7', 'sandbox');
    expect(other.ask(ATTACKER)).toBe(PASS);
    expect(other.toldOf(other.asked[0]!)?.cause).toBe('unknown');
  });

  it('cannot write itself a trust cookie', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    const stolen = new TrustOffice([Buffer.alloc(32, 8)], 1).issueOperator('eve', ATTACKER, 'shop', NOON);
    for (const cookie of ['parapet_trust=1', stolen.cookie.split(';')[0]!]) {
      expect(answerOf(site.ask(ATTACKER, { ...BROWSER, cookie })).cause).toBe('ban');
    }
  });

  it('is stopped in the request that trips the perimeter', async () => {
    const asked: RequestView[] = [];
    const site = guarded({
      isPerimeterPath: (target) => target.startsWith('/wp-login'),
      listener: {
        onQuestion: ({ request }) => {
          asked.push(request);
          site.decide('ip', '192.0.2.7', 'ban');
          return true;
        },
      },
    });
    const request = makeRequest(BROWSER, { target: '/wp-login.php' });
    expect(site.guard.onRequest(request, ATTACKER, 'shop')).toBe(PASS);
    const missing: ResponseView = { status: 404, header: () => undefined };
    const action = await waited(site.guard.onResponse(request, missing, ATTACKER, 'shop'));
    expect(answerOf(action)).toMatchObject({ status: 403, cause: 'ban', recordId: '00000010' });
    expect(asked).toEqual([request]);
    expect(site.guard.onResponse(request, OK, ATTACKER, 'shop')).toBeUndefined();
    expect(site.guard.onResponse(makeRequest(), missing, ATTACKER, 'shop')).toBeUndefined();
  });
});

describe('a shopper', () => {
  it('passes without a trace when nothing is decided', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    expect(site.ask(SHOPPER)).toBe(PASS);
    expect(site.toldOf(site.asked[0]!)).toBeUndefined();
  });

  it('in a suspicious country is checked, once', () => {
    const site = guarded({ placeOf: () => ({ countryCode: 'FR', asn: '64500' }) });
    site.decide('country', 'FR', 'captcha');
    expect(answerOf(site.ask(SHOPPER))).toMatchObject({ cause: 'captcha', recordId: '00000010' });
    const pass = new PassOffice([SECRET])
      .issue('solved', 3_600_000, NOON, makeRequest(BROWSER), SHOPPER, 'shop')
      .split(';')[0]!;
    const solved = { ...BROWSER, cookie: pass };
    expect(site.ask(SHOPPER, solved)).toMatchObject({ kind: 'pass' });
    expect(site.toldOf(site.asked.at(-1)!)?.cause).toBe('passed');
    // And the page's files are not counted against whoever passed.
    for (let i = 0; i < 300; i++) expect(site.ask(SHOPPER, solved, `/core/misc/${i}.js`).kind).toBe('pass');
  });

  it('serves who only waited for a pass, and no faster than who is slowed down', () => {
    const site = guarded({ placeOf: () => ({ countryCode: 'FR' }) });
    site.decide('country', 'FR', 'captcha');
    const pass = new PassOffice([SECRET])
      .issue('waited', 1_800_000, NOON, makeRequest(BROWSER), SHOPPER, 'shop')
      .split(';')[0]!;
    const waited = { ...BROWSER, cookie: pass };
    const kinds = Array.from({ length: 40 }, (_, i) => site.ask(SHOPPER, waited, `/node/${i}`).kind);
    expect(kinds[0]).toBe('pass');
    expect(kinds.at(-1)).toBe('reply');
  });

  it('on a crowded network waits its turn, and is not delayed by the greedy', async () => {
    const site = guarded();
    site.decide('range', '198.51.100.0/24', 'throttle');
    const greedy = makeClient('198.51.100.66');
    const kinds = Array.from({ length: 40 }, () => site.ask(greedy).kind);
    expect(kinds.filter((kind) => kind === 'pass')).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'wait')).toHaveLength(10);
    const refused = answerOf(site.ask(greedy));
    expect(refused).toMatchObject({ status: 429, cause: 'throttle' });
    expect(refused.headers).toContainEqual(['Retry-After', '1']);
    const mine = site.ask(SHOPPER);
    expect(mine).toMatchObject({
      kind: 'pass',
      requestHeaders: expect.arrayContaining([['X-Parapet-Threat', 'low']]),
    });
    const waiting = site.ask(makeClient('198.51.100.66'));
    expect(waiting.kind).toBe('reply');
    const queued = guarded();
    queued.decide('ip', '198.51.100.9', 'tarpit');
    queued.ask(SHOPPER);
    const later = waited(queued.ask(SHOPPER));
    queued.wake();
    expect(await later).toMatchObject({ kind: 'pass' });
    expect(queued.toldOf(queued.asked[1]!)).toMatchObject({ cause: 'slowed', detail: '5.0 s' });
  });

  it('on the allowlist is let through, whatever the scope of the decision', () => {
    const site = guarded({ placeOf: () => ({ countryCode: 'FR' }) });
    site.decide('ip', '198.51.100.9', 'ban');
    site.decide('country', 'FR', 'ban');
    site.table.setAllowlist([parseIpOrCidr(SHOPPER.ip)!]);
    expect(site.ask(SHOPPER)).toBe(PASS);
    expect(site.toldOf(site.asked[0]!)).toBeUndefined();
  });

  it('whose session was taken over is asked for more by the CMS', () => {
    const site = guarded();
    const value = 'kK2-9q_3vQ4zXnB1lM0pRsTuVwXyZaBcDeFgHiJkLmN';
    const hash = createHash('sha256').update(value).digest('hex');
    site.decide('session', hash, 'step-up', { scenario: 'parapet/session-moved\r\nX: y' });
    const cookie = `SSESS0123456789abcdef0123456789abcdef=${value}`;
    expect(site.ask(SHOPPER, { ...BROWSER, cookie })).toEqual({
      kind: 'pass',
      requestHeaders: [
        ['X-Parapet-Threat', 'medium'],
        ['X-Parapet-Record', '00000010'],
        ['X-Parapet-Step-Up', 'parapet/session-moved??X: y'],
      ],
    });
    expect(site.ask(SHOPPER)).toBe(PASS);
  });
});

describe('an operator', () => {
  const trusted = new TrustOffice([SECRET], 1).issueOperator('ada', OPERATOR, 'shop', NOON);
  const cookie = trusted.cookie.split(';')[0]!;

  it('is let through whatever the table says, from anywhere, and the engine hears where', () => {
    const seen: TrustedSighting[] = [];
    const site = guarded({ listener: { onTrusted: (sighting) => seen.push(sighting) } });
    site.decide('range', '198.51.100.0/24', 'ban');
    expect(site.ask(OPERATOR, { ...BROWSER, cookie })).toBe(PASS);
    expect(explainTold(site.toldOf(site.asked[0]!)!)).toBe(
      'let through, because ada holds the trust cookie, in spite of a ban (record 00000010 for parapet/drupal-bf on its range of addresses)',
    );
    site.ask(OPERATOR, { ...BROWSER, cookie });
    site.ask(SHOPPER, { ...BROWSER, cookie });
    expect(seen.map(({ ip, who, kind }) => [ip, who, kind])).toEqual([
      [OPERATOR.ip, 'ada', 'operator'],
      [SHOPPER.ip, 'ada', 'operator'],
    ]);
    expect(answerOf(site.ask(OPERATOR)).cause).toBe('ban');
  });

  it('is noticed within eight requests where nothing is decided', () => {
    const seen: TrustedSighting[] = [];
    const site = guarded({ listener: { onTrusted: (sighting) => seen.push(sighting) } });
    site.ask(SHOPPER);
    for (let i = 0; i < 8; i++) expect(site.ask(OPERATOR, { ...BROWSER, cookie })).toBe(PASS);
    expect(seen.map(({ who }) => who)).toEqual(['ada']);
  });

  it('is noticed before what could be held against them becomes an event', () => {
    const seen: TrustedSighting[] = [];
    const asked: RequestView[] = [];
    const site = guarded({
      isPerimeterPath: () => true,
      listener: {
        onTrusted: (sighting) => seen.push(sighting),
        onQuestion: ({ request }) => asked.push(request) > 0,
      },
    });
    site.ask(SHOPPER);
    const missing: ResponseView = { status: 404, header: () => undefined };
    const request = makeRequest({ ...BROWSER, cookie }, { target: '/wp-login.php' });
    site.guard.onRequest(request, OPERATOR, 'shop');
    expect(site.guard.onResponse(request, missing, OPERATOR, 'shop')).toBeUndefined();
    const form = makeRequest({ ...BROWSER, cookie }, { method: 'POST', target: '/user/login' });
    expect(site.guard.onResponse(form, OK, SHOPPER, 'shop')).toBeUndefined();
    expect(seen.map(({ ip }) => ip)).toEqual([OPERATOR.ip, SHOPPER.ip]);
    expect(asked).toEqual([]);
  });

  it('keeps the cookie rolling', () => {
    const site = guarded();
    site.clock.nowMs = NOON + 2 * 86_400_000;
    expect(site.ask(OPERATOR, { ...BROWSER, cookie })).toMatchObject({
      kind: 'pass',
      setCookies: [expect.stringMatching(/^parapet_trust=1\.o\./)],
    });
  });

  it('who is locked out comes in by a link that works once, and previews do not use it up', async () => {
    const redeemed: string[] = [];
    const site = guarded({
      listener: {
        onRedeemed: ({ ip }) => redeemed.push(ip),
      },
    });
    site.decide('ip', OPERATOR.ip, 'ban');
    const path = makeLinkPath(SECRET, 'example.org', NOON + 600_000, Buffer.alloc(16, 3));
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = answerOf(site.ask(OPERATOR, BROWSER, path, method));
      expect(page.status).toBe(200);
      expect(page.headers).toContainEqual(['Referrer-Policy', 'no-referrer']);
      expect(page.headers).toContainEqual(['Cache-Control', 'no-store']);
    }
    const done = answerOf(await waited(site.ask(OPERATOR, BROWSER, path, 'POST')));
    const setCookie = done.headers.find(([name]) => name === 'Set-Cookie')![1];
    expect(done.status).toBe(200);
    expect(redeemed).toEqual([OPERATOR.ip]);
    expect(site.ask(OPERATOR, { ...BROWSER, cookie: setCookie.split(';')[0]! })).toBe(PASS);
    expect(answerOf(site.ask(OPERATOR, BROWSER, path, 'POST')).status).toBe(410);
    expect(answerOf(site.ask(OPERATOR, BROWSER, path)).status).toBe(410);
  });

  it('finds the link gone when it was used at another worker, ended, or is another site’s', async () => {
    const site = guarded();
    const path = makeLinkPath(SECRET, 'example.org', NOON + 600_000, Buffer.alloc(16, 3));
    site.guard.markUsed(Buffer.alloc(16, 3).toString('hex'), NOON + 600_000);
    expect(answerOf(site.ask(OPERATOR, BROWSER, path)).status).toBe(410);
    const ended = makeLinkPath(SECRET, 'example.org', NOON, Buffer.alloc(16, 4));
    expect(answerOf(site.ask(OPERATOR, BROWSER, ended, 'POST')).status).toBe(410);
    const foreign = makeLinkPath(SECRET, 'example.net', NOON + 600_000, Buffer.alloc(16, 5));
    expect(answerOf(site.ask(OPERATOR, BROWSER, foreign, 'POST')).status).toBe(410);
    const link = new LocalLink({}, () => NOON);
    const taken = guarded({ link });
    await link.redeem({ nonce: '06'.repeat(16), expiresAtMs: NOON + 600_000, ip: SHOPPER.ip, site: 'shop' });
    const known = makeLinkPath(SECRET, '*', NOON + 600_000, Buffer.alloc(16, 6));
    const action = await waited(taken.ask(OPERATOR, BROWSER, known, 'POST'));
    expect(answerOf(action).status).toBe(410);
  });
});

describe('the CMS', () => {
  const value = 'kK2-9q_3vQ4zXnB1lM0pRsTuVwXyZaBcDeFgHiJkLmN';
  const hash = createHash('sha256').update(value).digest('hex');
  const withSession = { ...BROWSER, cookie: `SSESS0123456789abcdef0123456789abcdef=${value}` };
  const key = vouchingKey(SECRET, 'shop');
  const expires = NOON / 1000 + 60;
  const sign = (...lines: readonly (string | number)[]): string =>
    createHmac('sha256', key).update(lines.join('\n')).digest('hex');
  const says = (headers: Readonly<Record<string, string>>): ResponseView => ({
    status: 200,
    header: (name) => headers[name],
  });
  const vouches = says({
    'x-parapet-trust': `ada; exp=${expires}; for=3600; mac=${sign('parapet-trust', hash, expires, 3600, 'ada')}`,
  });
  const names = says({
    'x-parapet-user': `mallory; exp=${expires}; mac=${sign('parapet-user', hash, expires, 'mallory')}`,
  });

  it('vouches for a session, which gets the trust cookie once', () => {
    const site = guarded();
    const request = makeRequest(withSession);
    const action = site.guard.onResponse(request, vouches, OPERATOR, 'shop');
    if (action?.kind !== 'pass') throw new Error('no cookie');
    const cookie = action.setCookies![0]!.split(';')[0]!;
    site.decide('ip', OPERATOR.ip, 'ban');
    const next = { ...withSession, cookie: `${withSession.cookie}; ${cookie}` };
    expect(site.ask(OPERATOR, next)).toBe(PASS);
    expect(site.guard.onResponse(makeRequest(next), vouches, OPERATOR, 'shop')).toBeUndefined();
    const end = site.guard.onResponse(
      makeRequest(next),
      says({ 'x-parapet-trust': 'end' }),
      OPERATOR,
      'shop',
    );
    expect(end).toMatchObject({ setCookies: [expect.stringContaining('parapet_trust=;')] });
  });

  it('vouches for nobody in an answer that a cache gives to someone else', () => {
    const site = guarded();
    expect(site.guard.onResponse(makeRequest(), vouches, ATTACKER, 'shop')).toBeUndefined();
    const other = { ...BROWSER, cookie: withSession.cookie.replace('kK2', 'kK3') };
    expect(site.guard.onResponse(makeRequest(other), vouches, ATTACKER, 'shop')).toBeUndefined();
    expect(site.guard.onResponse(makeRequest(withSession), vouches, ATTACKER, 'blog')).toBeUndefined();
  });

  it('names the user, on whom a decision then acts, in the answer that names him already', () => {
    const site = guarded();
    site.decide('user', 'mallory', 'ban');
    expect(site.ask(ATTACKER, withSession)).toBe(PASS);
    const held = site.guard.onResponse(makeRequest(withSession), names, ATTACKER, 'shop');
    expect(answerOf(held)).toMatchObject({ cause: 'ban', recordId: '00000010' });
    expect(answerOf(site.ask(ATTACKER, withSession))).toMatchObject({ cause: 'ban' });
    expect(site.ask(ATTACKER)).toBe(PASS);
  });
});

describe('machines', () => {
  it.each([
    ['a feed reader', '/rss.xml', 'GET'],
    ['a payment provider', '/payment/notify/paypal', 'POST'],
    ['an application', '/jsonapi/node/article', 'PATCH'],
  ])('like %s are slowed down where others are challenged', (_, target, method) => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'captcha');
    for (let i = 0; i < 20; i++) expect(site.ask(ATTACKER, {}, target, method).kind).toBe('pass');
    expect(site.ask(ATTACKER, {}, target, method).kind).toBe('wait');
    expect(answerOf(site.ask(ATTACKER, {}, '/user/login', 'POST')).cause).toBe('captcha');
  });

  it('are banned as all others, but for certificates and cron', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    expect(answerOf(site.ask(ATTACKER, {}, '/rss.xml')).cause).toBe('ban');
    for (const target of ['/.well-known/acme-challenge/abc', '/de/cron/key']) {
      expect(site.ask(ATTACKER, {}, target).kind).toBe('pass');
    }
    expect(explainTold(site.toldOf(site.asked[1]!)!)).toContain(
      'because a certificate check is never banned',
    );
    // Not a way around the ban.
    const kinds = Array.from({ length: 100 }, () => site.ask(ATTACKER, {}, '/cron/key').kind);
    expect(kinds.filter((kind) => kind === 'pass')).toHaveLength(18);
    expect(kinds.at(-1)).toBe('reply');
  });

  it('meet the check as the owner has set it', () => {
    const closed = guarded({
      settings: {
        sites: [{ name: 'shop', title: 'The Shop', mode: 'enforce', closedPaths: [], neverChallenge: [] }],
        challenge: { bits: 20, allowsWaiting: false },
      },
    });
    closed.decide('ip', '192.0.2.7', 'captcha');
    const open = guarded();
    open.decide('ip', '192.0.2.7', 'captcha');
    const pageOf = (site: typeof open): string => String(answerOf(site.ask(ATTACKER)).body);
    expect(pageOf(open)).toContain('http-equiv="refresh"');
    expect(pageOf(closed)).not.toContain('http-equiv="refresh"');
    expect(pageOf(closed)).toContain('Protection of The Shop');
    // Work is eight parts of three bits less, and a token says them in base 36.
    expect(pageOf(open)).toMatch(/data-token="1\.w\.[0-9a-z]+\.e\./);
    expect(pageOf(closed)).toMatch(/data-token="1\.w\.[0-9a-z]+\.h\./);
  });

  it('that crawl for a search engine are banned by the operator only, and never challenged', () => {
    const crawler = makeClient(GOOGLE);
    const site = guarded();
    site.decide('ip', GOOGLE, 'ban', { origin: 'list' });
    expect(site.ask(crawler)).toBe(PASS);
    expect(site.toldOf(site.asked[0]!)?.cause).toBe('crawler');
    const strict = guarded();
    strict.decide('ip', GOOGLE, 'ban', { origin: 'operator' });
    expect(answerOf(strict.ask(crawler)).cause).toBe('ban');
    const careful = guarded();
    careful.decide('ip', GOOGLE, 'captcha');
    expect(careful.ask(crawler)).toMatchObject({ kind: 'pass' });
  });

  it('that are the site’s own proxy are never stopped', () => {
    const site = guarded();
    site.decide('ip', PROXY, 'ban');
    expect(site.ask(makeClient(PROXY))).toBe(PASS);
  });
});

describe('the guard', () => {
  it('closes what is not to be served unwatched, a minute after the engine was heard last', () => {
    const link = Object.assign(Object.create(new LocalLink({}, () => NOON)) as LocalLink, {});
    Object.defineProperties(link, { isConnected: { value: false }, lastHeardAtMs: { value: NOON } });
    const site = guarded({ link, site: { closedPaths: ['/admin/*', '/user/login'] } });
    expect(site.ask(SHOPPER, BROWSER, '/admin/config')).toBe(PASS);
    site.clock.nowMs += 60_000;
    for (const target of [
      '/admin/config',
      '/admin',
      '//admin/x',
      '/%61dmin/x',
      '/x/../admin/y',
      '/user/login?a',
    ]) {
      expect(answerOf(site.ask(SHOPPER, BROWSER, target)).status, target).toBe(503);
    }
    expect(site.ask(SHOPPER, BROWSER, '/administration')).toBe(PASS);
  });

  it('tells the other workers what its throttle took, in one batch', async () => {
    const batches: Uint32Array[] = [];
    const site = guarded({ listener: { onPoured: (rows) => batches.push(rows) } });
    site.decide('range', '203.0.0.0/16', 'throttle');
    for (let i = 0; i < 10; i++) site.ask(clientNumber(i % 2));
    site.wake();
    await Promise.resolve();
    expect(batches.map((rows) => rows.length)).toEqual([6]);
    const other = guarded();
    other.decide('range', '203.0.0.0/16', 'throttle');
    for (let i = 0; i < 5; i++) other.guard.pouredElsewhere(batches[0]!);
    expect(other.ask(clientNumber(0)).kind).toBe('wait');
  });

  it('knows no other page of its own', () => {
    const site = guarded();
    expect(answerOf(site.ask(SHOPPER, BROWSER, '/.parapet/x')).status).toBe(404);
    expect(answerOf(site.ask(SHOPPER, BROWSER, '/.parapet/in/')).status).toBe(410);
  });

  it('observes at a site that it does not know', () => {
    const site = guarded();
    site.decide('ip', '192.0.2.7', 'ban');
    expect(site.guard.onRequest(makeRequest(), ATTACKER, 'other')).toBe(PASS);
  });

  it('never throws, whatever is sent', () => {
    const site = guarded({ isPerimeterPath: () => true });
    for (const [i, remediation] of ['ban', 'captcha', 'throttle', 'tarpit', 'step-up', '?'].entries())
      site.decide('ip', `192.0.2.${i}`, remediation);
    site.decide('user', 'x', 'ban');
    site.decide('session', 'x', 'ban');
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const cookie = fc.tuple(
      fc.constantFrom('parapet_trust=1.o.', 'SSESS0123456789abcdef=', 'parapet_pass=', ''),
      text,
    );
    fc.assert(
      fc.property(
        text,
        text,
        cookie,
        text,
        fc.integer({ min: 0, max: 7 }),
        (method, target, cookies, other, n) => {
          const headers = {
            cookie: cookies.join(''),
            accept: other,
            'accept-language': other,
            'x-parapet-user': other,
            'x-parapet-trust': other,
          };
          for (const rawTarget of [target, `/${target}`, `/.parapet/${target}`, `/.parapet/in/${target}`]) {
            const request = makeRequest(headers, { method, target: rawTarget });
            const client = makeClient(`192.0.2.${n}`);
            site.guard.onRequest(request, client, 'shop');
            site.guard.onResponse(
              request,
              { status: 404, header: (name) => headers[name as 'accept'] },
              client,
              'shop',
            );
            site.toldOf(request);
          }
        },
      ),
    );
  });
});
