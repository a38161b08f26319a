import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostProblem, SiteTable } from '../../src/edge/siteTable.ts';
import { site } from './sites.ts';

const SITES = [
  site('wild', ['*.example.org']),
  site('shop', ['shop.example.org', 'example.org']),
  site('deep', ['*.shop.example.org']),
  site('bücher', ['bücher.example']),
  site('address', ['192.0.2.1', '[2001:DB8::1]']),
];
const TABLE = new SiteTable(SITES);
const WITH_ANY = new SiteTable([...SITES, site('any', ['*'])]);

it('finds the exact name before a wildcard, and the longer wildcard before the shorter', () => {
  for (const [host, name] of [
    ['example.org', 'shop'],
    ['shop.example.org', 'shop'],
    ['www.example.org', 'wild'],
    ['a.b.example.org', 'wild'],
    ['a.shop.example.org', 'deep'],
    ['a.b.shop.example.org', 'deep'],
  ] as const)
    expect(TABLE.find(host)?.name, host).toBe(name);
});

it('finds no site for a host that none has, but the one for `*`', () => {
  for (const host of [
    '',
    'example.com',
    'notexample.org',
    '.example.org',
    'org',
    'example.org.evil',
    '..',
    '[::1',
  ]) {
    expect(TABLE.find(host), host).toBeUndefined();
    expect(WITH_ANY.find(host)?.name, host).toBe('any');
  }
});

it('takes a host in any case, with a port, with the root dot, in ASCII or in its own letters', () => {
  for (const host of ['EXAMPLE.org', 'example.org:8443', 'example.org.', 'Example.ORG.:80'])
    expect(TABLE.find(host)?.name, host).toBe('shop');
  for (const host of ['xn--bcher-kva.example', 'bücher.example', 'BÜCHER.example.'])
    expect(TABLE.find(host)?.name, host).toBe('bücher');
  expect(TABLE.find(Buffer.from('bücher.example').toString('latin1'))?.name).toBe('bücher');
  for (const host of ['192.0.2.1', '192.0.2.1:80', '[2001:db8::1]', '[2001:db8:0::1]:443'])
    expect(TABLE.find(host)?.name, host).toBe('address');
});

it('takes the first of two sites with the same host', () => {
  expect(new SiteTable([site('a', ['x.test']), site('b', ['X.test.'])]).find('x.test')?.name).toBe('a');
});

it('says what is wrong with a host', () => {
  for (const host of [
    '*',
    '*.example.org',
    'localhost',
    'under_score.example',
    '192.0.2.1',
    '[::1]',
    'münchen.de',
  ])
    expect(hostProblem(host), host).toBeUndefined();
  expect(hostProblem('https://example.org')).toBe(
    '`https://example.org` is a URL; a host is only its name, such as `example.org`',
  );
  for (const host of [
    '',
    'a b',
    'www.*.org',
    '*example.org',
    '*.*.org',
    '*.192.0.2.1',
    '-a.test',
    'a..b',
    'a/b',
  ])
    expect(hostProblem(host), host).toContain('no host name');
});

it('never throws, and finds every name below a wildcard and none beside it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (host) => void TABLE.find(host)),
  );
  fc.assert(
    fc.property(fc.domain(), (domain) => {
      expect(TABLE.find(`${domain}.example.org`)?.name).toBe('wild');
      expect(TABLE.find(`${domain}example.org`)).toBeUndefined();
      expect(TABLE.find(`example.org.${domain}`)).toBeUndefined();
    }),
  );
});
