import { parseCidr, type Decision } from '@parapet/kinds';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Allowlist, DecisionSet } from '../../src/decisions/index.ts';

const NOW = Date.UTC(2020, 0, 1, 10);
let next = 0;

function ban(value: string, minutes: number, draft: Partial<Decision> = {}): Decision {
  return {
    id: `id-${++next}`,
    target: { scope: value.includes('/') ? 'range' : 'ip', value },
    remediation: 'ban',
    startAt: new Date(NOW),
    expiresAt: new Date(NOW + minutes * 60_000),
    scenario: 'x/flood',
    origin: 'scenario',
    mode: 'live',
    ...draft,
  };
}

test('a repeated alert prolongs the decision, which keeps its record id', () => {
  const set = new DecisionSet();
  const first = ban('203.0.113.7', 10);
  expect(set.add(first).outcome).toBe('added');
  const { outcome, decision } = set.add(ban('203.0.113.7', 20));
  expect(outcome).toBe('prolonged');
  expect(decision).toMatchObject({ id: first.id, expiresAt: new Date(NOW + 20 * 60_000) });
  expect(set.add(ban('203.0.113.7', 15)).outcome).toBe('covered');
  expect(set.size).toBe(1);
});

test('other remediations, origins and modes are decisions of their own', () => {
  const set = new DecisionSet();
  set.add(ban('203.0.113.7', 10));
  set.add(ban('203.0.113.7', 10, { remediation: 'captcha' }));
  set.add(ban('203.0.113.7', 10, { origin: 'operator' }));
  set.add(ban('203.0.113.7', 10, { mode: 'simulated' }));
  expect(set.size).toBe(4);
});

test('the same address written differently is the same target', () => {
  const set = new DecisionSet();
  set.add(ban('2001:db8::1', 10));
  expect(set.add(ban('2001:0db8:0:0::1', 20)).outcome).toBe('prolonged');
});

test('expiry takes out what is over, once, and not what was prolonged', () => {
  const set = new DecisionSet();
  set.add(ban('203.0.113.7', 10));
  set.add(ban('203.0.113.8', 10));
  set.add(ban('203.0.113.7', 30));
  expect(set.expire(NOW + 9 * 60_000)).toEqual([]);
  expect(set.expire(NOW + 10 * 60_000).map(({ target }) => target.value)).toEqual(['203.0.113.8']);
  expect(set.expire(NOW + 30 * 60_000).map(({ target }) => target.value)).toEqual(['203.0.113.7']);
  expect(set.size).toBe(0);
});

test('an address is hit by its own decision and by those of its ranges, while they run', () => {
  const set = new DecisionSet();
  set.add(ban('203.0.113.7', 10));
  set.add(ban('203.0.113.0/24', 30));
  set.add(ban('198.51.100.0/24', 30));
  expect(set.covering('203.0.113.7', NOW)).toHaveLength(2);
  expect(set.covering('203.0.113.7', NOW + 11 * 60_000)).toHaveLength(1);
  expect(set.covering('203.0.113.9', NOW)).toHaveLength(1);
  expect(set.covering('no address', NOW)).toEqual([]);
});

test('only what is enforced counts as enforced', () => {
  const set = new DecisionSet();
  set.add(ban('203.0.113.7', 10, { mode: 'simulated' }));
  expect(set.isEnforcedOn('203.0.113.7', NOW)).toBe(false);
  set.add(ban('203.0.113.0/24', 10));
  expect(set.isEnforcedOn('203.0.113.7', NOW)).toBe(true);
});

test('lifting by id and by target leaves nothing behind', () => {
  const set = new DecisionSet();
  const one = ban('203.0.113.7', 10);
  set.add(one);
  expect(set.lift(one.id)).toEqual(one);
  expect(set.lift(one.id)).toBeUndefined();
  set.add(ban('203.0.113.7', 10, { target: { scope: 'user', value: 'bob' } }));
  expect(set.find({ scope: 'user', value: 'bob' }, NOW)).toHaveLength(1);
  expect(set.liftTarget({ scope: 'user', value: 'bob' })).toHaveLength(1);
  expect(set.size).toBe(0);
  expect(set.covering('203.0.113.7', NOW)).toEqual([]);
});

test('a new allowlist entry lifts what it holds and what would hit it', () => {
  const set = new DecisionSet();
  set.add(ban('203.0.113.7', 10));
  set.add(ban('203.0.113.0/24', 10));
  set.add(ban('203.0.112.9', 10));
  expect(
    set
      .liftWithin(parseCidr('203.0.113.0/28')!)
      .map(({ target }) => target.value)
      .toSorted(),
  ).toEqual(['203.0.113.0/24', '203.0.113.7']);
  expect(set.size).toBe(1);
});

test('a decision added again after it was lifted expires at its own time', () => {
  const set = new DecisionSet();
  const early = ban('203.0.113.7', 5);
  set.add(early);
  set.lift(early.id);
  set.add(ban('203.0.113.7', 20));
  expect(set.expire(NOW + 6 * 60_000)).toEqual([]);
  expect(set.expire(NOW + 20 * 60_000)).toHaveLength(1);
});

test('agrees with a plain list for any sequence of adding, lifting and expiring', () => {
  const action = fc.record({
    kind: fc.constantFrom('add', 'lift', 'expire'),
    host: fc.integer({ min: 1, max: 4 }),
    minutes: fc.integer({ min: 1, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const set = new DecisionSet();
      const model = new Map<string, number>();
      let nowMs = NOW;
      for (const { kind, host, minutes } of actions) {
        const value = `203.0.113.${host}`;
        if (kind === 'add') {
          const until = nowMs + minutes * 60_000;
          set.add(ban(value, 0, { expiresAt: new Date(until) }));
          model.set(value, Math.max(model.get(value) ?? 0, until));
        } else if (kind === 'lift') {
          set.liftTarget({ scope: 'ip', value });
          model.delete(value);
        } else {
          nowMs += minutes * 30_000;
          set.expire(nowMs);
          for (const [other, until] of model) if (until <= nowMs) model.delete(other);
        }
        const inForce = new Map(set.list().map((each) => [each.target.value, each.expiresAt.getTime()]));
        expect(inForce).toEqual(model);
      }
    }),
  );
});

describe('the allowlist', () => {
  test('holds addresses and ranges, with a comment, until they end', () => {
    const list = new Allowlist();
    expect(list.add('nonsense', '')).toBeUndefined();
    list.add('203.0.113.0/24', 'office');
    list.add('198.51.100.4', 'monitor', new Date(NOW));
    expect(list.find(parseCidr('203.0.113.7/32')!, NOW)).toMatchObject({
      value: '203.0.113.0/24',
      comment: 'office',
    });
    expect(list.find(parseCidr('198.51.100.4/32')!, NOW - 1)).toMatchObject({ comment: 'monitor' });
    expect(list.find(parseCidr('198.51.100.4/32')!, NOW)).toBeUndefined();
  });

  test('protects one allowed address from the ban of its range', () => {
    const list = new Allowlist();
    list.add('203.0.113.7', 'office');
    expect(list.find(parseCidr('203.0.0.0/16')!, NOW)).toMatchObject({ comment: 'office' });
  });

  test('forgets an entry that is removed', () => {
    const list = new Allowlist();
    list.add('203.0.113.7', 'office');
    expect(list.remove('203.0.113.7')).toBe(true);
    expect(list.remove('203.0.113.7')).toBe(false);
    expect(list.size).toBe(0);
  });
});
