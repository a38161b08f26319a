// Generated expressions, as text, over the environment of world.ts. Most are well typed, some are not.

import fc from 'fast-check';

type Source = fc.Arbitrary<string>;

const quoted = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f');
const word = fc.constantFrom(
  '',
  'a',
  '/.env',
  'ADMIN',
  'admin',
  'sel',
  'select',
  '%2e',
  'x y',
  'ſ',
  'ß',
  'K',
  'İ',
  '404',
);
const literalText = word.map(quoted);
const field = fc.constantFrom(
  'evt.Meta.a',
  'evt.Meta.b',
  'evt.Parsed.c',
  'evt.Meta["b"]',
  'evt.Parsed.missing',
);
const file = fc.constantFrom(
  'File("paths.txt")',
  'File("words.txt")',
  'File("cves.json")',
  'File("empty.txt")',
);
const dynamic = fc.constantFrom(
  'evt.Unmarshaled.n',
  'evt.Unmarshaled.s',
  'evt.Unmarshaled?.deep?.k',
  'any.list',
  'evt.Nothing',
);
const anyOf = (...sources: Source[]): Source => fc.oneof(...sources);

const call = (name: Source, ...args: Source[]): Source =>
  fc.tuple(name, ...args).map(([called, ...values]) => `${called}(${values.join(', ')})`);
const infix = (left: Source, operator: Source, right: Source): Source =>
  fc.tuple(left, operator, right).map(([a, between, b]) => `(${a} ${between} ${b})`);

interface Grammar {
  readonly text: string;
  readonly number: string;
  readonly test: string;
  readonly list: string;
}

const changers = fc.constantFrom(
  'Upper',
  'Lower',
  'QueryUnescape',
  'PathUnescape',
  'TrimSpace',
  'upper',
  'lower',
  'trim',
);
const textOperator = fc.constantFrom('contains', 'startsWith', 'endsWith', '==', '!=', 'not contains', '<');

export const generated: { readonly [K in keyof Grammar]: Source } = fc.letrec<Grammar>((tie) => {
  // Each of the grammar's symbols is a text.
  const text = tie('text') as Source;
  const number = tie('number') as Source;
  const condition = tie('test') as Source;
  const list = tie('list') as Source;
  const element = anyOf(
    fc.constant('#'),
    fc.constant('Upper(#)'),
    fc.constant('JsonExtract(#, "uri")'),
    fc.constant('string(#index)'),
    text,
  );
  return {
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      field,
      literalText,
      dynamic,
      call(changers, text),
      infix(text, fc.constant('+'), text),
      infix(text, fc.constant('??'), text),
      fc.tuple(condition, text, text).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(text, number).map(([a, b]) => `${a}[${b}:]`),
      call(fc.constant('join'), list),
    ),
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('0', '1', '2', '-1', '1.5', 'len(evt.Meta.a)', 'evt.Unmarshaled.n'),
      infix(number, fc.constantFrom('+', '-', '*', '/', '%', '**'), number),
      call(fc.constantFrom('len', 'int', 'string'), text),
      call(fc.constant('count'), list, fc.constant('# != ""')),
      call(fc.constantFrom('findIndex', 'sum'), list, fc.constant('#index > 0')),
    ),
    list: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      file,
      fc.array(literalText, { maxLength: 4 }).map((elements) => `[${elements.join(', ')}]`),
      fc.array(text, { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      fc.constant('1..3'),
      fc.constant('any.list'),
      call(fc.constant('split'), text, literalText),
      call(fc.constantFrom('filter', 'map'), list, infix(element, textOperator, element)),
      call(fc.constantFrom('uniq', 'reverse', 'sort'), list),
    ),
    test: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      infix(text, textOperator, text),
      infix(text, textOperator, literalText),
      infix(text, fc.constantFrom('in', 'not in'), list),
      infix(number, fc.constantFrom('<', '>=', '==', '!='), number),
      infix(
        text,
        fc.constant('matches'),
        fc.constantFrom('"(?i)adm(in|x)"', '"^/[.]e"', '"a|b"', '"sel+ect"', '"(?i)k"'),
      ),
      infix(condition, fc.constantFrom('&&', '||', 'and', 'or'), condition),
      infix(condition, fc.constantFrom('&&', '||'), condition),
      condition.map((a) => `not (${a})`),
      fc.tuple(condition, condition, condition).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(condition, condition).map(([a, b]) => `(${a} ? ${b} : false)`),
      fc
        .tuple(text, condition)
        .map(([a, b]) => `(let v${a.length} = ${a}; v${a.length} contains "a" && ${b})`),
      call(fc.constantFrom('any', 'all', 'none', 'one'), list, infix(text, textOperator, element)),
      call(
        fc.constant('any'),
        file,
        infix(text, fc.constantFrom('contains', 'endsWith', 'startsWith', '=='), element),
      ),
      call(fc.constant('any'), file, infix(infix(text, textOperator, element), fc.constant('&&'), condition)),
      fc
        .tuple(file, text, element, condition)
        .map(([a, b, c, d]) => `any(${a}, { ${b} contains ${c} ? ${d} : false })`),
      fc.constantFrom('true', 'false'),
    ),
  };
});

const subject = fc.oneof(
  field,
  fc.tuple(changers, field).map(([name, of]) => `${name}(${of})`),
  fc.tuple(changers, changers, field).map(([outer, inner, of]) => `${outer}(${inner}(${of}))`),
);
const literal = fc.constantFrom(
  '"a"',
  '"ad"',
  '"e"',
  '"select"',
  '"SEL"',
  '"/.env"',
  '"K"',
  '"k"',
  '"s"',
  '"I"',
  '"i"',
);

/** Conditions on fields of the kind that have required literals. */
export const fieldConditions: Source = fc.letrec<{ test: string }>((tie) => {
  // The only symbol is a text.
  const test = tie('test') as Source;
  return {
    test: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      infix(subject, fc.constantFrom('contains', 'startsWith', 'endsWith', '=='), literal),
      infix(subject, fc.constant('contains'), literal),
      infix(subject, fc.constant('in'), fc.constant('["/.env", "a", "Admin", "select"]')),
      infix(
        subject,
        fc.constant('matches'),
        fc.constantFrom('"(?i)sel|adm"', '"[.]e(nv)?"', '"(?i)k"', '"a|s"'),
      ),
      call(
        fc.constant('any'),
        file,
        infix(subject, fc.constantFrom('contains', 'endsWith'), fc.constantFrom('#', 'Upper(#)')),
      ),
      infix(test, fc.constantFrom('&&', '||'), test),
      fc.tuple(test, test).map(([a, b]) => `(${a} ? ${b} : false)`),
      fc
        .tuple(subject, literal, test)
        .map(([a, b, c]) => `(let s${a.length} = ${a}; s${a.length} contains ${b} || ${c})`),
    ),
  };
}).test;

/** Texts that an attacker, or a character with a strange other case, may put into a field. */
export const fieldText = fc.oneof(
  word,
  fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
  fc.constantFrom(
    '/x/.ENV',
    '/aDmIn',
    'SELECT',
    '%73elect',
    '%2Fadmin',
    'union+all',
    '/cgi-bin/x?',
    '\u212a',
    'adm\u0131n',
    'ſelect',
  ),
  fc.string({ unit: 'grapheme' }),
);
