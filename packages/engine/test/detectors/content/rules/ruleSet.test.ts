import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadRules, RuleSet, type RuleFinding } from '../../../../src/detectors/content/rules/index.ts';
import { part, partsOf } from './handMadeParts.ts';

function setOf(...rules: string[]): RuleSet {
  const list = rules.map((rule, i) => {
    const lines = `name: me/r${i}\nclass: other\ntext: is rule ${i}\nstrength: weak\n${rule.trim()}`;
    return `  - ${lines.replaceAll('\n', '\n    ')}`;
  });
  const { rules: loaded, problems } = loadRules([{ file: 'own.yaml', text: `rules:\n${list.join('\n')}\n` }]);
  expect(problems).toEqual([]);
  return new RuleSet(loaded);
}

const namesOf = (findings: readonly RuleFinding[]): string[] => findings.map(({ rule }) => rule.name);

test('a finding says in which reading of which part it stands', () => {
  const set = setOf("match: 'se+cret'");
  const found = part({
    name: 'q',
    value: 'x%53eecret',
    views: [{ text: 'my Seecret', decodings: ['percent'] }],
  });
  const parts = partsOf({ parts: [part({ value: 'other' }), found] });
  expect(set.match(parts)).toMatchObject([
    { part: found, placement: 'query', name: 'q', view: 0, text: 'my Seecret', start: 3, end: 10 },
  ]);
});

test('a part counts once, whatever its readings', () => {
  const set = setOf('contains: needle');
  const views = [{ text: 'NEEDLE', decodings: ['percent' as const] }];
  expect(set.match(partsOf({ parts: [part({ value: 'needle', views })] }))).toHaveLength(1);
});

test('other readings are left out when the rule wants the value alone', () => {
  const set = setOf('contains: needle\nviews: false');
  const views = [{ text: 'needle', decodings: ['percent' as const] }];
  expect(set.match(partsOf({ parts: [part({ value: 'hay', views })] }))).toEqual([]);
});

test('places, names, methods, path, media type and kind have all to hold', () => {
  const set = setOf(
    "contains: needle\nin: [form]\nnames: ['field_*', body]\nmethods: [post]\npath: '^/node/'\nmedia: 'application/x-*'\nkinds: [html]",
  );
  const good = { method: 'POST', path: '/node/add', mediaType: 'application/x-www-form-urlencoded' };
  const value = part({ placement: 'form', name: 'Field_text', value: 'a needle', kind: 'html' });
  expect(set.match(partsOf({ ...good, parts: [value] }))).toHaveLength(1);
  expect(set.match(partsOf({ ...good, parts: [{ ...value, placement: 'query' }] }))).toEqual([]);
  expect(set.match(partsOf({ ...good, parts: [{ ...value, name: 'title' }] }))).toEqual([]);
  expect(set.match(partsOf({ ...good, parts: [{ ...value, kind: 'text' }] }))).toEqual([]);
  expect(set.match(partsOf({ ...good, method: 'PUT', parts: [value] }))).toEqual([]);
  expect(set.match(partsOf({ ...good, path: '/user', parts: [value] }))).toEqual([]);
  expect(set.match(partsOf({ ...good, mediaType: 'text/plain', parts: [value] }))).toEqual([]);
});

test('an exception silences a rule where all of it holds', () => {
  const set = setOf("contains: needle\nexcept:\n  - names: [css]\n    path: '^/admin/'");
  const css = part({ name: 'css', value: 'needle' });
  expect(set.match(partsOf({ path: '/admin/theme', parts: [css] }))).toEqual([]);
  expect(set.match(partsOf({ path: '/', parts: [css] }))).toHaveLength(1);
  expect(set.match(partsOf({ path: '/admin/theme', parts: [part({ value: 'needle' })] }))).toHaveLength(1);
});

test('secrets are never looked at, their names are', () => {
  const set = setOf('contains: needle\nkinds: all', 'contains: needle\nin: name');
  const secret = part({ name: 'needle[]', value: 'needle', kind: 'secret' });
  expect(namesOf(set.match(partsOf({ parts: [secret] })))).toEqual(['me/r1']);
});

test('`and` and `unless` narrow what `match` finds', () => {
  const set = setOf("match: 'needle'\nand: 'hay'\nunless: 'barn'");
  const found = (value: string): number => set.match(partsOf({ parts: [part({ value })] })).length;
  expect([found('needle in hay'), found('needle'), found('needle in hay of a barn')]).toEqual([1, 0, 0]);
});

test('rules on the target, the request and anomalies need no part', () => {
  const set = setOf("in: target\nmatch: '%00'", 'in: request\nmethods: [TRACE]', 'anomalies: [gzip-bomb]');
  const parts = partsOf({
    method: 'TRACE',
    rawTarget: '/a%00',
    anomalies: [{ code: 'gzip-bomb', placement: 'body', name: '', severity: 'refuse' }],
  });
  expect(new Set(namesOf(set.match(parts)))).toEqual(new Set(['me/r0', 'me/r1', 'me/r2']));
  expect(set.match(partsOf())).toEqual([]);
});

test('a header that is there is enough for a rule that names it', () => {
  const set = setOf('in: header\nnames: [x-odd]');
  expect(
    set.match(partsOf({ parts: [part({ placement: 'header', name: 'x-odd', value: '1' })] })),
  ).toHaveLength(1);
  expect(set.match(partsOf({ parts: [part({ placement: 'header', name: 'x-even', value: '1' })] }))).toEqual(
    [],
  );
});

test('a flood of findings is cut', () => {
  const set = setOf('contains: needle');
  const parts = Array.from({ length: 500 }, () => part({ value: 'needle' }));
  expect(set.match(partsOf({ parts }))).toHaveLength(4);
});

test('any text is answered, and a finding lies inside its text', () => {
  const set = setOf('contains: [ss, k]', "match: '[^a]b.{0,3}c'", "in: name\nmatch: '__proto__'");
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, name) => {
      for (const finding of set.match(partsOf({ rawTarget: value, parts: [part({ name, value })] }))) {
        expect(finding.start).toBeGreaterThanOrEqual(0);
        expect(finding.end).toBeLessThanOrEqual(finding.text.length);
      }
    }),
  );
});

test('a header as it was sent is there for rules that name it, though the decoders left it out', () => {
  const set = setOf('in: raw-header\nnames: [content-type]\ncontains: ibm037');
  expect(set.match(partsOf({ headers: [['content-type', 'text/plain; charset=IBM037']] }))).toHaveLength(1);
  expect(set.match(partsOf({ headers: [['content-type', 'text/plain']] }))).toEqual([]);
  expect(set.match(partsOf({ headers: [['accept', 'ibm037']] }))).toEqual([]);
});

test('in a long text the surroundings of the literals are looked at', () => {
  const set = setOf("match: 'x[^y]{0,200}needle'");
  const found = (value: string): number => set.match(partsOf({ parts: [part({ value })] })).length;
  const padding = 'needles '.repeat(40) + 'hay '.repeat(20_000);
  expect(found(`${padding}x the needle`)).toBe(1);
  expect(found(`${padding}xy the needle`)).toBe(0);
});

test('a rule for one name looks for its literals there', () => {
  const set = setOf('names: [q]\ncontains: needle');
  expect(set.match(partsOf({ parts: [part({ name: 'Q', value: 'a Needle' })] }))).toHaveLength(1);
  expect(set.match(partsOf({ parts: [part({ name: 'q', value: 'hay' })] }))).toEqual([]);
  expect(set.match(partsOf({ parts: [part({ name: 'p', value: 'needle' })] }))).toEqual([]);
});

test('a rule on addresses of other sites is silent about pages of the host that was asked', () => {
  const set = setOf('contains: http\nother_host: true');
  const asked = (value: string, host = 'www.example.org:8443'): number =>
    set.match(partsOf({ headers: [['host', host]], parts: [part({ value })] })).length;
  expect(asked('https://www.Example.org:8443/cart?add=12')).toBe(0);
  expect(asked('https://evil.example/cart')).toBe(1);
  expect(asked('https://www.example.org.evil.example/')).toBe(1);
  expect(asked('https://www.example.org@evil.example/')).toBe(1);
  expect(asked('https://www.example.org\\@evil.example/')).toBe(1);
  expect(asked('https:///', '')).toBe(1);
});
