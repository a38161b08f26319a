import { describe, expect, it } from 'vitest';
import type { GeoSource } from '../../src/expressions/helpers/geo.ts';
import { load, NOW, READ_AT } from './harness.ts';

const DATE = `
name: test/date
statics:
  - target: evt.StrTime
    expression: evt.Line.Raw
  - method: ParseDate
    expression: evt.StrTime
  - target: MarshaledTime
    expression: evt.Enriched.MarshaledTime
  - meta: timestamp
    expression: evt.Enriched.MarshaledTime
`;

describe('ParseDate', () => {
  it('gives the event its time in replay', () => {
    const { event, meta } = load({ 's00-raw/a.yaml': DATE }).parse('02/Jan/2026:15:04:05 +0000');
    expect(event.timeMs).toBe(Date.UTC(2026, 0, 2, 15, 4, 5));
    expect(event.marshaledTime).toBe('2026-01-02T15:04:05Z');
    expect(meta['timestamp']).toBe('2026-01-02T15:04:05Z');
  });

  it('leaves the event the time it was read, live', () => {
    const bench = load({ 's00-raw/a.yaml': DATE }, { usesEventTime: false });
    const { event } = bench.parse('02/Jan/2026:15:04:05 +0000');
    expect(event.timeMs).toBe(READ_AT);
    expect(event.marshaledTime).toBe('2026-01-02T15:04:05Z');
  });

  it('is the only method that an empty value reaches: it is then now', () => {
    const { enriched, event } = load({
      's00-raw/a.yaml': `
name: test/a
statics:
  - method: ParseDate
    expression: evt.StrTime
  - method: UnmarshalJSON
    expression: evt.StrTime
`,
    }).parse('no json');
    expect(enriched).toEqual({ MarshaledTime: new Date(NOW).toISOString() });
    expect(event.timeMs).toBe(READ_AT);
  });

  it('uses the format that the event names', () => {
    const yaml = DATE.replace('statics:', "statics:\n  - target: evt.StrTimeFormat\n    value: '2006|02|01'");
    expect(load({ 's00-raw/a.yaml': yaml }).parse('2026|31|12').event.marshaledTime).toBe(
      '2026-12-31T00:00:00Z',
    );
  });
});

describe('GeoIP enrichment', () => {
  const GEO = `
name: test/geo
filter: |
  let isV6 = IsIPV6(evt.Meta.source_ip);
  "source_ip" in evt.Meta && not isV6 && not IpInRange(evt.Meta.source_ip, "10.0.0.0/8")
statics:
  - method: GeoIpCity
    expression: evt.Meta.source_ip
  - meta: IsoCode
    expression: evt.Enriched.IsoCode
  - meta: GeoCoords
    expression: evt.Enriched.GeoCoords
  - method: GeoIpASN
    expression: evt.Meta.source_ip
  - meta: ASNNumber
    expression: evt.Enriched.ASNNumber
  - method: IpToRange
    expression: evt.Meta.source_ip
  - meta: SourceRange
    expression: evt.Enriched.SourceRange
`;
  const files = {
    's00-raw/a.yaml': `
name: test/odd
filter: evt.Line.Labels.type == 'odd'
statics:
  - target: evt.Enriched.GeoCoords
    value: somewhere
---
name: test/raw
onsuccess: next_stage
statics:
  - meta: source_ip
    expression: evt.Line.Raw
`,
    's02-enrich/geo.yaml': GEO,
  };
  let asked = 0;
  const geo: GeoSource = {
    place: (ip) => (
      asked++,
      ip.startsWith('192') ? { isoCode: 'FR', isInEu: true, latitude: 1.5, longitude: 2 } : undefined
    ),
    network: (ip) => ({ asn: 64_500, organisation: 'Example', range: `${ip}/32` }),
  };

  it('writes what the databases know', () => {
    const { enriched, meta } = load(files, { geo }).parse('192.0.2.1');
    expect(enriched).toEqual({
      IsoCode: 'FR',
      IsInEU: 'true',
      Latitude: '1.500000',
      Longitude: '2.000000',
      ASNNumber: '64500',
      ASNumber: '64500',
      ASNOrg: 'Example',
      SourceRange: '192.0.2.1/32',
    });
    expect(meta).toEqual({
      source_ip: '192.0.2.1',
      IsoCode: 'FR',
      ASNNumber: '64500',
      SourceRange: '192.0.2.1/32',
    });
  });

  it('asks once for an address and answers the same every time', () => {
    const bench = load(files, { geo });
    asked = 0;
    const first = bench.parse('192.0.2.1');
    bench.parse('198.51.100.1');
    for (let i = 0; i < 3; i++) {
      const again = bench.parse('192.0.2.1');
      expect([again.parsed, again.meta, again.enriched]).toEqual([first.parsed, first.meta, first.enriched]);
    }
    expect(bench.parse('198.51.100.1').meta).toEqual({
      source_ip: '198.51.100.1',
      ASNNumber: '64500',
      SourceRange: '198.51.100.1/32',
    });
    expect(asked).toBe(2);
    expect(bench.parse('10.1.2.3').parsed).toBe(false);
    expect(bench.parse('10.1.2.3').enriched).toEqual({});
  });

  it('does not take one event for another that had more in it', () => {
    const bench = load(files, { geo });
    expect(bench.parse('192.0.2.1').meta['GeoCoords']).toBeUndefined();
    expect(bench.parse('192.0.2.1', { type: 'odd' }).meta['GeoCoords']).toBe('somewhere');
    expect(bench.parse('192.0.2.1').meta['GeoCoords']).toBeUndefined();
  });

  it('yields nothing without databases', () => {
    const { parsed, enriched } = load(files).parse('192.0.2.1');
    expect(parsed).toBe(true);
    expect(enriched).toEqual({});
  });
});

describe('UnmarshalJSON', () => {
  const files = {
    's00-raw/a.yaml': `
name: test/a
statics:
  - method: UnmarshalJSON
    expression: evt.Line.Raw
  - meta: number
    expression: evt.Unmarshaled.a.b
`,
  };
  it('reads the line', () => {
    expect(load(files).parse('{"a": {"b": 3}}').meta).toEqual({ number: '3.000000' });
  });
  it('counts lines that are no JSON object', () => {
    const bench = load(files);
    expect(bench.parse('[1]').parsed).toBe(true);
    expect(bench.parse('{').parsed).toBe(true);
    expect(bench.set.faults.list().find(({ code }) => code === 'E_PARSER_ENRICHMENT')?.count).toBe(2);
  });
});

describe('a stash', () => {
  it('remembers for later lines, when the grok beside it matched', () => {
    const bench = load({
      's00-raw/a.yaml': `
name: test/a
nodes:
  - grok:
      pattern: 'pid=%{INT:pid} name=%{WORD:name}'
      apply_on: Line.Raw
    stash:
      - name: names
        key: evt.Parsed.pid
        value: evt.Parsed.name
        ttl: 1m
        size: 10
  - grok:
      pattern: 'from pid %{INT:pid}'
      apply_on: Line.Raw
    statics:
      - meta: name
        expression: GetFromStash('names', evt.Parsed.pid)
`,
    });
    expect(bench.problems).toEqual([]);
    bench.parse('pid=7 name=sshd');
    bench.parse('pid=8');
    expect(bench.parse('from pid 7').meta).toEqual({ name: 'sshd' });
    expect(bench.parse('from pid 8').meta).toEqual({});
  });
});
