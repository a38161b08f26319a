// Bytes that two readers could take for different requests. Each has the smuggled request's target /smuggled in a
// place where a reader with bad habits finds it.

export interface Attack {
  readonly name: string;
  readonly bytes: string;
  /**
   * `refused`: answered with 4xx or 5xx, and the site sees nothing of it. `same`: may be let through or refused, but
   * the site sees exactly the requests that are answered.
   */
  readonly expected: 'refused' | 'same';
  /** Nothing is wrong with it yet: more may come. */
  readonly isUnfinished?: boolean;
}

const HIDDEN = 'GET /smuggled HTTP/1.1\r\nHost: example.org\r\n\r\n';
const post = (fields: string, body: string, version = '1.1'): string =>
  `POST /form HTTP/${version}\r\nHost: example.org\r\n${fields}\r\n${body}`;
const get = (fields: string): string => `GET /page HTTP/1.1\r\nHost: example.org\r\n${fields}\r\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const LENGTH = `Content-Length: ${HIDDEN.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

/** CL.TE: one reader goes by the length, the other by chunks that end early. */
const lengthAndChunks: readonly Attack[] = [
  {
    name: 'CL.TE, the chunks end first',
    bytes: post(`Content-Length: ${5 + HIDDEN.length}\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
    expected: 'refused',
  },
  {
    name: 'TE.CL, the length ends first',
    bytes: post(`${CHUNKED}Content-Length: 4\r\n`, `${chunk(HIDDEN)}0\r\n\r\n`),
    expected: 'refused',
  },
  {
    name: 'a length of zero beside chunks',
    bytes: post(`Content-Length: 0\r\n${CHUNKED}`, `${chunk(HIDDEN)}0\r\n\r\n`),
    expected: 'refused',
  },
  {
    name: 'chunks in HTTP/1.0',
    bytes: post(CHUNKED, `${chunk(HIDDEN)}0\r\n\r\n`, '1.0'),
    expected: 'refused',
  },
];

/** TE.TE: a Transfer-Encoding that only one of the readers understands. */
const oddEncodings: readonly Attack[] = [
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: cow',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: x\r\n\tchunked',
  'Transfer-Encoding : chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding\t: chunked',
  'Transfer-Encoding: \vchunked',
  'Transfer-Encoding: chunked\v',
  'Transfer-Encoding: \0chunked',
  'Transfer-Encoding\0: chunked',
  'Transfer-Encoding\r: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Transfer-Encoding:',
  'Transfer\u00ADEncoding: chunked',
].map((field) => ({
  name: `TE.TE, ${JSON.stringify(field)}`,
  bytes: post(`${field}\r\nContent-Length: ${5 + HIDDEN.length}\r\n`, `0\r\n\r\n${HIDDEN}`),
  expected: 'refused',
}));

/** Lengths that readers count differently. */
const oddLengths: readonly Attack[] = [
  `Content-Length: 0\r\nContent-Length: ${HIDDEN.length}`,
  `Content-Length: ${HIDDEN.length}\r\nContent-Length: 0`,
  `Content-Length: 0, ${HIDDEN.length}`,
  `Content-Length: +${HIDDEN.length}`,
  `Content-Length: -${HIDDEN.length}`,
  `Content-Length: 0x${HIDDEN.length.toString(16)}`,
  `Content-Length: ${HIDDEN.length}.0`,
  `Content-Length: 1e2`,
  `Content-Length: ${HIDDEN.length} 0`,
  `Content-Length: ${'9'.repeat(30)}`,
  `Content-Length: 18446744073709551616`,
  `Content-Length: `,
  `Content-Length: zero`,
  `Content-Length:\r\n ${HIDDEN.length}`,
  `Content-Length : ${HIDDEN.length}`,
  `Content-Length\0: ${HIDDEN.length}`,
  `Content-Length: \v${HIDDEN.length}`,
  ` Content-Length: ${HIDDEN.length}`,
  `X: y\nContent-Length: ${HIDDEN.length}`,
].map((field) => ({
  name: `length, ${JSON.stringify(field)}`,
  bytes: post(`${field}\r\n`, HIDDEN),
  expected: 'refused',
}));

/** CL.0: a body where many expect none. The length is plain, so that it may pass, and has to be kept to. */
const bodiesWhereNoneIsExpected: readonly Attack[] = [
  {
    name: 'CL.0, a GET with a length',
    bytes: `${get(LENGTH)}${HIDDEN}`,
    expected: 'same',
  },
  {
    name: 'CL.0, a GET with chunks',
    bytes: `${get(CHUNKED)}${chunk(HIDDEN)}0\r\n\r\n`,
    expected: 'same',
  },
  {
    name: 'CL.0, a HEAD with a length',
    bytes: `HEAD /page HTTP/1.1\r\nHost: example.org\r\n${LENGTH}\r\n${HIDDEN}`,
    expected: 'same',
  },
  {
    name: '0.CL, a length that is taken away by Connection',
    bytes: post(`${LENGTH}Connection: content-length\r\n`, HIDDEN),
    expected: 'refused',
  },
  {
    name: '0.TE, an encoding that is taken away by Connection',
    bytes: post(`${CHUNKED}Connection: transfer-encoding\r\n`, `${chunk(HIDDEN)}0\r\n\r\n`),
    expected: 'refused',
  },
  {
    name: 'a body behind Expect, sent at once',
    bytes: post(`Expect: 100-continue\r\n${LENGTH}`, HIDDEN),
    expected: 'same',
  },
  {
    name: 'a body behind an unknown expectation',
    bytes: post(`Expect: y 100-continue\r\n${LENGTH}`, HIDDEN),
    expected: 'refused',
  },
  {
    name: 'a body behind a question to change to h2c',
    bytes: post(
      `Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMA\r\n${LENGTH}`,
      HIDDEN,
    ),
    expected: 'same',
  },
  {
    name: 'a request behind a question to change to WebSocket',
    bytes: `${get('Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n')}${HIDDEN}`,
    expected: 'same',
  },
];

const chunkTricks: readonly Attack[] = [
  ['an extension with a bare LF', `2;\nxx\r\n${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`],
  ['an extension that hides a chunk', `5;a="\n${HIDDEN}\r\nhello\r\n0\r\n\r\n`],
  ['a size line that ends with LF', `5\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['data that end with LF', `5\r\nhello\n0\r\n\r\n${HIDDEN}`],
  ['data longer than the size', `3\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size with a sign', `+5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a negative size', `-5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size with 0x', `0x5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size with a blank before it', ` 5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size with an underscore', `0_5\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size of 2^64 and 5', `10000000000000005\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['a size of 2^32 and 5', `100000005\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['no size', `\r\nhello\r\n0\r\n\r\n${HIDDEN}`],
  ['an end without its CRLF', `5\r\nhello\r\n0\r\nGET /smuggled HTTP/1.1\r\nHost: example.org\r\n\r\n`],
  ['a trailer with a length', `5\r\nhello\r\n0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ['a trailer with an encoding', `5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n${HIDDEN}`],
  ['a trailer line with a bare LF', `5\r\nhello\r\n0\r\nX: y\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['an end with LF only', `5\r\nhello\r\n0\n\n${HIDDEN}`],
].map(([name, body]) => ({
  name: `chunks, ${name}`,
  bytes: post(CHUNKED, body!),
  expected: 'same',
  isUnfinished: name === 'a size of 2^32 and 5',
}));

const lines: readonly Attack[] = [
  {
    name: 'bare LF after the request line',
    bytes: `GET /page HTTP/1.1\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  { name: 'bare LF between fields', bytes: get(`X: y\nZ: z\r\n`), expected: 'refused' },
  {
    name: 'an end of the head with bare LF',
    bytes: `GET /page HTTP/1.1\r\nHost: example.org\r\n\n${HIDDEN}`,
    expected: 'refused',
  },
  { name: 'a head of bare LFs', bytes: `GET /page HTTP/1.1\nHost: example.org\n\n`, expected: 'refused' },
  { name: 'a bare CR in a value', bytes: get(`X: y\rGET /smuggled HTTP/1.1\r\n`), expected: 'refused' },
  { name: 'obs-fold', bytes: get(`X: y\r\n z\r\n`), expected: 'refused' },
  {
    name: 'obs-fold in Host',
    bytes: `GET /page HTTP/1.1\r\nHost: example.org\r\n .evil\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a fold right behind the request line',
    bytes: `GET /page HTTP/1.1\r\n X: y\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  { name: 'NUL in a value', bytes: get(`X: y\0z\r\n`), expected: 'refused' },
  { name: 'NUL in a name', bytes: get(`X\0: y\r\n`), expected: 'refused' },
  {
    name: 'NUL in the target',
    bytes: `GET /a\0b HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  { name: 'a field without a colon', bytes: get(`X\r\n`), expected: 'refused' },
  { name: 'a field without a name', bytes: get(`: x\r\n`), expected: 'refused' },
  {
    name: 'two blanks in the request line',
    bytes: `GET  /page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a tab in the request line',
    bytes: `GET\t/page\tHTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a blank in the target',
    bytes: `GET /a b HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a request inside the target',
    bytes: `GET /a HTTP/1.1/../smuggled HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a version in lower case',
    bytes: `GET /page http/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  { name: 'an unknown version', bytes: `GET /page HTTP/1.2\r\nHost: example.org\r\n\r\n`, expected: 'same' },
  { name: 'version 3', bytes: `GET /page HTTP/3.0\r\nHost: example.org\r\n\r\n`, expected: 'refused' },
  { name: 'HTTP/0.9', bytes: `GET /page\r\n`, expected: 'refused' },
  { name: 'the preface of HTTP/2', bytes: `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, expected: 'refused' },
  {
    name: 'CONNECT',
    bytes: `CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n`,
    expected: 'refused',
  },
];

const hosts: readonly Attack[] = [
  { name: 'no Host', bytes: `GET /page HTTP/1.1\r\n\r\n`, expected: 'refused' },
  { name: 'two Hosts', bytes: get(`Host: other.example\r\n`), expected: 'refused' },
  {
    name: 'a Host with a blank before the colon',
    bytes: `GET /page HTTP/1.1\r\nHost : example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a Host with a path',
    bytes: `GET /page HTTP/1.1\r\nHost: example.org/smuggled\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a Host with a user',
    bytes: `GET /page HTTP/1.1\r\nHost: me@example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'absolute form with another authority',
    bytes: `GET http://other.example/page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'absolute form with a user',
    bytes: `GET http://me@example.org/page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'absolute form with another scheme',
    bytes: `GET ftp://example.org/page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'absolute form of the same authority',
    bytes: `GET http://example.org/page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'same',
  },
  {
    name: 'a target without a slash',
    bytes: `GET page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a target that begins with @',
    bytes: `GET @evil.example/page HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
  {
    name: 'a fragment in the target',
    bytes: `GET /page#/smuggled HTTP/1.1\r\nHost: example.org\r\n\r\n`,
    expected: 'refused',
  },
];

/** Requests one behind the other are fine, and each gets the answer that belongs to it. */
const pipelined: readonly Attack[] = [
  { name: 'pipelined GETs', bytes: `${get('')}${get('')}${HIDDEN}`, expected: 'same' },
  { name: 'an empty line between requests', bytes: `${get('')}\r\n${get('')}`, expected: 'same' },
  {
    name: 'a refused one behind a good one',
    bytes: `${get('')}${get(`X: y\n\r\n`)}${HIDDEN}`,
    expected: 'same',
  },
  {
    name: 'a request behind one that closes',
    bytes: `${get('Connection: close\r\n')}${HIDDEN}`,
    expected: 'same',
  },
  {
    name: 'a body, then a request',
    bytes: `${post('Content-Length: 5\r\n', 'hello')}${get('')}`,
    expected: 'same',
  },
  {
    name: 'chunks with extensions, then a request',
    bytes: `${post(CHUNKED, '5;a=b\r\nhello\r\n0;c\r\nX-Trailer: y\r\n\r\n')}${get('')}`,
    expected: 'same',
  },
];

export const ATTACKS: readonly Attack[] = [
  ...lengthAndChunks,
  ...oddEncodings,
  ...oddLengths,
  ...bodiesWhereNoneIsExpected,
  ...chunkTricks,
  ...lines,
  ...hosts,
  ...pipelined,
];
