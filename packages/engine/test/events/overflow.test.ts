import { describe, expect, it } from 'vitest';
import { WritableObject } from '../../src/events/index.ts';
import { AnyMap, type HostObject, type Value } from '../../src/expressions/index.ts';
import { load, type Bench } from './harness.ts';

/** An overflow as detectors hand it over: structs with fields, some of which parsers may set. */
class Struct extends WritableObject {
  readonly fields: Record<string, Value>;
  readonly #methods: Record<string, (args: readonly Value[]) => Value>;
  constructor(
    fields: Record<string, Value>,
    methods: Record<string, (args: readonly Value[]) => Value> = {},
  ) {
    super();
    this.fields = fields;
    this.#methods = methods;
  }
  field(name: string): Value | undefined {
    return this.fields[name];
  }
  method(name: string): ((args: readonly Value[]) => Value) | undefined {
    return this.#methods[name];
  }
  setField(name: string, value: Value): boolean {
    if (typeof this.fields[name] !== typeof value) return false;
    this.fields[name] = value;
    return true;
  }
}

function overflowOf(ip: string): { overflow: Struct; source: Struct } {
  const source = new Struct({ IP: ip, Value: ip, Scope: 'Ip' });
  const evidence = new Struct({}, { GetMeta: ([key]) => (key === 'exe' ? '/bin/sh' : '') });
  const alert = new Struct(
    { Remediation: true, Source: source, Events: [evidence] },
    { GetScope: () => source.fields['Scope']!, GetScenario: () => 'test/scenario' },
  );
  const overflow = new Struct({
    Whitelisted: false,
    Sources: new AnyMap(new Map([[ip, source]])),
    Alert: alert,
    APIAlerts: [alert],
  });
  return { overflow, source };
}

function post(bench: Bench, overflow: HostObject): { parsed: boolean } & ReturnType<Bench['parse']> {
  const result = bench.parse('');
  const { event } = result;
  event.resetTo('', event.origin, 0);
  event.kind = 'overflow';
  event.overflow = overflow;
  const parsed = bench.set.parse(event);
  return { ...result, parsed, enriched: Object.fromEntries(event.entries('Enriched')) };
}

describe('a post-overflow parser', () => {
  it('changes the source of the alert', () => {
    const bench = load({
      's00-enrich/ipv6.yaml': `
onsuccess: next_stage
filter: "evt.Overflow.Alert.Remediation == true && IsIPV6(evt.Overflow.Alert.Source.IP)"
name: test/ipv6
statics:
  - target: evt.Overflow.Alert.Source.Value
    expression: IpToRange(evt.Overflow.Alert.Source.IP, "/64")
  - target: evt.Overflow.Alert.Source.Scope
    value: Range
`,
    });
    expect(bench.problems).toEqual([]);
    const { overflow, source } = overflowOf('2001:db8::1');
    expect(post(bench, overflow).parsed).toBe(true);
    expect(source.fields).toMatchObject({ Value: '2001:db8::/64', Scope: 'Range' });
    const v4 = overflowOf('192.0.2.1');
    expect(post(bench, v4.overflow).parsed).toBe(false);
    expect(v4.source.fields).toMatchObject({ Value: '192.0.2.1', Scope: 'Ip' });
  });

  it('looks up the name of the source, if it is known', () => {
    const files = {
      's00-enrich/rdns.yaml': `
onsuccess: next_stage
filter: "evt.Overflow.Alert.GetScope() == 'Ip'"
name: test/rdns
statics:
  - method: reverse_dns
    expression: evt.Overflow.Alert.Source.IP
`,
      's01-whitelist/bots.yaml': `
name: test/bots
whitelist:
  reason: a bot
  expression:
    - evt.Enriched.reverse_dns endsWith '.bot.example.'
`,
    };
    const names = new Map([['192.0.2.1', 'crawl.bot.example.']]);
    const bench = load(files, { reverseDns: (ip) => names.get(ip) });
    const { overflow } = overflowOf('192.0.2.1');
    const { event, enriched } = post(bench, overflow);
    expect(enriched).toEqual({ reverse_dns: 'crawl.bot.example.' });
    expect([event.whitelisted, event.whitelistReason]).toEqual([true, 'a bot']);
    expect(overflow.fields['Whitelisted']).toBe(true);
    expect(post(load(files), overflowOf('192.0.2.1').overflow).event.whitelisted).toBe(false);
  });

  it('whitelists by the addresses of the sources and by the evidence', () => {
    const bench = load({
      's01-whitelist/a.yaml': 'name: test/ip\nwhitelist:\n  reason: ours\n  cidr: ["192.0.2.0/24"]\n',
    });
    expect(post(bench, overflowOf('192.0.2.7').overflow).event.whitelisted).toBe(true);
    expect(post(bench, overflowOf('198.51.100.7').overflow).event.whitelisted).toBe(false);
    const byMeta = load({
      's01-whitelist/a.yaml': `
name: test/meta
whitelist:
  reason: shell
  expression:
    - evt.GetType() == 'overflow' && evt.GetMeta('exe') == '/bin/sh'
`,
    });
    expect(post(byMeta, overflowOf('192.0.2.7').overflow).event.whitelisted).toBe(true);
  });

  it('finds nothing in an event that is no overflow', () => {
    const bench = load({
      's01-whitelist/a.yaml': `
name: test/a
whitelist:
  reason: r
  expression:
    - evt.Overflow.Alert.Source.IP == '192.0.2.1'
    - evt.Overflow.Whitelisted
statics:
  - target: evt.Overflow.Alert.Source.Value
    value: x
`,
    });
    expect(bench.parse('x').event.whitelisted).toBe(false);
  });
});
