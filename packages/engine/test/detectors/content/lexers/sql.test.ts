import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSql, isSqlInjection } from '../../../../src/detectors/content/lexers/sql.ts';

const strength = (text: string): string => findSql(text)?.strength ?? 'none';

describe('SQL put where a value belongs', () => {
  it.each([
    "' or 1=1--",
    "' or '1'='1",
    '" or ""="',
    '1 or 1=1',
    "admin' --",
    "x') or ('a'='a",
    "1' and 1=1 and '%'='",
    "1' AND (SELECT 4523 FROM (SELECT(SLEEP(5)))abc)-- x",
    '-1 union all select 1,2,concat(user(),0x3a,version())',
    "1'/*!50000union*/ /*!50000select*/ 1,2,3-- -",
    '1%0aunion%0aselect'.replaceAll('%0a', '\n') + ' null,null--',
    "1'; drop table users--",
    "1; exec xp_cmdshell 'dir'",
    "1') waitfor delay '0:0:5'--",
    "1' order by 10-- -",
    "x' into outfile '/var/www/a.php'--",
    "1' and extractvalue(1,concat(0x7e,version()))-- ",
    "1' and case when (1=1) then 1 else 0 end--",
    "'-sleep(5)-'",
    "'||pg_sleep(5)--",
    '1e0union select 1,2',
    "1' or json_extract('{\"a\":1}','$.a')=1-- ",
    "foo' and 2>1 #",
    '1 and 1=2',
  ])('is found in %s', (text) => {
    expect(strength(text)).toBe('sure');
  });

  it.each([
    "O'Brien",
    "rock 'n' roll and blues",
    'Select a table from the union catalogue, or where you like',
    'drop table cloth fine',
    'what is a union select',
    "The dogs’ and cats' food; call us, update the order by Friday",
    '"SWEATER DRESS" AND "CHRISTMAS"',
    'necklace length 16" or 18"',
    'If it is not there, then delete from your cart and order by phone',
    'a=1&b=2',
    '3.50 EUR -- reduced (was 5.00)',
    '<p>I use "select" then "from" in the menu; it\'s great!</p>',
    "d'Artagnan, rue de l'Université 12",
    '24-7-TEAM',
    "Tom's and Jerry's 1=1",
  ])('is not found in %s', (text) => {
    expect(isSqlInjection(text)).toBeUndefined();
  });

  it('says where it stands and in which string', () => {
    const found = findSql("abc' or 1=1-- rest");
    expect(found?.context).toBe("'");
    expect(found?.fingerprint.startsWith('s&1=1c')).toBe(true);
    expect(found?.start).toBe(0);
  });

  it('is judged for any text without throwing, in places inside it', () => {
    const sqlish = fc.array(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '(',
        ')',
        'select',
        'union',
        ' ',
        'or',
        '1',
        '=',
        '--',
        '/*',
        '*/',
        '#',
        '@',
        '[',
        '0x',
        'case',
        'when',
        ';',
        ',',
        'x',
        '\\',
        '/*!',
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          sqlish.map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const found = findSql(text);
          const { start, end } = found ?? { start: 0, end: 0 };
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('ends for brackets and signs without end', () => {
    for (const piece of ['(', "'(", 'or(', 'case when(', '[', '- ', '1=', 'select(', ',', "or'"]) {
      expect(() => findSql(piece.repeat(40_000))).not.toThrow();
    }
  });
});
