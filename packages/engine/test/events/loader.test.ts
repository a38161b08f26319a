import { formatProblem } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { load } from './harness.ts';

const GOOD = "name: test/good\nstatics:\n  - meta: good\n    value: 'yes'\n";

/** Loads a document before a good one; what is wrong with it must not touch the good one. */
function problemsOf(yaml: string): readonly string[] {
  const { problems, items } = load({ 's00-raw/bad.yaml': `${yaml}\n---\n${GOOD}` });
  expect(items.map(({ name }) => name)).toEqual(['test/good']);
  return problems.map((problem) => formatProblem(problem));
}

const AT = 'parsers/s00-raw/bad.yaml';

describe('a parser with a mistake', () => {
  it('gets the place of an unknown key and the one that was meant', () => {
    expect(problemsOf(`name: test/a\nfliter: 'true'\nstatics:\n  - meta: a\n    value: b`)).toEqual([
      `${AT}:2:1: 'fliter' is no key of a parser (E_UNKNOWN_KEY). Did you mean 'filter'?`,
    ]);
    expect(problemsOf(`name: test/a\nstatics:\n  - meta: a\n    valeu: b\n    value: c`)).toEqual([
      `${AT}:4:5: 'valeu' is no key of a static (E_UNKNOWN_KEY). Did you mean 'value'?`,
    ]);
  });

  it('gets the place inside a bad expression', () => {
    const [problem] = problemsOf(
      `name: test/a\nfilter: evt.Nothing == 'x'\nstatics:\n  - meta: a\n    value: b`,
    );
    expect(problem).toMatch(/bad\.yaml:2:\d+: .*Nothing.*E_EXPRESSION/);
    expect(problemsOf(`name: test/a\nstatics:\n  - meta: a\n    expression: "evt.Meta.x =="`)[0]).toMatch(
      /bad\.yaml:4:\d+: .*E_EXPRESSION_SYNTAX/,
    );
  });

  it('gets the place inside a bad pattern', () => {
    expect(problemsOf(`name: test/a\ngrok:\n  pattern: 'x %{NO_SUCH:a}'\n  apply_on: message`)[0]).toMatch(
      /bad\.yaml:3:\d+: .*NO_SUCH.*E_GROK_PATTERN/,
    );
    expect(
      problemsOf(`name: test/a\npattern_syntax:\n  BAD: '(('\nstatics:\n  - meta: a\n    value: b`)[0],
    ).toMatch(/bad\.yaml:3:\d+: .*E_GROK_PATTERN/);
  });

  it.each([
    ['name: test/a', 'E_PARSER_EMPTY'],
    ['statics:\n  - meta: a\n    value: b', 'E_PARSER_NO_NAME'],
    ['name: test/a\nformat: 4.0\nstatics:\n  - meta: a\n    value: b', 'E_PARSER_FORMAT'],
    ['name: test/a\nonsuccess: stop\nstatics:\n  - meta: a\n    value: b', 'E_PARSER_ONSUCCESS'],
    ['name: test/a\nstatics:\n  - meta: a', 'E_STATIC_WITHOUT_VALUE'],
    ['name: test/a\nstatics:\n  - value: a', 'E_STATIC_WITHOUT_TARGET'],
    ["name: test/a\ngrok:\n  pattern: '%{WORD:a}'", 'E_GROK_WITHOUT_SUBJECT'],
    ['name: test/a\ngrok:\n  apply_on: message', 'E_GROK_WITHOUT_PATTERN'],
    ['name: test/a\nwhitelist:\n  ip: [here]', 'E_WHITELIST_ADDRESS'],
    ["name: test/a\nwhitelist:\n  cidr: ['10.0.0.0/99']", 'E_WHITELIST_ADDRESS'],
    ["name: test/a\nwhitelist:\n  expression: ['evt.']", 'E_EXPRESSION_SYNTAX'],
    ['name: test/a\nstash:\n  - name: x\nstatics:\n  - meta: a\n    value: b', 'E_STASH_INCOMPLETE'],
    ['- a\n- b', 'E_YAML_NOT_A_MAP'],
    ['name: test/a\nnodes:\n  - filter: 1', 'E_PARSER_EMPTY'],
  ])('%j is refused as %s', (yaml, code) => {
    expect(problemsOf(yaml).join('\n')).toContain(code);
  });
});

describe('a parser', () => {
  it('may be of any format from 1.0 to 3.0, and without one', () => {
    for (const format of ['', 'format: 1.0\n', 'format: 2.0\n', 'format: "2.5"\n', 'format: 3.0\n']) {
      expect(load({ 's00-raw/a.yaml': format + GOOD }).problems).toEqual([]);
    }
  });

  it('names its data files', () => {
    const { items, problems } = load({
      's00-raw/a.yaml': `${GOOD}data:
  - source_url: https://hub.example/list.txt
    dest_file: list.txt
    type: regexp
    strategy: LRU
    size: 20
    ttl: 10s
`,
    });
    expect(problems).toEqual([]);
    expect(items[0]?.data).toEqual([
      { sourceUrl: 'https://hub.example/list.txt', destFile: 'list.txt', type: 'regexp' },
    ]);
  });

  it('may have keys that only CrowdSec makes something of', () => {
    expect(
      load({
        's00-raw/a.yaml': `${GOOD}debug: true\nprofiling: false\nauthor: me\ndescription: it\nreferences: [a]\n`,
      }).problems,
    ).toEqual([]);
  });
});
