import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeHead } from '../../src/edge/http2Head.ts';
import { Http2RequestView } from '../../src/edge/http2View.ts';
import { RequestHead } from '../../src/http/request-head.ts';

const START = [':method', 'GET', ':scheme', 'https', ':authority', 'example.org', ':path', '/a?b=c'];

function composed(headers: readonly string[], hasBody = false): string {
  const head = composeHead(headers, hasBody);
  return head.ok ? head.bytes.toString('latin1') : head.reason;
}

describe('the head of an HTTP/2 request', () => {
  it('becomes one of HTTP/1.1', () => {
    expect(composed([...START, 'user-agent', 'x', 'accept', '*/*'])).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: example.org\r\nuser-agent: x\r\naccept: */*\r\n\r\n',
    );
    expect(composed([...START, 'x-name', '\xe9'])).toContain('x-name: \xe9\r\n');
  });

  it('has its cookies put together again', () => {
    expect(composed([...START, 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2', 'cookie', 'c=3'])).toContain(
      '\r\ncookie: a=1; b=2; c=3\r\n',
    );
  });

  it('says chunked for a body of unknown length, and nothing for a known one or none', () => {
    expect(composed(START, true)).toContain('transfer-encoding: chunked\r\n');
    expect(composed([...START, 'content-length', '5'], true)).not.toContain('transfer-encoding');
    expect(composed(START, false)).not.toContain('transfer-encoding');
  });

  it('may name its host in either place, but not two hosts', () => {
    const withoutAuthority = START.filter((_, i) => i !== 4 && i !== 5);
    expect(composed([...withoutAuthority, 'host', 'example.org'])).toContain('\r\nhost: example.org\r\n');
    expect(composed([...START, 'host', 'EXAMPLE.org']).match(/host/g)).toHaveLength(1);
    expect(composed([...START, 'host', 'evil.test'])).toBe('authority-not-host');
    expect(composed([...START, 'host', 'example.org', 'host', 'example.org'])).toBe('host-twice');
  });

  it('is refused with what would mean something in HTTP/1.1', () => {
    for (const [headers, reason] of [
      [[...START, 'transfer-encoding', 'chunked'], 'h2-connection-header'],
      [[...START, 'connection', 'close'], 'h2-connection-header'],
      [[...START, 'upgrade', 'websocket'], 'h2-connection-header'],
      [[...START, 'te', 'gzip'], 'h2-connection-header'],
      [[...START, 'x', 'a\r\nevil: 1'], 'h2-header'],
      [[...START, 'x', 'a\nevil: 1'], 'h2-header'],
      [[...START, 'x', 'a\0'], 'h2-header'],
      [[...START, 'x: y\r\nz', 'a'], 'h2-header'],
      [[...START, 'X-Upper', 'a'], 'h2-header'],
      [[...START, '', 'a'], 'h2-header'],
      [[...START, ':path', '/'], 'h2-pseudo-header'],
      [[...START, ':status', '200'], 'h2-pseudo-header'],
      [['x', 'y', ...START], 'h2-pseudo-header'],
      [START.slice(2), 'h2-pseudo-header'],
      [START.slice(0, 6), 'h2-pseudo-header'],
      [START.with(3, 'ftp'), 'h2-pseudo-header'],
      [START.with(7, '/ HTTP/1.1\r\nevil: 1'), 'h2-header'],
      [START.with(7, 'http://example.org/'), 'target'],
      [START.with(7, '*'), 'target'],
      [START.with(7, ''), 'target'],
      [START.with(1, 'CONNECT'), 'connect'],
      [[...START, ':protocol', 'websocket'], 'connect'],
    ] as const)
      expect(composed(headers), headers.join('|')).toBe(reason);
    expect(composed([...START.with(7, '*').with(1, 'OPTIONS'), 'te', 'trailers'])).toContain(
      'OPTIONS * HTTP',
    );
  });

  it('is seen by the parser as the one request that it is, whatever it holds', () => {
    const value = fc.string({
      unit: fc.constantFrom(...Array.from('a:;, \t\r\n\0"\\/?#%\xe9')),
      maxLength: 12,
    });
    const name = fc.oneof(fc.constantFrom('cookie', 'host', 'content-length', 'te', 'x', ':path'), value);
    fc.assert(
      fc.property(
        value,
        value,
        fc.array(fc.tuple(name, value), { maxLength: 6 }),
        fc.boolean(),
        (path, method, pairs, hasBody) => {
          const start = START.with(7, `/${path}`).with(1, `G${method}`);
          const head = composeHead([...start, ...pairs.flat()], hasBody);
          const bytes = head.ok ? head.bytes : Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
          const parser = new RequestHead({ headBytes: 65_536, headers: 128 });
          const end = parser.parse(bytes, 0, bytes.length);
          expect([bytes.length, -1]).toContain(end);
          const names = end < 0 ? [] : [...parser.headers()].map(([found]) => found);
          const known = new Set([...pairs.map(([sent]) => sent), 'host', 'transfer-encoding']);
          expect(names.filter((found) => !known.has(found))).toEqual([]);
        },
      ),
    );
  });
});

it('is seen by a guard as HTTP/2, without what only frames it', () => {
  const head = composeHead([...START, 'accept', '*/*'], true);
  const parser = new RequestHead({ headBytes: 65_536, headers: 128 });
  if (head.ok) parser.parse(head.bytes, 0, head.bytes.length);
  const view = new Http2RequestView(parser);
  expect(view).toMatchObject({ version: '2', method: 'GET', rawTarget: '/a?b=c', host: 'example.org' });
  expect([...view.headers()]).toEqual([
    ['host', 'example.org'],
    ['accept', '*/*'],
  ]);
  expect(view.header('transfer-encoding')).toBeUndefined();
  expect(view.header('accept')).toBe('*/*');
});
