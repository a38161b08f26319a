import { cidrContains, parseCidr, parseIp, type Decision } from '@parapet/kinds';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DecisionSet } from '../../src/decisions/index.ts';

const NOW = Date.UTC(2020, 0, 1);
const VALUES = [
  ...[
    '10.0.0.1',
    '10.0.0.2',
    '10.0.1.1',
    '203.0.113.7',
    '2001:db8::1',
    '2001:db8::2',
    '2001:db8:1::1',
    '::ffff',
  ],
  ...['10.0.0.0/24', '10.0.0.0/16', '0.0.0.0/0', '203.0.113.7/32', '2001:db8::/32', '2001:db8::/64', '::/0'],
];
const target = fc.oneof(
  fc.constantFrom(...VALUES).map((value) => ({ scope: value.includes('/') ? 'range' : 'ip', value })),
  fc.record({ scope: fc.constantFrom('user', 'country'), value: fc.constantFrom('bob', 'FR', '') }),
);
const decision = fc.record({
  target,
  remediation: fc.constantFrom('ban', 'captcha'),
  origin: fc.constantFrom('scenario', 'list/a'),
  minutes: fc.integer({ min: 1, max: 5 }),
  hasUuid: fc.boolean(),
});
type Step =
  | {
      readonly kind: 'add';
      readonly draft: {
        target: Decision['target'];
        remediation: string;
        origin: string;
        minutes: number;
        hasUuid: boolean;
      };
    }
  | { readonly kind: 'lift'; readonly nth: number }
  | { readonly kind: 'within'; readonly value: string }
  | { readonly kind: 'pass'; readonly minutes: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: decision.map((draft) => ({ kind: 'add' as const, draft })) },
  fc.nat(20).map((nth) => ({ kind: 'lift' as const, nth })),
  fc
    .constantFrom('10.0.0.0/24', '10.0.0.1/32', '2001:db8::/32', '0.0.0.0/0')
    .map((value) => ({ kind: 'within' as const, value })),
  fc.integer({ min: 1, max: 3 }).map((minutes) => ({ kind: 'pass' as const, minutes })),
);

/** The same, done plainly. */
class Plain {
  all: Decision[] = [];
  key = ({ target: { scope, value }, remediation, origin }: Decision): string =>
    `${textOf(scope, value)} ${remediation} ${origin}`;
}

function textOf(scope: string, value: string): string {
  if (scope === 'ip') return `${value}/${value.includes(':') ? 128 : 32}`;
  return scope === 'range' ? value : `${scope} ${value}`;
}

function rangeOf({ scope, value }: Decision['target']) {
  return scope === 'ip' || scope === 'range' ? parseCidr(textOf(scope, value)) : undefined;
}

it('holds what a plain list holds, whatever comes and goes', () => {
  let number = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const set = new DecisionSet();
      const plain = new Plain();
      let nowMs = NOW;
      /** What is, and what should be. */
      const compared: (readonly [unknown, unknown])[] = [];
      for (const one of steps) {
        switch (one.kind) {
          case 'add': {
            const { target: on, remediation, origin, minutes, hasUuid } = one.draft;
            const hex = (++number).toString(16).padStart(12, '0');
            const fresh: Decision = {
              id: hasUuid ? `00000000-0000-4000-8000-${hex}` : `id ${number}`,
              ...{ target: on, remediation, origin, scenario: `s${minutes}`, mode: 'live' },
              ...{ startAt: new Date(nowMs), expiresAt: new Date(nowMs + minutes * 60_000) },
            };
            const known = plain.all.findIndex((other) => plain.key(other) === plain.key(fresh));
            set.add(fresh);
            if (known < 0) plain.all.push(fresh);
            else if (plain.all[known]!.expiresAt < fresh.expiresAt)
              plain.all[known] = { ...plain.all[known]!, expiresAt: fresh.expiresAt };
            break;
          }
          case 'lift': {
            const gone = plain.all[one.nth];
            if (gone === undefined) break;
            plain.all.splice(one.nth, 1);
            compared.push([set.lift(gone.id)?.id, gone.id]);
            break;
          }
          case 'within': {
            const range = parseCidr(one.value)!;
            const isHit = ({ target: on }: Decision): boolean => {
              const other = rangeOf(on);
              return other !== undefined && overlaps(range, other);
            };
            const gone = plain.all.filter(isHit).map(({ id }) => id);
            plain.all = plain.all.filter((other) => !isHit(other));
            compared.push([
              set
                .liftWithin(range)
                .map(({ id }) => id)
                .sort(),
              gone.sort(),
            ]);
            break;
          }
          case 'pass': {
            nowMs += one.minutes * 60_000;
            const gone = plain.all
              .filter(({ expiresAt }) => expiresAt.getTime() <= nowMs)
              .map(({ id }) => id);
            plain.all = plain.all.filter(({ expiresAt }) => expiresAt.getTime() > nowMs);
            compared.push([
              set
                .expire(nowMs)
                .map(({ id }) => id)
                .sort(),
              gone.sort(),
            ]);
            break;
          }
        }
        compared.push([set.size, plain.all.length]);
      }
      for (const [got, wanted] of compared) expect(got).toEqual(wanted);
      const byId = (one: Decision, two: Decision): number => (one.id < two.id ? -1 : 1);
      expect([...set.list()].sort(byId)).toEqual([...plain.all].sort(byId));
      expect(set.counts().reduce((sum, { count }) => sum + count, 0)).toBe(plain.all.length);
      for (const value of VALUES.slice(0, 8)) {
        const hits = plain.all.filter(({ target: on }) => {
          const range = rangeOf(on);
          return range !== undefined && cidrContains(range, parseIp(value)!);
        });
        expect(
          set
            .covering(value, nowMs)
            .map(({ id }) => id)
            .sort(),
        ).toEqual(hits.map(({ id }) => id).sort());
      }
    }),
    { numRuns: 300 },
  );
});

it('finds its way in many', () => {
  const set = new DecisionSet();
  const at = (i: number): Decision => ({
    id: `${i.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    target: { scope: 'ip', value: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` },
    ...{ remediation: 'ban', origin: 'list/a', scenario: 'a', mode: 'live' },
    ...{ startAt: new Date(NOW), expiresAt: new Date(NOW + 1000 + i) },
  });
  for (let i = 0; i < 20_000; i++) set.add(at(i));
  for (let i = 0; i < 20_000; i += 3) expect(set.lift(at(i).id)).toEqual(at(i));
  for (let i = 0; i < 20_000; i++) expect(set.isEnforcedOn(at(i).target.value, NOW)).toBe(i % 3 !== 0);
  expect(set.expire(NOW + 11_000)).toHaveLength(10_001 - Math.ceil(10_001 / 3));
  // What was lifted and what ran out leaves room.
  for (let i = 0; i < 5000; i++) set.add(at(i));
  const alive = new Set(set.list().map(({ id }) => id));
  for (let i = 0; i < 20_000; i++) expect(alive.has(at(i).id)).toBe(i < 5000 || (i > 10_000 && i % 3 !== 0));
});

function overlaps(
  one: NonNullable<ReturnType<typeof parseCidr>>,
  two: NonNullable<ReturnType<typeof parseCidr>>,
): boolean {
  const first = (text: string) => parseIp(text.slice(0, text.indexOf('/')))!;
  return cidrContains(one, first(two.text)) && one.prefixLength <= two.prefixLength
    ? true
    : cidrContains(two, first(one.text)) && two.prefixLength <= one.prefixLength;
}
