// Requests made to take long: each family is something of which there can be as much as somebody likes. Every piece has
// a number in it where that can be, so that nothing is spared because it was seen before.

import type { InspectedRequest } from '@parapet/kinds';
import { form, json, request } from '../decode/request.ts';

/** The gateway takes no longer targets, and no longer heads. */
const LONGEST_TARGET = 16_000;
const LONGEST_HEAD = 60_000;

/** Makes a request of about so many bytes. */
export type Flood = (length: number) => InspectedRequest;

/** Pieces that lexers, rules and decoders each have something to do with. */
const PIECES: readonly string[] = [
  "' or # = # union select # from t# -- ",
  '<script>alert(#)</script><img src=x# onerror=f(#)>',
  '; cat /etc/passwd# | sh -c `id#` $(x#) ',
  '../../../../etc/passwd#%00 ',
  '${jndi:ldap://h#/a} {{#*#}} <%= # %> #{#} ',
  'O:8:"c#":1:{s:1:"a";i:#;} php://filter/x=#|system($_GET[#]); ',
  'function(a#){return eval(b#+"c")} [][#][`d`] ',
  '*)(uid=#))(|(uid=* {"$ne":#,"$where":"this.a==#"} ',
  'java.lang.Runtime.getRuntime().exec("x#") T(a.b#).c() ',
  '%2527%253Cb#%253E %u003c# &#x3c;#; \\u003c# \\x3c# ',
  'http://127.0.0.1:#/latest/meta-data file:///etc/# gopher://a# ',
  'order by # limit # where a# like "%b#%" group by c# having # ',
];

/** What readers may have to go back from, or look for the end of. */
const TOKENS: readonly string[] = [
  ...[
    '(',
    ')',
    '[',
    '{',
    '}',
    '<',
    '>',
    "'",
    '"',
    '`',
    '\\',
    '/',
    '*',
    '-',
    '#',
    '%',
    '&',
    '=',
    ';',
    ':',
    ',',
    '.',
    ' ',
  ],
  ...[
    '/*',
    '*/',
    '/*!',
    '--',
    '-- ',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE [',
    '<!ENTITY ',
    '<?',
    '<%',
    '</',
    '&#',
    '&#x',
    '&lt',
    '%25',
    '%2525',
  ],
  ...[
    '%u',
    '%c0',
    '%c0%af',
    '\\u',
    '\\u003c',
    '\\x3c',
    '${',
    '{{',
    '$(',
    '`a`',
    '||',
    '&&',
    '..',
    '../',
    '..\\',
    '//',
    './',
    "''",
    '""',
    "'a",
    '"a',
  ],
  ...[
    'a(',
    'a.',
    'a=',
    'a ',
    '1,',
    '1+',
    '0x',
    '0x2',
    'a:',
    's:1:',
    '@',
    '@@',
    '$',
    '$a',
    '!',
    '~',
    '^',
    '|',
    '+',
    '\0',
    '\n',
    '\r\n',
    '\t',
  ],
  ...[
    'é',
    '\uff1c',
    '\u200b',
    '\ud83d\ude00',
    'or ',
    'select ',
    'select(',
    'case when ',
    'on',
    '<a ',
    '<a b=',
    '<svg/',
    'data:',
    'base64,',
    'ADw',
  ],
];

function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / Math.max(1, Buffer.byteLength(piece)))).slice(0, length);
}

/** The pieces in turn, each with another number. */
function numbered(pieces: readonly string[], length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++)
    out += (pieces[i % pieces.length] ?? '').replaceAll('#', `${(i * 7919) % 1_000_003}`);
  return out.slice(0, length);
}

/** `count` things of `each` characters, made of numbered pieces. */
function items(length: number, each: number): string[] {
  const text = numbered(PIECES, length);
  return Array.from({ length: Math.ceil(length / each) }, (_, i) => text.slice(i * each, (i + 1) * each));
}

const BOUNDARY = 'Bxyz';
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

function multipart(parts: readonly string[]): InspectedRequest {
  return request('/x', MULTIPART, `${parts.join('')}--${BOUNDARY}--\r\n`);
}

function field(name: string, value: string, more = ''): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}

function xml(body: string): InspectedRequest {
  return request('/x', { 'content-type': 'text/xml' }, body);
}

function text(body: string): InspectedRequest {
  return request('/x', { 'content-type': 'text/plain' }, body);
}

function nested(length: number, wrap: (inner: string) => string): string {
  let out = numbered(PIECES, Math.max(64, length >> 3));
  for (let depth = 0; depth < 24 && out.length < length; depth++) out = wrap(out).slice(0, length);
  return out;
}

const EACH = [4, 24, 200, 700, 3000];

const OF_ITEMS: readonly (readonly [string, (list: readonly string[]) => InspectedRequest])[] = [
  ['form', (list) => form('/x', list.map((value, i) => `p${i}=${encodeURIComponent(value)}`).join('&'))],
  [
    'form, one name',
    (list) => form('/x', list.map((value) => `p[]=${value.replaceAll('&', '%26')}`).join('&')),
  ],
  [
    'form of names',
    (list) => form('/x', list.map((value, i) => `${encodeURIComponent(value)}${i}=1`).join('&')),
  ],
  [
    'query',
    (list) =>
      request(
        `/x?${list.map((value, i) => `p${i}=${encodeURIComponent(value)}`).join('&')}`.slice(
          0,
          LONGEST_TARGET,
        ),
      ),
  ],
  [
    'cookies',
    (list) =>
      request('/x', {
        cookie: list
          .map((value, i) => `c${i}=${encodeURIComponent(value)}`)
          .join('; ')
          .slice(0, LONGEST_HEAD),
      }),
  ],
  ['JSON list', (list) => json('/x', JSON.stringify(list))],
  [
    'JSON object',
    (list) => json('/x', JSON.stringify(Object.fromEntries(list.map((value, i) => [`k${i}`, value])))),
  ],
  [
    'JSON keys',
    (list) => json('/x', JSON.stringify(Object.fromEntries(list.map((value, i) => [`${value}${i}`, i])))),
  ],
  [
    'JSON escaped',
    (list) =>
      json(
        '/x',
        JSON.stringify(list).replaceAll(/[<'/]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
      ),
  ],
  [
    'NDJSON',
    (list) =>
      request(
        '/x',
        { 'content-type': 'application/x-ndjson' },
        list.map((value, i) => JSON.stringify({ i, value })).join('\n'),
      ),
  ],
  [
    'JSON in a form',
    (list) =>
      form(
        '/x',
        list.map((value, i) => `p${i}=${encodeURIComponent(JSON.stringify({ a: value }))}`).join('&'),
      ),
  ],
  [
    'JSON in JSON',
    (list) => json('/x', JSON.stringify(list.map((value) => JSON.stringify([JSON.stringify({ a: value })])))),
  ],
  [
    'serialized',
    (list) =>
      form(
        '/x',
        list.map((value, i) => `p${i}=a:1:{i:0;s:${value.length}:"${encodeURIComponent(value)}";}`).join('&'),
      ),
  ],
  [
    'GraphQL',
    (list) =>
      request(
        '/x',
        { 'content-type': 'application/graphql' },
        `query { ${list.map((value, i) => `a${i}(b: ${JSON.stringify(value)})`).join(' ')} }`,
      ),
  ],
  [
    'GraphQL in JSON',
    (list) =>
      json(
        '/x',
        JSON.stringify({
          query: `query { ${list.map((value, i) => `a${i}(b: ${JSON.stringify(value)})`).join(' ')} }`,
        }),
      ),
  ],
  [
    'XML elements',
    (list) =>
      xml(
        `<?xml version="1.0"?><r>${list.map((value, i) => `<a${i}>${value.replaceAll('<', '&lt;')}</a${i}>`).join('')}</r>`,
      ),
  ],
  [
    'XML attributes',
    (list) => xml(`<r ${list.map((value, i) => `a${i}="${value.replaceAll('"', '&quot;')}"`).join(' ')}/>`),
  ],
  ['XML CDATA', (list) => xml(`<r>${list.map((value) => `<![CDATA[${value}]]>`).join('')}</r>`)],
  ['XML raw', (list) => xml(`<r>${list.join('</a><a>')}</r>`)],
  [
    'XML entities',
    (list) =>
      xml(
        `<!DOCTYPE r [${list.map((value, i) => `<!ENTITY e${i} "${value.replaceAll(/["<>]/g, '')}">`).join('')}]><r>&e1;</r>`,
      ),
  ],
  ['multipart', (list) => multipart(list.map((value, i) => field(`p${i}`, value)))],
  [
    'multipart files',
    (list) =>
      multipart(
        list.map((value, i) =>
          field(`p${i}`, value, `; filename="${i}${value.slice(0, 64).replaceAll('"', '')}.php"`),
        ),
      ),
  ],
  [
    'multipart names',
    (list) => multipart(list.map((value, i) => field(`${value.replaceAll('"', '%22')}${i}`, 'x'))),
  ],
  [
    'base64',
    (list) =>
      form('/x', list.map((value, i) => `p${i}=${Buffer.from(value).toString('base64url')}`).join('&')),
  ],
  [
    'base64 JSON',
    (list) => json('/x', JSON.stringify(list.map((value) => Buffer.from(value).toString('base64')))),
  ],
  [
    'hexadecimal',
    (list) => form('/x', list.map((value, i) => `p${i}=${Buffer.from(value).toString('hex')}`).join('&')),
  ],
  [
    'percent again',
    (list) =>
      form(
        '/x',
        list
          .map((value, i) => `p${i}=${encodeURIComponent(encodeURIComponent(encodeURIComponent(value)))}`)
          .join('&'),
      ),
  ],
  [
    'wide',
    (list) =>
      json(
        '/x',
        JSON.stringify(
          list.map((value) =>
            value.replaceAll(/[!-/]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)),
          ),
        ),
      ),
  ],
  ['lines', (list) => text(list.join('\n'))],
];

const OF_TEXT: readonly (readonly [string, Flood])[] = [
  ['arrays in arrays', (length) => json('/x', '['.repeat(length))],
  ['objects in objects', (length) => json('/x', repeated('{"a":', length))],
  [
    'arrays, closed',
    (length) => json('/x', `${'['.repeat(500)}${repeated('"a<b",', length)}1${']'.repeat(500)}`),
  ],
  ['many arrays', (length) => json('/x', `[${repeated('[["x\'y"]],', length)}1]`)],
  ['JSON numbers', (length) => json('/x', `[${repeated('-1.5e3,', length)}1]`)],
  ['JSON empty strings', (length) => json('/x', `[${repeated('"",', length)}1]`)],
  ['JSON cut', (length) => json('/x', `{"a":"${numbered(PIECES, length).replaceAll(/["\\]/g, '')}`)],
  ['JSON of no kind', (length) => json('/x', `{"a" ${numbered(PIECES, length)}`)],
  ['form of JSON', (length) => form('/x', `{"a":${JSON.stringify(numbered(PIECES, length))}}`)],
  [
    'names of lists',
    (length) => form('/x', `${repeated('a[b]', length >> 1)}=1&${repeated('[[a.b', length >> 1)}=1`),
  ],
  ['deep XML', (length) => xml(repeated('<a b="c">', length))],
  ['parts without an end', (length) => multipart([repeated(`--${BOUNDARY}\r\n`, length)])],
  ['nearly the boundary', (length) => multipart([repeated(`\n--${BOUNDARY}x`, length)])],
  [
    'headers of parts',
    (length) => multipart([`--${BOUNDARY}\r\n${repeated('X-A: b"c;d=e\r\n', length)}\r\n`]),
  ],
  ['header of a part', (length) => multipart([field('a', 'b', `; ${repeated('c="d\\";', length)}`)])],
  [
    'base64 in base64',
    (length) => form('/x', `a=${nested(length, (inner) => Buffer.from(inner).toString('base64url'))}`),
  ],
  [
    'percent in percent',
    (length) =>
      form('/x', `a=${nested(length, (inner) => inner.replaceAll('%', '%25').replaceAll('<', '%3c'))}`),
  ],
  [
    'long path',
    (length) => request(`/${numbered(PIECES, Math.min(length, LONGEST_TARGET)).replaceAll(/[ ?]/g, '/')}`),
  ],
  ['path that climbs', (length) => request(repeated('/%2e%2e/a;b/..', Math.min(length, LONGEST_TARGET)))],
  [
    'long referer',
    (length) => request('/x', { referer: `https://a/?${numbered(PIECES, Math.min(length, LONGEST_HEAD))}` }),
  ],
  [
    'long agent',
    (length) => request('/x', { 'user-agent': numbered(PIECES, Math.min(length, LONGEST_HEAD)) }),
  ],
  [
    'long authorization',
    (length) =>
      request('/x', {
        authorization: `Basic ${Buffer.from(numbered(PIECES, Math.min(length, LONGEST_HEAD >> 1))).toString('base64')}`,
      }),
  ],
  [
    'one field of UTF-16',
    (length) =>
      request(
        '/x',
        { 'content-type': 'text/plain; charset=utf-16le' },
        Buffer.from(numbered(PIECES, length >> 1), 'utf16le'),
      ),
  ],
  [
    'bytes',
    (length) =>
      request('/x', { 'content-type': 'application/octet-stream' }, Buffer.from(numbered(PIECES, length))),
  ],
];

/** Of each kind of place: many values, or one; all of pieces of attacks. */
export const FLOODS: ReadonlyMap<string, Flood> = new Map([
  ...OF_ITEMS.flatMap(([name, make]) =>
    EACH.map((each): [string, Flood] => [`${name}, ${each} each`, (length) => make(items(length, each))]),
  ),
  ...OF_TEXT,
  ...TOKENS.flatMap((token): [string, Flood][] => [
    [`text of ${JSON.stringify(token)}`, (length) => text(repeated(token, length))],
    [
      `form value of ${JSON.stringify(token)}`,
      (length) => form('/x', `a=${repeated(token.replaceAll(/[&+]/g, encodeURIComponent), length)}`),
    ],
    [
      `JSON value of ${JSON.stringify(token)}`,
      (length) => json('/x', JSON.stringify([repeated(token, length)])),
    ],
  ]),
  ...PIECES.map((piece): [string, Flood] => [
    `text of ${JSON.stringify(piece)}`,
    (length) => text(numbered([piece], length)),
  ]),
]);
