import { formatProblem } from '@parapet/kinds';
import { expect, test } from 'vitest';
import { loadRules } from '../../../../src/detectors/content/rules/index.ts';

function problemsOf(rule: string): readonly string[] {
  const text = `rules:\n  - ${rule.trim().replaceAll('\n', '\n    ')}\n`;
  return loadRules([{ file: 'own.yaml', text }]).problems.map(formatProblem);
}

test('a rule of few lines loads, with defaults for the rest', () => {
  const text = `rules:
  - name: me/shell
    class: rce
    text: asks for my shell
    strength: strong
    contains: Shell.PHP
`;
  const { rules, problems } = loadRules([{ file: 'own.yaml', text }]);
  expect(problems).toEqual([]);
  expect(rules).toHaveLength(1);
  expect(rules[0]).toMatchObject({
    name: 'me/shell',
    weight: 6,
    isReject: false,
    file: 'own.yaml',
    line: 2,
    what: { contains: ['shell.php'] },
  });
  expect([...rules[0]!.where.places]).toContain('query');
  expect([...rules[0]!.where.kinds!]).toEqual(['text', 'token', 'number']);
});

test('a rule that asks for rejection alone is worth the most', () => {
  const text = `rules:
  - name: me/null
    class: protocol
    text: sends a null byte
    action: reject
    in: target
    match: '%00'
`;
  expect(loadRules([{ file: 'own.yaml', text }]).rules[0]).toMatchObject({ weight: 9, isReject: true });
});

test('what is wrong is told with its place, and all at once', () => {
  expect(
    problemsOf(`
name: me/x
class: sqly
text: is wrong
strength: strong
in: [query, elsewhere]
kinds: poem
match: 'a(b'
finder: nothing
colour: red`),
  ).toEqual([
    "own.yaml:3:12: 'sqly' is no class of a rule (E_RULE_VALUE). Use one of sqli, xss, lfi, rce, php, ssti, xxe, nosql, ldap, ssrf, java, crlf, drupal, leak, scanner, protocol, other",
    expect.stringContaining("own.yaml:6:17: 'elsewhere' is no place (E_RULE_VALUE)"),
    expect.stringContaining("own.yaml:7:12: 'poem' is no kind of field (E_RULE_VALUE)"),
    expect.stringContaining("'nothing' is no finder (E_RULE_VALUE)"),
    expect.stringMatching(/^own\.yaml:8:1\d: .*\(E_PATTERN\)/),
    expect.stringContaining("own.yaml:10:5: 'colour' is no key of a rule (E_UNKNOWN_KEY)"),
  ]);
});

test('a rule without its needed keys says each of them', () => {
  const problems = problemsOf('name: me/x');
  expect(problems).toHaveLength(3);
  expect(problems.every((problem) => problem.includes('E_RULE_MISSING'))).toBe(true);
});

test('a rule that every value would have to be asked about is refused', () => {
  const head = 'name: me/x\nclass: other\ntext: is anything\nstrength: weak\n';
  expect(problemsOf(`${head}match: '[a-z]+'`)).toEqual([expect.stringContaining('E_RULE_TRIGGER')]);
  expect(problemsOf(`${head}match: '[a-z]+'\nnames: [me]`)).toEqual([]);
  expect(problemsOf(`${head}match: '[a-z]+'\nin: path`)).toEqual([]);
  expect(problemsOf(`${head}match: '[a-z]+needle'`)).toEqual([]);
});

test('a pattern that could stall a backtracking matcher is refused', () => {
  const head = 'name: me/x\nclass: other\ntext: is anything\nstrength: weak\n';
  expect(problemsOf(`${head}match: '(a+)+needle$'`)).toEqual([
    expect.stringMatching(/^own\.yaml:6:\d+: .*\(E_PATTERN\)/),
  ]);
});

test('the second rule of a name is refused and the first loads', () => {
  const rule = '  - name: me/x\n    class: other\n    text: is x\n    strength: weak\n    contains: xyz\n';
  const { rules, problems } = loadRules([{ file: 'own.yaml', text: `rules:\n${rule}${rule}` }]);
  expect(rules).toHaveLength(1);
  expect(problems.map(({ code, line }) => [code, line])).toEqual([['E_RULE_VALUE', 7]]);
});

test('an example that is neither an attack nor honest is refused', () => {
  const rule =
    'name: me/x\nclass: other\ntext: is x\nstrength: weak\ncontains: xyz\nexamples:\n  - text: something';
  expect(problemsOf(rule)).toEqual([
    expect.stringContaining('E_RULE_VALUE'),
    expect.stringContaining('E_UNKNOWN_KEY'),
  ]);
});
