import { cidrContains, ipBits, parseCidr, parseIp, parseIpOrCidr } from '@parapet/kinds';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROXY_PRESETS } from '../../src/edge/proxyPresets.table.ts';
import { TrustedProxies, trustedProxyProblem } from '../../src/edge/trustedProxies.ts';

function trusts(names: readonly string[], text: string): boolean {
  return new TrustedProxies(names).trusts(ipBits(parseIp(text)!));
}

it('trusts the addresses of its ranges and no others', () => {
  const names = ['192.0.2.0/25', '198.51.100.7', '2001:db8::/33'];
  for (const text of ['192.0.2.0', '192.0.2.127', '198.51.100.7', '2001:db8:7fff::1'])
    expect(trusts(names, text), text).toBe(true);
  for (const text of ['192.0.2.128', '198.51.100.6', '2001:db8:8000::', '::ffff:8.8.8.8', '::1'])
    expect(trusts(names, text), text).toBe(false);
  expect(trusts(['::ffff:192.0.2.0/120'], '192.0.2.9')).toBe(true);
  expect(trusts(['0.0.0.0/0'], '203.0.113.1')).toBe(true);
  expect(trusts(['0.0.0.0/0'], '2001:db8::1')).toBe(false);
});

it('trusts nobody when nobody is named', () => {
  expect(trusts([], '127.0.0.1')).toBe(false);
});

it('knows providers by name', () => {
  expect(trusts(['cloudflare'], '104.16.1.1')).toBe(true);
  expect(trusts(['cloudflare'], '104.27.1.1')).toBe(true);
  expect(trusts(['cloudflare'], '104.28.0.1')).toBe(false);
  expect(trusts(['cloudflare'], '2606:4700::6810:1')).toBe(true);
  expect(trusts(['fastly'], '151.101.1.1')).toBe(true);
  expect(trusts(['akamai'], '23.47.1.1')).toBe(true);
  expect(trusts(['cloudfront'], '130.176.1.1')).toBe(true);
  expect(trusts(['private'], '172.31.255.255')).toBe(true);
  expect(trusts(['loopback'], '::1')).toBe(true);
  expect(trusts(['private', 'loopback'], '8.8.8.8')).toBe(false);
});

it('has only well-formed ranges in its presets', () => {
  for (const { ranges } of Object.values(PROXY_PRESETS))
    for (const range of ranges) expect(parseCidr(range)?.text, range).toBe(range);
});

it('says what is wrong with an entry', () => {
  expect(trustedProxyProblem('cloudflare')).toBeUndefined();
  expect(trustedProxyProblem('10.0.0.0/8')).toBeUndefined();
  expect(trustedProxyProblem('cloudflair')).toBe(
    '`cloudflair` is no address, no range and none of cloudflare, fastly, akamai, cloudfront, private, loopback',
  );
  expect(trustedProxyProblem('10.0.0.0/33')).toContain('no address, no range');
  expect(trustedProxyProblem('toString')).toContain('no address');
});

it('keeps the header of a provider whose range the operator also names', () => {
  for (const names of [
    ['cloudflare', '104.16.0.0/13'],
    ['104.16.0.0/13', 'cloudflare'],
  ])
    expect(new TrustedProxies(names).presetOf([0x68100001])?.sureHeader).toBe('cf-connecting-ip');
});

it('agrees with the plain definition of a range', () => {
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, length]) => `${ip}/${length}`);
  const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, length]) => `${ip}/${length}`);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(v4, v6), { maxLength: 6 }),
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (names, text) => {
        const ip = parseIp(text)!;
        const ranges = names.flatMap((name) => parseIpOrCidr(name) ?? []);
        expect(trusts(names, text)).toBe(ranges.some((range) => cidrContains(range, ip)));
      },
    ),
  );
});
