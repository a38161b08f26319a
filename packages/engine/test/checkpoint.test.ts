import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeState, encodeState } from '../src/checkpoint.ts';
import {
  ITEMS,
  itemsWithChanged,
  SCENARIO_NAMES,
  START,
  startEngine,
  type Engine,
  type TestLine,
} from './smallWorld.ts';

/** A log: mostly forward in time, now and then a line that is late, without a date, or no line at all. */
const log: fc.Arbitrary<readonly TestLine[]> = fc
  .array(
    fc.record({
      src: fc.constantFrom('a.log', 'a.log', 'b.log'),
      afterMs: fc.oneof(
        { weight: 60, arbitrary: fc.integer({ min: 0, max: 1500 }) },
        { weight: 5, arbitrary: fc.integer({ min: -20_000, max: 0 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 900_000 }) },
      ),
      kind: fc.constantFrom('line', 'line', 'line', 'line', 'line', 'line', 'line', 'nonsense'),
      verb: fc.constantFrom('get', 'get', 'get', 'post', 'login', 'login', 'welcome'),
      ip: fc.constantFrom('198.51.100.1', '198.51.100.2', '203.0.113.9', '2001:db8::1'),
      path: fc.constantFrom('/', '/admin', '/trap', '/x.aspx', '/wp-login.php', 'ann', 'bob', 'é☃'),
      status: fc.constantFrom('200', '404', '404', '403'),
      user: fc.constantFrom('ann', 'bob', 'eve', 'é☃', 'a-rather-long-user-name'),
      json: fc.constantFrom('', '', ' {"n":1}', ' {"n":2,"list":[1,{"a":null}]}'),
    }),
    { minLength: 20, maxLength: 300, size: 'max' },
  )
  .map((drafts) => {
    let atMs = START;
    return drafts.map(({ src, afterMs, kind, verb, ip, path, status, user, json }) => {
      atMs += afterMs;
      const time = new Date(atMs).toISOString();
      return {
        src,
        raw: kind === 'line' ? `${time} ${verb} ${ip} ${path} ${status} ${user}${json}` : 'what?',
      };
    });
  });

/** As a store that knows texts only would keep it. */
function throughText(state: Uint8Array): Uint8Array {
  const text = JSON.stringify({ state: Buffer.from(state).toString('base64') });
  return Buffer.from((JSON.parse(text) as { state: string }).state, 'base64');
}

/** What a store does with alerts: the first of an id is kept. */
function stored(...engines: readonly Engine[]): ReadonlyMap<string, unknown> {
  const alerts = new Map<string, unknown>();
  for (const { told } of engines) {
    for (const { alert } of told) if (!alerts.has(alert.id)) alerts.set(alert.id, alert);
  }
  return alerts;
}

/** Every kind of line by turns, over hours, so that buckets end by the sweep too. */
function longLog(): TestLine[] {
  let seed = 7;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const pick = (...from: readonly string[]): string => from[next(from.length)]!;
  let atMs = START;
  return Array.from({ length: 1600 }, () => {
    atMs += next(40) === 0 ? next(600_000) : next(1500);
    const src = pick('a.log', 'b.log');
    const verb = pick('get', 'get', 'post', 'login', 'login', 'welcome');
    const ip = `198.51.100.${next(6)}`;
    const path = pick('/', '/admin', '/admin', '/trap', '/x.aspx', '/wp-login.php', 'ann', 'bob');
    const json = pick('', ' {"n":2}', ' {"n":1}');
    const raw = `${new Date(atMs).toISOString()} ${verb} ${ip} ${path} ${pick('200', '404')} ${pick('ann', 'bob', 'eve')}${json}`;
    return { src, raw };
  });
}

/** An engine that was not interrupted, and how it stood before it was stopped. */
interface Whole {
  readonly engine: Engine;
  readonly stand: unknown;
}

/** What an engine goes on from, but for how its evidence is packed. */
function standOf({ pipeline }: Engine): unknown {
  const { buckets, ...others } = decodeState(pipeline.saveState())!;
  const { evidence, packing: _packing, table, ...rest } = buckets;
  const { queues, ...columns } = table;
  return {
    ...others,
    ...rest,
    ...columns,
    queues: [queues.rows, queues.sizes],
    evidence: evidence.length > 0,
  };
}

/** Compares an engine that was killed some lines after a checkpoint, and restarted, with one that was not. */
function expectSame(
  lines: readonly TestLine[],
  cut: number,
  lost: number,
  { engine: whole, stand }: Whole,
): void {
  const first = startEngine({ mode: 'replay' });
  first.process(lines.slice(0, cut));
  const state = first.pipeline.saveState();
  first.process(lines.slice(cut, cut + lost));
  const second = startEngine({ mode: 'replay' });
  expect(second.pipeline.restoreState(throughText(state))).toBe(true);
  expect(isDeepStrictEqual(decodeState(second.pipeline.saveState()), decodeState(state))).toBe(true);
  second.process(lines.slice(cut));
  expect(isDeepStrictEqual(standOf(second), stand)).toBe(true);
  second.pipeline.stop();

  const all = whole.told.map(({ alert }) => alert);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  // With thousands of events in them, only what differs is shown.
  const both = [...stored(first, second).values()];
  expect(both.filter((alert, i) => !isDeepStrictEqual(alert, all[i]))).toEqual([]);
  expect(both).toHaveLength(all.length);
  expect(second.pipeline.counts).toEqual(whole.pipeline.counts);
  expect(second.pipeline.stages.buckets.counts()).toEqual(whole.pipeline.stages.buckets.counts());
}

function uninterrupted(lines: readonly TestLine[]): Whole {
  const engine = startEngine({ mode: 'replay' });
  engine.process(lines);
  const stand = standOf(engine);
  engine.pipeline.stop();
  return { engine, stand };
}

describe('an engine that is killed and restarted', () => {
  test('tells the same alerts with the same ids as one that was not, whatever the log', () => {
    fc.assert(
      fc.property(log, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(200), (lines, part, lost) => {
        expectSame(lines, Math.floor(lines.length * part), lost, uninterrupted(lines));
      }),
      { numRuns: 12 },
    );
  });

  test('does so for every kind of scenario, in a log of hours', () => {
    const lines = longLog();
    const whole = uninterrupted(lines);
    const seen = new Set(whole.engine.told.map(({ alert }) => alert.scenario));
    expect([...seen].toSorted()).toEqual([...SCENARIO_NAMES].toSorted());
    for (const cut of [1, 512, 777, 1300]) expectSame(lines, cut, 300, whole);
  });

  test('gives decisions the same ids, and prolongs none twice', () => {
    const lines = longLog();
    const whole = startEngine({ mode: 'replay' });
    whole.process(lines);
    const killed = startEngine({ mode: 'replay' });
    killed.process(lines.slice(0, 600));
    const state = killed.pipeline.saveState();
    killed.process(lines.slice(600, 900));
    const next = startEngine({ mode: 'replay' });
    expect(next.pipeline.restoreState(state)).toBe(true);
    next.pipeline.resumeDecisions(killed.pipeline.stages.decisions.list());
    next.process(lines.slice(600));
    const byId = (engine: Engine): unknown =>
      engine.pipeline.stages.decisions.list().toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(whole.pipeline.stages.decisions.size).toBeGreaterThan(3);
    expect(byId(next)).toEqual(byId(whole));
  });
});

describe('a live engine that is restarted', () => {
  /** A path that is forbidden for good, asked for before and after the ban that the trap leads to. */
  const lines = Array.from({ length: 40 }, (_, i): TestLine => {
    const at = new Date(START + Math.floor(i / 8) * 1000).toISOString();
    const [ip, path] = i === 12 ? ['203.0.113.9', '/trap'] : ['203.0.113.9', `/private/${i}`];
    return { src: 'a.log', raw: `${at} get ${ip} ${path} ${path === '/trap' ? 404 : 403} eve` };
  });

  test('takes no line for an answer to a ban that had not been decided when it was written', () => {
    const whole = startEngine();
    whole.process(lines);
    expect(whole.pipeline.counts.selfInflicted).toBeGreaterThan(20);

    const killed = startEngine();
    killed.process(lines.slice(0, 4));
    const state = killed.pipeline.saveState();
    killed.process(lines.slice(4, 30));
    const next = startEngine();
    expect(next.pipeline.restoreState(state)).toBe(true);
    next.pipeline.resumeDecisions(
      killed.pipeline.stages.decisions.list(),
      killed.told.map(({ alert }) => alert.id),
    );
    next.process(lines.slice(4));
    expect(next.pipeline.counts).toEqual(whole.pipeline.counts);
    expect([...stored(killed, next).values()]).toEqual(whole.told.map(({ alert }) => alert));
  });

  test('tells alerts that are stored no second time, and leaves lifted what was lifted', () => {
    const killed = startEngine();
    killed.process([lines[12]!]);
    const decisions = killed.pipeline.stages.decisions.list();
    expect(decisions).toHaveLength(1);

    const next = startEngine();
    next.pipeline.resumeDecisions(
      [], // an operator has lifted it
      killed.told.map(({ alert }) => alert.id),
    );
    next.process([lines[12]!]);
    expect(next.pipeline.stages.decisions.size).toBe(0);
    expect(next.told).toEqual([]);
  });

  test('forgets what is lifted, and what a new entry of the allowlist holds', () => {
    const engine = startEngine();
    engine.process(lines);
    const { decisions } = engine.pipeline.stages;
    const [ban] = decisions.list();
    expect(engine.pipeline.lift(ban!.id)).toEqual(ban);
    expect(engine.pipeline.lift(ban!.id)).toBeUndefined();
    expect(decisions.size).toBe(0);

    engine.pipeline.resumeDecisions([ban!]);
    const past = { value: '203.0.113.9', comment: 'was', expiresAt: new Date(START - 1) };
    expect(engine.pipeline.setAllowlist([past], START)).toEqual([]);
    const office = { value: '203.0.113.0/24', comment: 'office' };
    expect(engine.pipeline.setAllowlist([office], START)).toEqual([ban]);
    expect(decisions.size).toBe(0);
    // What an operator decides after that is not lifted by telling the same list again.
    engine.pipeline.resumeDecisions([ban!]);
    expect(engine.pipeline.setAllowlist([office], START)).toEqual([]);
    engine.pipeline.setAllowlist([], START);
    expect(engine.pipeline.stages.allowlist.size).toBe(0);
  });
});

describe('ids', () => {
  test('are UUIDs, and differ between installations that read the same lines', () => {
    const [one, other] = ['site one', 'site two'].map((idSalt) => {
      const engine = startEngine({ idSalt, mode: 'replay' });
      engine.process(longLog().slice(0, 500));
      return engine.told.flatMap(({ alert, decisions }) => [alert.id, ...decisions.map(({ id }) => id)]);
    });
    expect(one!.length).toBeGreaterThan(20);
    for (const id of one!)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(one!.filter((id) => other!.includes(id))).toEqual([]);
  });
});

describe('a saved state', () => {
  const lines = longLog().slice(0, 700);
  const engine = startEngine();
  engine.process(lines);
  const state = engine.pipeline.saveState();

  test('that is damaged or cut short is refused, and changes nothing', () => {
    const fresh = startEngine();
    for (const other of [undefined, null, '', 'PARAPET', {}, [], new Uint8Array(), new Uint8Array(12)]) {
      expect(fresh.pipeline.restoreState(other)).toBe(false);
    }
    fc.assert(
      fc.property(
        fc.nat(state.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, bits, isCut) => {
          const damaged = isCut ? state.slice(0, at) : Uint8Array.from(state);
          if (!isCut) damaged[at]! ^= bits;
          expect(fresh.pipeline.restoreState(damaged)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
    fresh.process(lines);
    expect(isDeepStrictEqual(fresh.told, engine.told)).toBe(true);
  });

  test('of another shape under the same version is refused', () => {
    for (const odd of [{}, { buckets: {} }, null, 7, { buckets: { rules: new Map(), packing: 3 } }]) {
      // Anything at all, on purpose.
      expect(startEngine().pipeline.restoreState(encodeState(odd as never))).toBe(false);
    }
  });

  test('keeps the buckets of scenarios that are as they were, and starts the others anew', () => {
    const changed = startEngine({ items: itemsWithChanged('test/leaky') });
    expect(changed.pipeline.restoreState(state)).toBe(true);
    const live = (each: Engine): Map<string, number> =>
      new Map(each.pipeline.stages.buckets.counts().map(({ scenario, live: count }) => [scenario, count]));
    const expected = live(engine);
    expect(expected.get('test/leaky')).toBeGreaterThan(0);
    expected.set('test/leaky', 0);
    expect(live(changed)).toEqual(expected);
    changed.process(longLog().slice(700)); // rows that were given back are used again
    expect(changed.told.some(({ alert }) => alert.scenario === 'test/leaky')).toBe(true);
  });

  test('drops what came from a scenario that is gone', () => {
    const fewer = startEngine({ items: ITEMS.filter(({ name }) => name !== 'test/source') });
    expect(fewer.pipeline.restoreState(state)).toBe(true);
    fewer.process(longLog().slice(700));
    expect(fewer.told.some(({ alert }) => alert.scenario === 'test/again')).toBe(false);
  });
});
