import { PASS, type Action, type Answer } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import type { CrawlerPolicySettings } from '../../src/crawlers/crawlerPolicy.ts';
import { explainTold } from '../../src/ladder/told.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';
import { guarded, type Guarded } from './guarded.ts';

const AT_OPENAI = makeClient('20.171.206.9');
const GPTBOT = { 'user-agent': 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)' };

function site(rule: CrawlerPolicySettings['impostors'], more: Parameters<typeof guarded>[0] = {}): Guarded {
  const one = guarded(more);
  const aiCrawlers: CrawlerPolicySettings = {
    purposes: { training: rule, search: 'allow', user: 'allow', undocumented: 'allow' },
    names: {},
    impostors: 'challenge',
    ranges: {},
  };
  one.guard.setSettings({
    sites: [{ name: 'shop', mode: 'enforce', closedPaths: [], neverChallenge: [], ...more?.site }],
    aiCrawlers,
  });
  return one;
}

function answerOf(action: Action): Answer {
  if (action.kind !== 'reply') throw new Error(`no answer but ${action.kind}`);
  return action.answer;
}

describe('a crawler that is blocked', () => {
  it('is told why in a sentence, with a record', () => {
    const shop = site('block');
    const answer = answerOf(shop.ask(AT_OPENAI, GPTBOT));
    expect(answer).toMatchObject({ status: 403, cause: 'crawler-blocked', recordId: 'crawler-gptbot' });
    expect(answer.body).toContain(
      'GPTBot of OpenAI is not served: the owner of this site does not let in crawlers that collect texts',
    );
    expect(explainTold(shop.toldOf(shop.asked[0]!)!)).toBe(
      'blocked (record crawler-gptbot for parapet/crawler-policy)',
    );
  });

  it('may read robots.txt', () => {
    expect(site('block').ask(AT_OPENAI, GPTBOT, '/robots.txt')).toBe(PASS);
  });

  it('is only told of where the site observes', () => {
    const shop = site('block', { site: { mode: 'observe' } });
    expect(shop.ask(AT_OPENAI, GPTBOT)).toBe(PASS);
    expect(shop.toldOf(shop.asked[0]!)?.cause).toBe('observed');
  });

  it('leaves browsers, search engines and other crawlers alone', () => {
    const shop = site('block');
    for (const agent of [BROWSER['user-agent']!, 'Googlebot/2.1', 'OAI-SearchBot/1.0'])
      expect(shop.ask(AT_OPENAI, { 'user-agent': agent })).toBe(PASS);
  });
});

describe('a crawler that is not believed', () => {
  it('is challenged where the true one is let in', () => {
    const shop = site('allow');
    expect(shop.ask(AT_OPENAI, GPTBOT)).toBe(PASS);
    expect(answerOf(shop.ask(makeClient('203.0.113.9'), GPTBOT)).cause).toBe('captcha');
    expect(shop.toldOf(shop.asked[1]!)?.recordId).toBe('crawler-gptbot-elsewhere');
  });
});

describe('a crawler that is slowed', () => {
  it('has one turn for all its addresses', async () => {
    const shop = site('slow');
    const kinds = Array.from({ length: 12 }, (_, i) => shop.ask(makeClient(`20.171.206.${i}`), GPTBOT).kind);
    expect(kinds).toEqual([
      ...Array<string>(5).fill('pass'),
      ...Array<string>(5).fill('wait'),
      'reply',
      'reply',
    ]);
    const last = answerOf(shop.ask(AT_OPENAI, GPTBOT));
    expect(last.status).toBe(429);
    expect(last.headers.some(([name]) => name === 'Retry-After')).toBe(true);
    shop.wake();
    const waited = shop.ask(makeClient('203.0.113.1'), BROWSER);
    expect(waited).toBe(PASS);
  });
});

describe('a crawler that gets cached pages only', () => {
  it('gets what the cache of the site was seen to hold, and files', () => {
    const shop = site('cached');
    const ended = (target: string, cacheStatus: string): void =>
      shop.guard.onEnd({
        client: makeClient(),
        request: makeRequest({}, { target }),
        startedAtMs: shop.clock.nowMs,
        status: 200,
        requestBodyBytes: 0,
        responseBodyBytes: 0,
        upstreamMs: 1,
        totalMs: 2,
        cacheStatus,
        answer: undefined,
        site: 'shop',
        requestId: 'r1',
      });
    ended('/node/1', 'MISS');
    ended('/search?f[0]=a', 'UNCACHEABLE (request policy)');
    expect(shop.ask(AT_OPENAI, GPTBOT, '/node/1')).toBe(PASS);
    expect(shop.ask(AT_OPENAI, GPTBOT, '/style.css')).toBe(PASS);
    const refused = answerOf(shop.ask(AT_OPENAI, GPTBOT, '/search?f[0]=a'));
    expect(refused).toMatchObject({ status: 503, cause: 'crawler-cached' });
    expect(refused.headers).toContainEqual(['Retry-After', '3600']);
    shop.clock.nowMs += 16 * 60_000;
    expect(answerOf(shop.ask(AT_OPENAI, GPTBOT, '/node/1')).cause).toBe('crawler-cached');
  });
});
