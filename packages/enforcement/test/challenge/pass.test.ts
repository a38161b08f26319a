import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PassOffice, type PassKind } from '../../src/challenge/pass.ts';
import { BROWSER, makeClient, makeRequest } from '../requests.ts';

const SECRET = randomBytes(32);
const NOW_MS = Date.UTC(2026, 10, 22);
const office = new PassOffice([SECRET]);

function passFor(kind: PassKind, ip: string = '192.0.2.7'): string {
  const cookie = office.issue(kind, 3_600_000, NOW_MS, makeRequest(BROWSER), makeClient(ip), 'main');
  return cookie.slice(0, cookie.indexOf(';'));
}

function check(
  cookie: string,
  ip: string = '192.0.2.7',
  headers: Record<string, string> = {},
  atMs = NOW_MS,
) {
  const request = makeRequest({ ...BROWSER, ...headers, cookie });
  return office.check(request, makeClient(ip), 'main', atMs);
}

describe('a pass', () => {
  it('is taken from its holder, with how it was come by', () => {
    expect(check(passFor('solved'))).toBe('solved');
    expect(check(`a=b; ${passFor('waited')}; c=d`)).toBe('waited');
    expect(check(`${passFor('waited')}; ${passFor('solved')}`)).toBe('solved');
  });

  it('is refused from another address, another browser, and another site', () => {
    expect(check(passFor('solved'), '192.0.2.8')).toBeUndefined();
    expect(check(passFor('solved'), '192.0.2.7', { 'user-agent': 'curl/8' })).toBeUndefined();
    const request = makeRequest({ ...BROWSER, cookie: passFor('solved') });
    expect(office.check(request, makeClient(), 'other', NOW_MS)).toBeUndefined();
  });

  it('is good for the whole /64 of an IPv6 customer, and for no neighbour', () => {
    const pass = passFor('solved', '2001:db8:1:2::1');
    expect(check(pass, '2001:db8:1:2:ffff::9')).toBe('solved');
    expect(check(pass, '2001:db8:1:3::1')).toBeUndefined();
  });

  it('ends when it says', () => {
    expect(check(passFor('solved'), '192.0.2.7', {}, NOW_MS + 3_599_000)).toBe('solved');
    expect(check(passFor('solved'), '192.0.2.7', {}, NOW_MS + 3_600_000)).toBeUndefined();
  });

  it('outlives a change of the secret as long as the old one is still taken', () => {
    const request = makeRequest({ ...BROWSER, cookie: passFor('solved') });
    const next = randomBytes(32);
    expect(new PassOffice([next, SECRET]).check(request, makeClient(), 'main', NOW_MS)).toBe('solved');
    expect(new PassOffice([next]).check(request, makeClient(), 'main', NOW_MS)).toBeUndefined();
  });

  it('is a cookie that no script can read, that stays on this site, and on https goes over nothing else', () => {
    const request = makeRequest(BROWSER);
    expect(office.issue('solved', 1000, NOW_MS, request, makeClient('192.0.2.7', 'https'), 'main')).toMatch(
      /^parapet_pass=1\.s\.[0-9a-z]+\.[\w-]{22}; Path=\/; Max-Age=1; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(
      office.issue('solved', 1000, NOW_MS, request, makeClient('192.0.2.7', 'http'), 'main'),
    ).not.toContain('Secure');
  });
});
