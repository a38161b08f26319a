import { expect, test } from 'vitest';
import { DecisionTable, type TableDecision } from '@parapet/enforcement';
import { ipBits, parseIp } from '@parapet/kinds';
import { TableKeeper } from '../../src/worker/tableKeeper.ts';

const NOW = 1_800_000_000;

test('a whole table takes the place of the old one only when it is complete', () => {
  const keeper = keeperWith(decision('aaaaaaaa', '198.51.100.1'));
  keeper.part([decision('bbbbbbbb', '198.51.100.2')], true, false);
  expect(covered(keeper)).toEqual([1]);
  keeper.part([decision('cccccccc', '198.51.100.3')], false, true);
  expect(covered(keeper)).toEqual([2, 3]);
});

test('a table that was cut off is forgotten when the next one begins', () => {
  const keeper = keeperWith();
  keeper.part([decision('bbbbbbbb', '198.51.100.2')], true, false);
  keeper.part([decision('cccccccc', '198.51.100.3')], true, true);
  expect(covered(keeper)).toEqual([3]);
});

test('changes and the allowlist apply to the table in use, and the allowlist to those that come', () => {
  const keeper = keeperWith(decision('aaaaaaaa', '198.51.100.1'));
  keeper.change([decision('bbbbbbbb', '198.51.100.2')], [decision('aaaaaaaa', '198.51.100.1')]);
  expect(covered(keeper)).toEqual([2]);
  keeper.allowlist(['198.51.100.2']);
  expect(keeper.table.isAllowed(ipBits(parseIp('198.51.100.2')!))).toBe(true);
  keeper.part([], true, true);
  expect(keeper.table.isAllowed(ipBits(parseIp('198.51.100.2')!))).toBe(true);
});

test('what a table cannot take is counted', () => {
  const keeper = keeperWith();
  keeper.change(
    [{ ...decision('aaaaaaaa', '198.51.100.1'), target: { scope: 'ip', value: 'nonsense' } }],
    [],
  );
  expect(keeper.refused).toBe(1);
});

function keeperWith(...decisions: readonly TableDecision[]): TableKeeper {
  const keeper = new TableKeeper(new DecisionTable(), () => {});
  keeper.part(decisions, true, true);
  return keeper;
}

/** The last octets of the addresses that a decision covers. */
function covered({ table }: TableKeeper): readonly number[] {
  return [1, 2, 3].filter((octet) => table.lookup(ipBits(parseIp(`198.51.100.${octet}`)!), NOW) !== 0);
}

function decision(record: string, value: string): TableDecision {
  return {
    id: `${record}-0000-4000-8000-000000000000`,
    target: { scope: 'ip', value },
    remediation: 'ban',
    expiresAtMs: (NOW + 3600) * 1000,
    scenario: 'x/y',
    origin: 'scenario',
    simulated: false,
  };
}
