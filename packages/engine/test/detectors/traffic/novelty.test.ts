import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Novelties, shapeOf, type Novelty } from '../../../src/detectors/traffic/novelty.ts';
import { PathReader } from '../../../src/detectors/traffic/paths.ts';

const DAY_S = 86_400;
const FIRST_S = 20_458 * DAY_S;

/** A site of some days; what was asked for on an earlier day is known. */
function newSite(): (day: number, rawPath: string, status: number, method?: string) => Novelty | undefined {
  const novelties = new Novelties();
  const reader = new PathReader();
  const firstDays = new Map<number, number>();
  return (day, rawPath, status, method = 'GET') => {
    reader.read(rawPath);
    const first = firstDays.get(reader.hash);
    if (first === undefined) firstDays.set(reader.hash, day);
    const isKnown = first !== undefined && first < day;
    return novelties.take(rawPath, method, status, isKnown, reader.hash, FIRST_S + day * DAY_S + 40_000);
  };
}

describe('a script that nobody ever asked for', () => {
  it('is told once when it is answered', () => {
    const ask = newSite();
    ask(0, '/index.php', 200);
    expect(ask(5, '/sites/default/files/x7.php?c=id', 200, 'POST')).toEqual({
      kind: 'new-script',
      path: '/sites/default/files/x#.php',
    });
    expect(ask(5, '/sites/default/files/x7.php?c=ls', 200)).toBeUndefined();
    expect(ask(6, '/sites/default/files/x7.php?c=ls', 200)).toBeUndefined();
  });

  it('is told of although its path goes on behind it', () => {
    expect(newSite()(5, '/files/a.phtml/x', 200)).toMatchObject({ kind: 'new-script' });
  });

  it('is nothing when it is refused, moved or not there, or comes with Drupal', () => {
    const ask = newSite();
    for (const status of [301, 302, 403, 404]) expect(ask(5, '/shell.php', status)).toBeUndefined();
    for (const path of [
      '/update.php',
      '/core/authorize.php',
      '/wp-admin/options.php',
      '/a?file=x.php',
      '/story',
    ])
      expect(ask(5, path, 200)).toBeUndefined();
    expect(ask(5, '/probe.php', 200, 'HEAD')).toBeUndefined();
  });

  it('says nothing on a site that answers anything', () => {
    const ask = newSite();
    const told: (Novelty | undefined)[] = [];
    for (let day = 0; day < 10; day++)
      for (const name of 'abcdefghijklmno') told.push(ask(day, `/${'z'.repeat(day)}${name}.php`, 200));
    expect(told.filter((novelty) => novelty !== undefined)).toHaveLength(1);
  });
});

describe('errors of the server', () => {
  const learnt = (): ReturnType<typeof newSite> => {
    const ask = newSite();
    for (let day = 0; day < 5; day++)
      for (const path of ['/list?page=1', '/list?sort=up&page=2', '/search?q=a', '/story'])
        ask(day, path, 200);
    return ask;
  };

  it('are told when they come with parameters that nobody sent before', () => {
    const ask = learnt();
    const told = [1, 2, 3, 4].map((n) => ask(5, `/list?page=1&cmd[${n}]=x`, 500));
    expect(told.filter((novelty) => novelty !== undefined)).toEqual([
      { kind: 'new-errors', path: '/list', count: 3, usualADay: 0 },
    ]);
  });

  it('are not when they come with those that people send, in any order and number', () => {
    const ask = learnt();
    for (let n = 0; n < 20; n++) expect(ask(5, `/list?page=${n}&sort=down`, 500)).toBeUndefined();
    for (let n = 0; n < 20; n++) expect(ask(5, '/story', 500)).toBeUndefined();
  });

  it('are not when the whole site fails', () => {
    const ask = learnt();
    for (let n = 0; n < 100; n++) {
      for (let k = 0; k < 5; k++) expect(ask(5, '/story', 500)).toBeUndefined();
      expect(ask(5, `/list?new${'abcdefghij'[n % 10]!}=1`, 500)).toBeUndefined();
      expect(ask(5, '/list?other=1', 503)).toBeUndefined();
    }
  });

  it('are not where such come every day', () => {
    const ask = learnt();
    let told = 0;
    for (let day = 5; day < 30; day++)
      for (let n = 0; n < 4; n++)
        if (ask(day, `/list?${'p'.repeat(day)}${'abcd'[n]!}=1`, 500) !== undefined) told++;
    expect(told).toBeLessThan(5);
  });
});

describe('the shape of a request', () => {
  const hash = (rawPath: string): number => shapeOf(rawPath, 7);

  it('is the names of its parameters, in any order, without digits and values', () => {
    expect(hash('/a?x=1&y=2')).toBe(hash('/a?y=&x=77'));
    expect(hash('/a?f[0]=1')).toBe(hash('/a?f[12]=b'));
    expect(hash('/a?f[0]=1')).toBe(hash('/a?f%5B3%5D=b'));
    expect(hash('/a?x=1')).not.toBe(hash('/a?y=1'));
    expect(hash('/a?x=1')).not.toBe(hash('/a?x=1&z'));
  });

  it('is a number for any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 3000 }), (text) => Number.isInteger(hash(`/?${text}`))));
  });
});

describe('what is known of shapes', () => {
  it('is the same when it is read from what was saved', () => {
    const [first, second] = [new Novelties(), new Novelties()];
    for (let day = 0; day < 4; day++) first.take('/list?page=1', 'GET', 200, true, 9, FIRST_S + day * DAY_S);
    second.restore(first.save('all'));
    for (const novelties of [first, second])
      for (let n = 0; n < 9; n++)
        expect(novelties.take('/list?page=2', 'GET', 500, true, 9, FIRST_S + 4 * DAY_S)).toBeUndefined();
    expect(first.save('changed').shapes).toHaveLength(0);
  });

  it('is bounded, and strangers who invent parameters are not told of', () => {
    const novelties = new Novelties();
    const invented = (n: number): string => `/a?${n.toString(2).replaceAll('0', 'o').replaceAll('1', 'i')}=1`;
    for (let n = 0; n < 40_000; n++) novelties.take(invented(n), 'GET', 200, true, 9, FIRST_S);
    expect(novelties.save('all').shapes.length).toBeLessThanOrEqual(30_000);
    for (let n = 50_000; n < 50_020; n++)
      expect(novelties.take(invented(n), 'GET', 500, true, 9, FIRST_S)).toBeUndefined();
  });
});
