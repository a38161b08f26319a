import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterOf, routeOf } from '../../../../src/detectors/content/site/index.ts';

describe('a route', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/node/12/edit', '/node/*/edit'],
    ['/node/add/article', '/node/add/article'],
    [
      '/admin/structure/types/manage/landing_page/fields',
      '/admin/structure/types/manage/landing_page/fields',
    ],
    ['/blog/2024/how-to-bake-bread', '/blog/*/*'],
    ['/About-Us/', '/about-us'],
    ['/media/9b2f0c1e-5b1a-4c39-8a55-0a1b2c3d4e5f', '/media/*'],
    ['/files/5f4dcc3b5aa765d61d8327deb882cf99', '/files/*'],
    ['/people/Zoë', '/people/*'],
    ['/index.php', '/index.php'],
    ['/a/b/c/d/e/f/g/h/i/j', '/a/b/c/d/e/f/g/h/**'],
  ])('of %s is %s', (path, route) => {
    expect(routeOf(path)).toBe(route);
  });

  it('is short and has no line ends, whatever the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (path) => {
        expect(routeOf(path).length).toBeLessThanOrEqual(100);
        expect(routeOf(path)).not.toContain('\n');
      }),
    );
  });
});

describe('a parameter', () => {
  it.each([
    ['q', 'q'],
    ['body[0][value]', 'body[*][value]'],
    ['field_2_tags[12][target_id]', 'field_2_tags[*][target_id]'],
    ['/data/0/attributes/title', '/data/*/attributes/title'],
    ['f[9b2f0c1e-5b1a-4c39-8a55-0a1b2c3d4e5f]', 'f[*]'],
    ['x1', 'x1'],
    ['7', '*'],
  ])('called %s is %s', (name, folded) => {
    expect(parameterOf(name)).toBe(folded);
  });

  it('has a short name, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (name) => {
        expect(parameterOf(name).length).toBeLessThanOrEqual(64);
      }),
    );
  });
});
