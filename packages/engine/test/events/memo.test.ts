import { describe, expect, it } from 'vitest';
import { EventSchema } from '../../src/events/event.ts';
import { memoOf, ValueMemo } from '../../src/events/memo.ts';

describe('a memo of values', () => {
  it('asks once for each value and question', () => {
    const memo = new ValueMemo();
    const asked: string[] = [];
    const length = memo.question((value) => (asked.push(`length ${value}`), (value ?? '').length));
    const upper = memo.question((value) => (asked.push(`upper ${value}`), (value ?? '').toUpperCase()));
    for (const value of ['a', 'bb', 'a', 'bb', undefined, undefined]) {
      expect(length(value, undefined)).toBe((value ?? '').length);
      expect(upper(value, undefined)).toBe((value ?? '').toUpperCase());
    }
    expect(asked).toEqual([
      'length a',
      'upper a',
      'length bb',
      'upper bb',
      'length undefined',
      'upper undefined',
    ]);
  });

  it('keeps what is asked for again and forgets the rest', () => {
    const memo = new ValueMemo(10);
    let asked = 0;
    const count = memo.question(() => ++asked);
    for (let i = 0; i < 1000; i++) {
      expect(count('often', undefined)).toBe(1);
      count(`v${i}`, undefined);
    }
    expect(count('v999', undefined)).toBe(1001);
    expect(count('v1', undefined)).toBe(1002);
  });

  it('answers long values anew', () => {
    const memo = new ValueMemo();
    let asked = 0;
    const count = memo.question(() => ++asked);
    expect([count('x'.repeat(1000), undefined), count('x'.repeat(1000), undefined)]).toEqual([1, 2]);
  });

  it('is one for a field of a schema', () => {
    const schema = new EventSchema();
    expect(memoOf(schema, 1)).toBe(memoOf(schema, 1));
    expect(memoOf(schema, 1)).not.toBe(memoOf(schema, 2));
    expect(memoOf(schema, 1)).not.toBe(memoOf(new EventSchema(), 1));
  });
});
