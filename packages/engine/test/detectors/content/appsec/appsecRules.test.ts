import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { form, json, matches, multipart, requestOf, ruleOf, rulesOf, type Sent } from './requests.ts';

const leaf = (zone: string, type: string, value: string, rest = ''): string =>
  `{ zones: [${zone}], match: { type: ${type}, value: ${JSON.stringify(value)} }${rest} }`;

describe('a zone is the part of the request that CrowdSec means by it', () => {
  const part = (name: string, rest: string, content: string): string =>
    `Content-Disposition: form-data; name="${name}"${rest}\r\n\r\n${content}`;
  test.each<[zone: string, value: string, sent: Sent]>([
    ['URI', '/a b', { target: '/a%20b?c=d' }],
    ['URI', '/a+b', { target: '/a+b' }],
    ['URI', '/path', { target: 'http://host.example/path?x' }],
    ['URI', '/a%zz?b', { target: '/a%zz?b' }],
    ['URI_FULL', '/a%20b?c=%64', { target: '/a%20b?c=%64' }],
    ['URI_FULL', '/a%22b.?c', { target: '/a"b%2e?c' }],
    ['URI_FULL', '/a', { target: '/a#b' }],
    ['ARGS', 'x y&', { target: '/?a=1&b=x+y%26' }],
    ['ARGS', '', { target: '/?a' }],
    ['ARGS_NAMES', 'a[b]', { target: '/?x&a%5Bb]=1' }],
    ['BODY_ARGS', 'x y', form('a=1&b=x+y')],
    ['BODY_ARGS', 'x y', multipart(part('b', '', 'x y'))],
    ['BODY_ARGS', 'x/y', json('{"a":[1,{"b":"x\\/y"}]}')],
    ['BODY_ARGS_NAMES', 'json.a.1.b', json('{"a":[1,{"b":"x"}]}')],
    ['BODY_ARGS_NAMES', 'b', form('b')],
    ['FILES', 'shell.php', multipart(part('f', '; filename="shell.php"', 'x'))],
    ['FILENAMES', 'shell.php', multipart(part('f', "; filename*=UTF-8''shell%2ephp", 'x'))],
    ['FILES_NAMES', 'f', multipart(part('f', '; filename="shell.php"', 'x'))],
    ['FILES_TOTAL_SIZE', '3', multipart(part('f', '; filename="a"', 'xyz'))],
    ['HEADERS', 'one', { headers: [['x-test', 'one']] }],
    ['HEADERS_NAMES', 'X-Test-2a', { headers: [['x-test-2a', 'one']] }],
    ['COOKIES', 'a=b%20', { headers: [['cookie', 'x=1; y=a=b%20']] }],
    ['COOKIES_NAMES', 'y', { headers: [['cookie', 'x=1;y']] }],
    ['METHOD', 'PURGE', { method: 'PURGE' }],
    ['PROTOCOL', 'HTTP/1.1', {}],
    ['RAW_BODY', 'a=%41', form('a=%41')],
  ])('%s is %j', (zone, value, sent) => {
    expect(matches(ruleOf(leaf(zone, 'equals', value)), sent)).toBe(true);
    expect(matches(ruleOf(leaf(zone, 'equals', `${value}?`)), sent)).toBe(false);
  });

  test('a body that does not say what it is has no arguments', () => {
    const rule = ruleOf(leaf('BODY_ARGS', 'equals', '1'));
    expect(matches(rule, { method: 'POST', body: 'a=1' })).toBe(false);
  });

  test('the name of a header that all clients send can be looked for too', () => {
    const rule = ruleOf(leaf('HEADERS_NAMES', 'contains', 'ser-agen', ', transform: [lowercase]'));
    expect(matches(rule, { headers: [['user-agent', 'x']] })).toBe(true);
    expect(matches(rule, { headers: [['accept', 'x']] })).toBe(false);
  });

  test('several zones are alternatives', () => {
    const rule = ruleOf(leaf('ARGS, BODY_ARGS', 'equals', 'x'));
    expect(matches(rule, { target: '/?a=x' })).toBe(true);
    expect(matches(rule, form('a=x'))).toBe(true);
    expect(matches(rule, { headers: [['a', 'x']] })).toBe(false);
  });
});

describe('variables choose values', () => {
  test('by name, in any case', () => {
    const rule = ruleOf(leaf('ARGS', 'equals', 'x', ', variables: [Foo]'));
    expect(matches(rule, { target: '/?fOO=x' })).toBe(true);
    expect(matches(rule, { target: '/?bar=x' })).toBe(false);
  });

  test('by a pattern between slashes', () => {
    const rule = ruleOf(leaf('BODY_ARGS', 'contains', '../', ", variables: ['/.+filename$/']"));
    expect(matches(rule, form('upload_FileName=../x'))).toBe(true);
    expect(matches(rule, form('filename=../x'))).toBe(false);
  });

  test('by the path in a JSON body, where a list has its length under its own', () => {
    const deep = ruleOf(leaf('BODY_ARGS', 'equals', 'x', ', variables: [json.a.b.0]'));
    expect(matches(deep, json('{"a":{"b":["x"]}}'))).toBe(true);
    expect(matches(deep, json('{"a":{"b":["y","x"]}}'))).toBe(false);
    const length = ruleOf(leaf('BODY_ARGS', 'gte', '2', ', variables: [json.a]'));
    expect(matches(length, json('{"a":[1,2]}'))).toBe(true);
    expect(matches(length, json('{"a":[1]}'))).toBe(false);
  });
});

describe('a match type compares', () => {
  test.each([
    ['equals', 'abc', 'abc', true],
    ['equals', 'abc', 'abcd', false],
    ['contains', 'bc', 'abcd', true],
    ['contains', 'bd', 'abcd', false],
    ['startsWith', 'ab', 'abcd', true],
    ['startsWith', 'bc', 'abcd', false],
    ['endsWith', 'cd', 'abcd', true],
    ['endsWith', 'bc', 'abcd', false],
    ['regex', '^b.*d$', 'bad', true],
    ['regex', '^b.*d$', 'abad', false],
    ['regex', '\\x22a\\x22', '%22a%22', true],
    ['regex', '^b$', 'a%0Ab', true],
    ['regex', 'a.b', 'a%0Ab', true],
    ['equals', 'ä', '%C3%A4', true],
    ['regex', '^[ä]$', '%C3%A4', true],
    ['regex', '[^a-z]', '%C3%A4', true],
    ['eq', '3', '3', true],
    ['eq', '3', '03', true],
    ['eq', '0', 'three', true],
    ['gt', '3', '4', true],
    ['gt', '3', '3', false],
    ['gte', '3', '3', true],
    ['lt', '3', '2', true],
    ['lt', '3', '3', false],
    ['lte', '3', '3', true],
    ['lte', '-1', '-2', true],
    ['libinjectionSQL', '', "1'%20or%20'1'='1", true],
    ['libinjectionSQL', '', 'this%20or%20that', false],
    ['libinjectionXSS', '', '<script>alert(1)</script>', true],
    ['libinjectionXSS', '', 'script', false],
    ['contains', ' bc ', 'abcd', true],
  ])('%s %j with %j: %s', (type, value, argument, expected) => {
    expect(matches(ruleOf(leaf('ARGS', type, value)), { target: `/?a=${argument}` })).toBe(expected);
  });

  test('fromFile: any line of a list, in any case', () => {
    const rule = ruleOf(leaf('ARGS', 'fromFile', 'list.txt'), {
      dataFile: (name) => (name === 'list.txt' ? '# bad\nUnion Select\n\nsleep(\n' : undefined),
    });
    expect(matches(rule, { target: '/?a=x+UNION+select' })).toBe(true);
    expect(matches(rule, { target: '/?a=%23+bad' })).toBe(false);
  });

  test('not: true of any value that it is not, but never of none', () => {
    const rule = ruleOf('{ zones: [ARGS], variables: [a], match: { type: equals, value: x, not: true } }');
    expect(matches(rule, { target: '/?a=y' })).toBe(true);
    expect(matches(rule, { target: '/?a=x' })).toBe(false);
    expect(matches(rule, { target: '/?b=y' })).toBe(false);
  });

  test('count: how many values there are, none too', () => {
    const none = ruleOf(leaf('HEADERS', 'equals', '0', ', variables: [User-Agent], transform: [count]'));
    expect(matches(none, {})).toBe(true);
    expect(matches(none, { headers: [['user-agent', '']] })).toBe(false);
    const two = ruleOf(leaf('ARGS', 'gte', '2', ', variables: [a], transform: [count]'));
    expect(matches(two, { target: '/?a=1&A=2' })).toBe(true);
    expect(matches(two, { target: '/?a=1&b=2' })).toBe(false);
  });
});

describe('a transform changes the value first', () => {
  test.each([
    ['lowercase', '%C3%84B', 'äb'],
    ['uppercase', 'aB', 'AB'],
    ['urldecode', '%2541%252B%2B%25zz', 'A++%zz'.replace('++', '+ ')],
    ['length', '%C3%A4a', '3'],
    ['trim', '%20%0A%00a%20', '\0a'],
    ['trim_left', '%20a%20', 'a '],
    ['trim_right', '%20a%20', ' a'],
    ['htmlentitydecode', '%26lt%3B%26%2360%26%23x3C%3B%26amp+%26lpar%3B%26foo%3B', '<<<& (&foo;'],
    ['js_decode', '%5Cu0041%5Cx42%5C103%5Cn%5Cuff21%5Cq', 'ABC\nAq'],
    ['css_decode', '%5C41+b%5C000042%5Cz%5C', 'AbBz'],
    ['hexdecode', '4142', 'AB'],
    ['hexdecode', '414', '414'],
    ['cmdline', 'C%5EaT++%22/etc%22%3B,%27x', 'cat/etc x'],
    ['b64decode', 'QUI=', 'AB'],
    ['b64decode', 'QU.JD', 'A'],
    ['b64decode', 'QUI', 'AB'],
    ['b64decode_lenient', 'Q+U.JD', 'ABC'],
    ['b64encode', 'AB', 'QUI='],
    ['normalizepath', '/a/./b//../c/', '/a/c/'],
    ['normalizepath', '../a/../../b', '../../b'],
    ['normalizepath', '/../../b', '/b'],
    ['normalizepath', './.', ''],
    ['normalize_path_win', '%5Ca%5C..%5Cb', '/b'],
    ['remove_whitespaces', 'a+%09%0Ab%C2%A0', 'ab'],
    ['compress_whitespaces', 'a+%09%0Ab', 'a b'],
    ['remove_nulls', 'a%00b', 'ab'],
    ['replace_nulls', 'a%00b', 'a b'],
    ['remove_comments', 'a/*b*/c%3C!--d--%3Ee--f', 'ace'],
    ['remove_comments', 'a/*b', 'a '],
    ['replace_comments', 'a/*b*/c/*d', 'a c '],
  ])('%s of %s', (transform, argument, expected) => {
    const yaml = leaf('ARGS', 'regex', `^${hexOf(expected)}$`, `, transform: [${transform}]`);
    expect(matches(ruleOf(yaml), { target: `/?a=${argument}` })).toBe(true);
  });

  test('one after the other, in the order written', () => {
    const chain = (names: string): string => leaf('ARGS', 'equals', 'ABC', `, transform: [${names}]`);
    const sent: Sent = { target: '/?a=%2544%54%2542D' };
    expect(matches(ruleOf(leaf('ARGS', 'equals', 'dtbd', ', transform: [urldecode, lowercase]')), sent)).toBe(
      true,
    );
    expect(matches(ruleOf(leaf('ARGS', 'equals', 'Dtbd', ', transform: [lowercase, urldecode]')), sent)).toBe(
      false,
    );
    expect(matches(ruleOf(chain('b64decode, uppercase')), { target: '/?a=YWJj' })).toBe(true);
  });
});

describe('and, or and leaves beside them', () => {
  const rules = rulesOf(`name: test/rule
rules:
  - zones: [METHOD]
    match: { type: equals, value: POST }
    and:
      - zones: [URI]
        match: { type: contains, value: /admin }
    or:
      - { zones: [ARGS], match: { type: equals, value: one } }
      - and:
          - { zones: [ARGS], match: { type: equals, value: two } }
          - { zones: [HEADERS], variables: [x], match: { type: equals, value: three } }
`);
  test.each<[boolean, Sent]>([
    [true, { method: 'POST', target: '/admin?a=one' }],
    [true, { method: 'POST', target: '/admin?a=two', headers: [['x', 'three']] }],
    [false, { method: 'POST', target: '/admin?a=two' }],
    [false, { method: 'GET', target: '/admin?a=one' }],
    [false, { method: 'POST', target: '/user?a=one' }],
  ])('%s for %j', (expected, sent) => {
    expect(matches(rules, sent)).toBe(expected);
  });
});

describe('a finding', () => {
  test('names the rule, the class and every place that spoke', () => {
    const rules = rulesOf(`name: author/thing
description: finds it
rules:
  - and:
      - { zones: [METHOD], match: { type: equals, value: GET } }
      - { zones: [URI], transform: [lowercase], match: { type: endsWith, value: /thing.php } }
      - { zones: [ARGS], variables: [q], match: { type: contains, value: "../" } }
labels:
  label: Thing - LFI
`);
    const [finding] = rules.match(requestOf({ target: `/x/Thing.php?q=${'a'.repeat(300)}../etc` }));
    expect(finding).toMatchObject({
      rule: { name: 'author/thing', description: 'finds it' },
      class: 'lfi',
      matched: [
        { zone: 'METHOD', excerpt: 'GET' },
        { zone: 'URI', placement: 'path', excerpt: '/x/thing.php' },
        { zone: 'ARGS', placement: 'query', name: 'q' },
      ],
      foundIn: { placement: 'query', name: 'q', excerpt: `${'a'.repeat(20)}../etc` },
    });
  });

  test('shows nothing of a value whose name says that it is secret', () => {
    const rules = ruleOf(leaf('BODY_ARGS', 'contains', 'geheim'));
    const [finding] = rules.match(requestOf(form('user_password=geheim')));
    expect(finding?.foundIn).toMatchObject({ name: 'user_password', excerpt: '' });
  });
});

describe('the filter in front never changes the answer', () => {
  const KINDS = ['equals', 'contains', 'startsWith', 'endsWith', 'regex'];
  const ZONES = [
    'URI',
    'URI_FULL',
    'ARGS',
    'ARGS_NAMES',
    'HEADERS',
    'HEADERS_NAMES',
    'COOKIES',
    'BODY_ARGS',
    'RAW_BODY',
  ];
  const CHAINS = [
    '',
    'lowercase',
    'urldecode',
    'lowercase, urldecode',
    'urldecode, urldecode',
    'normalizepath',
    'trim',
  ];
  const TEXTS = [
    'äbc',
    '/abc/Def',
    'abc.php',
    'x-abc',
    'def=1',
    'AbC',
    '../abc',
    '"abc"',
    'json.abc',
    'n.a/b',
  ];
  const WAYS: readonly ((value: string) => string)[] = [
    (value) => value,
    (value) => value.toUpperCase(),
    encodeURIComponent,
    percent,
    (value) => percent(percent(value)),
    (value) => `/.${value}`,
  ];

  const caseOf = fc.record({
    text: fc.constantFrom(...TEXTS),
    way: fc.constantFrom(...WAYS),
    zone: fc.constantFrom(...ZONES),
    kind: fc.constantFrom(...KINDS),
    chain: fc.constantFrom(...CHAINS),
    variable: fc.constantFrom(
      '',
      '',
      ', variables: [abc]',
      ', variables: [x-abc]',
      ", variables: ['/^abc/']",
    ),
    asJson: fc.boolean(),
  });

  function sentOf(value: string, asJson: boolean): readonly Sent[] {
    const common = { method: 'POST', headers: [] };
    const type = asJson ? 'application/json' : 'application/x-www-form-urlencoded';
    return [
      { ...common, target: value.startsWith('/') ? value : `/${value}` },
      { ...common, target: `/x?abc=${value}&x-abc=${value}` },
      { ...common, target: `/x?${value}` },
      {
        ...common,
        headers: [
          ['x-abc', value],
          ['cookie', `abc=${value}; ${value}=1`],
        ],
      },
      {
        method: 'POST',
        headers: [['content-type', type]],
        body: asJson
          ? JSON.stringify({ abc: value, [value]: 1, n: [{ 'a/b': 2 }] })
          : `abc=${value}&${value}=1`,
      },
    ];
  }

  test('over many leaves and ways to write a value', () => {
    let found = 0;
    fc.assert(
      fc.property(caseOf, ({ text, way, zone, kind, chain, variable, asJson }) => {
        const argument = kind === 'regex' ? `${text.replace(/[.]/g, '\\.')}|nothing` : text;
        const named = zone === 'URI' || zone === 'URI_FULL' || zone === 'RAW_BODY' ? '' : variable;
        const yaml = leaf(zone, kind, argument, `, transform: [${chain}]${named}`);
        const filtered = ruleOf(yaml);
        // With an alternative that cannot be filtered, the rule is always asked.
        const asked = ruleOf(`{ or: [{ zones: [METHOD], match: { type: regex, value: "^$" } }, ${yaml}] }`);
        for (const sent of sentOf(way(text), asJson)) {
          expect(matches(filtered, sent)).toBe(matches(asked, sent));
          if (matches(filtered, sent)) found++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(200);
  });
});

describe('whatever is sent', () => {
  test('nothing throws', () => {
    const rules = rulesOf(`name: test/rule
rules:
  - or:
${['ARGS', 'BODY_ARGS', 'COOKIES', 'FILES', 'URI', 'URI_FULL', 'RAW_BODY', 'HEADERS']
  .map(
    (zone) =>
      `      - { zones: [${zone}], transform: [urldecode, htmlentitydecode, js_decode, css_decode, b64decode_lenient, normalizepath, cmdline, remove_comments], match: { type: regex, value: "zzz$" } }`,
  )
  .join('\n')}
`);
    const bytes = fc.string({ unit: 'binary', maxLength: 60 });
    const type = fc.constantFrom(
      'application/json',
      'multipart/form-data; boundary=a',
      'application/x-www-form-urlencoded',
    );
    fc.assert(
      fc.property(
        bytes,
        bytes,
        type,
        fc.string({
          unit: fc.constantFrom(
            '{',
            '[',
            '"',
            ':',
            ',',
            '\\',
            'u',
            '0',
            '--a',
            '\r\n',
            '%',
            '&',
            '=',
            ';',
            'name=',
            'Content-Disposition:',
          ),
          maxLength: 60,
        }),
        (target, cookie, contentType, body) => {
          const request = requestOf({
            method: 'POST',
            target: `/${target}`,
            headers: [
              ['content-type', contentType],
              ['cookie', cookie],
            ],
            body,
          });
          expect(Array.isArray(rules.match(request))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('deep JSON costs no call stack', () => {
    const rules = ruleOf(leaf('BODY_ARGS', 'equals', 'never'));
    expect(matches(rules, json('[{"a":'.repeat(40_000)))).toBe(false);
  });
});

function percent(value: string): string {
  return [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** As a pattern of bytes, so that nothing in it means anything else. */
function hexOf(value: string): string {
  return [...Buffer.from(value, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
