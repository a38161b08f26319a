import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTarget } from '../src/target.ts';

describe('makeTarget', () => {
  it.each([
    [undefined, ' 192.0.2.1 ', 'ip', '192.0.2.1'],
    ['Ip', '::ffff:192.0.2.1', 'ip', '192.0.2.1'],
    ['IP', '192.0.2.1/32', 'ip', '192.0.2.1'],
    ['Range', '192.0.2.77/24', 'range', '192.0.2.0/24'],
    ['range', '2001:DB8::1', 'range', '2001:db8::1/128'],
    ['Country', 'fr', 'country', 'FR'],
    ['AS', 'AS064496', 'as', '64496'],
    ['Username', 'mallory', 'Username', 'mallory'],
  ])('takes scope %s and value %j as %s %s', (scope, value, expectedScope, expectedValue) => {
    expect(makeTarget(scope, value)).toEqual({ target: { scope: expectedScope, value: expectedValue } });
  });

  it.each([
    ['ip', '192.0.2.0/24', '192.0.2.0/24 is a range, not an address'],
    ['ip', '192.0.2.1/33', '192.0.2.1/33 is no address'],
    ['range', 'x', 'x is no range'],
    ['country', 'FRA', 'FRA is no country code of two letters'],
    ['as', '', 'the value is missing'],
    ['', 'x', 'the scope is empty'],
  ])('refuses scope %s with value %j', (scope, value, problem) => {
    expect(makeTarget(scope, value)).toEqual({ problem });
  });

  it('gives a target that stays as it is when it is read again', () => {
    const scope = fc.constantFrom(undefined, 'ip', 'Range', 'country', 'AS', 'user');
    const value = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.nat(33)).map((p) => p.join('/')),
    );
    fc.assert(
      fc.property(scope, value, (rawScope, rawValue) => {
        const made = makeTarget(rawScope, rawValue);
        const again = 'target' in made ? makeTarget(made.target.scope, made.target.value) : made;
        expect(again).toEqual(made);
      }),
    );
  });
});
