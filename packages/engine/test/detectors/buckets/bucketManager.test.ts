import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GoDuration } from '../../../src/expressions/index.ts';
import { KeptEvent } from '../../../src/detectors/buckets/keptEvent.ts';
import { at, Bench, eventOf, meta, program, START } from './build.ts';

const counter = {
  type: 'counter',
  capacity: -1,
  leakSpeedMs: 0,
  lifetimeMs: 60_000,
  isTimed: true,
  queueLimit: Infinity,
} as const;

describe('a leaky bucket', () => {
  test('overflows at the event after its capacity and tells of all of them', () => {
    const bench = new Bench([{ capacity: 2, name: 'x/flood' }]);
    expect(bench.pour(0)).toHaveLength(0);
    expect(bench.pour(1)).toHaveLength(0);
    const [overflow] = bench.pour(2);
    expect(overflow!.facts.eventsCount).toBe(3);
    expect(overflow!.facts.events).toHaveLength(3);
    expect(overflow!.facts.message).toBe(
      "Ip 203.0.113.7 performed 'x/flood' (3 events over 2s) at 2020-01-01 10:00:02 +0000 UTC",
    );
  });

  test('says how long it took without digits that the log does not have', () => {
    const bench = new Bench([{ capacity: 1 }]);
    const pour = (time: string) =>
      bench.manager.pour(eventOf(bench.schema, { time, meta: { source_ip: '203.0.113.7' } }), START);
    pour('2024-01-20T13:54:06.579985Z');
    expect(pour('2024-01-20T13:54:12.333789Z')[0]!.facts.message).toContain('(2 events over 5.753804s)');
  });

  test('leaks one event per leakspeed, to the second', () => {
    const bench = new Bench([{ capacity: 1, leakSpeedMs: 10_000 }]);
    bench.pour(0);
    expect(bench.pour(10)).toHaveLength(0);
    expect(bench.pour(19.999)).toHaveLength(1);
  });

  test('starts anew after it has overflowed', () => {
    const bench = new Bench([{ capacity: 1 }]);
    const counts = [0, 1, 2, 3].map((second) => bench.pour(second).length);
    expect(counts).toEqual([0, 1, 0, 1]);
  });

  test('forgets everything when nothing came for its lifetime, and not a moment before', () => {
    const lifetime = 20; // (capacity 1 + 1) * 10 s
    const alive = new Bench([{ capacity: 1 }]);
    alive.pour(0);
    alive.pour(lifetime);
    expect(alive.pour(lifetime)[0]!.facts.eventsCount).toBe(3);
    const dead = new Bench([{ capacity: 1 }]);
    dead.pour(0);
    dead.pour(lifetime + 0.001);
    expect(dead.pour(lifetime + 0.001)[0]!.facts.eventsCount).toBe(2);
  });

  test('keeps each address apart', () => {
    const bench = new Bench([{ capacity: 1 }]);
    bench.pour(0, '203.0.113.1');
    bench.pour(0, '203.0.113.2');
    expect(bench.pour(1, '203.0.113.2')[0]!.method('GetSources')!([])).toEqual(['203.0.113.2']);
  });

  test('takes an event from the past without complaint', () => {
    const bench = new Bench([{ capacity: 1 }]);
    bench.pour(100);
    expect(bench.pour(95)).toHaveLength(1);
  });

  test('holds no more evidence than its cache, but counts all', () => {
    const bench = new Bench([{ capacity: 3, queueLimit: 1 }]);
    const overflow = [0, 0, 0, 0].flatMap((second) => bench.pour(second))[0]!;
    expect(overflow.facts.eventsCount).toBe(4);
    expect(overflow.facts.events).toHaveLength(2);
  });

  test('is not poured by an event whose time is unknown, in a replay', () => {
    const bench = new Bench([{ capacity: 1 }]);
    const event = eventOf(bench.schema, { meta: { source_ip: '203.0.113.7' } });
    for (let i = 0; i < 5; i++) expect(bench.manager.pour(event, START)).toHaveLength(0);
  });

  test('agrees with a model that remembers every event, for any sequence', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        (steps, capacity, leak) => {
          const bench = new Bench([
            { capacity, leakSpeedMs: leak * 1000, lifetimeMs: (capacity + 1) * leak * 1000 },
          ]);
          const model = new NaiveBucket(capacity, leak * 1000);
          let ms = 0;
          for (const step of steps) {
            ms += step;
            const counted = bench.pour(ms / 1000)[0]?.facts.eventsCount;
            expect(counted).toBe(model.pour(ms));
          }
        },
      ),
    );
  });
});

/** Water in thousandths of an event per millisecond, in whole numbers: no rounding at all. */
class NaiveBucket {
  #level = 0;
  #lastMs: number | undefined;
  #count = 0;
  readonly #capacity: number;
  readonly #leakMs: number;
  constructor(capacity: number, leakMs: number) {
    this.#capacity = capacity;
    this.#leakMs = leakMs;
  }
  pour(ms: number): number | undefined {
    if (this.#lastMs !== undefined && ms > this.#lastMs + (this.#capacity + 1) * this.#leakMs)
      this.#count = 0;
    if (this.#count === 0) this.#level = 0;
    else this.#level = Math.max(0, this.#level - (ms - this.#lastMs!));
    this.#lastMs = ms;
    this.#count++;
    this.#level += this.#leakMs;
    if (this.#level <= this.#capacity * this.#leakMs) return undefined;
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}

describe('distinct', () => {
  const crawl = { capacity: 1, distinct: meta('path') };

  test('drops what was seen before, so that only different values count', () => {
    const bench = new Bench([crawl]);
    for (let second = 0; second < 5; second++)
      expect(bench.pour(second, '203.0.113.7', { path: '/a' })).toHaveLength(0);
    expect(bench.pour(5, '203.0.113.7', { path: '/b' })[0]!.facts.eventsCount).toBe(2);
  });

  test('does not prolong the bucket with what it drops', () => {
    const bench = new Bench([crawl]);
    bench.pour(0, '203.0.113.7', { path: '/a' });
    bench.pour(15, '203.0.113.7', { path: '/a' });
    expect(bench.pour(21, '203.0.113.7', { path: '/b' })).toHaveLength(0);
  });

  test('forgets the values with the bucket', () => {
    const bench = new Bench([crawl]);
    bench.pour(0, '203.0.113.7', { path: '/a' });
    bench.pour(1, '203.0.113.7', { path: '/b' });
    bench.pour(2, '203.0.113.7', { path: '/a' });
    expect(bench.pour(3, '203.0.113.7', { path: '/b' })).toHaveLength(1);
  });

  test('remembers more values than fit a short list', () => {
    const bench = new Bench([{ ...crawl, capacity: 60, queueLimit: 60, lifetimeMs: 610_000 }]);
    for (let i = 0; i < 60; i++) bench.pour(0, '203.0.113.7', { path: `/a/long/path/number/${i}` });
    for (let i = 0; i < 60; i++) {
      expect(bench.pour(0, '203.0.113.7', { path: `/a/long/path/number/${i}` })).toHaveLength(0);
    }
    expect(bench.pour(0, '203.0.113.7', { path: '/new' })).toHaveLength(1);
  });

  test('lets the event in, unremembered, when its expression fails', () => {
    const fails = program(() => {
      throw new Error('no such thing');
    });
    const bench = new Bench([{ capacity: 1, distinct: fails }]);
    bench.pour(0);
    expect(bench.pour(1)).toHaveLength(1);
    expect(bench.manager.faults.list()).toEqual([
      { scenario: 'test/leaky', place: 'distinct', count: 2, example: 'no such thing' },
    ]);
  });
});

test('cancel_on kills the bucket, and the event that did it is not poured', () => {
  const bench = new Bench([
    { capacity: 1, cancelOn: program(({ evt }) => evt.bag('Meta').get('result') === 'login') },
  ]);
  bench.pour(0);
  bench.pour(1, '203.0.113.7', { result: 'login' });
  expect(bench.pour(2)).toHaveLength(0);
  expect(bench.pour(3)[0]!.facts.eventsCount).toBe(2);
});

describe('a blackhole', () => {
  test('silences a key from its overflow on, for its duration', () => {
    const bench = new Bench([{ capacity: 1, blackholeMs: 60_000 }]);
    bench.pour(0);
    expect(bench.pour(1)).toHaveLength(1);
    const quiet = Array.from({ length: 59 }, (_, i) => bench.pour(2 + i).length);
    expect(quiet.every((count) => count === 0)).toBe(true);
    const later = Array.from({ length: 3 }, (_, i) => bench.pour(61 + i).length);
    expect(later.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  test('silences no other key', () => {
    const bench = new Bench([{ type: 'trigger', capacity: 0, blackholeMs: 60_000 }]);
    expect(bench.pour(0, '203.0.113.1')).toHaveLength(1);
    expect(bench.pour(1, '203.0.113.1')).toHaveLength(0);
    expect(bench.pour(1, '203.0.113.2')).toHaveLength(1);
  });
});

describe('a trigger', () => {
  test('overflows at once, whatever distinct and cancel_on say', () => {
    const bench = new Bench([
      { type: 'trigger', capacity: 0, distinct: meta('source_ip'), cancelOn: program(() => true) },
    ]);
    expect(bench.pour(0)).toHaveLength(1);
    expect(bench.pour(0)[0]!.facts).toMatchObject({ eventsCount: 1, firstMs: START, overflowMs: START });
  });

  test('overflows for an event without a time, at the time it was read', () => {
    const bench = new Bench([{ type: 'trigger', capacity: 0 }]);
    const event = eventOf(bench.schema, { meta: { source_ip: '203.0.113.7' } });
    expect(bench.manager.pour(event, 0)[0]!.facts.overflowMs).toBe(START);
  });
});

describe('an overflow filter', () => {
  test('lets go what it refuses, without silencing the key', () => {
    const bench = new Bench([
      {
        capacity: 1,
        blackholeMs: 600_000,
        readsQueue: true,
        overflowFilter: program(({ bucket }) =>
          bucket!.queue.some((event) => event.meta('weight') === 'heavy'),
        ),
      },
    ]);
    bench.pour(0);
    expect(bench.pour(1)).toHaveLength(0);
    bench.pour(2);
    expect(bench.pour(3, '203.0.113.7', { weight: 'heavy' })).toHaveLength(1);
  });

  test('sees the signal', () => {
    const bench = new Bench([
      { capacity: 1, overflowFilter: program(({ signal }) => signal!.alerts[0]!.fields.eventsCount > 2) },
    ]);
    bench.pour(0);
    expect(bench.pour(1)).toHaveLength(0);
  });

  test('that fails lets everything through, and is counted', () => {
    const bench = new Bench([{ capacity: 1, overflowFilter: program(() => 'yes') }]);
    bench.pour(0);
    expect(bench.pour(1)).toHaveLength(1);
    expect(bench.manager.faults.list()[0]!.place).toBe('overflow_filter');
  });
});

describe('a counter', () => {
  test('counts for its duration from the first event and overflows then', () => {
    const bench = new Bench([counter]);
    bench.pour(0);
    bench.pour(50);
    const [overflow] = bench.pour(61);
    expect(overflow!.facts).toMatchObject({ eventsCount: 2, overflowMs: START + 60_000 });
  });

  test('overflows without another event of its key, once the log has moved on far enough', () => {
    const bench = new Bench([counter]);
    bench.pour(0);
    const overflows = Array.from({ length: 3000 }, (_, i) => bench.pour(600 + i, '203.0.113.8')).flat();
    const [first] = overflows.filter(({ facts }) => facts.key === '203.0.113.7');
    expect(first!.facts).toMatchObject({ eventsCount: 1, overflowMs: START + 60_000 });
  });

  test('overflows when the log ends after its time, and not when it ends before', () => {
    const over = new Bench([counter]);
    over.pour(0);
    expect(over.manager.stop(START + 60_000)).toHaveLength(1);
    const early = new Bench([counter]);
    early.pour(0);
    expect(early.manager.stop(START + 59_000)).toHaveLength(0);
    expect(early.manager.size).toBe(0);
  });

  test('overflows on the wall clock to the moment', () => {
    const bench = new Bench([counter], { clock: 'wall' });
    bench.pour(0);
    expect(bench.manager.advance(START + 59_999)).toHaveLength(0);
    expect(bench.manager.advance(START + 60_000)[0]!.facts.overflowMs).toBe(START + 60_000);
  });
});

describe('a condition', () => {
  const conditional = {
    type: 'conditional',
    capacity: -1,
    leakSpeedMs: 60_000,
    lifetimeMs: 60_000,
    queueLimit: Infinity,
    readsQueue: true,
  } as const;

  test('decides when the bucket overflows, from all its events', () => {
    const wants = program(({ bucket }) => {
      const paths = bucket!.queue.map((event) => event.meta('path'));
      return paths.includes('/') && paths.includes('/admin');
    });
    const bench = new Bench([{ ...conditional, condition: wants }]);
    expect(bench.pour(0, '203.0.113.7', { path: '/' })).toHaveLength(0);
    expect(bench.pour(1, '203.0.113.7', { path: '/about' })).toHaveLength(0);
    expect(bench.pour(2, '203.0.113.7', { path: '/admin' })[0]!.facts.eventsCount).toBe(3);
  });

  test('sees the bucket: its count, times and length of life', () => {
    let seen: unknown;
    const bench = new Bench([
      {
        ...conditional,
        condition: program(({ bucket }) => {
          seen = { ...bucket!, queue: bucket!.queue.map((event) => event instanceof KeptEvent) };
          return false;
        }),
      },
    ]);
    bench.pour(0);
    bench.pour(5);
    expect(seen).toMatchObject({
      totalCount: 2,
      firstMs: START,
      lastMs: START + 5000,
      key: '203.0.113.7',
      queue: [true, true],
    });
    expect(new GoDuration(60_000).ms).toBe(60_000);
  });

  test('makes a leaky bucket overflow early', () => {
    const bench = new Bench([
      { capacity: 5, queueLimit: 5, condition: program(({ bucket }) => bucket!.totalCount >= 2) },
    ]);
    bench.pour(0);
    expect(bench.pour(1)[0]!.facts.eventsCount).toBe(2);
  });
});

describe('a bayesian bucket', () => {
  const bayesian = { type: 'bayesian', capacity: -1, lifetimeMs: 30_000, queueLimit: Infinity } as const;
  const is = (name: string, value: string) => program(({ evt }) => evt.bag('Meta').get(name) === value);
  const rules = (guillotine: boolean) => ({
    prior: 0.5,
    threshold: Math.fround(0.8),
    conditions: [
      {
        condition: is('path', '/'),
        probGivenEvil: Math.fround(0.8),
        probGivenBenign: Math.fround(0.2),
        guillotine,
      },
      { condition: is('user', 'admin'), probGivenEvil: Math.fround(0.9), probGivenBenign: 0.5, guillotine },
    ],
  });

  test('adds up what it saw when its conditions are guillotines', () => {
    const bench = new Bench([{ ...bayesian, bayesian: rules(true) }]);
    expect(bench.pour(0, '203.0.113.7', { path: '/' })).toHaveLength(0);
    expect(bench.pour(1, '203.0.113.7', { user: 'admin' })[0]!.facts.eventsCount).toBe(2);
  });

  test('weighs each event anew when they are not', () => {
    const bench = new Bench([{ ...bayesian, bayesian: rules(false) }]);
    bench.pour(0, '203.0.113.7', { path: '/' });
    expect(bench.pour(1, '203.0.113.7', { user: 'admin' })).toHaveLength(0);
  });

  test('leaves a condition that fails out of account', () => {
    const failing = program(() => null);
    const bench = new Bench([
      {
        ...bayesian,
        bayesian: {
          prior: 0.9,
          threshold: 0.8,
          conditions: [{ condition: failing, probGivenEvil: 0.1, probGivenBenign: 0.9, guillotine: false }],
        },
      },
    ]);
    expect(bench.pour(0)).toHaveLength(1);
  });
});

describe('whom an overflow is about', () => {
  test('nobody, when an event has no address: it is counted, and the key is silenced all the same', () => {
    const bench = new Bench([{ type: 'trigger', capacity: 0, groupBy: undefined, blackholeMs: 60_000 }]);
    const event = eventOf(bench.schema, { time: at(0), meta: {} });
    expect(bench.manager.pour(event, START)).toHaveLength(0);
    expect(bench.manager.faults.list()[0]).toMatchObject({ place: 'source', count: 1 });
    expect(bench.pour(1)).toHaveLength(0);
  });

  test('several addresses, when the bucket groups them', () => {
    const bench = new Bench([{ capacity: 1, groupBy: meta('user'), name: 'x/spray' }]);
    bench.pour(0, '203.0.113.1', { user: 'root' });
    const [overflow] = bench.pour(1, '203.0.113.2', { user: 'root' });
    expect(overflow!.alerts.map(({ fields }) => fields.source.fields.value)).toEqual([
      '203.0.113.1',
      '203.0.113.2',
    ]);
    expect(overflow!.facts.message).toMatch(/^Ip 2 sources performed 'x\/spray'/);
  });

  test('the range of the address, from enrichment or from an expression', () => {
    const enriched = new Bench([
      { type: 'trigger', capacity: 0, scope: { name: 'Range', expression: undefined } },
    ]);
    const event = eventOf(enriched.schema, {
      time: at(0),
      meta: { source_ip: '203.0.113.7', SourceRange: '203.0.113.9/24' },
      enriched: { ASNumber: '64500', ASNOrg: 'Example', IsoCode: 'FR', Latitude: '48.85', Longitude: '2.35' },
    });
    const [overflow] = enriched.manager.pour(event, START);
    expect(overflow!.alerts[0]!.fields.source.fields).toMatchObject({
      scope: 'Range',
      value: '203.0.113.0/24',
      ip: '203.0.113.7',
      asNumber: '64500',
      asName: 'Example',
      country: 'FR',
      latitude: Math.fround(48.85),
    });
    const wide = new Bench([
      { type: 'trigger', capacity: 0, scope: { name: 'Range', expression: program(() => '203.0.0.0/16') } },
    ]);
    expect(wide.pour(0)[0]!.method('GetSources')!([])).toEqual(['203.0.0.0/16']);
  });

  test('whatever the scope expression says, evaluated when the event is poured', () => {
    const bench = new Bench([
      { capacity: 1, groupBy: undefined, scope: { name: 'username', expression: meta('user') } },
    ]);
    bench.pour(0, '203.0.113.1', { user: 'alice' });
    const [overflow] = bench.pour(1, '203.0.113.2', { user: 'bob' });
    expect([...overflow!.facts.sources.keys()]).toEqual(['alice', 'bob']);
    expect(overflow!.alerts[0]!.fields.source.fields).toMatchObject({ scope: 'username', ip: '' });
  });
});

describe('time and memory', () => {
  test('live buckets end on the wall clock, whatever the log says', () => {
    const bench = new Bench([{ capacity: 1 }], { clock: 'wall' });
    const event = eventOf(bench.schema, { time: at(0), meta: { source_ip: '203.0.113.7' } });
    bench.manager.pour(event, START);
    expect(bench.manager.size).toBe(1);
    bench.manager.advance(START + 20_000);
    expect(bench.manager.size).toBe(0);
    bench.manager.pour(event, START + 20_001);
    expect(bench.manager.pour(event, START + 20_002)).toHaveLength(1);
  });

  test('in a replay the wall clock ends nothing', () => {
    const bench = new Bench([{ capacity: 1 }]);
    bench.pour(0);
    expect(bench.manager.advance(START + 90_000_000_000)).toEqual([]);
    expect(bench.pour(1)).toHaveLength(1);
  });

  test('days of log leave no more buckets than the last minutes have', () => {
    const bench = new Bench([{ capacity: 3, queueLimit: 3, lifetimeMs: 40_000 }]);
    let most = 0;
    for (let i = 0; i < 20_000; i++) {
      bench.pour(i * 13, `198.51.${(i >> 8) & 255}.${i & 255}`);
      most = Math.max(most, bench.manager.size);
    }
    expect(most).toBeLessThan(1600); // up to three sweeps of 512, and 640 s of one address each 13 s
  });

  test('one line from the far future does not end the buckets of the present', () => {
    const bench = new Bench([{ capacity: 1 }]);
    for (let i = 0; i < 2000; i++) bench.pour(i / 1000, `198.51.100.${i % 250}`);
    bench.pour(2);
    for (let i = 0; i < 600; i++) bench.pour(i % 300 === 0 ? 90_000_000 : 3, `198.51.100.${i % 250}`);
    expect(bench.pour(4)).toHaveLength(1);
  });

  test('an older file after a newer one is read like any other', () => {
    const bench = new Bench([{ capacity: 3, queueLimit: 3, lifetimeMs: 40_000 }]);
    for (let i = 0; i < 3000; i++) bench.pour(1_000_000 + i, `198.51.100.${i % 250}`);
    const counts = Array.from(
      { length: 2400 },
      (_, i) => bench.pour(Math.floor(i / 1200), `203.0.113.${i % 240}`).length,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(480); // ten events each: overflows at the 4th and 8th
  });

  test('lines up to ten minutes late find what they would have found without the sweep', () => {
    const event = fc.record({
      minute: fc.integer({ min: 0, max: 120 }),
      late: fc.integer({ min: 0, max: 599 }),
      ip: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (drafts) => {
        const inOrder = drafts.toSorted((a, b) => a.minute - b.minute);
        const bench = new Bench([{ capacity: 2, queueLimit: 2, leakSpeedMs: 120_000, lifetimeMs: 360_000 }]);
        const reference = new Map<number, { tokens: number; last: number; count: number }>();
        for (const { minute, late, ip } of inOrder) {
          const ms = (minute * 60 + 600 - late) * 1000;
          let bucket = reference.get(ip);
          if (bucket !== undefined && ms > bucket.last + 360_000) bucket = undefined;
          bucket ??= { tokens: 2, last: ms, count: 0 };
          const tokens = Math.min(2, bucket.tokens + Math.max(0, ms - bucket.last) / 120_000);
          bucket.last = ms;
          bucket.count++;
          let expected: number | undefined;
          if (tokens >= 1) {
            bucket.tokens = tokens - 1;
            reference.set(ip, bucket);
          } else {
            expected = bucket.count;
            reference.delete(ip);
          }
          expect(bench.pour(ms / 1000, `203.0.113.${ip}`)[0]?.facts.eventsCount).toBe(expected);
        }
      }),
    );
  });

  test('evidence is a copy: the event may be used for the next line', () => {
    const bench = new Bench([{ capacity: 1 }]);
    const event = eventOf(bench.schema, { time: at(0), meta: { source_ip: '203.0.113.7', path: '/first' } });
    bench.manager.pour(event, START);
    event.resetTo('', event.origin, START);
    event.marshaledTime = at(1);
    event.set(bench.schema.slot('Meta', 'source_ip'), '203.0.113.7');
    event.set(bench.schema.slot('Meta', 'path'), '/second');
    const [overflow] = bench.manager.pour(event, START);
    expect(overflow!.alerts[0]!.fields.events.map((each) => each.getMeta('path'))).toEqual([
      '/first',
      '/second',
    ]);
  });
});

test('scenarios are evaluated in load order, and a filter may write to the event', () => {
  const sets = program(({ evt }) => {
    evt.set(evt.schema.slot('Meta', 'mark'), 'set');
    return true;
  });
  const bench = new Bench([
    {
      name: 'first',
      type: 'trigger',
      capacity: 0,
      filter: program(({ evt }) => evt.bag('Meta').get('mark') === ''),
    },
    { name: 'second', type: 'trigger', capacity: 0, filter: sets },
    {
      name: 'third',
      type: 'trigger',
      capacity: 0,
      filter: program(({ evt }) => evt.bag('Meta').get('mark') === 'set'),
    },
  ]);
  const overflows = bench.pour(0);
  expect(overflows.map(({ facts }) => facts.scenario.name)).toEqual(['first', 'second', 'third']);
  expect(overflows[1]!.alerts[0]!.fields.events[0]!.getMeta('mark')).toBe('set');
});

test('a filter that fails is false for the event and does not stop the others', () => {
  const bench = new Bench([
    {
      name: 'bad',
      type: 'trigger',
      capacity: 0,
      filter: program(() => {
        throw new TypeError('nil has no fields');
      }),
    },
    { name: 'good', type: 'trigger', capacity: 0 },
  ]);
  expect(bench.pour(0).map(({ facts }) => facts.scenario.name)).toEqual(['good']);
  expect(bench.manager.faults.list()[0]).toMatchObject({ scenario: 'bad', place: 'filter' });
});

test('counts per scenario say what lives, was poured and overflowed', () => {
  const bench = new Bench([{ capacity: 1 }]);
  bench.pour(0);
  bench.pour(1);
  bench.pour(2, '203.0.113.8');
  expect(bench.manager.counts()).toEqual([{ scenario: 'test/leaky', live: 2, poured: 3, overflowed: 1 }]);
});
