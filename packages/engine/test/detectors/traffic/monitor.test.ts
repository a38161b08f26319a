import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readOldModel,
  TrafficMonitor,
  trafficModeAt,
  trafficProgress,
  type TrafficFinding,
  type TrafficRequest,
} from '../../../src/detectors/traffic/index.ts';

const DAY_MS = 86_400_000;
/** A Monday. */
const START_MS = Date.UTC(2026, 0, 5);
const request = fc.record({
  atMs: fc.integer({ min: 0, max: 4e12 }),
  site: fc.constantFrom('', 'a.example', '__proto__'),
  ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  method: fc.constantFrom('GET', 'POST', ''),
  rawPath: fc.string({ maxLength: 500 }),
  status: fc.integer({ min: 0, max: 999 }),
  referrer: fc.string({ maxLength: 20 }),
  userAgent: fc.string({ maxLength: 20 }),
});

function plainRequest(i: number): TrafficRequest {
  return {
    atMs: START_MS + i * 60_000,
    site: '',
    ip: `192.0.2.${i % 50}`,
    method: 'GET',
    rawPath: `/node/${i % 9}`,
    status: 200,
    referrer: '',
    userAgent: '',
  };
}

function learnt(requests: number): TrafficMonitor {
  const monitor = new TrafficMonitor('train');
  for (let i = 0; i < requests; i++) monitor.observe(plainRequest(i), () => {});
  monitor.finish();
  return monitor;
}

describe('learning and watching', () => {
  it('take any requests in any order', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests: TrafficRequest[]) => {
        const learner = new TrafficMonitor('train');
        for (const one of requests) learner.observe(one, () => {});
        learner.finish();
        const monitor = new TrafficMonitor('live', learner.saveAll());
        for (const one of requests) monitor.observe(one, () => {});
        return [...monitor.saveAll()].length >= [...learner.sites].length;
      }),
      { numRuns: 40 },
    );
  });

  it('know the same from the same requests', () => {
    expect([...learnt(5000).saveAll()]).toEqual([...learnt(5000).saveAll()]);
  });

  it('know the same from all that was written down, and from what was added each minute', () => {
    const live = new TrafficMonitor('live');
    const parts = [...live.saveAll()];
    for (let i = 0; i < 4000; i++) {
      live.observe(plainRequest(i), () => {});
      parts.push(...live.saveChanges());
    }
    parts.push(...live.saveChanges());
    const [added, whole] = [parts, [...live.saveAll()]].map((saved) => {
      const site = new TrafficMonitor('live', saved).site('')!;
      const { clients, paths, minutes } = site.traffic;
      return {
        clients: clients.size,
        today: clients.at(clients.rowOf('192.0.2.7', 0)).today,
        paths: paths.save('all'),
        minutes: [...minutes.requests.counts],
      };
    });
    expect(added).toEqual(whole);
    expect(whole!.minutes.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3990);
  });

  it('learn by themselves from the first request on, and find what is not normal', () => {
    const monitor = new TrafficMonitor('live');
    const found: TrafficFinding[] = [];
    const day = (number: number, factor: (hour: number) => number): void => {
      for (let i = 0; i < 1440; i++)
        for (let k = 0; k < factor(i / 60); k++)
          monitor.observe(plainRequest(number * 1440 + i), (finding) => found.push(finding));
    };
    for (let number = 0; number < 5; number++) day(number, () => 4);
    expect(found).toEqual([]);
    day(5, (hour) => (hour >= 11 && hour < 11.5 ? 40 : 4));
    expect(found.map(({ kind }) => kind)).toContain('site-surge');
    expect(found[0]!.atMs - (START_MS + 5 * DAY_MS + 11 * 3_600_000)).toBeLessThanOrEqual(120_000);
  });

  it('tell an outage, and none after a pause of their own', () => {
    const found: string[] = [];
    const live = new TrafficMonitor('live');
    for (let i = 0; i < 5 * 1440; i++)
      for (let k = 0; k < 4; k++) live.observe(plainRequest(i), ({ kind }) => found.push(kind));
    const parts = [...live.saveAll()];
    const endMs = START_MS + 5 * DAY_MS;
    live.advance(endMs + 1_200_000, ({ kind }) => found.push(kind));
    expect(found).toEqual(['outage']);
    const later = new TrafficMonitor('live', parts);
    for (let i = 5 * 1440 + 120; i < 5 * 1440 + 240; i++)
      for (let k = 0; k < 4; k++) later.observe(plainRequest(i), ({ kind }) => found.push(kind));
    expect(found).toEqual(['outage']);
  });

  it('take a level that lasts for usual within two days', () => {
    const live = new TrafficMonitor('live');
    const found: number[] = [];
    for (let i = 0; i < 12 * 1440; i++)
      for (let k = 0; k < (i < 7 * 1440 ? 4 : 10); k++)
        live.observe(plainRequest(i), ({ atMs }) => found.push((atMs - START_MS) / DAY_MS));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((day) => day < 7 || day > 9)).toEqual([]);
  });

  it('read what an older version has written', () => {
    for (const value of [undefined, 3, [], {}, { version: 0, sites: [] }, { version: 2, sites: [{}] }])
      expect(readOldModel(value)).toBeUndefined();
    const numbers = (values: readonly number[]): string =>
      Buffer.from(Uint32Array.from(values).buffer).toString('base64');
    const minutes = { first: 29_000_000, counts: numbers(Array.from({ length: 5000 }, () => 20)) };
    const series = { requests: minutes, visitors: minutes, errors: minutes, posts: minutes };
    const clients = {
      ...{ high: numbers([7]), low: numbers([9]), requests: numbers([50]), squares: numbers([500]) },
      ...{ most: numbers([12]), days: numbers([5]) },
    };
    const site = { site: 'a.example', ...series, logins: minutes, payments: minutes, clients };
    const old = { version: 2, sites: [{ ...site, paths: { paths: [['/a', 40]], requests: 40 } }] };
    const read = new TrafficMonitor('live', readOldModel(old)).site('a.example')!;
    expect(read.isSure).toBe(true);
    expect(read.traffic.length).toBe(5000);
    expect(read.traffic.clients.at(read.traffic.clients.rowOfHash(7, 9, 0)).days).toBe(5);
  });
});

describe('the time of learning', () => {
  it('is told in days, and in what is sure', () => {
    const requests = learnt(9 * 1440).site('')!.traffic.minutes.requests;
    expect(trafficProgress(requests, 14)).toBe(
      'learned 9 of 14 days; already sure about nights, weekends and working days',
    );
  });

  it('comes before telling, and telling before acting', () => {
    const at = (days: number): string => trafficModeAt(days * 1440, 'enforce', 14);
    expect([at(0), at(2.9), at(3), at(13.9), at(14)]).toEqual([
      'learn',
      'learn',
      'observe',
      'observe',
      'enforce',
    ]);
    expect(trafficModeAt(1e6, 'observe', 14)).toBe('observe');
    expect(trafficModeAt(1e6, 'learn', 14)).toBe('learn');
  });
});
