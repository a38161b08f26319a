// Patterns, paths and what this code says of them: the Drupal module's matcher is tested on the same answers. After a
// change run `npx vitest run -u packages/engine/test/detectors/perimeter` and commit what it writes.

import path from 'node:path';
import { expect, it } from 'vitest';
import type { Problem } from '@parapet/kinds';
import { pathInfo, Perimeter } from '../../../src/detectors/perimeter/perimeter.ts';
import { PERIMETER_DEFAULTS } from '../../../src/detectors/perimeter/settings.ts';

const FILE = path.join(import.meta.dirname, '../../../../../drupal/parapet/tests/fixtures/patterns.json');

const PATTERNS: readonly string[] = [
  ...PERIMETER_DEFAULTS.patterns,
  String.raw`/\.PHP$/i`,
  String.raw`/\.PHP$/`,
  '#^/a/b#',
  String.raw`~a\~b~`,
  '{^/x{2}$}',
  '(/(a|b)/)',
  '/bc/A',
  String.raw`/\/a/A`,
  '/ \\/a b # c\n/x',
  '/[ ]#/x',
  '/a.c/su',
  '/a|b/A',
  String.raw`/\/(?:old|new)-[\w-]+\.html?$/i`,
  String.raw`#^/(?i)TYPO3/#`,
  String.raw`#/[^/]+\.(?:bak|sql|swp)~?$#`,
  String.raw`/\/node\/\d{7,}/`,
  String.raw`#^/\Q..\E#`,
  String.raw`#\x2f\.git(?:/|$)#`,
  '/(?<name>xmlrpc)/',
  '/a+?b/U',
  '/[]x]y/',
  // What none of the two takes.
  'abc',
  '/abc',
  '\\a\\',
  '/a/b/',
  '/a/ix9',
  '{a',
  '/a\\/',
  '/',
  'éaé',
  ' /a/',
  '/(?=a)/',
  '/(?<!a)b/',
  String.raw`/(a)\1/`,
  '/a*+/',
  '/(?>a)/',
  '/(a/',
  '/a)/',
  '/[a/',
  '/*a/',
  '/a{1001}/',
  String.raw`/\R/`,
  '/(?R)/',
];

const PATHS: readonly string[] = [
  '/',
  '/a.asp',
  '/A.ASPX?x=/wp-login.php',
  '/wp-login.php',
  '/index.php/wp-login.php',
  '/index.phpx/wp-login',
  'https://www.asp.example/a#b',
  'http://example.org',
  '//wp-login.php',
  '/%77p-login.php',
  '/search?keys=/wp-login.php',
  '/system/files/x.php',
  '/system/x.phps',
  '/login.json',
  '/loginXjson',
  '/x.php',
  '/a/b/c',
  '/a~b',
  '/xx',
  '/b/',
  '/abc',
  '/ab',
  '/aüc',
  '/old-page.html',
  '/NEW-x.htm',
  '/typo3/',
  '/dump.sql~',
  '/node/1234567',
  '/node/123',
  '/..',
  '/.git/config',
  '/xmlrpc.php',
  '/aab',
  '/]y',
];

it('says of patterns and paths what the module has to say', async () => {
  const answers = PATTERNS.map((pattern) => {
    const problems: Problem[] = [];
    const perimeter = new Perimeter({ ...PERIMETER_DEFAULTS, patterns: [pattern] }, problems);
    return {
      pattern,
      isRefused: problems.length > 0,
      matches: PATHS.filter((one) => perimeter.patternFor(one) !== undefined),
    };
  });
  const text = JSON.stringify(
    { defaults: PERIMETER_DEFAULTS.patterns, paths: PATHS.map((one) => [one, pathInfo(one)]), answers },
    undefined,
    1,
  );
  await expect(`${text}\n`).toMatchFileSnapshot(FILE);
});
