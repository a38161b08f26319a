import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayCollector } from '../../src/replay/collector.ts';
import type { EventFields } from '../../src/replay/source-table.ts';
import { makeAlert, makeDecision, T0 } from '../samples.ts';

const TOTALS = { files: ['access.log'], lines: 10, parsed: 10, seconds: 2 };

function makeEvent(changes: Partial<EventFields> = {}): EventFields {
  return {
    atMs: T0,
    source: '203.0.113.7',
    status: '200',
    path: '/',
    referrer: '-',
    userAgent: 'Mozilla/5.0',
    user: '-',
    ...changes,
  };
}

describe('ReplayCollector', () => {
  it('counts events by class and finds the first and last time', () => {
    const collector = new ReplayCollector();
    for (const [i, status] of ['200', '301', '404', '503', ''].entries())
      collector.event(makeEvent({ atMs: T0 + i * 1000, status }));
    const summary = collector.finish(TOTALS);
    expect(summary.timeline.buckets).toEqual([
      {
        startMs: T0,
        events: 5,
        ok: 1,
        redirected: 1,
        clientErrors: 1,
        serverErrors: 1,
        alerts: 0,
        decisions: 0,
      },
    ]);
    expect(summary.firstAt).toEqual(new Date(T0));
    expect(summary.lastAt).toEqual(new Date(T0 + 4000));
    expect(summary.sourcesSeen).toBe(1);
  });

  it('joins alerts and decisions to what the source did', () => {
    const collector = new ReplayCollector();
    for (let i = 0; i < 10; i++)
      collector.event(makeEvent({ status: i < 7 ? '404' : '200', path: `/p${i}` }));
    collector.alert(makeAlert({ paths: ['/p0', '/p1'] }));
    collector.alert(makeAlert({ paths: ['/p5'] }));
    collector.decision(makeDecision());
    const summary = collector.finish(TOTALS);
    expect(summary).toMatchObject({ attackers: 1, banned: 1, alertsTotal: 2, decisionsTotal: 1 });
    expect(summary.sources[0]).toMatchObject({
      value: '203.0.113.7',
      countryCode: 'FR',
      requests: 10,
      notFoundShare: 0.7,
      alerts: 2,
      decisions: 1,
      scenarios: ['crowdsecurity/http-probing'],
    });
    expect(summary.scenarios).toMatchObject([
      { name: 'crowdsecurity/http-probing', alerts: 2, sources: 1, decisions: 1 },
    ]);
  });

  it('keeps spared alerts apart: they make nobody an attacker', () => {
    const collector = new ReplayCollector();
    collector.alert(makeAlert({ spared: 'a private address is a proxy, not an attacker' }));
    const summary = collector.finish(TOTALS);
    expect(summary).toMatchObject({ attackers: 0, alertsTotal: 0, sparedTotal: 1 });
    expect(summary.spared[0]!.spared).toContain('private address');
  });

  it('groups lines that did not parse by their reason or their shape', () => {
    const collector = new ReplayCollector();
    collector.unparsed('Jan 1 10:00:00 host something 17');
    collector.unparsed('Jan 2 11:22:33 host something 4');
    collector.unparsed('?', 'no-pattern');
    const { unparsed } = collector.finish(TOTALS);
    expect(unparsed.count).toBe(3);
    expect(unparsed.kinds).toEqual([
      { count: 2, sample: 'Jan 1 10:00:00 host something 17' },
      { count: 1, sample: '?', reason: 'no-pattern' },
    ]);
  });

  it('keeps the loud and the alerted when there are more sources than it may hold', () => {
    const collector = new ReplayCollector({ sources: 64 });
    for (let i = 0; i < 50; i++) collector.event(makeEvent({ source: '198.51.100.1' }));
    collector.event(makeEvent({ source: '198.51.100.2' }));
    collector.alert(makeAlert({ source: { scope: 'Ip', value: '198.51.100.2' } }));
    for (let i = 0; i < 5000; i++) collector.event(makeEvent({ source: `10.0.${i >> 8}.${i & 255}` }));
    collector.alert(makeAlert({ source: { scope: 'ip', value: '198.51.100.1' } }));
    const summary = collector.finish(TOTALS);
    expect(summary.sourcesExact).toBe(false);
    const requests = new Map(summary.sources.map((source) => [source.value, source.requests]));
    expect(requests.get('198.51.100.1')).toBe(50);
    expect(requests.get('198.51.100.2')).toBe(1);
  });

  it('widens the timeline instead of growing, and counts every event', () => {
    const collector = new ReplayCollector({ timelineBuckets: 10 });
    for (let i = 0; i < 1000; i++) collector.event(makeEvent({ atMs: T0 + i * 60_000 }));
    const { timeline } = collector.finish(TOTALS);
    expect(timeline.bucketMs).toBe(128 * 60_000);
    expect(timeline.buckets.length).toBeLessThanOrEqual(10);
    expect(timeline.buckets.reduce((sum, bucket) => sum + bucket.events, 0)).toBe(1000);
  });

  it('does not let one line with a wrong year squeeze the picture', () => {
    const collector = new ReplayCollector();
    for (let i = 0; i < 3000; i++) collector.event(makeEvent({ atMs: T0 + i * 20_000 }));
    collector.event(makeEvent({ atMs: 0 }));
    collector.event(makeEvent({ atMs: Date.UTC(2099, 0) }));
    const { timeline } = collector.finish(TOTALS);
    expect(timeline.outside).toBe(2);
    expect(timeline.buckets[0]!.startMs).toBe(T0);
  });

  it('takes any field values without failing', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.double(), text, text, text, text, text, text)), (events) => {
        const collector = new ReplayCollector({ sources: 8, timelineBuckets: 4 });
        for (const [atMs, source, status, path, referrer, userAgent, user] of events)
          collector.event({ atMs, source, status, path, referrer, userAgent, user });
        const summary = collector.finish(TOTALS);
        expect(summary.timeline.buckets.length).toBeLessThanOrEqual(4);
      }),
    );
  });
});
