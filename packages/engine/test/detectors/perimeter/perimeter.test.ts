import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIpOrCidr, type Problem } from '@parapet/kinds';
import { pathInfo, Perimeter } from '../../../src/detectors/perimeter/perimeter.ts';
import { PERIMETER_DEFAULTS, type PerimeterSettings } from '../../../src/detectors/perimeter/settings.ts';

const HOUR = 3_600_000;
const T = Date.parse('2026-05-04T10:00:00Z');

function perimeter(settings: Partial<PerimeterSettings> = {}): Perimeter<string> {
  const problems: Problem[] = [];
  const made = new Perimeter<string>({ ...PERIMETER_DEFAULTS, ...settings }, problems);
  expect(problems).toEqual([]);
  return made;
}

function ask(on: Perimeter<string>, path: string, afterMs = 0, ip = '203.0.113.1', log = 'http_access-log') {
  return on.observe({ ip, path, atMs: T + afterMs, log }, (pattern) => `${pattern} ${path}`);
}

describe('the flood threshold', () => {
  test('of 0 acts on the first request', () => {
    expect(ask(perimeter(), '/wp-login.php')).toEqual({
      pattern: String.raw`/\/wp-login.*/`,
      count: 1,
      firstAtMs: T,
      evidence: [String.raw`/\/wp-login.*/ /wp-login.php`],
    });
  });

  test('of 2 lets two through and acts on the third', () => {
    const on = perimeter({ floodThreshold: 2 });
    expect(ask(on, '/a.asp')).toBeUndefined();
    expect(ask(on, '/b.jsp', 1000)).toBeUndefined();
    const hit = ask(on, '/wp-admin/x', 2000);
    expect(hit).toMatchObject({ count: 3, firstAtMs: T, pattern: String.raw`/\/wp-admin.*/` });
    expect(hit!.evidence).toHaveLength(3);
  });

  test('counts each address for itself', () => {
    const on = perimeter({ floodThreshold: 1 });
    expect(ask(on, '/a.asp', 0, '203.0.113.1')).toBeUndefined();
    expect(ask(on, '/a.asp', 1, '203.0.113.2')).toBeUndefined();
    expect(ask(on, '/a.asp', 2, '2001:db8::1')).toBeUndefined();
    expect(ask(on, '/a.asp', 3, '203.0.113.2')).toBeDefined();
  });

  test('counts in a window that slides', () => {
    const on = perimeter({ floodThreshold: 2, floodWindowMs: HOUR });
    expect(ask(on, '/1.asp', 0)).toBeUndefined();
    expect(ask(on, '/2.asp', HOUR / 2)).toBeUndefined();
    // The first is an hour old now and is forgotten, the second is not.
    expect(ask(on, '/3.asp', HOUR)).toBeUndefined();
    expect(ask(on, '/4.asp', HOUR + 1)).toBeDefined();
  });

  test('starts anew after it was passed', () => {
    const on = perimeter({ floodThreshold: 1 });
    ask(on, '/1.asp', 0);
    expect(ask(on, '/2.asp', 1)).toBeDefined();
    expect(ask(on, '/3.asp', HOUR)).toBeUndefined();
    expect(ask(on, '/4.asp', HOUR + 1)).toBeDefined();
  });

  test('counts a request once that the access log and the Drupal log both tell', () => {
    const on = perimeter({ floodThreshold: 2 });
    for (const [i, path] of ['/1.asp', '/2.asp'].entries()) {
      expect(ask(on, path, i * 1000)).toBeUndefined();
      expect(
        ask(on, `https://example.org${path}`, i * 1000 + 500, '203.0.113.1', 'drupal_syslog'),
      ).toBeUndefined();
    }
    expect(ask(on, '/1.asp', 3000)).toMatchObject({ count: 3 });
  });

  test('counts a path twice that one log tells twice', () => {
    const on = perimeter({ floodThreshold: 1 });
    expect(ask(on, '/1.asp', 0)).toBeUndefined();
    expect(ask(on, '/1.asp', 0)).toBeDefined();
  });
});

test('a run of a scanner is one hit, and its next run another', () => {
  const on = perimeter();
  const hits = Array.from({ length: 200 }, (_, i) => ask(on, `/${i}.asp`, i * 1000));
  expect(hits.filter((hit) => hit !== undefined)).toHaveLength(1);
  expect(ask(on, '/1.asp', HOUR)).toBeDefined();
});

test('addresses and ranges of the allowlist are never counted', () => {
  const on = perimeter({
    allowlist: ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32'].map((text) => parseIpOrCidr(text)!),
  });
  for (const ip of ['192.0.2.7', '198.51.100.200', '2001:db8:ffff::1'])
    expect(ask(on, '/a.asp', 0, ip)).toBeUndefined();
  expect(ask(on, '/a.asp', 0, '192.0.2.8')).toBeDefined();
  expect(ask(on, '/a.asp', 0, '2001:db9::1')).toBeDefined();
});

test('the path is what Drupal looks at', () => {
  expect(pathInfo('/a/b.asp?x=/wp-login.php')).toBe('/a/b.asp');
  expect(pathInfo('https://www.asp.example/a#b')).toBe('/a');
  expect(pathInfo('http://example.org')).toBe('/');
  expect(pathInfo('/index.php/wp-login.php')).toBe('/wp-login.php');
  expect(pathInfo('/index.php')).toBe('/');
  expect(pathInfo('//wp-login.php')).toBe('//wp-login.php');
  expect(pathInfo('/%77p-login.php')).toBe('/%77p-login.php');
  expect(perimeter().patternFor('/search?keys=/wp-login.php')).toBeUndefined();
});

describe('patterns in the notation of PHP', () => {
  const matches = (pattern: string, path: string): boolean =>
    perimeter({ patterns: [pattern] }).patternFor(path) !== undefined;

  test.each([
    [String.raw`/\.PHP$/i`, '/x.php', true],
    [String.raw`/\.PHP$/`, '/x.php', false],
    ['#^/a/b#', '/a/b/c', true],
    ['~a\\~b~', '/a~b', true],
    ['{^/x{2}$}', '/xx', true],
    ['(/(a|b)/)', '/b/', true],
    ['/bc/A', '/abc', false],
    ['/\\/a/A', '/abc', true],
    ['/ \\/a b # c\n/x', '/ab', true],
    ['/[ ]#/x', '/a', false],
    ['/a.c/su', '/abc', true],
    ['/a|b/', '/b', true],
    ['/a|b/A', '/b', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  test('that PHP refuses are refused', () => {
    for (const pattern of ['abc', '/abc', '\\a\\', '/a/b/', '/a/ix9', '{a', '/a\\/', '/', 'éaé', ' /a/']) {
      const problems: Problem[] = [];
      new Perimeter({ ...PERIMETER_DEFAULTS, patterns: [pattern] }, problems);
      expect(
        problems.map(({ code }) => code),
        pattern,
      ).toEqual(['E_PERIMETER_PATTERN']);
    }
  });
});

describe('whatever is thrown at it', () => {
  test('any pattern on any path neither throws nor stalls', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '*',
      '+',
      'a',
      '.',
      '[',
      ']',
      '{9}',
      '|',
      '\\',
      '/',
      '?',
      '(a+)+',
      '(.*)*',
      '$',
      '^',
      'x',
    );
    const pattern = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((parts) => `/${parts.join('')}/i`),
    );
    const path = fc.oneof(
      fc.string(),
      fc.nat(3000).map((n) => `/${'a'.repeat(n)}!`),
    );
    let slowestMs = 0;
    fc.assert(
      fc.property(pattern, path, (written, asked) => {
        const problems: Problem[] = [];
        const on = new Perimeter<string>(
          { ...PERIMETER_DEFAULTS, patterns: [written], floodThreshold: 1 },
          problems,
        );
        const before = performance.now();
        ask(on, asked);
        slowestMs = Math.max(slowestMs, performance.now() - before);
        expect(problems.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
    expect(slowestMs).toBeLessThan(1000);
  });

  test('a threshold beyond reason is one of a thousand, so that memory is bounded', () => {
    const on = perimeter({ floodThreshold: 1_000_000 });
    const hits = Array.from({ length: 1001 }, (_, i) => ask(on, `/${i}.asp`, i));
    expect(hits.findIndex((hit) => hit !== undefined)).toBe(1000);
    expect(hits[1000]!.evidence).toHaveLength(50);
  });
});
