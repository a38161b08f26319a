import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTraversal } from '../../../../src/detectors/content/lexers/path.ts';

describe('a path out of the site', () => {
  it.each([
    '../../../../etc/passwd',
    '..\\..\\..\\boot.ini',
    '....//....//....//etc/passwd',
    '..;/..;/..;/web-inf/web.xml',
    '.../...//.../...//etc/passwd',
    '..\\/..\\/..\\/etc/passwd',
    '.%00./.%00./etc/passwd',
    '%c0%ae%c0%ae/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd',
    '%uff0e%uff0e/%uff0e%uff0e/etc/passwd',
    '0x2e0x2e/0x2e0x2e/0x2e0x2e/etc/passwd',
    '..%5c..%5c..%5cwindows%5cwin.ini',
    '%%32%65%%32%65/%%32%65%%32%65/etc/passwd',
    '..%c1%9c..%c1%9c..%c1%9cboot.ini',
    '%%32%%65%%32%%65%%32%%66%%32%%65%%32%%65%%32%%66etc/passwd',
    '%c0%5e%c0%5e%bg%qf%c0%fe%c0%fe%c0%qfboot.ini',
    '..%c1%8s..%c1%8s..%c1%8sboot.ini',
    '%252e%252e%252f%252e%252e%252f%252e%252e%252fetc%252fpasswd',
    '%25252e%25252e%25252f%25252e%25252e%25252fetc/passwd',
    '..%e0%80%af..%e0%80%af..%e0%80%afetc/passwd',
    '．．／．．／．．／etc/passwd',
    '\u00c0\u00ae\u00c0\u00ae/\u00c0\u00ae\u00c0\u00ae/\u00c0\u00ae\u00c0\u00ae/x',
    '\\x2e\\x2e\\x2f\\x2e\\x2e\\x2f\\x2e\\x2e\\x2fetc',
    '.?/.?/../../../etc/passwd',
    'page=../../../x',
    '/var/www/../../etc/passwd',
    '/etc/passwd',
    'c:\\windows\\system32\\cmd.exe',
    'php://filter/convert.base64-encode/resource=index.php',
    'phar://a.jpg/b',
    'expect://id',
    'file:///etc/passwd',
  ])('is found in %s', (text) => {
    expect(findTraversal(text)?.strength).toBe('sure');
  });

  it.each([
    '../sites/default/files/x.png',
    'I waited... and so on.../or not',
    'node/12/edit',
    'https://example.com/a/b/../c.html',
    'images/a.png',
    'Please run cd ../.. and then make',
    'and/or, 50/50, km/h',
    'v1.2.3',
    '.....',
    'the file /etc/passwd holds the accounts of the system',
    'file: report.pdf',
    '100% of ../ is fine',
  ])('is at most weak in %s', (text) => {
    expect(findTraversal(text)?.strength ?? 'weak').toBe('weak');
  });

  it('says how deep it goes and where to', () => {
    const found = findTraversal('x=..%2f..%2fetc%2fpasswd%00.png');
    expect(found).toMatchObject({ depth: 2, target: 'etc/passwd', class: 'lfi', start: 2 });
  });

  it('is looked for in any text without throwing, and stands inside it', () => {
    const pathish = fc.array(
      fc.constantFrom(
        '.',
        '..',
        '/',
        '\\',
        '%',
        '%2e',
        '%25',
        '%c0',
        '%ae',
        '%u',
        '0x2e',
        'etc',
        'passwd',
        ';',
        ' ',
        'php:',
        '//',
        '\0',
        '．',
        'À',
        '®',
        '2',
        'f',
        '\\x2',
        ':',
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pathish.map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          const found = findTraversal(text);
          expect(found?.start ?? 0).toBeGreaterThanOrEqual(0);
          expect(found?.end ?? 0).toBeLessThanOrEqual(text.length + 1);
          expect(found?.end ?? 0).toBeGreaterThanOrEqual(found?.start ?? 0);
        },
      ),
    );
  });

  it('ends for escapes and dots without end', () => {
    for (const piece of ['%', '%25', '%%32', '.', '../', ';.', '%c0', 'À', ':', '0x']) {
      expect(() => findTraversal(piece.repeat(30_000))).not.toThrow();
    }
  });
});
