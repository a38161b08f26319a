import type { GuardSettings } from '@parapet/enforcement';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGatewayPolicy, settingsUnder } from '../../src/worker/gatewayPolicy.ts';

const SITE = { name: 'shop', mode: 'enforce', closedPaths: ['/user/*'], neverChallenge: [] } as const;
const SETTINGS: GuardSettings = { sites: [SITE], crawlers: ['192.0.2.0/24'] };

describe('what people chose while the gateway runs', () => {
  it('takes the place of the modes of sites and the rules of crawlers, and of nothing else', () => {
    const policy = readGatewayPolicy({
      sites: [
        { name: 'shop', mode: 'observe', inspection: 'learn' },
        { name: 'other', mode: 'enforce', inspection: 'off' },
      ],
      aiCrawlers: { purposes: { training: 'block', search: 'explode' }, names: { CCBot: 'slow' } },
    })!;
    const settings = settingsUnder(policy, SETTINGS);
    expect(settings.sites).toEqual([{ ...SITE, title: 'shop', mode: 'observe', inspection: 'learn' }]);
    expect(settings.crawlers).toEqual(SETTINGS.crawlers);
    expect(settings.aiCrawlers).toMatchObject({
      purposes: { training: 'block', search: 'allow' },
      names: { CCBot: 'slow' },
    });
    const none = settingsUnder({ sites: [] }, settings);
    expect([none.aiCrawlers, none.sites]).toEqual([undefined, settings.sites]);
  });

  it('is nothing that could stop a worker, whatever comes', () => {
    const sites = fc.record({ sites: fc.array(fc.jsonValue()), aiCrawlers: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), sites), (value) => {
        const policy = readGatewayPolicy(value) ?? { sites: [] };
        expect(settingsUnder(policy, SETTINGS).sites).toHaveLength(1);
      }),
    );
  });
});
