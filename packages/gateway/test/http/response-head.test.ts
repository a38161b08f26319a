// What is taken of an upstream's answer, and what is a bad gateway.

import { describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS, ResponseHead } from '../../src/index.ts';

describe('an answer that is refused', () => {
  it.each([
    ['status-line', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['status-line', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['status-line', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['status-line', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['status-line', '<html>hello'],
    ['bare-lf', 'HTTP/1.1 200 OK\n\n'],
    ['bare-lf', 'HTTP/1.1 200 OK\r\nX: a\n\r\n'],
    ['bare-cr', 'HTTP/1.1 200 O\rK\r\n\r\n'],
    ['nul', 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n'],
    ['obs-fold', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['space-before-colon', 'HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n'],
    ['content-length-twice', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n'],
    ['content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n'],
    ['te-and-cl', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['te-twice', `HTTP/1.1 200 OK\r\n${'Transfer-Encoding: chunked\r\n'.repeat(2)}\r\n`],
    ['te-not-chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['te-in-1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['head-too-large', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(65_536)}\r\n\r\n`],
  ])('%s (case %#)', (code, text) => {
    const head = new ResponseHead(GATEWAY_LIMITS);
    const bytes = Buffer.from(text, 'latin1');
    expect(head.parse(bytes, 0, bytes.length, 'GET')).toBe(-1);
    expect(head.refusal?.code).toBe(code);
  });
});

describe('an answer that is taken', () => {
  it.each([
    ['length', true, 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['none', true, 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['chunked', true, 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n'],
    ['close', false, 'GET', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['close', false, 'GET', 'HTTP/1.0 200\r\nConnection: keep-alive\r\n\r\n'],
    ['length', false, 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['length', true, 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n'],
    ['length', false, 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n'],
    ['none', true, 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['none', true, 'HEAD', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['none', true, 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['none', true, 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    // A body where none may be: it was perhaps sent.
    ['none', false, 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    [
      'none',
      false,
      'GET',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('has a body that is %s and keeps its connection: %s (%s, %j)', (framing, keepsAlive, method, text) => {
    const head = read(text, method);
    expect([head.framing, head.keepsAlive]).toEqual([framing, keepsAlive]);
  });

  it('is interim when another follows', () => {
    expect(read('HTTP/1.1 100 Continue\r\n\r\n').isInterim).toBe(true);
    expect(read('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n').isInterim).toBe(true);
    expect(read('HTTP/1.1 101 Switching Protocols\r\n\r\n').isInterim).toBe(false);
    expect(read('HTTP/1.1 200 OK\r\n\r\n').isInterim).toBe(false);
  });

  it('says what was sent', () => {
    const head = read(
      'HTTP/1.1 404 Nicht gefunden\r\nX-Drupal-Cache: HIT\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n\r\n',
    );
    expect([head.status, head.reasonPhrase, head.header('x-drupal-cache')]).toEqual([
      404,
      'Nicht gefunden',
      'HIT',
    ]);
    expect([...head.headers()].filter(([name]) => name === 'set-cookie')).toHaveLength(2);
    expect(read('HTTP/1.1 200\r\n\r\n').reasonPhrase).toBe('');
  });

  it('is sent on without what is for the next hop or for us', () => {
    expect(
      sent(
        'HTTP/1.1 200 OK\r\nConnection: close, X-Hop, Set-Cookie\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n' +
          'Upgrade: h2c\r\nX-Parapet-User: 7\r\nSet-Cookie: a=b\r\nServer: x\r\n\r\n',
      ),
    ).toBe('HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nServer: x\r\n\r\n');
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(sent(upgrade)).toContain('Upgrade: websocket');
    expect(sent('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nTransfer_Encoding: x\r\n\r\n')).toBe(
      'HTTP/1.1 204 No Content\r\nTransfer_Encoding: x\r\n\r\n',
    );
  });

  it('leaves nothing behind for the next one on the connection', () => {
    const head = new ResponseHead(GATEWAY_LIMITS);
    const first = Buffer.from(
      'HTTP/1.0 204 No Content\r\nContent-Length: 7\r\nConnection: close, a\r\nA: b\r\n\r\n',
    );
    expect(head.parse(first, 0, first.length, 'GET')).toBe(first.length);
    head.clear();
    const second = Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\n');
    expect(head.parse(second, 0, second.length, 'GET')).toBe(second.length);
    expect([head.status, head.framing, head.contentLength, head.keepsAlive, head.dropCount]).toEqual([
      ...[200, 'length', 2, true, 0],
    ]);
  });
});

function read(text: string, method = 'GET'): ResponseHead {
  const head = new ResponseHead(GATEWAY_LIMITS);
  const bytes = Buffer.from(`${text}more`, 'latin1');
  expect(head.parse(bytes, 0, bytes.length, method), head.refusal?.code).toBe(bytes.length - 4);
  return head;
}

function sent(text: string): string {
  const head = read(text);
  let out = '';
  let at = head.lineStart;
  for (let i = 0; i < head.dropCount; i++) {
    out += text.slice(at, head.drops[i * 2]);
    at = head.drops[i * 2 + 1]!;
  }
  return out + text.slice(at, head.headEnd);
}
