// Ways to send a payload: where in the request it stands and how its characters are written there. PHP reads the same
// text from each, except for those marked `isReread`, which need a site that decodes once more itself.

import type { InspectedRequest } from '@parapet/kinds';

export interface Placing {
  readonly name: string;
  readonly isReread: boolean;
  readonly request: (payload: string) => InspectedRequest;
}

const encoder = new TextEncoder();

const HEADERS: readonly (readonly [string, string])[] = [
  ['host', 'www.example.com'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
];

function get(target: string, headers: readonly (readonly [string, string])[] = []): InspectedRequest {
  return {
    method: 'GET',
    rawTarget: target,
    headers: [...HEADERS, ...headers],
    body: undefined,
    isBodyCut: false,
    site: '',
  };
}

function post(mediaType: string, body: string, target = '/node/1'): InspectedRequest {
  const bytes = encoder.encode(body);
  const headers: readonly (readonly [string, string])[] = [
    ...HEADERS,
    ['content-type', mediaType],
    ['content-length', String(bytes.length)],
  ];
  return { method: 'POST', rawTarget: target, headers, body: bytes, isBodyCut: false, site: '' };
}

const FORM = 'application/x-www-form-urlencoded';

/** Percent escapes as browsers write them; lone surrogates become U+FFFD. */
function escape(text: string): string {
  return encodeURIComponent(new TextDecoder().decode(encoder.encode(text)));
}

/** Every byte as an escape. */
function escapeAll(text: string): string {
  return [...encoder.encode(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function escapeUnicode(text: string): string {
  return text.replaceAll(/[^\w]/g, (letter) => `%u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function jsonEscapes(text: string): string {
  return text.replaceAll(/[^]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function multipart(name: string, payload: string): InspectedRequest {
  const body = `--b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${payload}\r\n--b0undary--\r\n`;
  return post('multipart/form-data; boundary=b0undary', body);
}

/** The plain way, which the others are measured against. */
export const PLAIN: Placing = {
  name: 'query',
  isReread: false,
  request: (payload) => get(`/?p=${escape(payload)}`),
};

export const PLACINGS: readonly Placing[] = [
  { name: 'every byte escaped', isReread: false, request: (payload) => get(`/?p=${escapeAll(payload)}`) },
  {
    name: 'plus for blanks',
    isReread: false,
    request: (payload) => get(`/?p=${escape(payload).replaceAll('%20', '+')}`),
  },
  { name: 'form', isReread: false, request: (payload) => post(FORM, `p=${escape(payload)}&op=Save`) },
  {
    name: 'form, every byte escaped',
    isReread: false,
    request: (payload) => post(FORM, `p=${escapeAll(payload)}`),
  },
  { name: 'multipart', isReread: false, request: (payload) => multipart('p', payload) },
  { name: 'multipart array', isReread: false, request: (payload) => multipart('p[0][value]', payload) },
  { name: 'array', isReread: false, request: (payload) => get(`/?p%5B%5D=${escape(payload)}`) },
  {
    name: 'nested array',
    isReread: false,
    request: (payload) => post(FORM, `p%5Ba%5D%5Bb%5D=${escape(payload)}`),
  },
  { name: 'the last of two', isReread: false, request: (payload) => get(`/?p=1&p=${escape(payload)}`) },
  {
    name: 'the first of two',
    isReread: false,
    request: (payload) => get(`/?p%5B%5D=${escape(payload)}&p%5B%5D=1`),
  },
  {
    name: 'behind a hundred others',
    isReread: false,
    request: (payload) => get(`/?${'a=1&'.repeat(100)}p=${escape(payload)}`),
  },
  { name: 'an odd name', isReread: false, request: (payload) => get(`/?%20p.q%5Br=${escape(payload)}`) },
  {
    name: 'JSON',
    isReread: false,
    request: (payload) => post('application/json', JSON.stringify({ data: { p: payload } })),
  },
  {
    name: 'JSON escapes',
    isReread: false,
    request: (payload) => post('application/vnd.api+json', `{"p":"${jsonEscapes(payload)}"}`),
  },
  {
    name: 'JSON in a field',
    isReread: false,
    request: (payload) => post(FORM, `q=${escape(JSON.stringify({ p: payload }))}`),
  },
  {
    name: 'base64',
    isReread: true,
    request: (payload) => get(`/?p=${escape(Buffer.from(payload).toString('base64'))}`),
  },
  { name: 'twice escaped', isReread: true, request: (payload) => get(`/?p=${escape(escape(payload))}`) },
  {
    name: 'three times escaped',
    isReread: true,
    request: (payload) => get(`/?p=${escape(escape(escape(payload)))}`),
  },
  { name: '%u escapes', isReread: true, request: (payload) => get(`/?p=${escapeUnicode(payload)}`) },
  {
    name: 'entities',
    isReread: true,
    request: (payload) =>
      get(`/?p=${escape(payload.replaceAll(/[^\w\s]/g, (letter) => `&#${letter.charCodeAt(0)};`))}`),
  },
];
