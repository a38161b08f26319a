import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOf, escapeLog, lineOfExchange, lineOfRefusal } from '../../src/link/nginxLine.ts';
import { exchangeOf, NOON, refusalOf, requestOf } from './requests.ts';

describe('the line of a request', () => {
  test("is nginx's combined format", () => {
    const request = requestOf('/node/1?a=b', {
      referer: 'https://example.org/',
      'user-agent': 'Mozilla/5.0',
    });
    expect(lineOfExchange(exchangeOf('192.0.2.7', request, { status: 304, responseBodyBytes: 0 }))).toBe(
      '192.0.2.7 - - [01/Mar/2026:12:00:00 +0000] "GET /node/1?a=b HTTP/1.1" 304 0 "https://example.org/" "Mozilla/5.0"',
    );
  });

  test('has dashes for what was not sent, and nothing for what was sent empty', () => {
    expect(lineOfExchange(exchangeOf('2001:db8::1', requestOf('/', { 'user-agent': '' })))).toBe(
      '2001:db8::1 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" ""',
    );
  });

  test('tells the name of a login by HTTP, where it is one that log readers take', () => {
    const userOf = (name: string): string =>
      lineOfExchange(
        exchangeOf('192.0.2.7', requestOf('/', { authorization: `Basic ${btoa(`${name}:secret`)}` })),
      ).split(' ')[2]!;
    expect(userOf('anna.b@example.org')).toBe('anna.b@example.org');
    expect(['a b', 'a"b', '[x]', ''].map(userOf)).toEqual(['-', '-', '-', '-']);
  });

  test('is dated by its end, in UTC', () => {
    expect(lineOfExchange(exchangeOf('192.0.2.7', requestOf('/'), { totalMs: 61_000 }))).toContain(
      '[01/Mar/2026:12:01:01 +0000]',
    );
    expect(dateOf(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe('29/Feb/2024:23:59:59 +0000');
  });

  test('is what nginx writes for bytes that are no request', () => {
    expect(lineOfRefusal(refusalOf('192.0.2.7', 'nul', '\u0016\u0003\u0001"\\x\r\nHost: x'))).toBe(
      '192.0.2.7 - - [01/Mar/2026:12:00:00 +0000] "\\x16\\x03\\x01\\x22\\x5Cx" 400 0 "-" "-"',
    );
  });

  test('cannot be left: whatever is asked for, there is one line with six quotes, of printable ASCII', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(text, text, text, (target, referer, agent) => {
        const line = lineOfExchange(
          exchangeOf('192.0.2.7', requestOf(target, { referer, 'user-agent': agent }), { totalMs: 0 }),
        );
        expect(line).toMatch(/^[ -~]+$/);
        expect(line.split('"')).toHaveLength(7);
      }),
    );
  });

  test('is never longer than log readers take', () => {
    const long = '\u00ff'.repeat(70_000);
    const line = lineOfExchange(
      exchangeOf('192.0.2.7', requestOf(long, { referer: long, 'user-agent': long }), {}),
    );
    expect(line.length).toBeLessThan(60_000);
  });
});

test('escaping is what nginx does to each byte', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const expected = bytes.map((character, byte) =>
    byte < 0x20 || byte >= 0x7f || character === '"' || character === '\\'
      ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : character,
  );
  expect(bytes.map((character) => escapeLog(character, 10))).toEqual(expected);
  expect(escapeLog('☃', 99)).toBe('\\xE2\\x98\\x83');
  expect(dateOf(NOON)).toBe('01/Mar/2026:12:00:00 +0000');
});
