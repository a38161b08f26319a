import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnyMap, Float, GoDuration, GoTime, HostObject, type Value } from '../../../src/expressions/value.ts';
import type { GeoSource } from '../../../src/expressions/helpers/geo.ts';
import { bench, call, NOW_MS, plain } from './call.ts';

it('matches globs as the reference does, its last stars included', () => {
  const cases: [pattern: string, name: string, isMatch: boolean][] = [
    ['foo', 'foo', true],
    ['foo*', 'foobar', true],
    ['foo*', 'barfoo', false],
    ['*foo', 'barfoo', true],
    ['foo*r', 'foobazr', true],
    ['foo?ar', 'foobazr', false],
    ['*foo?ar?', 'rafoobare', true],
    ['*foo?ar?', 'rafoobar', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['?', '', false],
    ['foo**', 'foo', false],
    ['foo**', 'foob', true],
    ['a**b', 'ab', true],
    ['??', 'é', true],
    ['?', 'é', false],
    [' :\\*.', ' :\\x.', true],
  ];
  for (const [pattern, name, isMatch] of cases)
    expect(call('Match', pattern, name), `${pattern} ${name}`).toBe(isMatch);
});

it('matches globs in bounded time', () => {
  const started = performance.now();
  expect(call('Match', `${'*a'.repeat(30)}*b`, 'a'.repeat(50_000))).toBe(false);
  expect(call('Match', `${'*'.repeat(50_000)}x`, 'a'.repeat(50_000))).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

it('agrees with the definition of a glob', () => {
  const letters = fc
    .array(fc.constantFrom('*', '?', 'a', 'b'), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const define = (pattern: string, name: string): boolean => {
    if (pattern === '' || name === '') return pattern === name || (name === '' && pattern === '*');
    const rest = pattern.slice(1);
    if (pattern[0] === '*')
      return Array.from({ length: name.length + 1 }).some((_, i) => define(rest, name.slice(i)));
    return (pattern[0] === '?' || pattern[0] === name[0]) && define(rest, name.slice(1));
  };
  fc.assert(
    fc.property(letters, letters, (pattern, name) => {
      expect(call('Match', pattern, name)).toBe(define(pattern, name));
    }),
    { numRuns: 2000 },
  );
});

it('answers on addresses', () => {
  const cases: [name: string, args: string[], answer: Value][] = [
    ['IpInRange', ['192.168.0.1', '192.168.0.0/24'], true],
    ['IpInRange', ['192.168.1.1', '192.168.0.0/24'], false],
    ['IpInRange', ['192.168.0', '192.168.0.0/24'], false],
    ['IpInRange', ['192.168.0.1', '192.168.0.0/255'], false],
    ['IpInRange', ['192.168.0.1', '192.168.0.1'], false],
    ['IpInRange', ['2001:db8::1', '2001:db8::/32'], true],
    ['IpInRange', ['1.2.3.4', '::/0'], false],
    ['IpInRange', ['::ffff:10.1.2.3', '10.0.0.0/8'], true],
    ['IpInRange', ['10.1.2.3', '::ffff:10.0.0.0/104'], true],
    ['IpInRange', ['10.1.2.3', '::ffff:10.0.0.0/8'], false],
    ['IpInRange', ['', ''], false],
    ['IsIP', ['1.2.3.4'], true],
    ['IsIP', ['::1'], true],
    ['IsIP', ['01.2.3.4'], false],
    ['IsIP', ['foo.bar'], false],
    ['IsIPV4', ['1.2.3.4'], true],
    ['IsIPV4', ['::ffff:1.2.3.4'], true],
    ['IsIPV4', ['::1'], false],
    ['IsIPV6', ['2001:0db8:85a3:0000:0000:8a2e:0370:7334'], true],
    ['IsIPV6', ['1.2.3.4'], false],
    ['IsIPV6', ['x'], false],
    ['IpToRange', ['192.168.0.1', '/16'], '192.168.0.0/16'],
    ['IpToRange', ['192.168.0.1', '32'], '192.168.0.1/32'],
    ['IpToRange', ['2001:db8::1', '/64'], '2001:db8::/64'],
    ['IpToRange', ['fe80::1%eth0', '/64'], 'fe80::/64'],
    ['IpToRange', ['::ffff:1.2.3.4', '/120'], '::ffff:1.2.3.0/120'],
    ['IpToRange', ['::ffff:1.2.3.4', '/64'], '::/64'],
    ['IpToRange', ['192.168.0.1', '33'], ''],
    ['IpToRange', ['192.168.0.1', '-1'], ''],
    ['IpToRange', ['192.168.0.1', 'x'], ''],
    ['IpToRange', ['x', '24'], ''],
  ];
  for (const [name, args, answer] of cases)
    expect(call(name, ...args), `${name} ${args.join(' ')}`).toBe(answer);
});

it('reads numbers out of text, 0 where there is none', () => {
  const cases: [text: string, value: number][] = [
    ['1.5', 1.5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['5.', 5],
    ['0x1.8p1', 3],
    ['inf', Infinity],
    ['1e999', Infinity],
    ['1.5abc', 0],
    ['', 0],
    [' 1', 0],
    ['1_0', 0],
    ['-nan', 0],
  ];
  for (const [text, value] of cases) expect(plain(call('Atof', text)), text).toEqual({ float: value });
  expect(call('FloatApproxEqual', new Float(0.1 + 0.2), new Float(0.3))).toBe(true);
  expect(call('FloatApproxEqual', new Float(0.1), new Float(0.10001))).toBe(false);
});

it('flattens lists and drops doubles, by type and value', () => {
  expect(call('Flatten', ['a', ['b', ['c']]], 'd')).toEqual(['a', 'b', 'c', 'd']);
  expect(plain(call('Distinct', ['a', 1, 'a', new Float(1), 1, new Float(1), true, null, null]))).toEqual([
    'a',
    1,
    { float: 1 },
    true,
    null,
  ]);
  expect(call('Distinct', 'a')).toBeNull();
  expect(call('FlattenDistinct', ['a', ['b', 'a']], 'b')).toEqual(['a', 'b']);
  expect(call('FlattenDistinct')).toEqual([]);
  expect(() => call('Distinct', [['a']])).toThrow('cannot be compared');
  expect(() => call('Flatten', [null])).toThrow('nil');
  let deep: Value = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(call('Flatten', deep)).toEqual([]);
});

it('tells a key with the value nil from none', () => {
  const map = new AnyMap(new Map([['a', null]]));
  expect(call('KeyExists', 'a', map)).toBe(true);
  expect(call('KeyExists', 'b', map)).toBe(false);
});

it('measures the gaps between times in any order', () => {
  const times = (...seconds: number[]): Value => seconds.map((second) => new GoTime(NOW_MS + second * 1000));
  expect(plain(call('AverageInterval', times(3, 0, 1)))).toEqual({ duration: 1500 });
  expect(plain(call('MedianInterval', times(0, 10, 1)))).toEqual({ duration: 5000 });
  expect(plain(call('MedianInterval', times(0, 1, 11, 111)))).toEqual({ duration: 10_000 });
  expect(call('MedianInterval', times(0, 0))).toBeInstanceOf(GoDuration);
  for (const name of ['AverageInterval', 'MedianInterval']) {
    expect(() => call(name, times(1))).toThrow('at least two');
    expect(() => call(name, ['2020-01-01', '2020-01-02'])).toThrow('not a time');
    expect(() => call(name, 'x')).toThrow('a list');
  }
});

it('tells the time in UTC without a fraction', () => {
  expect(call('TimeNow')).toBe('2026-08-20T10:30:00Z');
  expect(call('ParseUnix', '1672239773.3590894')).toBe('2022-12-28T15:02:53Z');
  for (const bad of ['AbcDefG!#', '-1000', '0', '', '.5', '1e9'])
    expect(call('ParseUnix', bad), bad).toBe('');
});

it('measures the way between two places on the globe', () => {
  const km = (...args: string[]): number => (call('Distance', ...args) as Float).value; // Distance answers Floats
  expect(km('51.45', '1.15', '41.54', '12.27')).toBeCloseTo(1389.1793118293067, 6);
  expect(km('0', '0.0', '12.1', '12.1')).toBe(0);
  expect(km('12.1', '12.1', '0.000000', '0')).toBe(0);
  for (const bad of ['lol', '', '1e999', '1,5']) expect(() => km(bad, '1', '2', '3')).toThrow('degrees');
});

it('says where an address is, if there is a database', () => {
  const geo: GeoSource = {
    place: (ip) =>
      ip === '192.0.2.1'
        ? { isoCode: 'FR', isInEu: true, latitude: 48.8, longitude: 2.3 }
        : { isoCode: '', isInEu: false },
    network: (ip) => ({
      asn: 64500,
      organisation: 'Example',
      range: ip === '192.0.2.1' ? '192.0.2.0/24' : '',
    }),
  };
  const { call: call_ } = bench({ geo });
  const field = (value: Value, ...path: string[]): Value | undefined =>
    path.reduce<Value | undefined>(
      (at, name) => (at instanceof HostObject ? at.field(name) : undefined),
      value,
    );
  const city = call_('GeoIPEnrich', '192.0.2.1');
  expect(field(city, 'Country', 'IsoCode')).toBe('FR');
  expect(plain(field(city, 'Location', 'Latitude')!)).toEqual({ float: 48.8 });
  expect(field(call_('GeoIPASNEnrich', '192.0.2.1'), 'AutonomousSystemNumber')).toBe(64500);
  expect((call_('GeoIPRangeEnrich', '192.0.2.1') as HostObject).method('String')?.([])).toBe('192.0.2.0/24');
  expect(call_('GeoIPRangeEnrich', '192.0.2.2')).toBeNull();
  expect(call_('IPToCountry', '192.0.2.1')).toBe('FR');
  for (const bad of ['192.0.2.2', 'x', '']) expect(call_('IPToCountry', bad)).toBe('');
  expect(() => call_('GeoIPEnrich', 'x')).toThrow('no address');
  for (const name of ['GeoIPEnrich', 'GeoIPASNEnrich', 'GeoIPRangeEnrich'])
    expect(call(name, 'x')).toBeNull();
  expect(call('IPToCountry', '192.0.2.1')).toBe('');
});
