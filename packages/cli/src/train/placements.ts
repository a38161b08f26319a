// The same attack in every place of a request where a site reads a value.

import type { InspectedRequest } from '@parapet/kinds';

export interface Placing {
  readonly name: string;
  /** Undefined when the text cannot stand there unchanged. */
  readonly place: (text: string) => InspectedRequest | undefined;
}

const HEADERS: readonly (readonly [string, string])[] = [
  ['host', 'www.example.com'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['accept', 'text/html,application/xhtml+xml,*/*;q=0.8'],
];
const BOUNDARY = '----WebKitFormBoundary7MA4YWxkTrZu0gW';

export const PLACINGS: readonly Placing[] = [
  { name: 'query', place: (text) => get(`/search?q=${encoded(text)}&page=1`) },
  { name: 'path segment', place: (text) => get(`/files/${encoded(text)}`) },
  {
    name: 'form',
    place: (text) => post('application/x-www-form-urlencoded', `name=Anna&p=${encoded(text)}`),
  },
  {
    name: 'multipart',
    place: (text) =>
      post(
        `multipart/form-data; boundary=${BOUNDARY}`,
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="p"\r\n\r\n${text}\r\n--${BOUNDARY}--\r\n`,
      ),
  },
  { name: 'JSON string', place: (text) => post('application/json', JSON.stringify({ user: { p: text } })) },
  {
    name: 'JSON escaped',
    place: (text) => post('application/json', `{"p":"${escaped(text)}"}`),
  },
  {
    name: 'XML text',
    place: (text) => post('text/xml', `<?xml version="1.0"?><a><b>${entities(text)}</b></a>`),
  },
  {
    name: 'base64 in query',
    place: (text) => get(`/?p=${encoded(Buffer.from(text, 'utf8').toString('base64'))}`),
  },
  {
    name: 'base64 in form',
    place: (text) =>
      post('application/x-www-form-urlencoded', `p=${encoded(Buffer.from(text, 'utf8').toString('base64'))}`),
  },
  { name: 'twice encoded', place: (text) => get(`/?p=${encoded(encoded(text))}`) },
  { name: 'cookie', place: (text) => get('/', [['cookie', `session=abc; p=${encoded(text)}`]]) },
  { name: 'user-agent', place: (text) => header('user-agent', text) },
  { name: 'referer', place: (text) => header('referer', text) },
  { name: 'own header', place: (text) => header('x-api-key', text) },
];

function header(name: string, text: string): InspectedRequest | undefined {
  // A header ends where its line does.
  if (/[\0\r\n]/u.test(text)) return undefined;
  const value = Buffer.from(text, 'utf8').toString('latin1');
  return { ...get('/'), headers: [...HEADERS.filter(([other]) => other !== name), [name, value]] };
}

function get(rawTarget: string, more: readonly (readonly [string, string])[] = []): InspectedRequest {
  return {
    method: 'GET',
    rawTarget,
    headers: [...HEADERS, ...more],
    body: undefined,
    isBodyCut: false,
    site: '',
  };
}

function post(type: string, text: string): InspectedRequest {
  const body = Buffer.from(text, 'utf8');
  return {
    ...get('/', [
      ['content-type', type],
      ['content-length', String(body.length)],
    ]),
    method: 'POST',
    body,
  };
}

function encoded(text: string): string {
  // A lone half of a surrogate pair has no encoding.
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

function escaped(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1)
    out += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return out;
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
