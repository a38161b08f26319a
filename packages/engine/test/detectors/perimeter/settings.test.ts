import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '@parapet/kinds';
import { Perimeter } from '../../../src/detectors/perimeter/perimeter.ts';
import { PERIMETER_DEFAULTS, readPerimeterSettings } from '../../../src/detectors/perimeter/settings.ts';

const EXPORT = readFileSync(path.join(import.meta.dirname, 'perimeter.settings.yml'), 'utf8');

function read(text: string) {
  const problems: Problem[] = [];
  return { settings: readPerimeterSettings('perimeter.settings.yml', text, problems), problems };
}

describe('perimeter.settings.yml', () => {
  test('is read as the module exports it', () => {
    const { settings, problems } = read(EXPORT);
    expect(problems).toEqual([]);
    expect(settings.patterns).toEqual([
      String.raw`/.*\.aspx/`,
      String.raw`/.*\.ASP/i`,
      String.raw`/.*\.jsp/`,
      String.raw`/\/xmlrpc\.php/`,
      '#^/typo3/#',
      String.raw`/\/cgi-bin\/.*/`,
    ]);
    expect(settings.allowlist.map(({ text }) => text)).toEqual([
      '192.0.2.10/32',
      '198.51.100.0/24',
      '2001:db8:1::/48',
    ]);
    expect(settings.floodThreshold).toBe(2);
    expect(settings.floodWindowMs).toBe(600_000);
  });

  test('may hold empty lists, as a fresh install does', () => {
    const { settings, problems } = read(
      "not_found_exception_patterns:\n  - '/a/'\nwhitelisted_ips: {  }\nflood_threshold: 0\nflood_window: 3600\n",
    );
    expect(problems).toEqual([]);
    expect(settings.allowlist).toEqual([]);
  });

  test('that is empty or absent in parts leaves the defaults', () => {
    expect(read('').settings).toEqual(PERIMETER_DEFAULTS);
    expect(read('flood_threshold: 5\n').settings).toEqual({ ...PERIMETER_DEFAULTS, floodThreshold: 5 });
  });

  test('has the twelve patterns of the module as its default', () => {
    expect(PERIMETER_DEFAULTS.patterns).toHaveLength(12);
    const problems: Problem[] = [];
    const perimeter = new Perimeter(PERIMETER_DEFAULTS, problems);
    expect(problems).toEqual([]);
    const caught = [
      '/index.aspx',
      '/login.asp',
      '/a/b.jsp',
      '/blog_edit.php',
      '/x/blogs.php',
      '/wp-admin',
      '/wp-login.php',
      '/my_blogs',
      '/system/x/y.php',
      '/asystopiceb',
      '/api/login.json',
      '/episerver/cms',
    ];
    expect(caught.map((one) => perimeter.patternFor(one))).toEqual(PERIMETER_DEFAULTS.patterns);
  });

  test('tells each mistake with its line and column, and the rest works', () => {
    const { settings, problems } = read(
      [
        'not_found_exception_patterns:',
        '  - no delimiters',
        "  - '/unclosed('",
        "  - '/(group/'",
        "  - '/(?=look)ahead/'",
        "  - '/a/b/'",
        "  - '/good\\.php/i'",
        'whitelisted_ips:',
        '  - 300.1.2.3',
        '  - 10.0.0.0/8',
        'flood_threshold: some',
        'flod_window: 3',
        '',
      ].join('\n'),
    );
    const perimeter = new Perimeter(settings, problems);
    expect(perimeter.patternFor('/x/GOOD.PHP')).toBe(String.raw`/good\.php/i`);
    expect(
      problems.map(({ code, file, line, column }) => `${code} ${file}:${line}:${column}`).toSorted(),
    ).toEqual(
      [
        'E_PERIMETER_PATTERN perimeter.settings.yml:2:5',
        'E_PERIMETER_PATTERN perimeter.settings.yml:3:5',
        'E_PERIMETER_PATTERN perimeter.settings.yml:4:5',
        'E_PERIMETER_PATTERN perimeter.settings.yml:5:5',
        'E_PERIMETER_PATTERN perimeter.settings.yml:6:5',
        'E_PERIMETER_ADDRESS perimeter.settings.yml:9:5',
        'E_WRONG_TYPE perimeter.settings.yml:11:18',
        'E_UNKNOWN_KEY perimeter.settings.yml:12:1',
      ].toSorted(),
    );
    for (const { message, hint } of problems.filter(({ code }) => code === 'E_PERIMETER_PATTERN')) {
      expect(message).toMatch(/^The pattern '.+' /);
      expect(hint).toBeTruthy();
    }
    expect(settings.floodThreshold).toBe(0);
    expect(settings.allowlist.map(({ text }) => text)).toEqual(['10.0.0.0/8']);
  });

  test('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `not_found_exception_patterns: ${text}`),
        ),
        (text) => {
          const { settings, problems } = read(text);
          new Perimeter(settings, problems).patternFor('/index.php');
        },
      ),
    );
  });
});
