import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathReader, PathTable } from '../../../src/detectors/traffic/paths.ts';

const DAY = 20_458;

function read(rawPath: string): { hash: number; exact: number; isAsset: boolean } {
  const reader = new PathReader();
  reader.read(rawPath);
  return { hash: reader.hash, exact: reader.exact, isAsset: reader.isAsset };
}

describe('the name of a path', () => {
  it('is without its query, and its numbers are one', () => {
    expect(read('/node/12?page=3').hash).toBe(read('/node/9').hash);
    expect(read('/node/12/edit').hash).not.toBe(read('/node/12').hash);
    expect(read(`/${'a'.repeat(300)}`).hash).toBe(read(`/${'a'.repeat(400)}`).hash);
  });

  it('is beside that of the very page, with its numbers and without its query', () => {
    expect(read('/node/12').exact).not.toBe(read('/node/9').exact);
    expect(read('/node/12?page=3').exact).toBe(read('/node/12').exact);
  });

  it('says what belongs to a page', () => {
    for (const path of ['/a/b.css', '/core/misc/drupal.js?v=1', '/themes/x', '/static/y', '/f.woff2?x.y/z'])
      expect(read(path).isAsset).toBe(true);
    for (const path of ['/', '', '/a.css/b', '/a?b.css', '/story', '/index.php', '/x.averylongending'])
      expect(read(path).isAsset).toBe(false);
  });

  it('is the same when it is read from what was saved', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (rawPath) => {
        const table = new PathTable();
        const { hash } = read(rawPath);
        table.count(hash, rawPath, DAY);
        table.endMinute(DAY * 1440, undefined, true);
        const other = new PathTable();
        other.restore(table.save('all'));
        return other.count(hash, rawPath, DAY + 1) && other.size === 1;
      }),
    );
  });
});

describe('a job that asks for a path two hundred times at each hour', () => {
  const job = '/export/7';

  /** The paths that are told of on the eleventh day, when the job asks for so many. */
  const toldOf = (asked: number): readonly string[] => {
    const table = new PathTable();
    const told: string[] = [];
    for (let minute = 0; minute < 10 * 1440 + 60; minute++) {
      const at = DAY * 1440 + minute;
      const day = Math.floor(at / 1440);
      const isToday = minute >= 10 * 1440;
      for (let k = 0; k < 20; k++) table.count(read(`/page-${'abcdefghij'[k % 10]!}`).hash, '/page', day);
      for (let k = 0; k < (isToday ? asked : 200) && minute % 60 === 0; k++)
        table.count(read(job).hash, job, day);
      for (const { path } of table.endMinute(at, 23, true)) if (isToday) told.push(path);
    }
    return told;
  };

  it('is no surge of its path', () => {
    expect(toldOf(200)).toEqual([]);
  });

  it('is one when it asks for ten times as many', () => {
    expect(toldOf(2000)).toEqual(['/export/#']);
  });
});

describe('the paths of a site', () => {
  it('are known from the next day on, and the busiest are kept', () => {
    const table = new PathTable();
    const ask = (path: string, day: number): boolean => table.count(read(path).hash, path, day);
    expect(ask('/a', DAY)).toBe(false);
    expect(ask('/a', DAY)).toBe(false);
    expect(ask('/a', DAY + 1)).toBe(true);
    const word = (i: number): string => `/${i.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`;
    for (let i = 0; i < 100_000; i++) ask(word(i), DAY + 1);
    expect(table.size).toBeLessThanOrEqual(40_000);
    expect(ask('/a', DAY + 1)).toBe(true);
    expect(table.save('all').paths).toHaveLength(10_000);
  });

  it('tell of one that carries far more than its share', () => {
    const table = new PathTable();
    for (let minute = 0; minute < 600; minute++) {
      for (let k = 0; k < 20; k++)
        table.count(read(`/p${'abcdefghij'[k % 10]}`).hash, `/p${'abcdefghij'[k % 10]}`, DAY);
      expect(table.endMinute(DAY * 1440 + minute, 20, true)).toEqual([]);
    }
    let found: readonly { path: string }[] = [];
    for (let minute = 600; minute < 605 && found.length === 0; minute++) {
      for (let k = 0; k < 100; k++) table.count(read('/pa').hash, '/pa', DAY);
      found = table.endMinute(DAY * 1440 + minute, 20, false);
    }
    expect(found).toMatchObject([{ path: '/pa' }]);
  });
});
