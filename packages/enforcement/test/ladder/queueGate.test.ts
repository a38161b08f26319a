import { PASS, type Action, type Client } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { explainTold } from '../../src/ladder/told.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';
import { clientNumber, guarded, type Guarded } from './guarded.ts';

const VISITOR = makeClient('198.51.100.3');

/** A site with a waiting room, in front of which so many people are already. */
function rush(waiting: number): Guarded {
  const site = guarded();
  site.guard.setSettings({
    sites: [{ name: 'shop', mode: 'enforce', closedPaths: [], neverChallenge: [] }],
    queue: { mostAtOnce: 4, longestWaitMs: 300_000 },
  });
  for (let second = 0; second < 5; second++) work(site, 40);
  for (let i = 0; i < waiting; i++) site.ask(clientNumber(i + 1), BROWSER, '/');
  return site;
}

/** A second in which the site worked on so many requests at once. */
function work(site: Guarded, atOnce: number): void {
  site.ask(clientNumber(0), BROWSER, '/');
  site.clock.nowMs += 1000;
  site.guard.onEnd({
    client: makeClient(),
    request: makeRequest(),
    startedAtMs: site.clock.nowMs,
    status: 200,
    requestBodyBytes: 0,
    responseBodyBytes: 0,
    upstreamMs: atOnce * 1000,
    totalMs: 0,
    cacheStatus: '',
    answer: undefined,
    site: 'shop',
    requestId: 'r1',
  });
}

function headersOf(action: Action): ReadonlyMap<string, string> {
  if (action.kind !== 'reply') throw new Error(`no answer but ${action.kind}`);
  return new Map(action.answer.headers);
}

function ticketOf(action: Action): Record<string, string> {
  return { ...BROWSER, cookie: headersOf(action).get('Set-Cookie')!.split(';', 1)[0]! };
}

function passCookieOf(action: Action): string {
  if (action.kind !== 'pass') throw new Error(`not let in but ${action.kind}`);
  return action.setCookies![0]!.split(';', 1)[0]!;
}

function ask(site: Guarded, client: Client, headers: Record<string, string> = { ...BROWSER }): Action {
  return site.ask(client, headers, '/node/1');
}

describe('the waiting room', () => {
  it('asks newcomers to wait on a page that asks again by itself, without scripts', () => {
    const site = rush(50);
    const action = ask(site, VISITOR);
    const headers = headersOf(action);
    expect(action).toMatchObject({ answer: { status: 503, cause: 'queue' } });
    expect(headers.get('Refresh')).toMatch(/^\d+$/);
    expect(headers.get('Retry-After')).toBe(headers.get('Refresh'));
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(action.kind === 'reply' && String(action.answer.body)).toContain(
      'Many people are here at the moment',
    );
    expect(explainTold(site.toldOf(site.asked.at(-1)!)!)).toContain('asked to wait its turn');
  });

  it('lets in whose turn it is, and then stays open to them', () => {
    const site = rush(10);
    const ticket = ticketOf(ask(site, VISITOR));
    for (let second = 0; second < 30; second++) work(site, 1);
    const action = ask(site, VISITOR, ticket);
    expect(action.kind).toBe('pass');
    for (let second = 0; second < 5; second++) work(site, 40);
    const inside = { ...BROWSER, cookie: passCookieOf(action) };
    expect(ask(site, VISITOR, inside)).toBe(PASS);
    // A ticket is worth nothing to anybody else.
    expect(ask(site, makeClient('198.51.100.99'), inside).kind).toBe('reply');
  });

  it('keeps nobody for longer than it says', () => {
    const site = rush(200);
    const ticket = ticketOf(ask(site, VISITOR));
    for (let second = 0; second < 301; second++) work(site, 40);
    expect(ask(site, VISITOR, ticket).kind).toBe('pass');
  });

  it('does not stop who is inside: a visit that goes on, files, forms', () => {
    const site = rush(0);
    for (const target of ['/style.css', '/app.js']) expect(site.ask(VISITOR, BROWSER, target)).toBe(PASS);
    expect(site.ask(VISITOR, BROWSER, '/cart', 'POST')).toBe(PASS);
    work(site, 40);
    expect(ask(site, VISITOR).kind).toBe('reply');
    for (let second = 0; second < 4; second++) work(site, 40);
    expect(ask(site, VISITOR)).toBe(PASS);
  });

  it('tells programs and search engines when to come again', () => {
    const site = rush(50);
    const bot = { 'user-agent': 'Googlebot/2.1', accept: '*/*' };
    const headers = headersOf(ask(site, makeClient('66.249.66.1'), bot));
    expect(headers.get('Retry-After')).toBe('120');
    expect(headers.has('Refresh')).toBe(false);
  });
});
