import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../src/terminal/table.ts';
import { displayWidth } from '../../src/terminal/text.ts';

const COLUMNS = [{ title: 'Address' }, { title: 'Requests', align: 'right' as const }, { title: 'Reason' }];

describe('renderTable', () => {
  it('lines up columns and leaves no spaces at the end', () => {
    const text = renderTable(
      COLUMNS,
      [
        ['203.0.113.7', '12', 'probing'],
        ['2001:db8::1', '1204', ''],
      ],
      { columns: 80, color: false },
    );
    expect(text.split('\n')).toEqual([
      'Address      Requests  Reason',
      '───────────  ────────  ───────',
      '203.0.113.7        12  probing',
      '2001:db8::1      1204',
    ]);
  });

  it('cuts the widest column when the window is narrow', () => {
    const text = renderTable(COLUMNS, [['203.0.113.7', '12', 'x'.repeat(200)]], {
      columns: 40,
      color: false,
    });
    expect(text).toContain('203.0.113.7');
    expect(text).toContain('…');
    expect(Math.max(...text.split('\n').map(displayWidth))).toBe(40);
  });

  it('counts wide characters as two cells and combining marks as none', () => {
    const text = renderTable(
      [{ title: 'Name' }, { title: 'N' }],
      [
        ['日本語', '1'],
        ['e\u0301', '2'],
      ],
      { columns: 80, color: false },
    );
    expect(text.split('\n').slice(2)).toEqual(['日本語  1', 'e\u0301       2']);
  });

  it('keeps a column at its own limit although there is room', () => {
    const text = renderTable([{ title: 'A', maxWidth: 5 }, { title: 'B' }], [['abcdefgh', 'b']], {
      columns: 80,
      color: false,
    });
    expect(text).toContain('abcd…  b');
  });

  it('spells out escape sequences instead of obeying them', () => {
    const text = renderTable(
      [{ title: 'Agent' }],
      [['\u001B[2J\u001B]0;owned\u0007 \u009B31m \u202Eevil\r\n']],
      {
        columns: 80,
        color: false,
      },
    );
    expect(text).toContain('\\x1b[2J\\x1b]0;owned\\x07 \\x9b31m \\u{202e}evil');
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  it('never lets a control character through and never exceeds a sensible window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 3, maxLength: 3 })),
        fc.integer({ min: 30, max: 200 }),
        (rows, columns) => {
          const text = renderTable(COLUMNS, rows, { columns, color: false });
          expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029]/);
          expect(text.split('\n')).toHaveLength(rows.length + 2);
          for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('paints only when colour is asked for', () => {
    const painted = renderTable([{ title: 'A', paint: (cell) => `<${cell}>` }], [['x']], {
      columns: 20,
      color: true,
    });
    expect(painted).toBe('\u001B[1mA\u001B[22m\n\u001B[2m─\u001B[22m\n<x>');
  });
});
