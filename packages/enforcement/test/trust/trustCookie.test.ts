import { describe, expect, it } from 'vitest';
import { TRUST_COOKIE, TrustOffice } from '../../src/trust/trustCookie.ts';
import { makeClient, makeRequest } from '../requests.ts';

const SECRET = Buffer.alloc(32, 7);
const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const HOME = makeClient('192.0.2.7');

function office(epoch = 1, secrets = [SECRET]): TrustOffice {
  return new TrustOffice(secrets, epoch);
}

/** What a browser sends back. */
function sent(setCookie: string): ReturnType<typeof makeRequest> {
  return makeRequest({ cookie: `a=b; ${setCookie.split(';')[0]!}; SESS=1` });
}

describe('the trust cookie', () => {
  it('says who holds it, until it ends', () => {
    const { cookie } = office().issueOperator('Ada Ω', HOME, 'shop', NOON);
    expect(cookie).toMatch(/; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/);
    const trust = office().check(sent(cookie), 'shop', NOON + DAY_MS);
    expect(trust).toEqual({ kind: 'operator', who: 'Ada Ω', expiresAtMs: NOON + 30 * DAY_MS });
    expect(office().check(sent(cookie), 'shop', NOON + 30 * DAY_MS)).toBeUndefined();
  });

  it('is worth nothing at another site, under another secret or another epoch', () => {
    const { cookie } = office().issueOperator('ada', HOME, 'shop', NOON);
    expect(office().check(sent(cookie), 'blog', NOON)).toBeUndefined();
    expect(office(1, [Buffer.alloc(32, 8)]).check(sent(cookie), 'shop', NOON)).toBeUndefined();
    expect(office(2).check(sent(cookie), 'shop', NOON)).toBeUndefined();
    expect(office(1, [Buffer.alloc(32, 8), SECRET]).check(sent(cookie), 'shop', NOON)?.who).toBe('ada');
  });

  it('ends for those who were known, when the epoch is raised', () => {
    const one = office();
    const { cookie } = one.issueOperator('ada', HOME, 'shop', NOON);
    expect(one.check(sent(cookie), 'shop', NOON)).toBeDefined();
    one.setEpoch(2);
    expect(one.check(sent(cookie), 'shop', NOON)).toBeUndefined();
  });

  it('counts under any epoch while nobody knows which one counts', () => {
    const { cookie } = office(3).issueOperator('ada', HOME, 'shop', NOON);
    const one = office(-1);
    expect(one.check(sent(cookie), 'shop', NOON)?.who).toBe('ada');
    const made = one.issueOperator('bob', HOME, 'shop', NOON).cookie;
    expect(office(1).check(sent(made), 'shop', NOON)?.who).toBe('bob');
    one.setEpoch(4);
    expect(one.check(sent(cookie), 'shop', NOON)).toBeUndefined();
  });

  it('is refused with any character changed', () => {
    const value = office().issueOperator('ada', HOME, 'shop', NOON).cookie.split(';')[0]!;
    for (let i = TRUST_COOKIE.length + 1; i < value.length; i++) {
      const other = value[i] === 'A' ? 'B' : 'A';
      const changed = value.slice(0, i) + other + value.slice(i + 1);
      expect(office().check(sent(changed), 'shop', NOON), changed).toBeUndefined();
    }
  });

  it('rolls for operators after a day, and not for those whom the CMS vouches for', () => {
    const one = office();
    const operator = one.check(sent(one.issueOperator('ada', HOME, 'shop', NOON).cookie), 'shop', NOON)!;
    expect(one.renew(operator, HOME, 'shop', NOON + DAY_MS / 2)).toBeUndefined();
    const renewed = one.renew(operator, HOME, 'shop', NOON + 2 * DAY_MS)!;
    expect(one.check(sent(renewed), 'shop', NOON + 31 * DAY_MS)?.who).toBe('ada');
    const vouched = one.issueVouched('bob', 3 * DAY_MS, HOME, 'shop', NOON);
    const trust = one.check(sent(vouched), 'shop', NOON)!;
    expect(trust).toEqual({ kind: 'vouched', who: 'bob', expiresAtMs: NOON + 3 * DAY_MS });
    expect(one.renew(trust, HOME, 'shop', NOON + 2 * DAY_MS)).toBeUndefined();
  });

  it('lasts a week at most when the CMS vouches, however long it asks for', () => {
    const cookie = office().issueVouched('bob', 400 * DAY_MS, HOME, 'shop', NOON);
    expect(office().check(sent(cookie), 'shop', NOON)?.expiresAtMs).toBe(NOON + 7 * DAY_MS);
  });

  it('is found among several of the same name, an operator’s first', () => {
    const one = office();
    const operator = one.issueOperator('ada', HOME, 'shop', NOON).cookie.split(';')[0]!;
    const vouched = one.issueVouched('bob', DAY_MS, HOME, 'shop', NOON).split(';')[0]!;
    const request = makeRequest({ cookie: `${TRUST_COOKIE}=junk; ${vouched}; ${operator}` });
    expect(one.check(request, 'shop', NOON)?.who).toBe('ada');
  });
});
