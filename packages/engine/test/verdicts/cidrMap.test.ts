import { cidrContains, parseCidr, parseIp, type Cidr } from '@parapet/kinds';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CidrMap, readCidrList } from '../../src/verdicts/index.ts';

const octet = fc.constantFrom(0, 1, 2, 127, 128, 255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const cidr4 = fc
  .tuple(ipv4, fc.integer({ min: 0, max: 32 }))
  .map(([ip, length]) => parseCidr(`${ip}/${length}`)!);
const group = fc.constantFrom('0', '1', 'ffff', '2001');
const ipv6 = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':'));
// An IPv4 address written as IPv6 is no range when its length is below 96.
const cidr6 = fc
  .tuple(ipv6, fc.integer({ min: 0, max: 128 }))
  .map(([ip, length]) => parseCidr(`${ip}/${length}`))
  .filter((range) => range !== undefined);

test('finds exactly the ranges that hold an address, as a walk through all would', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(cidr4, cidr6), { maxLength: 30 }), fc.oneof(ipv4, ipv6), (ranges, text) => {
      const map = new CidrMap<string>();
      for (const range of ranges) map.set(range, range.text);
      const ip = parseIp(text)!;
      const expected = new Set(ranges.filter((range) => cidrContains(range, ip)).map((range) => range.text));
      expect(new Set(map.covering(ip))).toEqual(expected);
    }),
  );
});

test('finds exactly the ranges within a range', () => {
  const isWithin = (inner: Cidr, outer: Cidr): boolean =>
    inner.version === outer.version &&
    inner.prefixLength >= outer.prefixLength &&
    cidrContains(outer, parseIp(inner.text.split('/')[0]!)!);
  fc.assert(
    fc.property(
      fc.array(fc.oneof(cidr4, cidr6), { maxLength: 30 }),
      fc.oneof(cidr4, cidr6),
      (ranges, outer) => {
        const map = new CidrMap<string>();
        for (const range of ranges) map.set(range, range.text);
        const expected = new Set(ranges.filter((range) => isWithin(range, outer)).map((range) => range.text));
        expect(new Set(map.within(outer))).toEqual(expected);
      },
    ),
  );
});

test('counts each range once and forgets what is deleted', () => {
  const map = new CidrMap<number>();
  const range = parseCidr('203.0.113.0/24')!;
  map.set(range, 1);
  map.set(range, 2);
  expect([map.size, map.get(range)]).toEqual([1, 2]);
  expect([map.delete(range), map.delete(range), map.size]).toEqual([true, false, 0]);
});

test('a list may have comments, single addresses and lines that are neither', () => {
  expect(
    readCidrList('# bots\n203.0.113.7 # one\r\n2001:db8::/32\n\nhello\n').map(({ text }) => text),
  ).toEqual(['203.0.113.7/32', '2001:db8::/32']);
});
