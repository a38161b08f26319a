import { parseIpOrCidr } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CrawlerPolicy, type CrawlerPolicySettings } from '../../src/crawlers/crawlerPolicy.ts';
import { CRAWLERS } from '../../src/crawlers/crawlers.table.ts';
import { makeClient } from '../requests.ts';

const GPTBOT =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot';
const AT_OPENAI = makeClient('20.171.206.9');
const AT_HOME = makeClient('192.0.2.7');

const settings = (more: Partial<CrawlerPolicySettings> = {}): CrawlerPolicySettings => ({
  purposes: { training: 'slow', search: 'allow', user: 'allow', undocumented: 'cached' },
  names: { CCBot: 'block' },
  impostors: 'challenge',
  ranges: {},
  ...more,
});

describe('the policy', () => {
  it('knows a crawler by what it calls itself, and gives it the rule of its purpose or name', () => {
    const policy = new CrawlerPolicy(settings());
    expect(policy.meet(GPTBOT, AT_OPENAI)).toMatchObject({ rule: 'slow', isBelieved: true });
    expect(policy.meet('CCBot/2.0 (https://commoncrawl.org/faq/)', makeClient('18.97.9.170'))?.rule).toBe(
      'block',
    );
    expect(policy.meet('ChatGPT-User/1.0', AT_HOME)?.rule).toBe('allow');
  });

  it('does not believe one from elsewhere than its operator publishes', () => {
    const policy = new CrawlerPolicy(settings());
    expect(policy.meet(GPTBOT, AT_HOME)).toMatchObject({ rule: 'challenge', isBelieved: false });
    // Its own rule is stricter.
    expect(policy.meet('CCBot/2.0', AT_HOME)).toMatchObject({ rule: 'block', isBelieved: false });
  });

  it('believes one from addresses that the owner has added', () => {
    const policy = new CrawlerPolicy(settings({ ranges: { GPTBot: ['192.0.2.0/24'] } }));
    expect(policy.meet(GPTBOT, AT_HOME)?.isBelieved).toBe(true);
  });

  it('takes browsers, and words that only hold a name, for none', () => {
    const policy = new CrawlerPolicy(settings());
    for (const agent of ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'MyGPTBotany/1.0', '', undefined])
      expect(policy.meet(agent, AT_HOME)).toBeUndefined();
  });

  it('never throws, and says the same of the same twice', () => {
    const policy = new CrawlerPolicy(settings());
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (agent) => {
        expect(policy.meet(agent, AT_HOME)).toBe(policy.meet(agent, AT_HOME));
      }),
    );
  });
});

describe('the table of crawlers', () => {
  it('has each name once, and ranges that are ranges', () => {
    const names = CRAWLERS.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    const ranges = CRAWLERS.flatMap((row) => row.ranges ?? []);
    expect(ranges.filter((text) => parseIpOrCidr(text) === undefined)).toEqual([]);
    expect(CRAWLERS.filter((row) => (row.ranges === undefined) !== (row.publishedAt === undefined))).toEqual(
      [],
    );
  });
});
