import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DslError,
  evaluate,
  parseExpression,
  type DslContext,
  type DslValue,
} from '../../../../src/hubtest/templates/dsl/index.ts';

const context: DslContext = { random: () => 0, nowMs: () => Date.UTC(2026, 1, 3, 4, 5, 6) };
const variables = new Map<string, DslValue>([
  ['status_code_1', 403],
  ['body', 'Hello there'],
  ['a-b', 'dashed'],
]);
const of = (text: string): DslValue => evaluate(parseExpression(text), variables, context);

describe('an expression', () => {
  test.each<[string, DslValue]>([
    ['status_code_1 == 403', true],
    ["status_code_1 == '403'", false],
    ['status_code_1 != 403 || contains(body, "there")', true],
    ['!contains(body, "there") && missing == 1', false],
    ['1 + 2 * 3 - 4 / 2', 5],
    ['(1 + 2) * 3 % 5', 4],
    ['2 ** 3 + 1', 9],
    ['6 & 3 | 8', 10],
    ['1 << 4 >> 1', 8],
    ['-2 < -1', true],
    ["'b' > 'a'", true],
    ["'a' + 1", 'a1'],
    ['status_code_1 in (200, 403)', true],
    ["body =~ '^H.*e$'", true],
    ["body !~ 'x'", true],
    ['status_code_1 > 400 ? "high" : "low"', 'high'],
    ['[a-b]', 'dashed'],
    ["'it\\'s'", "it's"],
    ['0x1f', 31],
    ['true', true],
  ])('%s is %j', (text, value) => {
    expect(of(text)).toEqual(value);
  });

  test.each([
    '1 +',
    '(1',
    "'a",
    'a b',
    '1 ? 2',
    'nothing == 1',
    'nothing()',
    '1 && true',
    '"a" - 1',
    '#',
    '[a',
  ])('%s is an error', (text) => {
    expect(() => of(text)).toThrow(DslError);
  });

  test('of any text is a value or an error, however deep', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '1',
      'a',
      '"x"',
      '+',
      '==',
      '?',
      ':',
      ',',
      '!',
      ' in ',
      'len(',
      '[',
      ']',
      "'",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        let fault: unknown;
        try {
          of(pieces.join(''));
        } catch (error) {
          fault = error;
        }
        expect(fault === undefined || fault instanceof DslError).toBe(true);
      }),
    );
    expect(() => of('('.repeat(100_000))).toThrow(DslError);
    expect(() => of('!'.repeat(100_000))).toThrow(DslError);
  });
});

describe('a function', () => {
  test.each<[string, DslValue]>([
    ['to_lower("AbC")', 'abc'],
    ['tolower("AbC")', 'abc'],
    ['to_upper("aé")', 'AÉ'],
    ['to_title("ab cd")', 'Ab Cd'],
    ['len("abc")', 3],
    ['index("abc", 1)', 'b'],
    ['base64("echo hello")', 'ZWNobyBoZWxsbw=='],
    ['base64(1234)', 'MTIzNA=='],
    ['base64_decode("SGVsbG8=")', 'Hello'],
    ['base64_py("Hello")', 'SGVsbG8=\n'],
    ['hex_encode("aa")', '6161'],
    ['hex_decode("4142ff")', 'AB\u00ff'],
    ['url_encode("a b/c&")', 'a%20b%2Fc%26'],
    ['url_encode("a-b", true)', 'a%2Db'],
    ['url_decode("a%20b%zz")', 'a b%zz'],
    ['html_escape("<a>")', '&lt;a&gt;'],
    ['html_unescape("&lt;a&#62;")', '<a>'],
    ['md5("Hello")', '8b1a9953c4611296a827abf8c47804d7'],
    ['sha1("Hello")', 'f7ff9e8b7bb2e09b70935a5d785e0cc5d9d0abf0'],
    ['sha256("Hello")', '185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969'],
    ['mmh3("Hello")', 316307400],
    ['hmac("sha1", "test", "scrt")', '8856b111056d946d5c6c92a21b43c233596623c6'],
    ['gzip_decode(gzip("Hello"))', 'Hello'],
    ['zlib_decode(zlib("Hello"))', 'Hello'],
    ['inflate(deflate("Hello"))', 'Hello'],
    ['concat("a", 1, true)', 'a1true'],
    ['repeat("ab", 3)', 'ababab'],
    ['replace("Hello", "l", "$&")', 'He$&$&o'],
    ['replace_regex("He123llo", "(\\\\d+)", "[$1]")', 'He[123]llo'],
    ['reverse("abc")', 'cba'],
    ['trim("aaHelloaa", "a")', 'Hello'],
    ['trim_left("aaHelloaa", "a")', 'Helloaa'],
    ['trim_right("aaHelloaa", "a")', 'aaHello'],
    ['trim_space("  Hello ")', 'Hello'],
    ['trim_prefix("aaHello", "aa")', 'Hello'],
    ['trim_suffix("Helloaa", "aa")', 'Hello'],
    ['contains_all("Hello", "He", "lo")', true],
    ['contains_any("Hello", "x", "lo")', true],
    ['starts_with("Hello", "He")', true],
    ['ends_with("Hello", "lo")', true],
    ['line_starts_with("Hi\\nthere", "th")', false],
    ['equals_any("a", "b", "a")', true],
    ['regex("H([a-z]+)o", "Hello")', true],
    ['regex_any("^H", "x", "Hello")', true],
    ['regex_all("^H", "x", "Hello")', false],
    ['join("-", split("a,b", ","))', 'a-b'],
    ['join("_", 1, "b")', '1_b'],
    ['split("abcdef", 4)', ['abcd', 'ef']],
    ['sort("cab")', 'abc'],
    ['uniq("aab")', 'ab'],
    ['count("banana", "an")', 2],
    ['substr("abcdef", 2, 4)', 'cd'],
    ['padding("ab", "x", 5, "prefix")', 'xxxab'],
    ['to_number("4") + 1', 5],
    ['to_string(4) + "1"', '41'],
    ['dec_to_hex(7001)', '1b59'],
    ['hex_to_dec("0xff")', 255],
    ['bin_to_dec("0b110")', 6],
    ['oct_to_dec("17")', 15],
    ['compare_versions("v1.0.0", ">v0.0.1", "<v1.0.1")', true],
    ['compare_versions("1.2", "<1.1")', false],
    ['date_time("%Y-%M-%D %H:%m:%S")', '2026-02-03 04:05:06'],
    ['date_time("02-01-2006 15:04", 0)', '01-01-1970 00:00'],
    ['unix_time(1)', 1770091507],
    ['to_unix_time("2026-02-03 04:05:06")', 1770091506],
    ['json_minify("{ \\"a\\": 1 }")', '{"a":1}'],
    ['xor("ab", "  ")', 'AB'],
    ['rand_base(3)', 'aaa'],
    ['rand_text_numeric(2)', '11'],
    ['rand_text_alpha(2, "ab")', 'cc'],
    ['rand_char("x")', 'x'],
    ['rand_int(5, 9)', 5],
    ['rand_ip("10.1.2.3/8")', '10.0.0.0'],
    ['remove_bad_chars("abcd", "bc")', 'ad'],
  ])('%s is %j', (text, value) => {
    expect(of(text)).toEqual(value);
  });

  test.each([
    'base64()',
    'repeat("aaaa", 4000000)',
    'gzip_decode("x")',
    'hmac("md4", "a", "b")',
    'rand_base(-1)',
    'generate_java_gadget("a", "b", "c")',
  ])('%s is an error', (text) => {
    expect(() => of(text)).toThrow(DslError);
  });
});
