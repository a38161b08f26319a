import { parseIp } from '@parapet/kinds';
import { describe, expect, it } from 'vitest';
import { ServedPages, type PageAsked } from '../../../../src/detectors/content/site/servedPages.ts';

const HOUR_MS = 3_600_000;

function asking(last: number, rule = 'parapet/wordpress-probe', site = 'main'): PageAsked {
  return { site, rule, ip: parseIp(`2001:db8::${last.toString(16)}`)! };
}

describe('pages that a site may have', () => {
  it('are honest for everybody, as soon as the site has answered one of the kind', () => {
    const pages = new ServedPages();
    expect(pages.has(asking(1), 0)).toBe('maybe');
    pages.answered(asking(1), 200);
    expect(pages.has(asking(2), 1)).toBe('yes');
    expect(pages.has(asking(2), 99 * HOUR_MS)).toBe('yes');
  });

  it('stay unknown for other kinds and other sites', () => {
    const pages = new ServedPages();
    pages.answered(asking(1), 200);
    expect(pages.has(asking(2, 'parapet/joomla-probe'), 0)).toBe('maybe');
    expect(pages.has(asking(2, 'parapet/wordpress-probe', 'shop'), 0)).toBe('maybe');
  });

  it('may be asked for with all their pictures, before the site has answered the first', () => {
    const pages = new ServedPages();
    const page = Array.from({ length: 40 }, () => pages.has(asking(1), 100));
    expect(new Set(page)).toEqual(new Set(['maybe']));
    expect(pages.has(asking(1), 100)).toBe('no');
  });

  it('are not there after two that were not found, for an hour', () => {
    const pages = new ServedPages();
    expect(pages.has(asking(1), 0)).toBe('maybe');
    pages.answered(asking(1), 404);
    expect(pages.has(asking(1), 1)).toBe('maybe');
    pages.answered(asking(1), 404);
    expect(pages.has(asking(1), 2)).toBe('no');
    expect(pages.has(asking(1), HOUR_MS - 1)).toBe('no');
    expect(pages.has(asking(1), HOUR_MS)).toBe('maybe');
  });

  it('are not believed to be there because every address is sent elsewhere, or refused', () => {
    const pages = new ServedPages();
    for (const status of [301, 308, 403, 404, 500, 502]) pages.answered(asking(1), status);
    expect(pages.has(asking(2), 0)).toBe('maybe');
    for (const status of [200, 302, 401, 405]) {
      const others = new ServedPages();
      others.answered(asking(1), status);
      expect(others.has(asking(2), 0)).toBe('yes');
    }
  });

  it('are tried by few, however many addresses ask', () => {
    const pages = new ServedPages();
    const first = Array.from({ length: 10_000 }, (_, i) => pages.has(asking(i), 0));
    expect(first.filter((one) => one === 'maybe')).toHaveLength(60);
    const later = Array.from({ length: 10_000 }, (_, i) => pages.has(asking(20_000 + i), 10_000));
    expect(later.filter((one) => one === 'maybe')).toHaveLength(10);
  });
});
