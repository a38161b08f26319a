import { describe, expect, it } from 'vitest';
import { RecordMemory } from '../../src/ladder/recordMemory.ts';

function memory(): RecordMemory {
  let next = 0;
  return new RecordMemory(() => String(++next));
}

describe('records of what is found', () => {
  it('are one for an address that goes on with the same for less than a minute', () => {
    const records = memory();
    expect(records.idOf('192.0.2.1', 'sqli', 0)).toBe('1');
    expect(records.idOf('192.0.2.1', 'sqli', 59_999)).toBe('1');
    expect(records.idOf('192.0.2.1', 'sqli', 60_000)).toBe('2');
    expect(records.idOf('192.0.2.1', 'sqli', 119_999)).toBe('2');
  });

  it('are others for other addresses and other kinds of attack', () => {
    const records = memory();
    const found = ['sqli', 'xss', undefined, 'other'] as const;
    expect(found.map((one) => records.idOf('192.0.2.1', one, 0))).toEqual(['1', '2', '3', '3']);
    expect(records.idOf('192.0.2.2', 'sqli', 0)).toBe('4');
  });

  it('are found again by a line that comes out of its order', () => {
    const records = memory();
    expect(records.idOf('192.0.2.1', 'xss', 100_000)).toBe('1');
    expect(records.idOf('192.0.2.1', 'xss', 98_000)).toBe('1');
    expect(records.idOf('192.0.2.1', 'xss', 40_000)).toBe('2');
  });

  it('stay few, however many addresses attack', () => {
    const records = memory();
    for (let i = 0; i < 4096; i++) records.idOf(`192.0.2.${i}`, 'xss', 0);
    expect(records.idOf('192.0.2.0', 'xss', 0)).toBe('1');
    records.idOf('198.51.100.1', 'xss', 0);
    expect(records.idOf('192.0.2.0', 'xss', 0)).toBe('4098');
  });
});
