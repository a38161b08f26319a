import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/hubtest/index.ts';
import { readTemplate, runTemplate, type TemplateResult } from '../../../src/hubtest/templates/index.ts';
import { siteBehind } from '../protectedSite.ts';

interface Run extends TemplateResult {
  readonly sent: readonly string[];
}

/** Runs a template against a site whose answers are `answer`'s, at the path as it was sent. */
async function run(
  yaml: string,
  answer: (target: string, method: string) => Partial<Answer> = () => ({ status: 200 }),
  files: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const read = readTemplate('t.yaml', yaml, (name) => files[name]);
  if (!read.ok) throw new Error(read.reason);
  const site = siteBehind([], ({ rawTarget, method }) => answer(rawTarget, method));
  let turn = 0;
  const random = (): number => (turn = (turn + 0.17) % 1);
  const result = await runTemplate(read.template, {
    target: site.target,
    send: site.send,
    random,
    nowMs: () => 0,
  });
  return { ...result, sent: site.sent };
}

const plain = (fields: string): string =>
  `id: t\nhttp:\n  - ${fields.trimEnd().replaceAll('\n', '\n    ')}\n`;
const raw = (request: string, rest = 'matchers:\n  - type: status\n    status: [200]'): string =>
  plain(`raw:\n  - |\n    ${request.replaceAll('\n', '\n    ')}\n${rest}`);

describe('a raw request', () => {
  test('is sent with its own headers, a counted body and the ends of lines that HTTP wants', async () => {
    const { sent, isMatched } = await run(
      raw('POST /a?b=c HTTP/1.1\nHost: {{Hostname}}\nX-One: 1\nContent-Length: 999\n\nline one\nline two'),
    );
    expect(isMatched).toBe(true);
    const [head = '', body] = sent[0]!.split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      'POST /a?b=c HTTP/1.1',
      'Host: 127.0.0.1:8080',
      'X-One: 1',
      expect.stringMatching(/^User-Agent: Mozilla/),
      'Accept-Encoding: gzip',
      'Content-Length: 18',
      'Connection: close',
    ]);
    expect(body).toBe('line one\r\nline two');
  });

  test('keeps the last line end of a multipart body', async () => {
    const { sent } = await run(
      raw('POST / HTTP/1.1\nHost: x\nContent-Type: multipart/form-data; boundary=a\n\n--a--'),
    );
    expect(sent[0]).toMatch(/\r\n\r\n--a--\r\n$/);
  });

  test('may have annotations, no host, a whole address and a blank in its path', async () => {
    const { sent } = await run(
      plain(`raw:
  - |
    @timeout: 20s
    @Host: http://other.example
    GET http://example.org/a HTTP/1.1

    GET /never HTTP/1.1
  - "GET /a\\x01b HTTP/1.1\\n\\n"
matchers:
  - { type: status, status: [200] }`),
    );
    expect(sent[0]).toMatch(/^GET \/a HTTP\/1\.1\r\nHost: example\.org\r\n/);
    expect(sent[1]).toMatch(/^GET \/a%01b HTTP\/1\.1\r\nHost: 127\.0\.0\.1:8080\r\n/);
  });

  test('takes the headers and the body of its block, and leaves out a client name without a value', async () => {
    const { sent } = await run(
      raw(
        'POST /a HTTP/1.1\nHost: x\nUser-Agent:\nX-One: 1\n\nown',
        'headers:\n  x-one: "{{Port}}"\nbody: other\nmatchers:\n  - { type: status, status: [200] }',
      ),
    );
    expect(sent).toEqual([
      'POST /a HTTP/1.1\r\nHost: x\r\nx-one: 8080\r\nAccept-Encoding: gzip\r\nContent-Length: 5\r\nConnection: close\r\n\r\nother',
    ]);
  });

  test('is sent as it is written when it is unsafe', async () => {
    const { sent } = await run(raw('GET /a  HTTP/1.1\nHost:{{Hostname}}\nHost: b\n\n', 'unsafe: true'));
    expect(sent).toEqual(['GET /a  HTTP/1.1\r\nHost:127.0.0.1:8080\r\nHost: b\r\n\r\n']);
  });

  test('that is none is a fault', async () => {
    expect((await run(raw('nothing'))).fault).toContain("'nothing");
  });
});

describe('a request of fields', () => {
  test('is made for each path', async () => {
    const { sent, isMatched } = await run(
      plain(`method: POST
path:
  - "{{BaseURL}}/one?x={{BaseURL}}"
  - "{{RootURL}}/two"
headers:
  X-One: "{{Host}}:{{Port}}"
body: "a=b"
matchers:
  - { type: status, status: [404] }`),
      (target) => ({ status: target === '/two' ? 404 : 200 }),
    );
    expect(isMatched).toBe(true);
    expect(sent[0]).toBe(
      'POST /one?x=http://127.0.0.1:8080 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-One: 127.0.0.1:8080\r\nAccept: */*\r\n' +
        'Accept-Language: en\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n' +
        'Accept-Encoding: gzip\r\nContent-Length: 3\r\nConnection: close\r\n\r\na=b',
    );
    expect(sent[1]).toMatch(/^POST \/two /);
  });

  test('may stand under the old key', async () => {
    const { sent } = await run('id: t\nrequests:\n  - method: GET\n    path: ["{{BaseURL}}/old"]\n');
    expect(sent[0]).toMatch(/^GET \/old /);
  });
});

describe('names in braces', () => {
  test('are variables, each with those before it, and calls of functions', async () => {
    const { sent } = await run(
      `id: t
variables:
  cmd: 'nslookup {{callback}}'
  callback: foobar.com
  payload: '{{base64(callback)}}'
  same: '{{randstr}}'
  request-id: "{{to_lower('ABC')}}"
${raw('GET /{{payload}}/{{same}}/{{randstr}}/{{randstr_1}}/{{request-id}}/{{concat("{", to_upper(callback), "}")}}/{{unknown}}/{{1+1}}/etc{{ HTTP/1.1\nX: {{cmd}} §callback§').replace(/^id: t\n/, '')}`,
    );
    const [path = ''] = sent[0]!.split('\r\n');
    const steps = path.split(' ')[1]!.split('/');
    expect(steps[1]).toBe('Zm9vYmFyLmNvbQ==');
    expect(steps[2]).toBe(steps[3]);
    expect(steps[2]).toMatch(/^\w{27}$/);
    expect(steps[4]).not.toBe(steps[3]);
    expect(steps.slice(5)).toEqual(['abc', '{FOOBAR.COM}', '{{unknown}}', '{{1+1}}', 'etc{{']);
    expect(sent[0]).toContain('X: nslookup foobar.com foobar.com');
  });

  test('may hold bytes', async () => {
    const { sent } = await run(raw("POST / HTTP/1.1\nHost: x\n\n{{hex_decode('00ff')}}ä"));
    expect(sent[0]!.split('\r\n\r\n')[1]).toBe('\0\u00ff\u00c3\u00a4');
  });

  test('call home to a name that no resolver knows', async () => {
    const { sent } = await run(raw('GET /?u={{interactsh-url}} HTTP/1.1\nHost: x'));
    expect(sent[0]).toMatch(/^GET \/\?u=\w+\.interact\.invalid /);
  });
});

describe('payloads', () => {
  const withAttack = (attack: string, payloads: string): string =>
    plain(`${attack}
path: ["{{BaseURL}}/{{a}}{{b}}"]
payloads:
  ${payloads}
matchers:
  - { type: status, status: [200] }`);
  const pathsOf = (sent: readonly string[]): readonly string[] => sent.map((bytes) => bytes.split(' ')[1]!);

  test.each([
    ['attack: pitchfork', 'a: ["1", "2"]\n  b: ["x", "y", "z"]', ['/1x', '/2y']],
    ['attack: clusterbomb', 'a: [1, 2]\n  b: [x, y]', ['/1x', '/1y', '/2x', '/2y']],
    ['attack: batteringram', 'a: ["1", "{{to_upper(\'b\')}}"]', ['/1{{b}}', '/B{{b}}']],
    ['method: GET', 'a: list.txt', ['/one{{b}}', '/two{{b}}']],
  ])('%s', async (attack, payloads, expected) => {
    const { sent } = await run(withAttack(attack, payloads), undefined, { 'list.txt': 'one\n\ntwo\n' });
    expect(pathsOf(sent)).toEqual(expected);
  });

  test('end with the first match when the template says so', async () => {
    const { sent } = await run(withAttack('stop-at-first-match: true', 'a: ["1", "2"]'));
    expect(sent).toHaveLength(1);
  });

  test('of a file that is not there cannot be read', () => {
    const read = readTemplate('t.yaml', withAttack('method: GET', 'a: gone.txt'), () => undefined);
    expect(read).toEqual({ ok: false, reason: "t.yaml: the file of payloads 'gone.txt' is not there" });
  });
});

describe('matchers', () => {
  const answer: Partial<Answer> = {
    status: 403,
    headers: [
      ['Content-Type', 'text/html'],
      ['Set-Cookie', 'sid=abc; Path=/'],
    ],
    body: 'Blocked by\x00\xffus',
  };
  test.each([
    ['type: status\nstatus: [200, 403]', true],
    ['type: status\nstatus: 403\nnegative: true', false],
    ['type: size\nsize: [14]', true],
    ['type: word\nwords: ["Blocked", "nothing"]', true],
    ['type: word\nwords: ["Blocked", "nothing"]\ncondition: and', false],
    ['type: word\nwords: ["blocked"]', false],
    ['type: word\nwords: ["blocked"]\ncase-insensitive: true', true],
    ['type: word\nwords: ["text/html"]\npart: header', true],
    ['type: word\nwords: ["text/html", "Blocked"]\npart: all\ncondition: and', true],
    ['type: word\nwords: ["HTTP/1.1 403"]\npart: response', true],
    ['type: word\nwords: ["00ff"]\nencoding: hex', true],
    ['type: word\nwords: ["GET /x"]\npart: request', true],
    ['type: regex\nregex: ["^Bl[a-z]+ed"]', true],
    ['type: regex\nregex: ["^x", "by"]\ncondition: and', false],
    ['type: binary\nbinary: ["6279 00ff"]', true],
    ['type: dsl\ndsl: ["status_code == 403 && contains(body, \'us\')"]', true],
    ['type: dsl\ndsl: ["status_code == 403", "len(body) > 100"]\ncondition: and', false],
    ['type: dsl\ndsl: ["status_code_1 == 403"]', true],
    ['type: dsl\ndsl: ["status_code_2 == 403"]', false],
    ["type: dsl\ndsl: [\"content_type == 'text/html' && sid == 'abc'\"]", true],
    ['type: dsl\ndsl: ["duration >= 0 && content_length == 14"]', true],
  ])('%s: %s', async (matcher, expected) => {
    const yaml = raw('GET /x HTTP/1.1\nHost: x', `matchers:\n  - ${matcher.replaceAll('\n', '\n    ')}`);
    expect((await run(yaml, () => answer)).isMatched).toBe(expected);
  });

  const two = (condition: string): string =>
    raw(
      'GET /x HTTP/1.1\nHost: x',
      `matchers-condition: ${condition}\nmatchers:\n  - { type: status, status: [403] }\n  - { type: status, status: [200] }`,
    );

  test('are alternatives unless the block joins them', async () => {
    expect((await run(two('or'), () => answer)).isMatched).toBe(true);
    expect((await run(two('and'), () => answer)).isMatched).toBe(false);
  });

  test('see the earlier answers of their block under numbers', async () => {
    const yaml = (dsl: string): string =>
      plain(`raw:
  - "GET /one HTTP/1.1\\n\\n"
  - "GET /two HTTP/1.1\\n\\n"
req-condition: true
matchers:
  - type: dsl
    dsl: ["${dsl}"]`);
    const answers = (target: string): Partial<Answer> => ({
      status: target === '/one' ? 403 : 404,
      body: target,
    });
    expect(
      (await run(yaml("status_code_1 == 403 && status_code_2 == 404 && body_1 == '/one'"), answers))
        .isMatched,
    ).toBe(true);
    expect((await run(yaml('status_code_1 == 403 && status_code_2 == 403'), answers)).isMatched).toBe(false);
  });

  test('that this runner does not know are told', () => {
    const read = readTemplate('t.yaml', raw('GET / HTTP/1.1', 'matchers:\n  - type: xpath'), () => undefined);
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining("'xpath'") as string });
  });
});

describe('what an answer brings', () => {
  test('feeds later requests: extracted values, and cookies', async () => {
    const yaml = plain(`raw:
  - "GET /login HTTP/1.1\\n\\n"
  - "GET /{{token}}/{{number}}/{{kind}} HTTP/1.1\\nCookie: own=1\\n\\n"
  - "GET /third HTTP/1.1\\n\\n"
extractors:
  - { type: regex, name: token, group: 1, regex: ['token="(\\w+)"'], internal: true }
  - { type: json, name: number, part: header_json, json: ['.a[1].b'], internal: true }
  - { type: kval, name: kind, kval: [X-Kind], internal: true }
matchers:
  - { type: status, status: [404] }`);
    const { sent } = await run(yaml, () => ({
      status: 200,
      body: 'token="abc"',
      headers: [
        ['Set-Cookie', 'sid=s1; HttpOnly'],
        ['X-Kind', 'k'],
        ['Header-Json', '{"a":[0,{"b":7}]}'],
      ],
    }));
    expect(sent[1]).toMatch(/^GET \/abc\/7\/k HTTP/);
    expect(sent[1]).toContain('Cookie: own=1; sid=s1\r\n');
    expect(sent[2]).toContain('Cookie: sid=s1\r\n');
  });

  test('is followed when it is a redirect and the block says so', async () => {
    const yaml = plain(
      'method: GET\npath: ["{{BaseURL}}/old"]\nredirects: true\nmax-redirects: 1\nmatchers:\n  - { type: status, status: [404] }',
    );
    const { sent, isMatched } = await run(yaml, (target) =>
      target === '/old' ? { status: 302, headers: [['Location', '/new']] } : { status: 404 },
    );
    expect(sent.map((bytes) => bytes.split(' ')[1])).toEqual(['/old', '/new']);
    expect(isMatched).toBe(true);
  });

  test('without matchers, what an extractor shows is the finding', async () => {
    const yaml = (internal: boolean): string =>
      plain(
        `method: GET\npath: ["{{BaseURL}}/"]\nextractors:\n  - { type: dsl, dsl: ["status_code"], internal: ${internal} }`,
      );
    expect((await run(yaml(false))).isMatched).toBe(true);
    expect((await run(yaml(true))).isMatched).toBe(false);
  });
});

describe('flow', () => {
  const block = (path: string, status: number): string =>
    `  - method: GET\n    path: ["{{BaseURL}}/${path}"]\n    matchers:\n      - { type: status, status: [${status}] }\n`;
  const yaml = (flow: string): string =>
    `id: t\nflow: ${JSON.stringify(flow)}\nhttp:\n${block('one', 200)}${block('two', 404)}${block('three', 200)}`;

  test.each<[string, boolean, number]>([
    ['http(1) && http(2)', false, 2],
    ['http(2) && http(1)', false, 1],
    ['http(1) && !http(2) && http(3)', true, 3],
    ['http(2) || http(3)', true, 2],
    ['(http(2) || http(1)) && http(3)', true, 3],
    ['http(2)\nhttp(1);', true, 2],
    ['http()', false, 3],
  ])('%s', async (flow, isMatched, requests) => {
    const result = await run(yaml(flow));
    expect(result).toMatchObject({ isMatched, fault: undefined });
    expect(result.exchanges).toHaveLength(requests);
  });

  test('beyond calls of http() is a fault', async () => {
    expect((await run(yaml('for (let x of [1]) { http(1) }'))).fault).toContain('cannot follow');
  });
});

test('a request that gets no answer is told, and the others go on', async () => {
  const read = readTemplate(
    't.yaml',
    plain(
      'method: GET\npath: ["{{BaseURL}}/a", "{{BaseURL}}/b"]\nmatchers:\n  - { type: status, status: [200] }',
    ),
    () => undefined,
  );
  if (!read.ok) throw new Error(read.reason);
  const result = await runTemplate(read.template, {
    target: { hostname: 'h:1' },
    send: async (bytes) =>
      Promise.resolve(
        bytes.includes('/a') ? { failed: 'no answer' } : { status: 200, headers: [], body: '', tookMs: 0 },
      ),
    random: () => 0,
    nowMs: () => 0,
  });
  expect(result).toEqual({
    isMatched: true,
    exchanges: ['1. GET /a: no answer', '2. GET /b: 200'],
    fault: undefined,
  });
});
