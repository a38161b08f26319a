import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loggedCost } from '../../src/traffic/loggedCost.ts';

const COMBINED =
  '192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] "GET /a?b=\\"c\\" HTTP/1.1" 200 512 "https://e.test/" "Mozilla/5.0"';

describe('what a line says behind the combined format', () => {
  it.each([
    ['nothing', '', false, -1, ''],
    ['nginx, the time of the request', ' 0.412', false, 412, ''],
    ['nginx, that and the time of the site', ' 0.412 0.398 .', false, 398, ''],
    ['nginx, with names', ' rt=0.412 uct="0.000" urt="0.398" cache="HIT"', false, 398, 'HIT'],
    ['nginx, several servers behind it', ' 0.412 "0.010, 0.398" MISS', false, 398, 'MISS'],
    ['nginx, no server behind it', ' rt=0.000 urt=- -', false, 0, ''],
    ['nginx, a number that may be anything', ' 8812', false, -1, ''],
    ['Apache, microseconds', ' 412000', true, 412, ''],
    ['Apache, with a name', ' D=412000 host', true, 412, ''],
    ['what another site wrote', ' "https://e.test/x?rt=0.5" www.e.test', false, -1, ''],
  ] as const)('%s', (_, tail, isApache, ms, cacheStatus) => {
    const cost = loggedCost(COMBINED + tail, isApache);
    expect(cost.ms).toBeCloseTo(ms, 6);
    expect(cost.cacheStatus).toBe(cacheStatus);
  });

  it('is read of any line', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), fc.boolean(), (tail, isApache) => {
        const { ms } = loggedCost(COMBINED + tail, isApache);
        return ms === -1 || (ms >= 0 && ms < 1e10);
      }),
    );
  });
});
