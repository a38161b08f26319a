import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load } from './harness.ts';

const statics = (meta: string): string => `statics:\n  - meta: ${meta}\n    value: 'yes'\n`;

describe('the stages', () => {
  it('are gone through in the order of their names, files in the order of theirs', () => {
    const bench = load({
      's02-enrich/a.yaml': `name: test/enrich\n${statics('enriched')}`,
      's00-raw/b.yaml': `name: test/b\nonsuccess: next_stage\n${statics('b')}`,
      's00-raw/a.yaml': `name: test/a\n${statics('a')}`,
      's01-parse/a.yaml': `name: test/parse\nonsuccess: next_stage\n${statics('parsed')}`,
    });
    expect(bench.set.stages).toEqual(['s00-raw', 's01-parse', 's02-enrich']);
    const { parsed, visits, event } = bench.parse('x');
    expect(parsed).toBe(true);
    expect(visits.map(({ node }) => node)).toEqual(['test/a', 'test/b', 'test/parse', 'test/enrich']);
    expect(event.stage).toBe('s02-enrich');
  });

  it('leave an event unparsed when no node of a stage succeeds', () => {
    const bench = load({
      's00-raw/a.yaml': `name: test/a\nonsuccess: next_stage\n${statics('a')}`,
      's01-parse/a.yaml': `name: test/b\nfilter: evt.Line.Raw == 'good'\nonsuccess: next_stage\n${statics('b')}`,
      's02-enrich/a.yaml': `name: test/c\n${statics('c')}`,
    });
    const bad = bench.parse('bad');
    expect(bad.parsed).toBe(false);
    expect(bad.event.stage).toBe('s01-parse');
    expect(bad.visits).toEqual([
      { stage: 's00-raw', node: 'test/a', success: true, depth: 0 },
      { stage: 's01-parse', node: 'test/b', success: false, depth: 0 },
    ]);
    expect(bench.parse('good').parsed).toBe(true);
  });

  it('leave an event unparsed when a node succeeds but does not move it on', () => {
    const bench = load({
      's00-raw/a.yaml': `name: test/a\n${statics('a')}`,
      's01-parse/a.yaml': `name: test/b\n${statics('b')}`,
    });
    const { parsed, meta } = bench.parse('x');
    expect(parsed).toBe(false);
    expect(meta).toEqual({ a: 'yes' });
  });

  it('leave an event unparsed when nothing of the last stage succeeds', () => {
    expect(
      load({
        's00-raw/a.yaml': `name: test/a\nonsuccess: next_stage\n${statics('a')}`,
        's02-enrich/a.yaml': `name: test/b\nfilter: evt.StrTime != ''\n${statics('b')}`,
      }).parse('x').parsed,
    ).toBe(false);
  });

  it('run all nodes of the last stage, but for those after one that says next_stage', () => {
    const { visits } = load({
      's02-enrich/a.yaml': `name: test/a\n${statics('a')}`,
      's02-enrich/b.yaml': `name: test/b\nfilter: evt.StrTime != ''\n${statics('b')}`,
      's02-enrich/c.yaml': `name: test/c\nonsuccess: next_stage\n${statics('c')}`,
      's02-enrich/d.yaml': `name: test/d\n${statics('d')}`,
    }).parse('x');
    expect(visits.map(({ node, success }) => [node, success])).toEqual([
      ['test/a', true],
      ['test/b', false],
      ['test/c', true],
    ]);
  });

  it('are skipped up to the one that the event starts in', () => {
    const bench = load({
      's00-raw/a.yaml': `name: test/a\nonsuccess: next_stage\n${statics('a')}`,
      's01-parse/a.yaml': `name: test/b\n${statics('b')}`,
    });
    const { event } = bench.parse('x');
    event.resetTo('x', event.origin, 0);
    event.stage = 's01-parse';
    expect(bench.set.parse(event)).toBe(true);
    expect(event.entries('Meta')).toEqual([['b', 'yes']]);
  });

  it('are moved by a sub-node, and again by its parent', () => {
    const bench = load({
      's00-raw/a.yaml': `
name: test/a
nodes:
  - onsuccess: next_stage
    ${statics('a').replaceAll('\n', '\n    ')}
`,
      's01-parse/b.yaml': `name: test/b\nonsuccess: next_stage\n${statics('b')}`,
      's02-enrich/c.yaml': `name: test/c\n${statics('c')}`,
    });
    expect(bench.parse('x').visits.map(({ node }) => node)).toEqual([
      'child-test/a',
      'test/a',
      'test/b',
      'test/c',
    ]);
  });

  it('see the next document of a file as the next node', () => {
    const { visits } = load({
      's00-raw/a.yaml': `name: test/a\n${statics('a')}---\nname: test/b\n${statics('b')}`,
    }).parse('x');
    expect(visits.map(({ node }) => node)).toEqual(['test/a', 'test/b']);
  });
});

describe('pattern_syntax', () => {
  it('is known everywhere, and the first of a name counts', () => {
    const bench = load({
      's00-raw/a.yaml': `
name: test/a
pattern_syntax:
  MINE: 'first=%{WORD:first}'
grok:
  pattern: '%{MINE}'
  apply_on: Line.Raw
`,
      's00-raw/b.yaml': `
name: test/b
pattern_syntax:
  MINE: 'second=%{WORD:second}'
grok:
  pattern: '%{MINE}'
  apply_on: Line.Raw
`,
    });
    expect(bench.problems).toEqual([]);
    expect(bench.parse('first=a second=b').fields).toEqual({ first: 'a' });
  });
});

describe('the index of a stage', () => {
  const program = (name: string, body: string): string =>
    `name: test/${name}\nfilter: evt.Parsed.program == '${name}'\n${body}`;

  it('tries the nodes that are for the event and tells of the others that they did not succeed', () => {
    const bench = load({
      's00-raw/a.yaml': `name: test/raw\nonsuccess: next_stage\nstatics:\n  - parsed: program\n    expression: evt.Line.Raw\n`,
      's01-parse/a.yaml': program('a', `onsuccess: next_stage\n${statics('a')}`),
      's01-parse/b.yaml': program('b', `onsuccess: next_stage\n${statics('b')}`),
      's01-parse/c.yaml': program('c', `onsuccess: next_stage\n${statics('c')}`),
    });
    for (const line of ['b', 'c', 'b', 'a']) {
      const { meta, visits } = bench.parse(line);
      expect(meta).toEqual({ [line]: 'yes' });
      const tried = ['a', 'b', 'c'].slice(0, ['a', 'b', 'c'].indexOf(line) + 1);
      expect(visits.slice(1).map(({ node, success }) => [node, success])).toEqual(
        tried.map((name) => [`test/${name}`, name === line]),
      );
    }
    const none = bench.parse('d');
    expect(none.parsed).toBe(false);
    expect(none.visits).toHaveLength(4);
  });

  it('notices when a node changes what later filters read', () => {
    const bench = load({
      's00-raw/a.yaml': program('', `statics:\n  - parsed: program\n    value: c\n`),
      's00-raw/b.yaml': program('b', statics('b')),
      's00-raw/c.yaml': program('c', statics('c')),
    });
    expect(bench.parse('x').meta).toEqual({ c: 'yes' });
  });

  it('does not run what stands behind a test that fails', () => {
    const bench = load({
      's00-raw/a.yaml': `
name: test/a
filter: evt.Parsed.program == 'json' && UnmarshalJSON(evt.Line.Raw, evt.Unmarshaled, 'it') in ['', nil]
statics:
  - meta: a
    expression: evt.Unmarshaled.it.a
`,
      's00-raw/b.yaml': `name: test/b\nstatics:\n  - parsed: program\n    value: json\n`,
      's00-raw/c.yaml': `
name: test/c
filter: evt.Parsed.program == 'json' && UnmarshalJSON(evt.Line.Raw, evt.Unmarshaled, 'it') in ['', nil]
statics:
  - meta: c
    expression: evt.Unmarshaled.it.a
`,
    });
    expect(bench.parse('{"a": "value"}').meta).toEqual({ c: 'value' });
    expect(bench.parse('no json').meta).toEqual({});
  });

  it('answers the same however many values it has seen', () => {
    const bench = load({
      's00-raw/a.yaml': `name: test/raw\nonsuccess: next_stage\nstatics:\n  - parsed: program\n    expression: evt.Line.Raw\n`,
      's01-parse/a.yaml': program('a', statics('a')),
    });
    for (let i = 0; i < 5000; i++) expect(bench.parse(`p${i}`).parsed).toBe(false);
    expect(bench.parse('a').parsed).toBe(true);
    expect(bench.parse('b').parsed).toBe(false);
  });
});

describe('any bytes', () => {
  const bench = load({
    's00-raw/a.yaml': `
name: test/raw
onsuccess: next_stage
statics:
  - parsed: message
    expression: evt.Line.Raw
  - parsed: program
    expression: evt.Line.Labels.type
`,
    's01-parse/a.yaml': `
name: test/nginx
onsuccess: next_stage
nodes:
  - grok:
      pattern: '%{IPORHOST:remote_addr} - %{DATA:user} \\[%{HTTPDATE:time_local}\\] "%{WORD:verb} %{DATA:request} HTTP/%{NUMBER:v}" %{NUMBER:status} %{GREEDYDATA:rest}'
      apply_on: message
      statics:
        - target: evt.StrTime
          expression: evt.Parsed.time_local
  - grok:
      pattern: '%{GREEDYDATA:all}'
      apply_on: message
statics:
  - meta: source_ip
    expression: evt.Parsed.remote_addr
`,
    's02-enrich/a.yaml': `
name: test/enrich
statics:
  - method: ParseDate
    expression: evt.StrTime
  - method: GeoIpCity
    expression: evt.Meta.source_ip
  - method: UnmarshalJSON
    expression: evt.Line.Raw
  - meta: timestamp
    expression: evt.Enriched.MarshaledTime
`,
  });

  it('are parsed without a throw and in little time', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('192.0.2.1 - - [', '] "GET /', ' HTTP/1.1" 200 ', '::', '"', '\n', '\0', '%{', '{"a":'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const start = performance.now();
        expect(bench.parse(pieces.join('')).visits.length).toBeGreaterThan(0);
        expect(performance.now() - start).toBeLessThan(1000);
      }),
      { numRuns: 500 },
    );
  });

  it('may be very many', () => {
    const start = performance.now();
    bench.parse(`192.0.2.1 - ${'a '.repeat(200_000)}`);
    bench.parse('1.'.repeat(200_000));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
