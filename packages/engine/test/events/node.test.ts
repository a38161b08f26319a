import { describe, expect, it } from 'vitest';
import { load } from './harness.ts';

const one = (yaml: string): ReturnType<typeof load> =>
  load({ 's00-raw/test.yaml': `name: test/one\n${yaml}` });

describe('the filter of a node', () => {
  it('keeps the node from everything it does', () => {
    const { parsed, fields } = one(`
filter: evt.Line.Labels.type == 'other'
statics:
  - parsed: touched
    value: 'yes'
`).parse('line');
    expect(parsed).toBe(false);
    expect(fields).toEqual({});
  });

  it('is false when it gives neither true nor false', () => {
    const bench = one(`
filter: evt.Line.Raw
statics:
  - parsed: touched
    value: 'yes'
`);
    // A filter that can be seen to be no truth value is refused when it is loaded; either way nothing passes.
    expect(bench.parse('line').parsed).toBe(false);
  });

  it('is false when it fails, and the failure is counted', () => {
    const bench = one(`
filter: evt.Unmarshaled.a.b.c contains 'x'
statics:
  - parsed: touched
    value: 'yes'
`);
    expect(bench.parse('line').parsed).toBe(false);
    expect(bench.set.faults.list()).toMatchObject([
      { code: 'E_PARSER_EXPRESSION', node: 'test/one', count: 1 },
    ]);
  });
});

describe('the grok of a node', () => {
  const yaml = `
grok:
  pattern: 'user %{WORD:user}( from %{IP:ip})?'
  apply_on: Line.Raw
  statics:
    - meta: matched
      value: 'yes'
statics:
  - meta: node
    value: 'yes'
`;
  it('writes what it captures, also what is empty', () => {
    const { parsed, fields } = one(yaml).parse('user bob');
    expect(parsed).toBe(true);
    expect(fields).toEqual({ user: 'bob', ip: '' });
  });

  it('runs its statics, then those of the node', () => {
    expect(one(yaml).parse('user bob from 192.0.2.1').meta).toEqual({ matched: 'yes', node: 'yes' });
  });

  it('makes the node fail when it does not match, without any static', () => {
    const { parsed, meta } = one(yaml).parse('nobody');
    expect(parsed).toBe(false);
    expect(meta).toEqual({});
  });

  it('fails when the field it is applied on is absent, but not when it is empty', () => {
    const onRest = `
nodes:
  - grok:
      pattern: 'user %{DATA:rest}$'
      apply_on: Line.Raw
  - grok:
      pattern: '^%{DATA:all}$'
      apply_on: rest
`;
    expect(one(onRest).parse('user ').parsed).toBe(true);
    expect(one(onRest).parse('nobody').parsed).toBe(false);
  });

  it('fails when the pattern names nothing, though it matches', () => {
    expect(
      one(`
grok:
  pattern: 'user'
  apply_on: Line.Raw
`).parse('user bob').parsed,
    ).toBe(false);
  });

  it('can be applied on an expression', () => {
    const { fields } = one(`
grok:
  pattern: '^%{WORD:first}'
  expression: Lower(evt.Line.Raw)
`).parse('HELLO world');
    expect(fields).toEqual({ first: 'hello' });
  });

  it('can be a pattern of the library', () => {
    const { fields } = one(`
pattern_syntax:
  MY_PATTERN: 'id=%{INT:id}'
grok:
  name: MY_PATTERN
  apply_on: Line.Raw
`).parse('id=42');
    expect(fields['id']).toBe('42');
  });
});

describe('sub-nodes', () => {
  const matching = (name: string): string => `
  - name: ${name}
    grok:
      pattern: '${name}=%{WORD:${name}}'
      apply_on: Line.Raw`;

  it('run though the grok of their node failed, and one that succeeds makes the node succeed', () => {
    const { parsed, fields, meta } = one(`
grok:
  pattern: 'never %{WORD:never}'
  apply_on: Line.Raw
nodes:${matching('a')}
statics:
  - meta: node
    value: 'yes'
`).parse('a=1');
    expect(parsed).toBe(true);
    expect(fields).toEqual({ a: '1' });
    expect(meta).toEqual({ node: 'yes' });
  });

  it('that fail do not fail a node whose own grok matched', () => {
    expect(
      one(`
grok:
  pattern: '^%{WORD:word}'
  apply_on: Line.Raw
nodes:${matching('a')}
`).parse('b=1').parsed,
    ).toBe(true);
  });

  it('decide by the last of them when the node has no grok', () => {
    const nodes = `nodes:${matching('a')}${matching('b')}\n`;
    expect(one(nodes).parse('b=1').parsed).toBe(true);
    expect(one(nodes).parse('a=1').parsed).toBe(false);
    expect(one(nodes).parse('a=1 b=2').parsed).toBe(true);
  });

  it('end with the first success when the node moves on', () => {
    const nodes = `onsuccess: next_stage\nnodes:${matching('a')}${matching('b')}\n`;
    const { parsed, fields } = one(nodes).parse('a=1 b=2');
    expect(parsed).toBe(true);
    expect(fields).toEqual({ a: '1' });
    expect(one(nodes).parse('b=2').parsed).toBe(true);
  });

  it('without a name are called after their parent', () => {
    const { visits } = one(`
nodes:
  - statics:
      - meta: a
        value: b
`).parse('x');
    expect(visits).toEqual([
      { stage: 's00-raw', node: 'child-test/one', success: true, depth: 1 },
      { stage: 's00-raw', node: 'test/one', success: true, depth: 0 },
    ]);
  });
});

describe('a static', () => {
  it('is never written when it is empty', () => {
    const { meta, event } = one(`
statics:
  - meta: kept
    value: first
  - meta: kept
    expression: evt.Parsed.absent
  - meta: kept
    expression: Lower(evt.Parsed.absent)
  - target: evt.StrTime
    value: now
  - target: evt.StrTime
    expression: evt.Parsed.absent
`).parse('x');
    expect(meta).toEqual({ kept: 'first' });
    expect(event.strTime).toBe('now');
  });

  it('prints integers as digits, floats with six, and skips nil, maps and lists', () => {
    const { meta, parsed } = one(`
statics:
  - meta: int
    expression: len(evt.Line.Raw)
  - meta: float
    expression: len(evt.Line.Raw) / 2
  - meta: 'nil'
    expression: evt.Unmarshaled.absent
  - meta: map
    expression: evt.Unmarshaled
  - meta: list
    expression: '["a", "b"]'
`).parse('12345');
    expect(parsed).toBe(true);
    expect(meta).toEqual({ int: '5', float: '2.500000' });
  });

  it('that gives a truth value ends the way of the event', () => {
    const bench = one(`
statics:
  - meta: before
    value: 'yes'
  - meta: bad
    expression: evt.Line.Raw == 'x'
  - meta: after
    value: 'yes'
`);
    const { parsed, meta } = bench.parse('x');
    expect(parsed).toBe(false);
    expect(meta).toEqual({ before: 'yes' });
    expect(bench.set.faults.list()[0]?.code).toBe('E_PARSER_STATIC_TYPE');
  });

  it('whose expression fails is skipped', () => {
    const bench = one(`
statics:
  - meta: bad
    expression: evt.Unmarshaled.a.b.c
  - meta: after
    value: 'yes'
`);
    expect(bench.parse('x').meta).toEqual({ after: 'yes' });
  });

  it('prefers its value to its expression', () => {
    expect(
      one(`
statics:
  - meta: which
    value: value
    expression: evt.Line.Raw
`).parse('x').meta,
    ).toEqual({ which: 'value' });
  });

  it('writes to fields of the event by their Go names', () => {
    const { event, meta } = one(`
statics:
  - target: evt.Meta.source_ip
    value: 192.0.2.1
  - target: StrTimeFormat
    value: '2006'
  - target: evt.Line.Src
    value: elsewhere
  - target: evt.Line.Labels.site
    value: blog
  - target: evt.Unmarshaled.note
    value: hello
  - meta: site
    expression: evt.Line.Labels.site + ' ' + evt.Line.Src + ' ' + evt.Unmarshaled.note
`).parse('x');
    expect(meta).toEqual({ source_ip: '192.0.2.1', site: 'blog elsewhere hello' });
    expect(event.strTimeFormat).toBe('2006');
  });

  it('with a target that events do not have is counted', () => {
    const bench = one(`
statics:
  - target: source_ip
    value: x
  - target: evt.constructor
    value: x
`);
    expect(bench.parse('x').parsed).toBe(true);
    expect(bench.set.faults.list()).toMatchObject([{ code: 'E_PARSER_TARGET', count: 2 }]);
  });

  it('never changes the labels of other lines of the source', () => {
    const labels = { type: 'test' };
    one(`
statics:
  - target: evt.Line.Labels.type
    value: changed
`).parse('x', labels);
    expect(labels).toEqual({ type: 'test' });
  });
});

describe('a whitelist', () => {
  const yaml = `
nodes:
  - grok:
      pattern: 'from %{IP:ip}'
      apply_on: Line.Raw
    statics:
      - meta: source_ip
        expression: evt.Parsed.ip
`;
  const bench = (whitelist: string): ReturnType<typeof load> =>
    load({
      's00-raw/a.yaml': `name: test/ip${yaml}onsuccess: next_stage\n`,
      's01-whitelist/b.yaml': `name: test/whitelist\n${whitelist}`,
    });

  it('lets an address go, with its reason, and runs its statics only then', () => {
    const list = bench(`
whitelist:
  reason: friends
  ip: [192.0.2.1]
  cidr: ['198.51.100.0/24', '2001:db8::/32']
statics:
  - meta: friend
    value: 'yes'
`);
    const friend = list.parse('from 198.51.100.7');
    expect(friend.event.whitelisted).toBe(true);
    expect(friend.event.whitelistReason).toBe('friends');
    expect(friend.meta['friend']).toBe('yes');
    const stranger = list.parse('from 203.0.113.1');
    expect(stranger.parsed).toBe(true);
    expect(stranger.event.whitelisted).toBe(false);
    expect(stranger.meta['friend']).toBeUndefined();
    expect(list.parse('from 192.0.2.1').event.whitelisted).toBe(true);
    expect(list.parse('from 2001:db8::5').event.whitelisted).toBe(true);
  });

  it('asks its expressions in order and stops at one that fails', () => {
    const expressions = (...sources: string[]): boolean =>
      bench(`whitelist:\n  reason: r\n  expression:\n${sources.map((s) => `    - ${s}\n`).join('')}`).parse(
        'from 192.0.2.1',
      ).event.whitelisted;
    expect(expressions("evt.Meta.source_ip == '192.0.2.9'", "evt.Meta.source_ip startsWith '192'")).toBe(
      true,
    );
    expect(expressions('evt.Unmarshaled.a.b.c == 1', "evt.Meta.source_ip startsWith '192'")).toBe(false);
  });

  it('keeps the reason of the first one that held', () => {
    const both = load({
      's00-raw/a.yaml': `name: test/a\nwhitelist:\n  reason: first\n  expression: ["true"]\n`,
      's00-raw/b.yaml': `name: test/b\nwhitelist:\n  reason: second\n  expression: ["true"]\n`,
    });
    expect(both.parse('x').event.whitelistReason).toBe('first');
  });
});
