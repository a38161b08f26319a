// Requests that were made to take long, and honest ones with bytes changed. What they cost is counted in units of work,
// so that the test says the same on every machine; `npm run fuzz:content` measures the time of many more.

import { describe, expect, it } from 'vitest';
import { readParts } from '../../../../src/detectors/content/decode/index.ts';
import { MOST_WORK } from '../../../../src/detectors/content/effort.ts';
import { isShipped, shippedInspector, shippedStages } from '../evasions/shippedInspector.ts';
import { hostileRequest } from '../hostile/hostileRequest.ts';

const RUNS = 800;

describe('hostile requests', () => {
  it.skipIf(!isShipped())('are inspected without a fault', { timeout: 120_000 }, () => {
    const inspector = shippedInspector();
    for (let run = 0; run < RUNS; run++) inspector.inspect(hostileRequest(run).sent);
    expect(inspector.counts()).toEqual({ requests: RUNS, faults: 0 });
  });

  it.skipIf(!isShipped())('make no more work than one request may', { timeout: 120_000 }, () => {
    const { decode, detectors } = shippedStages();
    let most = 0;
    for (let run = 0; run < RUNS; run++) {
      const { kind, sent } = hostileRequest(run);
      const parts = decode(sent);
      for (const detector of detectors) detector.find(parts);
      const spent = parts.effort?.spent ?? Infinity;
      expect(spent, kind).toBeLessThanOrEqual(MOST_WORK);
      most = Math.max(most, spent);
    }
    // Some met the limit, or these requests were too tame to say anything.
    expect(most).toBeGreaterThan(MOST_WORK * 0.5);
  });

  it('become a bounded number of parts, whatever is in them', { timeout: 120_000 }, () => {
    let mostViews = 0;
    let mostParts = 0;
    for (let run = 0; run < RUNS; run++) {
      const { parts, anomalies } = readParts(hostileRequest(run).sent);
      expect(anomalies.length).toBeLessThanOrEqual(64);
      for (const { views } of parts) mostViews = Math.max(mostViews, views.length);
      mostParts = Math.max(mostParts, parts.length);
    }
    expect(mostViews).toBeLessThanOrEqual(6);
    expect(mostParts).toBeLessThanOrEqual(512);
    expect(mostViews * mostParts).toBeGreaterThan(3 * 400);
  });
});
