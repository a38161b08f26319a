import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSavedCosts } from '../../../src/detectors/cost/readCosts.ts';
import { CHEAP_MS, FACETS_MS, Shop } from './shop.ts';

describe('what pages cost', () => {
  it('is learned by route, whatever the parameters are set to', () => {
    const shop = new Shop();
    shop.minutes(5, 200, 20);
    const cost = shop.weigh('/products?f[0]=brand:never-seen')!;
    expect(cost).toMatchObject({ route: '/products?f[]', isExploding: true });
    expect(cost.ms).toBeCloseTo(FACETS_MS, -1);
    expect(shop.weigh('/node/7')).toBeUndefined();
    expect(shop.weigh('/never/seen')).toBeUndefined();
  });

  it('goes for parameters and paths that are made up, by the wider group', () => {
    const shop = new Shop();
    shop.minutes(5, 200, 20);
    expect(shop.weigh('/products?madeup123=1&x=2')?.route).toBe('/products?*');
    for (let i = 0; i < 60; i++) shop.ask(`/catalog/colour-${'abcdefgh'[i % 8]}/size/x${'z'.repeat(i)}`, 90);
    expect(shop.weigh('/catalog/another/one')).toMatchObject({ route: '/catalog/*', isExploding: true });
  });

  it('is nothing for a page that the cache of the site holds', () => {
    const shop = new Shop();
    shop.minutes(5, 200, 20);
    const facet = shop.facet();
    expect(shop.weigh(facet)).toBeDefined();
    shop.ask(facet, FACETS_MS, 'MISS');
    expect(shop.weigh(facet)).toBeUndefined();
  });

  it('does not make pages costly that all take longer for a while', () => {
    const shop = new Shop();
    shop.minutes(5, 200, 0);
    for (let i = 0; i < 200; i++) shop.ask(`/node/${i % 50}`, 400);
    expect(shop.weigh('/node/7')).toBeUndefined();
  });
});

describe('a busy site', () => {
  it('is learned from some of its answers as from all', () => {
    const [quiet, busy] = [1, 60].map((times) => {
      const shop = new Shop();
      shop.minutes(30, 300 * times, 30 * times);
      return { shop, perSecond: shop.costs.stateOf('shop').perSecond / times };
    }) as [{ shop: Shop; perSecond: number }, { shop: Shop; perSecond: number }];
    expect(busy.perSecond / quiet.perSecond).toBeGreaterThan(0.8);
    expect(busy.perSecond / quiet.perSecond).toBeLessThan(1.2);
    expect(busy.shop.weigh('/products?f[0]=never-seen')).toMatchObject({ isExploding: true });
  });

  it('has each page remembered that its cache holds', () => {
    const shop = new Shop();
    shop.minutes(10, 18_000, 1800);
    const facets = Array.from({ length: 50 }, () => shop.facet());
    for (const facet of facets) shop.ask(facet, FACETS_MS, 'HIT');
    expect(facets.filter((facet) => shop.weigh(facet) !== undefined)).toEqual([]);
  });
});

describe('the budget of strangers', () => {
  it('turns nobody away who does what is usual', () => {
    const shop = new Shop();
    shop.minutes(60, 100, 10);
    expect(shop.minutes(60, 100, 12)).toBe(0);
    expect(shop.news).toEqual([]);
  });

  it('is one purse for a crawl over any number of addresses', () => {
    const shop = new Shop();
    shop.minutes(60, 100, 10);
    const away = shop.minutes(10, 100, 600);
    const usualMs = 100 * CHEAP_MS + 10 * FACETS_MS;
    const workedMs = 100 * CHEAP_MS + ((10 * 600 - away) * FACETS_MS) / 10;
    // Beside half as much again, the little that any site can do: 20 ms a second.
    expect(workedMs).toBeLessThan(1.5 * usualMs + 60 * 20);
    expect(shop.news.map(({ kind }) => kind)).toEqual(['strained']);
  });

  it('says when it is over', () => {
    const shop = new Shop();
    shop.minutes(60, 100, 10);
    shop.minutes(3, 100, 600);
    shop.minutes(10, 100, 10);
    expect(shop.news.map(({ kind }) => kind)).toEqual(['strained', 'calm']);
  });

  it('is not taught by a crawl that is turned away, and hardly by one that begins gently', () => {
    const shop = new Shop();
    shop.minutes(60, 100, 10);
    const before = shop.costs.stateOf('shop').perSecond;
    shop.minutes(60, 100, 600);
    expect(shop.costs.stateOf('shop').perSecond).toBeLessThan(1.05 * before);
    shop.minutes(60, 100, 14);
    expect(shop.costs.stateOf('shop').perSecond).toBeLessThan(1.35 * before);
  });

  it('is the same on a machine that was busy while it learned', () => {
    const served = [1, 5].map((slowness) => {
      const shop = new Shop();
      shop.slowness = slowness;
      shop.minutes(60, 100, 10);
      shop.slowness = 1;
      return 6000 - shop.minutes(10, 100, 600);
    });
    expect(served[1]! / served[0]!).toBeLessThan(1.25);
  });

  it('turns nobody away before it has learned', () => {
    const shop = new Shop();
    expect(shop.minutes(5, 100, 300)).toBe(0);
  });

  it('is there again after a restart', () => {
    const shop = new Shop();
    shop.minutes(60, 100, 10);
    const again = new Shop();
    again.costs.restore(readSavedCosts(JSON.parse(JSON.stringify(shop.costs.save())))!);
    expect(again.costs.stateOf('shop').isReady).toBe(true);
    expect(again.minutes(5, 100, 600)).toBeGreaterThan(2000);
  });
});

describe('memory and untrusted bytes', () => {
  it('keeps at most 10,000 routes, and those that are asked for', () => {
    const shop = new Shop();
    shop.minutes(5, 100, 20);
    for (let i = 0; i < 30_000; i++) shop.ask(`/p${i.toString(36)}/x?q${i.toString(36)}=1`, 5);
    expect(shop.costs.stateOf('shop').routes).toBeLessThanOrEqual(10_000);
    expect(shop.weigh('/products?f[0]=x')?.route).toBe('/products?f[]');
  });

  it('never throws', () => {
    const shop = new Shop();
    fc.assert(
      fc.property(fc.string(), fc.double({ noNaN: true, min: -1, max: 1e6 }), (target, ms) => {
        shop.nowMs += 10;
        expect([true, false]).toContain(shop.ask(`/${target}`, ms));
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readSavedCosts(value)).toBeUndefined();
      }),
    );
  });
});
