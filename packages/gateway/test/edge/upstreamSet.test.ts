import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseUpstream } from '../../src/edge/upstreamAddress.ts';
import { UpstreamSet, type Upstream } from '../../src/edge/upstreamSet.ts';

function setOf(count: number): UpstreamSet {
  return new UpstreamSet(
    Array.from({ length: count }, (_, i) => {
      const parsed = parseUpstream(`http://127.0.0.1:${8000 + i}`);
      if (!parsed.ok) throw new Error(parsed.says);
      return parsed.address;
    }),
  );
}

function take(set: UpstreamSet, nowMs: number): Upstream {
  const upstream = set.pick(nowMs)!;
  set.taken(upstream);
  return upstream;
}

/** How many of some requests, each ended before the next, each upstream gets. */
function spread(set: UpstreamSet, nowMs: number, requests: number): number[] {
  const counts = set.members.map(() => 0);
  for (let i = 0; i < requests; i++) counts[set.members.indexOf(set.pick(nowMs)!)]!++;
  return counts;
}

describe('which upstream is picked', () => {
  it('goes in turn when all are equal', () => {
    expect(spread(setOf(3), 0, 30)).toEqual([10, 10, 10]);
  });

  it('prefers the one with the fewest requests under way', () => {
    const set = setOf(2);
    const slow = take(set, 0);
    const quick = take(set, 0);
    expect(quick).not.toBe(slow);
    set.released(quick);
    for (let i = 0; i < 5; i++) expect(set.pick(0)).toBe(quick);
  });

  it('has another for a request that failed, if there is one', () => {
    const set = setOf(2);
    const first = set.pick(0)!;
    expect(set.pick(0, first)).not.toBe(first);
    const alone = setOf(1);
    expect(alone.pick(0, alone.pick(0))).toBeUndefined();
    expect(setOf(0).pick(0)).toBeUndefined();
  });
});

describe('an upstream that fails', () => {
  it('rests, twice as long each time, and is tried by one request', () => {
    const set = setOf(2);
    const bad = set.members[0]!;
    let now = 0;
    for (const restMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      set.failed(bad, now);
      expect(bad.isUp).toBe(false);
      expect(spread(set, now + restMs - 1, 10)).toEqual([0, 10]);
      now += restMs;
      const picked = [take(set, now), take(set, now), take(set, now), take(set, now)];
      expect(picked.filter((upstream) => upstream === bad)).toHaveLength(1);
      for (const upstream of picked) set.released(upstream);
    }
  });

  it('counts failures together as one', () => {
    const set = setOf(2);
    const bad = set.members[0]!;
    for (let i = 0; i < 50; i++) set.failed(bad, 10);
    expect(set.state()[0]).toMatchObject({ failures: 1, isUp: false });
  });

  it('gets its share back slowly after a success', () => {
    const set = setOf(2);
    const [back, other] = set.members as [Upstream, Upstream];
    set.failed(back, 0);
    set.succeeded(back, 5000);
    expect(back.isUp).toBe(true);
    for (let i = 0; i < 4; i++) set.taken(other);
    expect(set.pick(5000)).toBe(other); // 5 requests weigh less than 1 at a tenth of its share
    expect(set.pick(9000)).toBe(back);
    for (let i = 0; i < 4; i++) set.released(other);
    expect(spread(set, 15_000, 10)).toEqual([5, 5]);
  });

  it('is tried all the same when there is no other', () => {
    const set = setOf(2);
    for (const upstream of set.members) set.failed(upstream, 0);
    expect(spread(set, 10, 10)).toEqual([5, 5]);
    const alone = setOf(1);
    alone.failed(alone.members[0]!, 0);
    expect(alone.pick(1)).toBe(alone.members[0]);
  });
});

describe('the health check', () => {
  it('takes an upstream out and puts it back', () => {
    const set = setOf(2);
    const sick = set.members[0]!;
    set.checked(sick, false, 0);
    expect(spread(set, 100_000, 10)).toEqual([0, 10]);
    set.checked(sick, true, 100_000);
    expect(spread(set, 110_000, 10)).toEqual([5, 5]);
    set.failed(sick, 110_000);
    set.checked(sick, true, 110_001);
    expect(sick.isUp).toBe(true);
  });
});

it('always picks something, and never forgets a request', () => {
  const step = fc.tuple(
    fc.constantFrom('take', 'release', 'fail', 'succeed', 'sick', 'well'),
    fc.nat(2),
    fc.nat(5000),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const set = setOf(3);
      const taken: Upstream[] = [];
      let now = 0;
      for (const [verb, which, passedMs] of steps) {
        now += passedMs;
        const upstream = set.members[which]!;
        if (verb === 'take') taken.push(take(set, now));
        else if (verb === 'release' && taken.length > 0) set.released(taken.pop()!);
        else if (verb === 'fail') set.failed(upstream, now);
        else if (verb === 'succeed') set.succeeded(upstream, now);
        else set.checked(upstream, verb === 'well', now);
        expect(set.pick(now)).toBeDefined();
      }
      expect(set.members.reduce((sum, { outstanding }) => sum + outstanding, 0)).toBe(taken.length);
    }),
  );
});
