import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteKeys } from '../../../src/detectors/cost/routeKeys.ts';

describe('the names under which costs are kept', () => {
  it('go from the route over its path to the folder', () => {
    const keys = new RouteKeys();
    expect(keys.of('/shop/12?page=2&f[3]=a')).toEqual(['/shop/#?f[]&page', '/shop/#?*', '/shop/*']);
    expect(keys.of('/shop/9?page=&f[7]')).toEqual(['/shop/#?f[]&page', '/shop/#?*', '/shop/*']);
    expect(keys.of('/a')).toEqual(['/a', '/*']);
  });

  it('do not depend on what was asked for before', () => {
    const word = fc.constantFrom(
      ...['a', 'b1', '12', '&', '=', '?', '/', '#', '%5B', '[', ']', '&&', '\u0161', 'é', 'x'.repeat(60)],
    );
    const target = fc.array(word, { maxLength: 30 }).map((words) => `/${words.join('')}`);
    const keys = new RouteKeys();
    fc.assert(
      fc.property(target, (rawTarget) => {
        const expected = new RouteKeys().of(rawTarget);
        expect([keys.of(rawTarget), keys.of(rawTarget)]).toEqual([expected, expected]);
      }),
      { numRuns: 2000 },
    );
  });
});
