import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrContains, isPublicCidr, isPublicIp, parseCidr, parseIp, parseIpOrCidr } from '@parapet/kinds';

describe('parseIp', () => {
  it('makes addresses canonical', () => {
    expect(parseIp('1.2.3.4')).toBe('1.2.3.4');
    expect(parseIp('2001:DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
    expect(parseIp('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(parseIp('::')).toBe('::');
    expect(parseIp('1:2:3:4:5:6:7::')).toBe('1:2:3:4:5:6:7:0');
  });

  it('refuses what is no address', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '01.2.3.4',
      '256.1.1.1',
      'fe80::1%eth0',
      ':::',
      '1::2::3',
      '1:2',
      'a.b.c.d',
      '1.2.3.',
    ]) {
      expect(parseIp(text), text).toBeUndefined();
    }
  });

  it('never throws, and reads back what it writes', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseIp(text)));
    fc.assert(fc.property(fc.ipV4(), (text) => parseIp(text) === text));
    fc.assert(fc.property(fc.ipV6(), (text) => parseIp(parseIp(text)!) === parseIp(text)));
  });

  it('reads what Node and browsers take for IPv6, and writes it as they do', () => {
    const odd = fc
      .tuple(
        fc.ipV6(),
        fc.nat(45),
        fc.nat(2),
        fc.string({ unit: fc.constantFrom(...'::..0189afAF'.split('')), maxLength: 6 }),
      )
      .map(([text, at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone));
    const groups = fc
      .array(fc.constantFrom('0', '0000', '1', 'ffff', '', '1.2.3.4'), { minLength: 1, maxLength: 9 })
      .map((list) => list.join(':'));
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), odd, groups), (text) => {
        const ip = parseIp(text);
        if (isIPv4(text)) return;
        expect(ip !== undefined, text).toBe(isIPv6(text));
        if (ip === undefined || !ip.includes(':')) return;
        expect(`[${ip}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('cidr', () => {
  it('clears host bits and holds its addresses', () => {
    const cidr = parseCidr('192.0.2.77/24')!;
    expect(cidr.text).toBe('192.0.2.0/24');
    expect(cidrContains(cidr, parseIp('192.0.2.255')!)).toBe(true);
    expect(cidrContains(cidr, parseIp('192.0.3.0')!)).toBe(false);
    expect(cidrContains(parseCidr('2001:db8::/33')!, parseIp('2001:db8:8000::1')!)).toBe(false);
    expect(cidrContains(parseCidr('0.0.0.0/0')!, parseIp('::1')!)).toBe(false);
    expect(parseIpOrCidr('10.0.0.1')!.text).toBe('10.0.0.1/32');
    expect(parseCidr('::ffff:192.0.2.7/120')!.text).toBe('192.0.2.0/24');
    expect(parseCidr('::ffff:4.40.254.18/6')).toBeUndefined();
  });

  it('refuses lengths that do not fit', () => {
    for (const text of ['1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/a', '1.2.3.4'])
      expect(parseCidr(text)).toBeUndefined();
  });
});

it('knows the addresses that no visitor from the Internet has', () => {
  for (const text of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ])
    expect(isPublicIp(parseIp(text)!), text).toBe(false);
  for (const text of ['8.8.8.8', '172.32.0.1', '2a00::1'])
    expect(isPublicIp(parseIp(text)!), text).toBe(true);
});

it('knows the ranges that hold such an address', () => {
  for (const text of ['10.0.0.0/8', '10.1.0.0/16', '8.0.0.0/5', '0.0.0.0/0', '::/0', 'fe80::/64'])
    expect(isPublicCidr(parseCidr(text)!), text).toBe(false);
  for (const text of ['8.8.8.0/24', '11.0.0.0/8', '2001:db8::/32'])
    expect(isPublicCidr(parseCidr(text)!), text).toBe(true);
});
