import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readTrafficModel,
  TrafficLearner,
  TrafficMonitor,
  trafficProgress,
  type TrafficRequest,
} from '../../../src/detectors/traffic/index.ts';

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

describe('learning and watching', () => {
  it('take any requests in any order', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests: TrafficRequest[]) => {
        const learner = new TrafficLearner();
        for (const one of requests) learner.learn(one);
        const model = readTrafficModel(JSON.parse(JSON.stringify(learner.model())));
        const monitor = new TrafficMonitor(model!);
        for (const one of requests) monitor.observe(one, () => {});
        return trafficProgress(model!, 14).length === model!.sites.length;
      }),
      { numRuns: 40 },
    );
  });

  it('give the same model for the same requests', () => {
    const model = (): string => {
      const learner = new TrafficLearner();
      for (let i = 0; i < 5000; i++)
        learner.learn({
          atMs: i * 20_000,
          site: '',
          ip: `192.0.2.${i % 50}`,
          method: 'GET',
          rawPath: `/node/${i % 9}`,
          status: 200,
          referrer: '',
          userAgent: '',
        });
      return JSON.stringify(learner.model());
    };
    expect(model()).toBe(model());
  });

  it('refuses what is no model', () => {
    for (const value of [undefined, 3, [], {}, { version: 0, sites: [] }, { version: 2, sites: [{}] }])
      expect(readTrafficModel(value)).toBeUndefined();
    expect(readTrafficModel({ version: 2, sites: [] })).toEqual({ version: 2, sites: [] });
  });

  it('says how far it is', () => {
    const learner = new TrafficLearner();
    const one = {
      site: '',
      ip: '192.0.2.1',
      method: 'GET',
      rawPath: '/',
      status: 200,
      referrer: '',
      userAgent: '',
    };
    for (let hour = 0; hour < 9 * 24; hour++)
      learner.learn({ ...one, atMs: Date.UTC(2026, 0, 5) + hour * 3_600_000 });
    expect(trafficProgress(learner.model(), 14)).toEqual([
      'learned 9 of 14 days; already sure about nights, weekends and working days',
    ]);
  });
});
