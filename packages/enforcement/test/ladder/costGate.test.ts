import { PASS, type Action, type CostKeeper } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { PassOffice } from '../../src/challenge/pass.ts';
import type { CostGuardMode } from '../../src/ladder/settings.ts';
import { explainTold } from '../../src/ladder/told.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';
import { clientNumber, GOOGLE, guarded, NOON, SECRET, type Guarded } from './guarded.ts';

const FACETS = '/products?f[0]=colour:red';
const CURL = { 'user-agent': 'curl/8.5', accept: '*/*' };

/** Everything below /products is costly, and there is room for so many. */
class Purse implements CostKeeper {
  room: number;
  readonly learned: string[] = [];

  constructor(room: number) {
    this.room = room;
  }

  weigh(_site: string, rawTarget: string): ReturnType<CostKeeper['weigh']> {
    if (!rawTarget.startsWith('/products')) return undefined;
    return { route: '/products?f[]', pages: 15, ms: 120, isExploding: true };
  }

  spend(): number {
    return this.room-- > 0 ? 0 : 4200;
  }

  ended(_site: string, rawTarget: string): void {
    this.learned.push(rawTarget);
  }
}

function shop(room: number, mode: CostGuardMode = 'enforce'): Guarded & { readonly purse: Purse } {
  const purse = new Purse(room);
  const one = guarded({ costs: purse });
  one.guard.setSettings({
    sites: [{ name: 'shop', mode: 'enforce', closedPaths: [], neverChallenge: [] }],
    crawlers: ['66.249.64.0/19'],
    costlyPages: mode,
  });
  return { ...one, purse };
}

/** What was done, in a word. */
function deed(action: Action): string {
  return action === PASS ? 'pass' : action.kind === 'reply' ? action.answer.cause : action.kind;
}

describe('a crawl over many addresses', () => {
  it('gets what there is room for, and its surplus the check', () => {
    const site = shop(3);
    const deeds = Array.from({ length: 5 }, (_, i) => deed(site.ask(clientNumber(i), BROWSER, FACETS)));
    expect(deeds).toEqual(['pass', 'pass', 'pass', 'captcha', 'captcha']);
    expect(explainTold(site.toldOf(site.asked[4]!)!)).toBe(
      'checked before it was let through (record costly-pages for parapet/crawler-cost)',
    );
  });

  it('is told to come later where it cannot be asked', () => {
    const site = shop(0);
    const action = site.ask(clientNumber(1), CURL, FACETS);
    expect(action).toMatchObject({ kind: 'reply', answer: { status: 429, cause: 'throttle' } });
    expect(action.kind === 'reply' && action.answer.headers).toContainEqual(['Retry-After', '5']);
    const declared = { ...BROWSER, 'user-agent': 'Mozilla/5.0 (compatible; Bytespider)' };
    expect(deed(site.ask(clientNumber(2), declared, FACETS))).toBe('throttle');
    expect(deed(site.ask(clientNumber(3), BROWSER, '/products/feed'))).toBe('throttle');
  });

  it('has cheap pages, files and forms free', () => {
    const site = shop(0);
    const deeds = ['/', '/node/1', '/products/logo.png'].map((to) =>
      deed(site.ask(makeClient(), BROWSER, to)),
    );
    expect(deeds).toEqual(['pass', 'pass', 'pass']);
    expect(deed(site.ask(makeClient(), BROWSER, '/products', 'POST'))).toBe('pass');
  });
});

describe('people', () => {
  it('who looked at a page with what belongs to it are not asked', () => {
    const site = shop(0);
    const visitor = makeClient('198.51.100.3');
    for (const target of ['/', '/style.css', '/app.js']) site.ask(visitor, BROWSER, target);
    expect(deed(site.ask(visitor, BROWSER, FACETS))).toBe('captcha');
    site.clock.nowMs += 5000;
    expect(deed(site.ask(visitor, BROWSER, FACETS))).toBe('pass');
  });

  it('who passed the check go on, as fast as people do', () => {
    const site = shop(0);
    const visitor = makeClient('198.51.100.3');
    const request = makeRequest(BROWSER);
    const pass = new PassOffice([SECRET]).issue('solved', 3_600_000, NOON, request, visitor, 'shop');
    const headers = { ...BROWSER, cookie: pass.split(';', 1)[0]! };
    const deeds = Array.from({ length: 32 }, () => deed(site.ask(visitor, headers, FACETS)));
    expect(deeds.slice(0, 30)).toEqual(Array(30).fill('pass'));
    // Who passed it cannot be asked again.
    expect(deeds.slice(30)).toEqual(['throttle', 'throttle']);
  });

  it('and search engines are never turned away', () => {
    const site = shop(0);
    const deeds = Array.from({ length: 40 }, () => deed(site.ask(makeClient(GOOGLE), CURL, FACETS)));
    expect(new Set(deeds)).toEqual(new Set(['pass']));
  });
});

describe('the modes', () => {
  it('observe tells what would have been done, learn nothing, off learns nothing', () => {
    const observing = shop(0, 'observe');
    expect(observing.ask(makeClient(), BROWSER, FACETS)).toBe(PASS);
    expect(observing.toldOf(observing.asked[0]!)?.cause).toBe('observed');
    expect(observing.purse.learned).toEqual([FACETS]);
    const learning = shop(0, 'learn');
    expect(learning.ask(makeClient(), BROWSER, FACETS)).toBe(PASS);
    expect(learning.toldOf(learning.asked[0]!)).toBeUndefined();
    const off = shop(0, 'off');
    expect(off.ask(makeClient(), BROWSER, FACETS)).toBe(PASS);
    off.toldOf(off.asked[0]!);
    expect(off.purse.learned).toEqual([]);
  });
});
