// Where a chunked body ends, and what is none.

import { describe, expect, it } from 'vitest';
import { ChunkedReader } from '../../src/index.ts';

describe('a chunked body of a request', () => {
  it.each([
    ['hello', '5\r\nhello\r\n0\r\n\r\n'],
    ['hello world', '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'],
    ['0123456789', 'A\r\n0123456789\r\n000\r\n\r\n'],
    ['0123456789', '0000a\r\n0123456789\r\n0\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\n'],
    ['', '0\r\n\r\n'],
    ['\r\n0\r\n\r\n', '7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'],
  ])('is %j', (body, text) => {
    const reader = new ChunkedReader('request');
    const bytes = Buffer.from(`${text}GET /`);
    expect(reader.read(bytes, 0, bytes.length), reader.refusal?.code).toBe(text.length);
    expect([reader.isDone, reader.bodyBytes]).toEqual([true, body.length]);
  });

  it.each([
    ['chunk-size', '\r\n'],
    ['chunk-size', 'g\r\n'],
    ['chunk-size', '0x5\r\nhello\r\n'],
    ['chunk-size', '+5\r\nhello\r\n'],
    ['chunk-size', '-1\r\n'],
    ['chunk-size', ' 5\r\nhello\r\n'],
    ['chunk-size', '5 \r\nhello\r\n'],
    ['chunk-size', '5,\r\nhello\r\n'],
    ['chunk-size', '00000000000000005\r\nhello\r\n'],
    ['chunk-size', '20000000000000\r\n'],
    ['chunk-size', 'ffffffffffffffff\r\n'],
    ['chunk-extension', '5;a=b\r\nhello\r\n'],
    ['chunk-extension', '5;\nhello\r\n'],
    ['bare-lf', '5\nhello\r\n'],
    ['bare-cr', '5\rhello\r\n'],
    ['bare-lf', '5\r\nhello\n0\r\n\r\n'],
    ['chunk-end', '5\r\nhello!\r\n'],
    ['bare-cr', '5\r\nhello\r0\r\n\r\n'],
    ['bare-lf', '0\r\n\n'],
    ['bare-lf', '0\r\nX: a\n\r\n'],
    ['obs-fold', '0\r\nX: a\r\n b\r\n\r\n'],
    ['space-before-colon', '0\r\nX : a\r\n\r\n'],
    ['header-without-colon', '0\r\nX\r\n\r\n'],
    ['header-name', '0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['too-many-headers', `0\r\n${'X: a\r\n'.repeat(33)}\r\n`],
    ['trailers-too-large', `0\r\nX: ${'a'.repeat(9000)}\r\n\r\n`],
    ['trailer-field', '0\r\nContent-Length: 5\r\n\r\n'],
    ['trailer-field', '0\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['trailer-field', '0\r\nHost: a\r\n\r\n'],
    ['trailer-field', '0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n'],
    ['trailer-field', '0\r\nAuthorization: a\r\n\r\n'],
    ['trailer-field', '0\r\nContent_Length: 5\r\n\r\n'],
  ])('that is none: %s (case %#)', (code, text) => {
    const reader = new ChunkedReader('request');
    const bytes = Buffer.from(text);
    expect(reader.read(bytes, 0, bytes.length)).toBe(-1);
    expect(reader.refusal?.code).toBe(code);
    // And it stays refused.
    expect(reader.read(Buffer.from('0\r\n\r\n'), 0, 5)).toBe(-1);
  });

  it('of the largest size passes without being held', () => {
    const reader = new ChunkedReader('request');
    const size = Buffer.from('1fffffffffffff\r\n');
    expect(reader.read(size, 0, size.length)).toBe(size.length);
    const data = Buffer.alloc(65_536, '\n');
    for (let i = 0; i < 100; i++) expect(reader.read(data, 0, data.length)).toBe(data.length);
    expect([reader.bodyBytes, reader.dataCount, reader.isDone]).toEqual([6_553_600, 1, false]);
  });

  it('is read with the same reader as the one before', () => {
    const reader = new ChunkedReader('request');
    const bytes = Buffer.from('3\r\nabc\r\n0\r\nX: a\r\n\r\n');
    for (let i = 0; i < 3; i++) {
      expect(reader.read(bytes, 0, bytes.length)).toBe(bytes.length);
      expect([reader.isDone, reader.bodyBytes]).toEqual([true, 3]);
      reader.clear();
    }
  });
});

describe('a chunked body of an answer', () => {
  it.each(['5  \r\nhello\r\n0\r\n\r\n', '5;a="b"\r\nhello\r\n0 \r\n\r\n'])('may be %j', (text) => {
    const reader = new ChunkedReader('response');
    const bytes = Buffer.from(text);
    expect(reader.read(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(reader.bodyBytes).toBe(5);
  });

  it.each([
    ['bare-lf', '5;a\nhello\r\n'],
    ['chunk-extension', `5;${'a'.repeat(2000)}\r\nhello\r\n`],
    ['nul', '5;\0\r\nhello\r\n'],
  ])('may not: %s', (code, text) => {
    const reader = new ChunkedReader('response');
    const bytes = Buffer.from(text);
    expect(reader.read(bytes, 0, bytes.length)).toBe(-1);
    expect(reader.refusal?.code).toBe(code);
  });
});
