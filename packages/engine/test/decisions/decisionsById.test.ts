import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '@parapet/kinds';
import { DecisionsById } from '../../src/decisions/decisionsById.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

function decision(id: string, value: string, endMs: number): Decision {
  return {
    ...{ id, remediation: 'ban', startAt: new Date(NOON), expiresAt: new Date(endMs) },
    target: { scope: value.includes('/') ? 'range' : /^[A-Z]/.test(value) ? 'country' : 'ip', value },
    ...{ scenario: 'x', origin: 'operator', mode: 'live' },
  };
}

const step = fc.record({
  act: fc.constantFrom('put', 'put', 'put', 'delete', 'sweep'),
  id: fc.integer({ min: 0, max: 12 }).map((n) => `0000000${n.toString(16)}-1111-4222-8333-444455556666`),
  value: fc.constantFrom('192.0.2.1', '192.0.2.0/24', '2001:db8::1', 'FR'),
  seconds: fc.integer({ min: 1, max: 60 }),
});

describe('decisions by their ids', () => {
  it('are what a map of them would be', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const list = new DecisionsById();
        const map = new Map<string, Decision>();
        const answers: (readonly [boolean, boolean])[] = [];
        let nowMs = NOON;
        for (const { act, id, value, seconds } of steps) {
          if (act === 'put') {
            const one = decision(id, value, nowMs + seconds * 1000);
            list.put(one);
            map.set(id, one);
          } else if (act === 'delete') answers.push([list.delete(id), map.delete(id)]);
          else {
            nowMs += seconds * 1000;
            // A whole round, wherever the last one ended.
            for (let i = 0; i < 8; i++) list.sweep(nowMs, 7);
            for (const [key, { expiresAt }] of map) if (expiresAt.getTime() <= nowMs) map.delete(key);
          }
          expect(list.size).toBe(map.size);
        }
        expect(answers.filter(([ours, theirs]) => ours !== theirs)).toEqual([]);
        const sorted = (all: Iterable<Decision>): readonly Decision[] =>
          [...all].toSorted((a, b) => a.id.localeCompare(b.id));
        expect(sorted(list.inForce(nowMs))).toEqual(sorted(map.values()));
        expect([...list.inForce(nowMs + 61_000)]).toEqual([]);
      }),
    );
  });
});
