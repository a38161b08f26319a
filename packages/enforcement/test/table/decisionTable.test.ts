import fc from 'fast-check';
import { parseCidr } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { DecisionTable, type TableDecision } from '../../src/index.ts';
import { decision, words } from './decisions.ts';
import { NaiveTable } from './naiveTable.ts';

const HOUR_MS = 3_600_000;

/** What applies to an address, as `remediation scope record`. */
function answer(table: DecisionTable, address: string, nowSeconds = 0): string | undefined {
  return told(table, table.lookup(words(address), nowSeconds));
}

function told(table: DecisionTable, handle: number): string | undefined {
  if (handle === 0) return undefined;
  return `${table.remediationOf(handle)} ${table.scopeOf(handle)} ${table.recordIdOf(handle)}`;
}

describe('which decision applies', () => {
  it('is the one on the address, with everything that is known of it', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { id: 'c0ffee00-1', expiresAtMs: 1500 }));
    const handle = table.lookup(words('192.0.2.7'), 1);
    expect(handle).toBeGreaterThan(0);
    expect(table.remediationOf(handle)).toBe('ban');
    expect(table.scenarioOf(handle)).toBe('crowdsecurity/http-probing');
    expect(table.originOf(handle)).toBe('crowdsec');
    expect(table.recordIdOf(handle)).toBe('c0ffee00');
    expect(table.expiresAtSecondsOf(handle)).toBe(2);
    expect(table.scopeOf(handle)).toBe('ip');
    expect(table.isSimulatedOf(handle)).toBe(false);
    expect(table.lookup(words('192.0.2.8'), 1)).toBe(0);
  });

  it('is that of a range that holds the address, of either version', () => {
    const table = new DecisionTable();
    table.add(decision('198.51.100.0/24', { id: '00000001' }));
    table.add(decision('2001:db8::/48', { id: '00000002' }));
    table.add(decision('0.0.0.0/0', { id: '00000003', remediation: 'captcha' }));
    expect(answer(table, '198.51.100.255')).toBe('ban range 00000001');
    expect(answer(table, '2001:db8:0:ffff::1')).toBe('ban range 00000002');
    expect(answer(table, '2001:db8:1::1')).toBeUndefined();
    expect(answer(table, '203.0.113.1')).toBe('captcha range 00000003');
  });

  it('is the strictest, not the most specific', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { remediation: 'throttle' }));
    table.add(decision('192.0.2.0/24', { remediation: 'captcha' }));
    table.add(decision('192.0.0.0/16', { remediation: 'ban', id: 'bbbbbbbb' }));
    expect(answer(table, '192.0.2.7')).toBe('ban range bbbbbbbb');
  });

  it('is of equals the most specific, then the one that lasts longest', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.0.0/16', { expiresAtMs: 9 * HOUR_MS }));
    table.add(decision('192.0.2.0/24', { id: '00000024' }));
    expect(answer(table, '192.0.2.7')).toBe('ban range 00000024');
    table.add(decision('192.0.2.0/24', { id: '00000025', expiresAtMs: 2 * HOUR_MS }));
    expect(answer(table, '192.0.2.7')).toBe('ban range 00000025');
  });

  it('is the next one from the moment the first has ended', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { id: '0000000a', expiresAtMs: 10_000 }));
    table.add(decision('192.0.2.7', { id: '0000000b', expiresAtMs: 20_000, remediation: 'captcha' }));
    table.add(decision('192.0.2.0/24', { id: '0000000c', expiresAtMs: 30_000, remediation: 'throttle' }));
    expect(answer(table, '192.0.2.7', 9)).toBe('ban ip 0000000a');
    expect(answer(table, '192.0.2.7', 10)).toBe('captcha ip 0000000b');
    expect(answer(table, '192.0.2.7', 20)).toBe('throttle range 0000000c');
    expect(answer(table, '192.0.2.7', 30)).toBeUndefined();
  });

  it('is a simulated one only when no live one matches', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { simulated: true }));
    expect(table.isSimulatedOf(table.lookup(words('192.0.2.7'), 0))).toBe(true);
    table.add(decision('192.0.2.0/24', { remediation: 'throttle', id: 'aaaaaaaa' }));
    expect(answer(table, '192.0.2.7')).toBe('throttle range aaaaaaaa');
  });

  it('is none when the allowlist holds the address', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7'));
    table.add(decision('2001:db8::/32'));
    table.setAllowlist([
      parseCidr('192.0.2.0/29')!,
      parseCidr('2001:db8:1::/48')!,
      parseCidr('192.0.2.4/30')!,
    ]);
    expect(answer(table, '192.0.2.7')).toBeUndefined();
    expect(answer(table, '2001:db8:1::7')).toBeUndefined();
    expect(answer(table, '2001:db8:2::7')).toBeDefined();
    expect(table.isAllowed(words('192.0.2.8'))).toBe(false);
    table.setAllowlist([]);
    expect(answer(table, '192.0.2.7')).toBeDefined();
  });

  it('can be asked for countries, autonomous systems, sessions and any other scope', () => {
    const table = new DecisionTable();
    table.add(decision('x', { target: { scope: 'country', value: 'zz' }, id: '00000001' }));
    table.add(
      decision('x', { target: { scope: 'as', value: 'AS64500' }, id: '00000002', remediation: 'captcha' }),
    );
    table.add(decision('x', { target: { scope: 'session', value: 's3ss10n' }, id: '00000003' }));
    expect(told(table, table.lookupText('country', 'ZZ', 0))).toBe('ban country 00000001');
    expect(told(table, table.lookupText('as', '64500', 0))).toBe('captcha as 00000002');
    expect(table.lookupText('user', 's3ss10n', 0)).toBe(0);
    expect([table.hasScope('session'), table.hasScope('user')]).toEqual([true, false]);
    const [country, session] = [
      table.lookupText('country', 'ZZ', 0),
      table.lookupText('session', 's3ss10n', 0),
    ];
    expect(table.stricter(country, session)).toBe(session);
    expect(table.stricter(session, 0)).toBe(session);
  });
});

describe('changes', () => {
  it('replace a decision that is there under the same id and target', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { id: 'abcdef01', expiresAtMs: 1000 }));
    table.add(decision('192.0.2.7', { id: 'abcdef01', expiresAtMs: 9000, remediation: 'captcha' }));
    expect(table.size).toBe(1);
    expect(answer(table, '192.0.2.7', 5)).toBe('captcha ip abcdef01');
  });

  it('take a decision out by its id, with or without its target', () => {
    const table = new DecisionTable();
    table.add(decision('192.0.2.7', { id: '00000001' }));
    table.add(decision('192.0.2.7', { id: '00000002' }));
    table.add(decision('2001:db8::/33', { id: '00000003' }));
    table.add(decision('x', { id: '00000004', target: { scope: 'user', value: 'eve' } }));
    expect(table.remove('00000001', { scope: 'ip', value: '192.0.2.7' })).toBe(true);
    expect(table.remove('00000001', { scope: 'ip', value: '192.0.2.7' })).toBe(false);
    expect(table.remove('00000003', { scope: 'ip', value: '192.0.2.7' })).toBe(false);
    for (const id of ['00000002', '00000003', '00000004']) expect(table.remove(id)).toBe(true);
    expect(table.size).toBe(0);
    expect(table.remove('00000002')).toBe(false);
  });

  it('count the version on', () => {
    const table = new DecisionTable();
    const seen = new Set([table.version]);
    table.add(decision('192.0.2.7', { id: '00000001' }));
    seen.add(table.version);
    table.setAllowlist([]);
    seen.add(table.version);
    table.remove('00000001');
    seen.add(table.version);
    table.clear();
    seen.add(table.version);
    expect(seen.size).toBe(5);
  });

  it('refuse what is no decision, with the reason, and keep the rest', () => {
    const table = new DecisionTable();
    const bad: [Partial<TableDecision> & Record<string, unknown>, string][] = [
      [{ target: { scope: 'ip', value: '192.0.2.300' } }, 'E_TABLE_TARGET'],
      [{ target: { scope: 'range', value: '192.0.2.0/33' } }, 'E_TABLE_TARGET'],
      [{ target: { scope: '', value: 'x' } }, 'E_TABLE_TARGET'],
      [{ target: { scope: 'user', value: '' } }, 'E_TABLE_TARGET'],
      [{ target: { scope: 'user', value: '\uD800' } }, 'E_TABLE_TARGET'],
      [{ target: { scope: 'user', value: 'x'.repeat(2000) } }, 'E_TABLE_TARGET'],
      [{ id: 'not-an-id' }, 'E_TABLE_ID'],
      [{ expiresAtMs: Number.NaN }, 'E_TABLE_END'],
      [{ remediation: '' }, 'E_TABLE_NAME'],
    ];
    for (const [change, code] of bad) expect(table.add(decision('192.0.2.7', change))?.code).toBe(code);
    expect(table.size).toBe(0);
    expect(table.add(decision('192.0.2.7'))).toBeUndefined();
  });

  it('keep the weightier of more decisions on one target than there is room for', () => {
    const table = new DecisionTable();
    for (let i = 0; i < 64; i++)
      table.add(decision('192.0.2.7', { remediation: 'throttle', expiresAtMs: 1000 + i }));
    expect(table.add(decision('192.0.2.7', { remediation: 'odd' }))?.code).toBe('E_TABLE_CROWDED');
    expect(table.add(decision('192.0.2.7', { id: 'ffffffff' }))).toBeUndefined();
    expect(answer(table, '192.0.2.7')).toBe('ban ip ffffffff');
    expect(table.size).toBe(64);
  });
});

describe('a table that grows, shrinks and is tidied', () => {
  it('finds everything in between', () => {
    const table = new DecisionTable({ seed: 7 });
    const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    const range = (i: number): string => `11.${i >> 8}.${i & 255}.0/${20 + (i % 5)}`;
    const id = (i: number): string => i.toString(16).padStart(8, '0');
    const check = (from: number, to: number, is: boolean): void => {
      for (let i = from; i < to; i += 97)
        if ((answer(table, address(i)) !== undefined) !== is) throw new Error(`${address(i)} is not ${is}`);
    };
    const count = 30_000;
    for (let i = 0; i < count; i++) {
      table.add(decision(address(i), { id: id(i), expiresAtMs: (i % 2) * 1000 + 1000 }));
      table.add(decision(range(i), { id: id(i) }));
      if (i % 5000 === 4999) check(0, i, true);
    }
    for (let i = 0; i < count / 2; i++) table.remove(id(i), { scope: 'ip', value: address(i) });
    check(0, count / 2, false);
    check(count / 2, count, true);
    const before = table.size;
    for (let i = 0; i < 10; i++) table.tidy(1, 20_000);
    expect(table.size).toBe(before - count / 4);
    for (let i = 0; i < count; i++) table.remove(id(i), { scope: 'range', value: range(i) });
    for (let i = 0; i < 10; i++) table.tidy(2, 20_000);
    expect(table.size).toBe(0);
  });

  it('gives the memory back', () => {
    const table = new DecisionTable();
    const all = Array.from({ length: 5000 }, (_, i) => decision(`10.0.${i >> 8}.${i & 255}`));
    for (const one of all) table.add(one);
    for (const one of all) expect(table.remove(one.id, one.target)).toBe(true);
    for (let i = 0; i < 20; i++) table.tidy(0);
    expect(table.parts().ip4.current.capacity).toBeLessThan(500);
  });
});

const octet = fc.constantFrom(0, 1, 2, 127, 128, 254, 255);
const group = fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xffff);
const address4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
const address6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((one) => one.toString(16)).join(':'));
const target = fc.oneof(
  address4.map((value) => ({ scope: 'ip', value })),
  address6.map((value) => ({ scope: 'ip', value })),
  fc.tuple(address4, fc.nat(32)).map(([value, length]) => ({ scope: 'range', value: `${value}/${length}` })),
  fc.tuple(address6, fc.nat(128)).map(([value, length]) => ({ scope: 'range', value: `${value}/${length}` })),
  fc
    .tuple(fc.constantFrom('session', 'user', 'country', 'as', 'own'), fc.constantFrom('A', 'B'))
    .map(([scope, value]) => ({ scope, value })),
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      target,
      record: fc.nat(5),
      remediation: fc.constantFrom('ban', 'captcha', 'throttle', 'tarpit', 'odd'),
      expiresAtMs: fc.integer({ min: 1, max: 20_000 }),
      simulated: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tidy' as const), slots: fc.nat(400) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('allow' as const),
      targets: fc.array(target, { maxLength: 2 }),
    }),
  },
);

describe('in any order of additions, removals, ends and tidying', () => {
  it('the table answers as a list does that is gone through from end to end', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 250 }),
        fc.array(fc.oneof(address4, address6), { minLength: 1, maxLength: 20 }),
        fc.nat(0xffffffff),
        (steps, asked, seed) => {
          const table = new DecisionTable({ seed });
          const naive = new NaiveTable();
          const known: TableDecision[] = [];
          const wrong: string[] = [];
          let now = 0;
          for (const one of steps) {
            if (one.kind === 'add') {
              const made = {
                id: `0000000${one.record}`,
                target: one.target,
                remediation: one.remediation,
                expiresAtMs: one.expiresAtMs,
                scenario: `scenario ${one.record % 2}`,
                origin: 'crowdsec',
                simulated: one.simulated,
              };
              if (table.add(made) !== undefined) wrong.push('refused');
              naive.add(made);
              known.push(made);
            } else if (one.kind === 'remove' && known.length > 0) {
              const gone = known[one.pick % known.length]!;
              const wasThere = naive.decisions.some(
                ({ id, target: { scope, value }, expiresAtMs }) =>
                  id === gone.id &&
                  scope === gone.target.scope &&
                  value === gone.target.value &&
                  expiresAtMs > now * 1000,
              );
              const isGone = table.remove(gone.id, gone.target);
              naive.remove(gone.id, gone.target);
              if (wasThere && !isGone) wrong.push('not removed');
            } else if (one.kind === 'pass') now += one.seconds;
            else if (one.kind === 'tidy') table.tidy(now, one.slots);
            else if (one.kind === 'allow') {
              const ranges = one.targets.flatMap(({ value }) => parseCidr(value) ?? []);
              table.setAllowlist(ranges);
              naive.allowed = ranges;
            }
          }
          expect(wrong).toEqual([]);
          const own = known.flatMap(({ target: { scope, value } }) => (scope === 'ip' ? [value] : []));
          for (const address of [...asked, ...own]) {
            const handle = table.lookup(words(address), now);
            expect(told(table, handle)).toBe(expected(naive.lookup(address, now)));
          }
          for (const scope of ['session', 'user', 'country', 'as', 'own'])
            expect(told(table, table.lookupText(scope, 'A', now))).toBe(
              expected(naive.lookupText(scope, 'A', now)),
            );
        },
      ),
      { numRuns: 300 },
    );
  });
});

function expected(found: TableDecision | undefined): string | undefined {
  if (found === undefined) return undefined;
  const { scope, value } = found.target;
  const shown = scope !== 'range' || !/^[^/]*:.*\/128$|\.\d+\/32$/.test(value) ? scope : 'ip';
  return `${found.remediation} ${shown} ${found.id.slice(0, 8)}`;
}
