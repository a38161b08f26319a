// The rules of docs/gateway-http.md, one request each.

import { describe, expect, it } from 'vitest';
import { GATEWAY_LIMITS, RequestHead } from '../../src/index.ts';

const OK = 'Host: example.org\r\n\r\n';

describe('a request that is refused', () => {
  const cases: readonly (readonly [code: string, status: number, bytes: string])[] = [
    ['empty-lines', 400, '\r\n\r\nGET / HTTP/1.1\r\n' + OK],
    ['method', 400, 'get / HTTP/1.1\r\n' + OK],
    ['method', 400, ' GET / HTTP/1.1\r\n' + OK],
    ['method', 400, 'G(T / HTTP/1.1\r\n' + OK],
    ['method', 400, 'A'.repeat(25) + ' / HTTP/1.1\r\n' + OK],
    ['method', 400, 'PRI / HTTP/1.1\r\n' + OK],
    ['control-character', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['connect', 405, 'CONNECT example.org:443 HTTP/1.1\r\n' + OK],
    ['request-line', 400, 'GET  / HTTP/1.1\r\n' + OK],
    ['request-line', 400, 'GET /  HTTP/1.1\r\n' + OK],
    ['request-line', 400, 'GET / HTTP/1.1 \r\n' + OK],
    ['request-line', 400, 'GET / http/1.1\r\n' + OK],
    ['request-line', 400, 'GET / HTTP/1.1x\r\n' + OK],
    ['request-line', 400, 'GET / x HTTP/1.1\r\n' + OK],
    ['request-line', 400, 'GET / HTTP/11.1\r\n' + OK],
    ['control-character', 400, 'GET\t/ HTTP/1.1\r\n' + OK],
    ['control-character', 400, 'GET /\x7f HTTP/1.1\r\n' + OK],
    ['nul', 400, 'GET /\0 HTTP/1.1\r\n' + OK],
    ['target', 400, 'GET index.html HTTP/1.1\r\n' + OK],
    ['target', 400, 'GET * HTTP/1.1\r\n' + OK],
    ['target', 400, 'OPTIONS *x HTTP/1.1\r\n' + OK],
    ['target', 400, 'GET example.org:80 HTTP/1.1\r\n' + OK],
    ['target-fragment', 400, 'GET /a#b HTTP/1.1\r\n' + OK],
    ['target-too-long', 414, `GET /${'a'.repeat(16_384)} HTTP/1.1\r\n` + OK],
    ['absolute-form', 400, 'GET ftp://example.org/ HTTP/1.1\r\n' + OK],
    ['absolute-form', 400, 'GET http://user@example.org/ HTTP/1.1\r\n' + OK],
    ['absolute-form', 400, 'GET http://example.org HTTP/1.1\r\n' + OK],
    ['absolute-form', 400, 'GET http://example.org?a HTTP/1.1\r\n' + OK],
    ['absolute-form', 400, 'GET http:///a HTTP/1.1\r\n' + OK],
    ['authority-not-host', 400, 'GET http://example.com/ HTTP/1.1\r\n' + OK],
    ['authority-not-host', 400, 'GET http://example.org:80/ HTTP/1.1\r\n' + OK],
    ['authority-not-host', 400, 'GET http://example.org/ HTTP/1.0\r\n\r\n'],
    ['version', 505, 'GET / HTTP/2.0\r\n' + OK],
    ['version', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['version', 505, 'GET / HTTP/1.2\r\n' + OK],
    ['version', 505, 'GET / HTTP/0.9\r\n' + OK],
    ['http-0.9', 400, 'GET /\r\n'],
    ['bare-lf', 400, 'GET / HTTP/1.1\n' + OK],
    ['bare-lf', 400, '\nGET / HTTP/1.1\r\n' + OK],
    ['bare-lf', 400, 'GET / HTTP/1.1\r\nHost: example.org\n\r\n'],
    ['bare-lf', 400, 'GET / HTTP/1.1\r\nHost: example.org\r\n\n'],
    ['bare-lf', 400, 'GET / HTTP/1.1\r\nHost\n: example.org\r\n\r\n'],
    ['bare-lf', 400, 'GET /\n HTTP/1.1\r\n' + OK],
    ['bare-cr', 400, 'GET / HTTP/1.1\rHost: example.org\r\n\r\n'],
    ['bare-cr', 400, 'GET / HTTP/1.1\r\nX: a\rb\r\n' + OK],
    ['bare-cr', 400, 'GET / HTTP/1.1\r\nX\ra: b\r\n' + OK],
    ['bare-cr', 400, 'GET / HTTP/1.1\r\nHost: a\r\n\rx'],
    ['nul', 400, 'GET / HTTP/1.1\r\nX: a\0b\r\n' + OK],
    ['nul', 400, 'GET / HTTP/1.1\r\nX\0: b\r\n' + OK],
    ['control-character', 400, 'GET / HTTP/1.1\r\nX: a\x0bb\r\n' + OK],
    ['control-character', 400, 'GET / HTTP/1.1\r\nX: a\x7fb\r\n' + OK],
    ['obs-fold', 400, 'GET / HTTP/1.1\r\nX: a\r\n b\r\n' + OK],
    ['obs-fold', 400, 'GET / HTTP/1.1\r\n Host: a\r\n' + OK],
    ['obs-fold', 400, 'GET / HTTP/1.1\r\nX: a\r\n\tb: c\r\n' + OK],
    ['space-before-colon', 400, 'GET / HTTP/1.1\r\nX : a\r\n' + OK],
    ['space-before-colon', 400, 'GET / HTTP/1.1\r\nTransfer-Encoding\t: chunked\r\n' + OK],
    ['header-name', 400, 'GET / HTTP/1.1\r\n: a\r\n' + OK],
    ['header-name', 400, 'GET / HTTP/1.1\r\nX Y: a\r\n' + OK],
    ['header-name', 400, 'GET / HTTP/1.1\r\nX(: a\r\n' + OK],
    ['header-name', 400, 'GET / HTTP/1.1\r\nX\xe9: a\r\n' + OK],
    ['header-without-colon', 400, 'GET / HTTP/1.1\r\nXY\r\n' + OK],
    ['head-too-large', 431, `GET / HTTP/1.1\r\nX: ${'a'.repeat(65_536)}\r\n` + OK],
    ['too-many-headers', 431, `GET / HTTP/1.1\r\n${'X: a\r\n'.repeat(128)}` + OK],
    ['host-missing', 400, 'GET / HTTP/1.1\r\nX: a\r\n\r\n'],
    ['host-twice', 400, 'GET / HTTP/1.1\r\nHost: example.org\r\n' + OK],
    ['host-twice', 400, 'GET / HTTP/1.0\r\nHost: example.org\r\n' + OK],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost: user@a\r\n\r\n'],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n'],
    ['host-invalid', 400, 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n'],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: +5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: -5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 0x5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 05\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 5 \r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length:  5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length:\t5\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length:\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 9007199254740992\r\n' + OK],
    ['content-length', 400, 'POST / HTTP/1.1\r\nContent-Length: 18446744073709551617\r\n' + OK],
    ['content-length-twice', 400, 'POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n' + OK],
    ['te-and-cl', 400, 'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n' + OK],
    ['te-and-cl', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: x\r\nContent-Length: 5\r\n' + OK],
    ['te-twice', 400, `POST / HTTP/1.1\r\n${'Transfer-Encoding: chunked\r\n'.repeat(2)}` + OK],
    ['te-in-1.0', 400, 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding:\tchunked\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked \r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: "chunked"\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked;q=1\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n' + OK],
    ['te-not-chunked', 400, 'POST / HTTP/1.1\r\nTransfer-Encoding:\r\n' + OK],
    ['te-unknown', 501, 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n' + OK],
    ['te-unknown', 501, 'POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n' + OK],
    ['connection-option', 400, `GET / HTTP/1.1\r\nConnection: ${'a,'.repeat(17)}\r\n` + OK],
    ['connection-option', 400, 'GET / HTTP/1.1\r\nConnection: a b\r\n' + OK],
    ['connection-names-header', 400, 'GET / HTTP/1.1\r\nConnection: close, Content-Length\r\n' + OK],
    ['connection-names-header', 400, 'GET / HTTP/1.1\r\nConnection: cookie\r\n' + OK],
    ['connection-names-header', 400, 'GET / HTTP/1.1\r\nConnection: X-Forwarded-Host\r\n' + OK],
    ['connection-names-header', 400, 'GET / HTTP/1.1\r\nConnection: x_forwarded_for\r\n' + OK],
    ['expectation', 417, 'GET / HTTP/1.1\r\nExpect: 200-ok\r\n' + OK],
  ];
  it.each(cases)('%s, %i (case %#)', (code, status, text) => {
    const head = new RequestHead(GATEWAY_LIMITS);
    const bytes = Buffer.from(text, 'latin1');
    expect(head.parse(bytes, 0, bytes.length)).toBe(-1);
    expect(head.refusal).toEqual({ code, status });
  });
});

describe('a request that is taken', () => {
  it('says what was sent, without the port and without case where they do not matter', () => {
    const head = read(
      'GET /A?b=%20 HTTP/1.1\r\nHost: Example.ORG:8080\r\nUser-Agent:  A B \r\nx-A: 1\r\nX-a: 2\r\n\r\n',
    );
    expect([head.method, head.rawTarget, head.host, head.version]).toEqual([
      'GET',
      '/A?b=%20',
      'example.org',
      '1.1',
    ]);
    expect(head.header('user-agent')).toBe('A B');
    expect(head.header('x-a')).toBe('1, 2');
    expect(head.header('x-b')).toBeUndefined();
    expect([...head.headers()].map(([name]) => name)).toEqual(['host', 'user-agent', 'x-a', 'x-a']);
  });

  it('has its cookies joined as a cookie header is written', () => {
    expect(read('GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n').header('cookie')).toBe(
      'a=1; b=2',
    );
  });

  it('may have one empty line before it, bytes from 0x80 in its target, and a host that is an IPv6 address', () => {
    const head = read('\r\nGET /caf\xc3\xa9 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n');
    expect([head.rawTarget, head.host, head.lineStart]).toEqual(['/caf\xc3\xa9', '[::1]', 2]);
  });

  it.each([
    'GET /a?b HTTP/1.1\r\nHost: a\r\nX-Own:  b \r\nx-OWN:c\r\n\r\n',
    '\r\nGET http://a/c?d HTTP/1.1\r\nHost: a\r\n\r\n',
  ])('has texts that are its bytes (case %#)', (text) => {
    const head = read(text);
    const { bytes, targetStart, targetEnd, headerCount } = head.raw;
    const textOf = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString('latin1');
    expect(textOf(targetStart, targetEnd)).toBe(head.rawTarget);
    expect(textOf(head.raw.lineStart, targetStart).startsWith(`${head.method} `)).toBe(true);
    const lines = Array.from({ length: headerCount }, (_, line) => {
      const name = textOf(head.raw.nameStart(line), head.raw.nameEnd(line));
      return [name.toLowerCase(), textOf(head.raw.nameEnd(line) + 1, head.raw.valueEnd(line)).trim()];
    });
    expect(lines).toEqual([...head.headers()]);
  });

  it('in absolute form is asked for its path, and the authority is no longer sent', () => {
    const text = 'GET HTTP://A.example/x?y HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n';
    const head = read(text);
    expect(head.rawTarget).toBe('/x?y');
    expect(sent(head, text)).toBe('GET /x?y HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n');
  });

  it.each([
    ['none', 0, 'GET / HTTP/1.1\r\n' + OK],
    ['none', 0, 'POST / HTTP/1.1\r\nContent-Length: 0\r\n' + OK],
    ['length', 5, 'POST / HTTP/1.1\r\nContent-Length: 5\r\n' + OK],
    ['length', 9_007_199_254_740_991, 'PUT / HTTP/1.0\r\ncontent-length:9007199254740991\r\n' + OK],
    ['chunked', 0, 'POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\n' + OK],
  ])('has a body that is %s (%i bytes)', (framing, length, text) => {
    const head = read(text);
    expect([head.framing, head.contentLength]).toEqual([framing, length]);
  });

  it.each([
    [true, 'GET / HTTP/1.1\r\n' + OK],
    [false, 'GET / HTTP/1.1\r\nConnection: Close\r\n' + OK],
    [false, 'GET / HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n' + OK],
    [false, 'GET / HTTP/1.0\r\n' + OK],
    [true, 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n' + OK],
  ])('keeps its connection: %s for %j', (keeps, text) => {
    expect(read(text).keepsAlive).toBe(keeps);
  });

  it.each([
    ['websocket', 'Connection: Upgrade, keep-alive\r\nUpgrade: WebSocket\r\n'],
    ['', 'Upgrade: websocket\r\n'],
    ['', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'],
    ['', 'Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n'],
    ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n'],
  ])('would change to the protocol %j: %j', (upgrade, lines) => {
    const text = `GET / HTTP/1.1\r\n${lines}${OK}`;
    const head = read(text);
    expect(head.upgrade).toBe(upgrade);
    expect(/upgrade:/i.test(sent(head, text))).toBe(upgrade !== '');
  });

  it('waits for 100 only when a body follows and the client is of version 1.1', () => {
    const lines = `Expect: 100-Continue\r\nContent-Length: 3\r\n${OK}`;
    expect(read(`POST / HTTP/1.1\r\n${lines}`).expectsContinue).toBe(true);
    expect(read(`POST / HTTP/1.0\r\n${lines}`).expectsContinue).toBe(false);
    expect(read(`GET / HTTP/1.1\r\nExpect: 100-continue\r\n${OK}`).expectsContinue).toBe(false);
    expect(sent(read(`POST / HTTP/1.0\r\n${lines}`), `POST / HTTP/1.0\r\n${lines}`)).not.toContain('Expect');
  });

  it('is sent on without what is for the next hop, what claims to be the client, and what CGI would mistake', () => {
    const text =
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n' +
      'Proxy: evil\r\nProxy-Authorization: x\r\nProxy-Connection: close\r\nX-Forwarded-For: 1.2.3.4\r\nForwarded: for=x\r\n' +
      'X-Real-IP: 1.2.3.4\r\nX-Request-Id: 1\r\nX-Parapet-Client: 1\r\nCF-Connecting-IP: 1.2.3.4\r\nX-Rewrite-URL: /\r\n' +
      'Content_Length: 5\r\nTransfer.Encoding: chunked\r\nX_Forwarded_For: 1.2.3.4\r\nX-Forwarded_For: 1\r\nAccept: */*\r\n\r\n';
    const head = read(text);
    expect(sent(head, text)).toBe('GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n');
    expect(head.framing).toBe('none');
    expect(head.dropKinds.slice(0, head.dropCount)).toEqual([
      ...[1, 1, 1, 1, 1, 1, 1],
      ...[2, 2, 2, 2, 2, 2, 2],
      ...[3, 3, 3, 3],
    ]);
  });

  it('leaves nothing behind for the next one on the connection', () => {
    const head = new RequestHead(GATEWAY_LIMITS);
    const first = Buffer.from(
      'POST http://a/ HTTP/1.0\r\nHost: a\r\nConnection: close, x\r\nX: 1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(head.parse(first, 0, first.length)).toBe(first.length);
    expect([head.method, head.rawTarget, head.host]).toEqual(['POST', '/', 'a']);
    head.clear();
    const second = Buffer.from('GET /b HTTP/1.1\r\nHost: b\r\nX: 1\r\n\r\n');
    expect(head.parse(second, 0, second.length)).toBe(second.length);
    expect([head.method, head.rawTarget, head.host, head.framing, head.keepsAlive, head.dropCount]).toEqual([
      ...['GET', '/b', 'b', 'none', true, 0],
    ]);
  });
});

function read(text: string): RequestHead {
  const head = new RequestHead(GATEWAY_LIMITS);
  const bytes = Buffer.from(`${text}more`, 'latin1');
  expect(head.parse(bytes, 0, bytes.length), head.refusal?.code).toBe(bytes.length - 4);
  return head;
}

/** What is sent on. */
function sent(head: RequestHead, text: string): string {
  let out = '';
  let at = head.lineStart;
  for (let i = 0; i < head.dropCount; i++) {
    out += text.slice(at, head.drops[i * 2]);
    at = head.drops[i * 2 + 1]!;
  }
  return out + text.slice(at, head.headEnd);
}
