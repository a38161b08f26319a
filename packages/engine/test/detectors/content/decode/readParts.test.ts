import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { form, json, listed, request, texts } from './request.ts';

function partsOf(...args: Parameters<typeof request>): string[] {
  return listed(readParts(request(...args)).parts);
}

describe('the target', () => {
  it('is a path that the router sees and parameters as PHP names them', () => {
    const read = readParts(request('/node/1?q=a+b&x[0][y]=%C3%A9&a.b=1&empty=&flag'));
    expect(read.path).toBe('/node/1');
    expect(listed(read.parts)).toEqual(['path =/node/1', 'query q=a b', 'query x[0][y]=é', 'query a_b=1']);
  });

  it('has its dots, double slashes and front controller removed for the router only', () => {
    const read = readParts(request('/index.php/a//b/./c/../d%2e'));
    expect(read.path).toBe('/a/b/d.');
    expect(read.parts[0]?.value).toBe('/index.php/a//b/./c/../d.');
  });

  it('shows a climbing path and says so', () => {
    const read = readParts(request('/a/..%2f..%2fetc/passwd'));
    expect(read.parts[0]?.value).toBe('/a/../../etc/passwd');
    expect(read.anomalies.map((anomaly) => anomaly.code)).toEqual(['path-climbs', 'path-encoded-separator']);
  });

  it('gives segments of their own where they hold more than names of files do', () => {
    expect(partsOf("/node/1'%20or%201=1/edit")).toEqual(["path =/node/1' or 1=1/edit", "path /1=1' or 1=1"]);
  });

  it('gives segments that are packed text', () => {
    const packed = Buffer.from("' or 1=1 -- x").toString('base64url');
    expect(texts(readParts(request(`/a/${packed}/b`)).parts)).toContain("' or 1=1 -- x");
    expect(partsOf('/sites/default/files/administrator/0123456789abcdef0123')).toHaveLength(1);
  });

  it('gives a parameter without a value', () => {
    expect(partsOf('/?1+or+1')).toContain('name 1_or_1=1 or 1');
  });

  it('may be in absolute form', () => {
    expect(readParts(request('http://example.org/a?b=1')).path).toBe('/a');
  });

  it('names that no form has are parts too', () => {
    expect(partsOf('/?mail[%23post_render][]=exec')).toContain(
      'name mail[#post_render][]=mail[#post_render][]',
    );
  });
});

// oxlint-disable-next-line no-control-regex -- what is looked for
const CONTROL = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/;

describe('other readings', () => {
  const payload = '<script>alert(1)</script>';
  it.each([
    ['percent twice', encodeURIComponent(encodeURIComponent('../../etc/passwd')), '../../etc/passwd'],
    ['percent three times', '%25252e%25252e%25252fetc', '../etc'],
    ['nested percent', '%25%32%65%25%32%65%25%32%66etc', '../etc'],
    ['%u', '%25u002e%25u002e%25u2215etc', '../etc'],
    ['%u sent as it is', '%u003cscript%u003e', '<script>'],
    ['the blank of Latin-1', '1%a0or%a01=1', '1 or 1=1'],
    ['full width', '%EF%BC%8E%EF%BC%8E%EF%BC%8Fetc', '../etc'],
    ['overlong in two bytes', '%c0%ae%c0%ae%c0%afetc', '../etc'],
    ['overlong in three bytes', '%e0%80%ae%e0%80%ae%e0%80%afetc', '../etc'],
    ['overlong in four bytes', '%f0%80%80%ae%f0%80%80%ae/etc', '../etc'],
    ['overlong, encoded twice', '%25c0%25ae%25c0%25ae%25c0%25afetc', '../etc'],
    ['broken overlong', '%c0%2e%c0%2e%c0%2fetc', '../etc'],
    ['broken overlong, encoded twice', '%25c0.%25c0.%25c0%252fetc', '../etc'],
    ['overlong without its marks', '%c0%6e%c0%2e%e0%40%afetc', '../etc'],
    ['letters beyond f throughout', '..%25bg%25qfetc', '../etc'],
    ['UTF-7', '%2BADw-script%2BAD4-alert(1)%2BADw-/script%2BAD4-', payload],
    ['UTF-7 with blanks', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-', payload],
    ['0x', '0x2e0x2e0x2Fetc', '../etc'],
    ['a form in a form without signs', '1%2bunion%2bselect%2b1', '1 union select 1'],
    ['a form in a form', "1'%2bor%2b1=1", "1' or 1=1"],
    [
      'base64 in lines',
      encodeURIComponent(Buffer.from(payload).toString('base64').replace(/.{16}/g, '$&\r\n')),
      payload,
    ],
    [
      'base64 whose + became a blank',
      Buffer.from('>>>~~~???<script>').toString('base64'),
      '>>>~~~???<script>',
    ],
    ['letters beyond f', '%25c0%25qfetc%25c1%258s', '/etc\\'],
    ['entities', encodeURIComponent('&#x3c;script&#62;alert&lpar;1&rpar;&lt/script&gt;'), payload],
    [
      'escapes',
      encodeURIComponent('\\u003cscript\\x3ealert(1)\\74/script\\u{3e}').replace('%5C74', '%5C074'),
      payload,
    ],
    ['base64', encodeURIComponent(Buffer.from(payload).toString('base64')), payload],
    ['base64 for addresses', Buffer.from(payload).toString('base64url'), payload],
    ['base64 of base64', Buffer.from(Buffer.from(payload).toString('base64')).toString('base64url'), payload],
    [
      'data address',
      `data:text/html;base64,${encodeURIComponent(Buffer.from(payload).toString('base64'))}`,
      payload,
    ],
    ['hexadecimal', Buffer.from(payload).toString('hex'), payload],
    ['zero bytes', '%3C%00script%3Ealert(1)%3C/script%3E', payload],
    ['two bytes a character', encodeURIComponent(payload.split('').join('\0')), payload],
    [
      'base64 of two bytes a character',
      encodeURIComponent(Buffer.from(payload, 'utf16le').toString('base64')),
      payload,
    ],
  ])('shows what is behind %s', (_title, raw, expected) => {
    expect(texts(readParts(request(`/?p=${raw}`)).parts)).toContain(expected);
    expect(texts(readParts(form('/', `p=${raw}`)).parts)).toContain(expected);
  });

  it('are no control characters in text in an old alphabet of Chinese', () => {
    const ofPair = (first: number, second: number): string => `%${first.toString(16)}%${second.toString(16)}`;
    const pairs = Array.from({ length: 47 }, (_, n) => ofPair(0xc0 + (n % 2), 0x91 + n));
    for (const pair of pairs) {
      const { parts } = readParts(request(`/search?q=${pair}%ca%e9`));
      expect(texts(parts).filter((text) => CONTROL.test(text))).toEqual([]);
    }
  });

  it('are not made of words, numbers, hashes and tokens', () => {
    const values = [
      'administrator',
      '1795314307',
      'd41d8cd98f00b204e9800998ecf8427e',
      'a-b_c.d',
      'Grüße aus Köln',
    ];
    for (const value of values) {
      const { parts } = readParts(request(`/?p=${encodeURIComponent(value)}`));
      expect(parts.at(-1)?.views).toEqual([]);
    }
  });
});

describe('forms', () => {
  it('are read as PHP reads them, both of two values with one name', () => {
    const read = readParts(form('/x', 'a=1&a=2&b%5B%5D=x+y&=z&%20=w'));
    expect(listed(read.parts)).toEqual([
      'path =/x',
      'form a=1',
      'form a=2',
      'form b[]=x y',
      'form =z',
      'form =w',
    ]);
  });

  it('withhold passwords of the forms of Drupal, and only there', () => {
    const login = readParts(form('/user/login', "name=bob&pass=s'+or+1=1&form_id=user_login_form"));
    expect(listed(login.parts)).toContain('form pass=');
    expect(texts(login.parts).join()).not.toContain('or 1=1');
    const elsewhere = readParts(form('/search', "pass=s'+or+1=1"));
    expect(listed(elsewhere.parts)).toContain("form pass=s' or 1=1");
  });

  it('show a password that is too long to be one', () => {
    const read = readParts(form('/user/login', `pass=${'x'.repeat(2000)}&form_id=user_login_form`));
    expect(read.parts.find((part) => part.name === 'pass')?.kind).toBe('text');
    expect(read.anomalies.map((anomaly) => anomaly.code)).toContain('secret-too-long');
  });

  it('know rich text of Drupal by its name and code by its page', () => {
    const node = readParts(form('/node/add/page', 'body[0][value]=<p>x</p>&form_id=node_page_form'));
    expect(node.parts.find((part) => part.name === 'body[0][value]')?.kind).toBe('html');
    const config = readParts(form('/de/admin/config/development/configuration/single/import', 'import=a:+b'));
    expect(config.parts.at(-1)?.kind).toBe('code');
  });

  it('take the script that a browser reports for code, where it is as short as browsers send it', () => {
    const kindOf = (report: unknown, name: string): string | undefined =>
      readParts(json('/csp', JSON.stringify(report))).parts.find((part) => part.name === name)?.kind;
    const sample = '(function(){var a=document.createElement';
    expect(kindOf({ 'csp-report': { 'script-sample': sample } }, '/csp-report/script-sample')).toBe('code');
    expect(kindOf([{ body: { sample } }], '/0/body/sample')).toBe('code');
    expect(kindOf({ 'csp-report': { 'script-sample': sample.repeat(2) } }, '/csp-report/script-sample')).toBe(
      'text',
    );
    expect(kindOf({ 'script-sample': sample }, '/script-sample')).toBe('text');
  });

  it('look into JSON inside a field', () => {
    const read = readParts(form('/x', `data=${encodeURIComponent('{"a":["<b>"],"n":1}')}`));
    expect(listed(read.parts)).toContain('json data/a/0=<b>');
  });
});

describe('JSON', () => {
  it('gives each string with the pointer to it', () => {
    const read = readParts(json('/api', '{"a":{"b~c":["x","y\\u0041\\n"]},"n":1.5e3,"$where":"1"}'));
    expect(listed(read.parts)).toEqual([
      'path =/api',
      'name /a/b~0c=b~c',
      'json /a/b~0c/0=x',
      'json /a/b~0c/1=yA\n',
      'json /n=1.5e3',
      'name /$where=$where',
      'json /$where=1',
    ]);
  });

  it('notes a key given twice and reads both', () => {
    const read = readParts(json('/api', '{"a":"x","a":"y"}'));
    expect(listed(read.parts)).toEqual(['path =/api', 'json /a=x', 'json /a=y']);
    expect(read.anomalies.map((anomaly) => anomaly.code)).toEqual(['json-duplicate-key']);
  });

  it('that is none is still looked at', () => {
    for (const text of [
      '[\u0001]',
      '[-]',
      '[01]',
      '[.5]',
      '[tru]',
      `[${'1'.repeat(100)}]`,
      '[:]',
      '{:1}',
      '[',
      '',
    ]) {
      expect(readParts(json('/api', text)).parts.some((part) => part.placement === 'body')).toBe(text !== '');
    }
    const read = readParts(json('/api', '{"a":"x",,'));
    expect(listed(read.parts)).toContain('body ={"a":"x",,');
  });

  it('agrees with JSON.parse on what is JSON and on its strings', () => {
    const near = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('"', '\\', ',', '{', ']', ':', '1', ''))
      .map(([text, at, other]) =>
        other === '' ? text : text.slice(0, at % text.length) + other + text.slice((at % text.length) + 1),
      );
    fc.assert(
      fc.property(near, (text) => {
        const strings = stringsOfJson(text);
        const read = readParts(json('/', text), { parts: 100_000 });
        const found = new Set(read.parts.map((part) => part.value));
        expect(read.parts.some((part) => part.placement === 'body')).toBe(strings === undefined);
        expect((strings ?? []).filter((string) => !found.has(string))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('GraphQL in a query', () => {
  it('gives its strings', () => {
    expect(partsOf(`/graphql?query=${encodeURIComponent('{ a(b: "<x>") { c } }')}`)).toContain(
      'graphql query:b=<x>',
    );
  });
});

describe('cookies and headers', () => {
  it('withhold session ids and give the others', () => {
    const id = `SSESS${'0123456789abcdef'.repeat(2)}`;
    expect(partsOf('/', { cookie: `${id}=${'aB3-'.repeat(10)}; _ga=GA1.2.1.2; x=%3Cb%3E; a+b` })).toEqual([
      'path =/',
      `cookie ${id}=`,
      'cookie _ga=GA1.2.1.2',
      'cookie x=<b>',
      'name a+b=a+b',
    ]);
  });

  it('leave out what browsers always send', () => {
    const parts = partsOf('/', {
      host: 'www.example.org:8080',
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'accept-language': 'de-DE,de;q=0.9',
      'sec-ch-ua': '"Chromium";v="125", "Not?A_Brand";v="24"',
      'sec-fetch-site': 'same-origin',
      'upgrade-insecure-requests': '1',
      'if-none-match': 'W/"abc-1"',
    });
    expect(parts).toEqual(['path =/']);
  });

  it('show an attack in any of them', () => {
    for (const name of [
      'accept',
      'accept-language',
      'sec-ch-ua',
      'x-forwarded-for',
      'if-none-match',
      'host',
      'x-odd',
    ]) {
      expect(partsOf('/', { [name]: '${jndi:ldap://x/a}' })).toContain(`header ${name}=\${jndi:ldap://x/a}`);
      expect(partsOf('/', { [name]: "1' or '1'='1" })).toContain(`header ${name}=1' or '1'='1`);
    }
  });

  it('read the query of a referer', () => {
    expect(partsOf('/', { referer: 'https://example.org/?q=%3Cscript%3E#x' })).toContain(
      'header referer?q=<script>',
    );
  });

  it('take Basic credentials apart and withhold the password', () => {
    const credentials = Buffer.from("bob' or 1=1:secret").toString('base64');
    expect(partsOf('/', { authorization: `Basic ${credentials}` })).toEqual([
      'path =/',
      "header authorization:user=bob' or 1=1",
      'header authorization:password=',
    ]);
  });
});

describe('limits', () => {
  it('find a payload behind padding of any length', () => {
    for (const size of [8, 16, 64, 128]) {
      const padding = 'lorem ipsum dolor '.repeat((size * 1024) / 18);
      const body = `p=${padding}<script>alert(1)</script>${padding}`;
      const read = readParts(form('/', body.replaceAll(' ', '+')));
      expect(texts(read.parts).join()).toContain('<script>alert(1)</script>');
      expect(texts(read.parts).join().length).toBeLessThan(40_000);
    }
  });

  it('find a payload behind more parameters than are read', () => {
    for (const count of [600, 3000]) {
      const many = Array.from({ length: count }, (_, i) => `a${i}=x${i}`).join('&');
      const read = readParts(form('/', `${many}&z=' union select 1&${many}`));
      expect(read.parts.length).toBeLessThanOrEqual(512);
      expect(texts(read.parts).join('\n')).toContain("' union select 1");
      expect(read.anomalies.map((anomaly) => anomaly.code)).toContain('too-many-parts');
    }
  });

  it('find a payload in JSON of more strings or deeper than are read', () => {
    const payload = "' union select 1";
    const many = Array.from({ length: 5000 }, (_, i) => `x${i}`);
    for (const value of [[many, payload, many], `${'['.repeat(600)}"${payload}"${']'.repeat(600)}`]) {
      const read = readParts(json('/', typeof value === 'string' ? value : JSON.stringify(value)));
      expect(read.parts.length).toBeLessThanOrEqual(512);
      expect(texts(read.parts).join('\n')).toContain(payload);
    }
  });

  it('hold for bytes of any kind', () => {
    const bytes = fc.uint8Array({ maxLength: 3000 });
    const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', '');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii' }),
        bytes,
        type,
        fc.string(),
        (target, body, contentType, value) => {
          const sent = request(
            '/' + target,
            { 'content-type': contentType, cookie: value, 'x-a': value },
            body,
          );
          const read = readParts(sent);
          expect(readParts(sent)).toEqual(read);
          expect(read.parts.length).toBeLessThanOrEqual(512);
          const length = texts(read.parts).reduce((sum, text) => sum + text.length, 0);
          expect(length).toBeLessThan(262_144);
        },
      ),
    );
  });
});

function stringsOfJson(text: string): string[] | undefined {
  try {
    return stringsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(stringsOf);
}
