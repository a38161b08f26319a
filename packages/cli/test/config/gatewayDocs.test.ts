// The configurations that the pages about the gateway show are valid.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trustedProxyProblem } from '@parapet/gateway';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import { crawlerPolicyOf } from '../../src/up/aiCrawlers.ts';
import { resolveGateway } from '../../src/up/gatewayConfig.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../../docs');

function page(name: string): string {
  return readFileSync(path.join(DOCS, name), 'utf8');
}

describe.each(['gateway.md', 'gateway-tls.md', 'gateway-proxies.md'])('%s', (name) => {
  it('shows configurations that the gateway takes', () => {
    const blocks = [...page(name).matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block]) => block!);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      const { gateway } = resolveGateway(configSchema.parse(parse(block)), {}, '/', '/data');
      expect(gateway.sites.length).toBeGreaterThan(0);
    }
  });
});

it('crawlers.md shows rules that can be kept', () => {
  const blocks = [...page('crawlers.md').matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block]) => block!);
  const { gateway: untouched } = configSchema.parse({});
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks) {
    const { gateway } = configSchema.parse(parse(block));
    expect(gateway).not.toEqual(untouched);
    expect(crawlerPolicyOf(gateway.ai_crawlers).ranges).toEqual(gateway.ai_crawlers.ranges);
  }
});

it('names every preset of trusted proxies, and no other', () => {
  const [, table = ''] = /^\| name \|[^]*?\n((?:\| `[^]*?\n)+)/m.exec(page('gateway-proxies.md')) ?? [];
  const names = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!);
  expect(trustedProxyProblem('?')).toContain(`none of ${names.join(', ')}`);
});
