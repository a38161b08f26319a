import { parseCidr } from '@parapet/kinds';
import { CRAWLER_RULES, THROTTLE_RATES } from '@parapet/enforcement';
import { expect, it } from 'vitest';
import { aiCrawlersSchema } from '../../src/config/aiCrawlersSchema.ts';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { crawlerRanges } from '../../src/up/crawlerRanges.ts';
import { resolveGateway } from '../../src/up/gatewayConfig.ts';

it('the gateway knows the crawlers that the engine spares', () => {
  const ranges = crawlerRanges();
  expect(ranges).toContain('66.249.64.0/19');
  expect(ranges.filter((text) => parseCidr(text) === undefined)).toEqual([]);
});

it('without a configuration clients are slowed down as the guard has it', () => {
  const { throttle } = resolveGateway(DEFAULT_CONFIG, { upstream: 'http://127.0.0.1:1' }, '/', '/');
  expect(throttle).toEqual(THROTTLE_RATES);
});

it('every rule for AI crawlers can be written', () => {
  const written = CRAWLER_RULES.filter((rule) => aiCrawlersSchema.safeParse({ training: rule }).success);
  expect(written).toEqual(CRAWLER_RULES);
  expect(aiCrawlersSchema.safeParse({ training: 'no such rule' }).success).toBe(false);
});
