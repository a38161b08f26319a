// Requests and answers for the differential tests: made of honest and dishonest parts, then changed byte by byte.
// From a seed, so that a failure can be looked at again.

export type Random = (below: number) => number;

/** xorshift32. */
export function randomFrom(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

export function makeRequest(random: Random): Buffer {
  const method = mostly(random, 10, METHODS);
  const lines: string[] = [];
  if (random(20) > 0) lines.push(mostly(random, 4, HOSTS));
  for (let i = random(5); i > 0; i--) lines.push(mostly(random, 23, LINES));
  let body = '';
  const framing = random(4);
  if (framing === 1) {
    body = 'x'.repeat(random(12));
    lines.push(`${mostly(random, 4, LENGTH_NAMES)}: ${random(16) > 0 ? body.length : pick(random, LENGTHS)}`);
  } else if (framing === 2) {
    body = makeChunks(random);
    lines.push(`${mostly(random, 3, CODING_NAMES)}: ${random(8) > 0 ? 'chunked' : pick(random, CODINGS)}`);
  }
  if (random(30) === 0) lines.push(`Content-Length: ${pick(random, LENGTHS)}`);
  if (random(30) === 0) lines.push(`Transfer-Encoding: ${pick(random, CODINGS)}`);
  shuffle(random, lines);
  const eol = random(40) === 0 ? '\n' : '\r\n';
  const head = [
    `${method} ${mostly(random, 10, TARGETS)} ${mostly(random, 5, VERSIONS)}`,
    ...lines,
    '',
    '',
  ].join(eol);
  const before = random(20) === 0 ? pick(random, ['\r\n', '\r\n\r\n', '\n', ' ']) : '';
  return mutate(random, `${before}${head}${body}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`);
}

export function makeResponse(random: Random): Buffer {
  const lines: string[] = [];
  for (let i = random(4); i > 0; i--) lines.push(mostly(random, 23, LINES));
  let body = 'x'.repeat(random(12));
  const framing = random(4);
  if (framing === 1) lines.push(`Content-Length: ${random(16) > 0 ? body.length : pick(random, LENGTHS)}`);
  if (framing === 2) {
    body = makeChunks(random);
    lines.push(`Transfer-Encoding: ${random(8) > 0 ? 'chunked' : pick(random, CODINGS)}`);
  }
  if (random(30) === 0) lines.push(`Content-Length: ${pick(random, LENGTHS)}`);
  shuffle(random, lines);
  return mutate(random, [mostly(random, 9, STATUS_LINES), ...lines, '', body].join('\r\n'));
}

export function makeChunks(random: Random): string {
  let body = '';
  for (let i = random(4); i > 0; i--) {
    const length = 1 + random(20);
    const size = random(10) > 0 ? length.toString(16) : pick(random, SIZES)(length);
    body += `${size}\r\n${'y'.repeat(length)}${random(30) === 0 ? pick(random, ['', '\n', 'z\r\n']) : '\r\n'}`;
  }
  const trailers = random(5) === 0 ? mostly(random, 2, TRAILERS) : '';
  return `${body}${random(10) > 0 ? '0' : pick(random, ['000', '0;a=b', '-0', '0 '])}\r\n${trailers}\r\n`;
}

export function mutate(random: Random, text: string): Buffer {
  let out = text;
  for (let i = random(3) === 0 ? 1 + random(3) : 0; i > 0; i--) {
    const at = random(out.length);
    const byte = random(3) === 0 ? String.fromCharCode(random(256)) : pick(random, BYTES);
    const kind = random(4);
    if (kind === 0) out = out.slice(0, at) + byte + out.slice(at);
    else if (kind === 1) out = out.slice(0, at) + byte + out.slice(at + 1);
    else if (kind === 2) out = out.slice(0, at) + out.slice(at + 1 + random(3));
    else out = out.slice(0, at) + out.slice(at, at + 1 + random(20)) + out.slice(at);
  }
  return Buffer.from(out, 'latin1');
}

function pick<T>(random: Random, of: readonly T[]): T {
  return of[random(of.length)]!;
}

/** One of the honest parts, which come first, seven times in eight. */
function mostly<T>(random: Random, honest: number, of: readonly T[]): T {
  return of[random(8) > 0 ? random(honest) : random(of.length)]!;
}

function shuffle(random: Random, lines: string[]): void {
  for (let i = lines.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [lines[i], lines[j]] = [lines[j]!, lines[i]!];
  }
}

const METHODS = [
  'GET',
  'GET',
  'POST',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'PROPFIND',
  'QUERY',
  'CONNECT',
  'FOO',
  'get',
  'PRI',
];
const TARGETS = [
  '/',
  '/',
  '/a/b?c=d&e=%20',
  '/a\\b',
  '/{}|^`"<>',
  '/caf\xc3\xa9',
  '//a',
  '/?',
  'http://a/x',
  '/index.php',
  'http://A.example/x',
  '/a?b#c',
  '*',
  'https://a/',
  'http://u@a/',
  'http://a',
  'a',
  '',
];
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.2',
  'HTTP/1.1 ',
  'HTTP/1.10',
  'RTSP/1.0',
];
const HOSTS = [
  'Host: a',
  'Host: a',
  'Host: a.example:80',
  'Host: [::1]',
  'host:a',
  'Host:',
  'Host: a b',
  'Host: a,b',
  'Host : a',
];
const LENGTH_NAMES = [
  'Content-Length',
  'Content-Length',
  'Content-Length',
  'content-length',
  'Content_Length',
  'Content-Length ',
  'Content-Lengt',
];
const LENGTHS = [
  '0',
  '5',
  '05',
  '+5',
  '-1',
  '0x5',
  '5,5',
  '5 ',
  ' 5',
  '5 5',
  '',
  'a',
  '9007199254740993',
  '18446744073709551621',
  '5\t',
];
const CODING_NAMES = [
  'Transfer-Encoding',
  'Transfer-Encoding',
  'transfer-encoding',
  'Transfer_Encoding',
  'Transfer-Encoding ',
  'X-Transfer-Encoding',
];
const CODINGS = [
  'chunked',
  'Chunked',
  'gzip, chunked',
  'chunked, gzip',
  'identity',
  'xchunked',
  ' chunked',
  '\tchunked',
  'chunked ',
  'chunked,',
  ',chunked',
  '"chunked"',
  'chunked;a=b',
  '\x0bchunked',
  'chunked\x00',
  '',
  'chunked, chunked',
];
const LINES = [
  'Accept: */*',
  'User-Agent: a (b; c) d/1.0',
  'Cookie: a=b; c=d',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: X-A, close',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'X-A: ',
  'X-A:b',
  'X-A:  b  ',
  'X-A: a\tb',
  'X-A: caf\xc3\xa9',
  'X_A: b',
  'Expect: 100-continue',
  'TE: trailers',
  'Trailer: X-T',
  'Keep-Alive: timeout=5',
  'X-Forwarded-For: 192.0.2.1',
  'X_Forwarded_For: 192.0.2.1',
  'Content-Type: text/plain',
  'Content_Length: 4',
  'Set-Cookie: a=b',
  'X-A : b',
  ': b',
  'X-A',
  ' folded',
  '\tfolded',
  'X A: b',
  'X-A: b\rc',
  'X-A: b\nX-B: c',
  'X-A: b\x00',
  'X-A: \x7f',
  'X-(A): b',
  'Connection: Content-Length',
  'Connection: ,',
  'Connection: a b',
];
const SIZES: readonly ((length: number) => string)[] = [
  (n) => `0${n.toString(16)}`,
  (n) => n.toString(16).toUpperCase(),
  (n) => `0x${n.toString(16)}`,
  (n) => `+${n.toString(16)}`,
  (n) => `${n.toString(16)} `,
  (n) => ` ${n.toString(16)}`,
  (n) => `${n.toString(16)};a=b`,
  (n) => `${n.toString(16)};a="b"`,
  (n) => `${n.toString(16)};`,
  (n) => `${n.toString(16)};a\n`,
  (n) => `${n.toString(16)}\n`,
  (n) => `${n.toString(16)}g`,
  (n) => `${'0'.repeat(17)}${n.toString(16)}`,
  (n) => `fffffffffffffff${n.toString(16)}`,
  () => '',
];
const TRAILERS = [
  'X-T: a\r\n',
  'X-T: a\r\nX-U: b\r\n',
  'Content-Length: 5\r\n',
  'X-T : a\r\n',
  ' X-T: a\r\n',
  'X-T: a\n',
  'Transfer-Encoding: chunked\r\n',
  'X-T\r\n',
  'X-T: a\r\n b\r\n',
  'X_Forwarded_For: a\r\n',
];
const STATUS_LINES = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.1 200 ',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 204 No Content',
  'HTTP/1.1 304 Not Modified',
  'HTTP/1.1 100 Continue',
  'HTTP/1.1 103 Early Hints',
  'HTTP/1.1 404 Nicht da',
  'HTTP/1.1 20 OK',
  'HTTP/1.1  200 OK',
  'HTTP/2.0 200 OK',
  'http/1.1 200 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 200OK',
  'ICY 200 OK',
];
const BYTES = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '\0',
  '0',
  '1',
  'a',
  '-',
  '_',
  '/',
  '#',
  '\x7f',
  '\x80',
  '\xff',
  '\x0b',
  '\x0c',
];
