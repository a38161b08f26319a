import { describe, expect, it } from 'vitest';
import { GrokLibrary, type Grok } from '../../src/patterns/index.ts';

function compile(library: GrokLibrary, expression: string): Grok {
  const result = library.compile(expression);
  if (!result.ok) throw new Error(result.error.message);
  return result.grok;
}

function parse(library: GrokLibrary, expression: string, text: string): Record<string, string> | null {
  const grok = compile(library, expression);
  const values = grok.exec(text);
  return values === null ? null : Object.fromEntries(grok.names.map((name, i) => [name, values[i]!]));
}

function withPatterns(patterns: Record<string, string>): GrokLibrary {
  const library = new GrokLibrary();
  for (const [name, expression] of Object.entries(patterns))
    expect(library.add(name, expression).ok).toBe(true);
  return library;
}

describe('names', () => {
  const library = withPatterns({
    ONE: '\\d',
    TWO: '%{ONE:one}-%{ONE:two}',
    THREE: '%{ONE:zero}-%{TWO:three}',
    FOUR: '%{TWO:two}',
  });

  it('of nested patterns count', () => {
    expect(parse(library, '%{THREE}', '0-1-2')).toEqual({ zero: '0', three: '1-2', one: '1', two: '2' });
  });

  it('given outside hide the same name inside', () => {
    expect(parse(library, '%{FOUR}', '1-2')).toEqual({ one: '1', two: '1-2' });
  });

  it('given twice read the last place', () => {
    expect(parse(library, '%{ONE:a}-%{ONE:a}', '1-2')).toEqual({ a: '2' });
  });

  it('read an empty text where their part took none', () => {
    expect(parse(library, '%{ONE:a}(?:-%{ONE:b})?', '1')).toEqual({ a: '1', b: '' });
  });

  it('are only those of grok, not those of groups', () => {
    expect(compile(library, '(?P<x>%{ONE:y})').names).toEqual(['y']);
  });

  it('with a third part are no reference, as in grokky', () => {
    expect(parse(library, '%{ONE:a} %{ONE:b:int}', '1 %{ONE:b:int}')).toEqual({ a: '1' });
  });

  it('behind a word that ends like flags read the group before, as in grokky', () => {
    expect(parse(library, '%{ONE:a}(?:x|items) %{ONE:b}', '1items 2')).toEqual({ a: '1', b: '1' });
  });
});

describe('registration', () => {
  it('keeps the first expression of a name', () => {
    const library = withPatterns({ A: 'x' });
    expect(library.add('A', 'y')).toMatchObject({ ok: false, reason: 'exists' });
    expect(parse(library, '%{A:a}', 'x')).toEqual({ a: 'x' });
  });

  it('refuses a missing reference with its offset and the nearest name', () => {
    expect(GrokLibrary.standard().add('X', 'abc %{IPORHOSTS:ip}')).toMatchObject({
      reason: 'invalid',
      error: { offset: 4, hint: "Did you mean 'IPORHOST'?" },
    });
  });

  it('gives offsets in the expression, not in its expansion', () => {
    const result = GrokLibrary.standard().compile('%{IP:a} %{IP:b} (x');
    expect(result).toMatchObject({ ok: false, error: { offset: 16 } });
  });

  it('reads a pattern file in any order and reports what is wrong in it', () => {
    const library = new GrokLibrary();
    const problems = library.loadPatternFile('# comment\nA %{B}!\n\nB   b+\nC %{D}\nE (\n');
    expect(problems.map(({ line, name }) => [line, name])).toEqual([
      [5, 'C'],
      [6, 'E'],
    ]);
    expect(parse(library, '%{A:a}', 'bb!')).toEqual({ a: 'bb!' });
  });

  it('refuses circles', () => {
    const library = new GrokLibrary();
    library.loadPatternFile('A %{B}\nB %{A}');
    expect(library.has('A')).toBe(false);
  });
});

describe('the standard library', () => {
  const library = GrokLibrary.standard();

  it('compiles every pattern it names', () => {
    for (const name of library.names()) expect(library.get(name), name).toMatchObject({ ok: true });
  });

  it.each([
    ['IPORHOST', '192.0.2.250 x', '192.0.2.250'],
    ['IPV4', '1.2.3.299', '1.2.3.29'],
    ['IPV6', 'from 2001:db8::1 port', '2001:db8::1'],
    ['IPV6', '::ffff:1.2.3.4 x', '::ffff:1'],
    ['IPV6', 'fe80::1%eth0 and more', 'fe80::1%eth0 and more'],
    ['MONTHNUM', '12', '1'],
    ['HTTPDATE', '[05/Mar/2024:10:11:12 +0000]', '05/Mar/2024:10:11:12 +0000'],
    ['TIMESTAMP_ISO8601', '2024-03-05T10:11:12.345+01:00', '2024-03-05T10:11:12.345+01:00'],
    ['QUOTEDSTRING', String.raw`x "a \" b" y`, String.raw`"a \" b"`],
    ['UNIXPATH', 'in /var/log/x.log!', '/var/log/x.log!'],
    ['DATA', 'abc', ''],
    ['GREEDYDATA', 'abc\nd', 'abc'],
    ['MONTH', 'Mär', 'Mär'],
  ])('%s on %s', (name, text, value) => {
    expect(parse(library, `%{${name}:v}`, text)).toEqual({ v: value });
  });

  it('reads an nginx line', () => {
    const line =
      '192.0.2.7 - bob [05/Mar/2024:10:11:12 +0000] "GET /a?b=c HTTP/1.1" 200 123 "-" "Mozilla/5.0 (X)"';
    expect(parse(library, '%{NGINXACCESS}', line)).toMatchObject({
      remote_addr: '192.0.2.7',
      remote_user: 'bob',
      time_local: '05/Mar/2024:10:11:12 +0000',
      request: '/a?b=c',
      status: '200',
      http_user_agent: 'Mozilla/5.0 (X)',
    });
  });
});
