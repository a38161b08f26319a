// Text in quotes as Go's strconv.Quote writes it.

const NAMED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

// What unicode.IsPrint refuses: everything but letters, marks, numbers, punctuation, symbols and the space.
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

export function quoteGo(text: string, isAsciiOnly: boolean): string {
  let quoted = '"';
  for (const rune of text) {
    const named = NAMED[rune];
    if (named !== undefined) quoted += named;
    else if (UNPRINTABLE.test(rune) || (isAsciiOnly && rune > '~')) quoted += escape(rune.codePointAt(0)!);
    else quoted += rune;
  }
  return `${quoted}"`;
}

function escape(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
