// Patterns as preg_match() takes them: delimiter, expression, delimiter, flags. They become RE2 expressions,
// which cannot stall the engine; what RE2 has not (look-around, back-references) is refused when loaded.

/** A pattern taken apart: `source` is in RE2 syntax with the flags put in front. */
export type PhpPattern =
  | { readonly ok: true; readonly source: string; readonly bodyOffset: number }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** Returns the RE2 source of a pattern in PHP's notation, or what is wrong with it. */
export function readPhpPattern(text: string): PhpPattern {
  const opening = text[0] ?? '';
  if (opening === '' || /[\w\s\\]/.test(opening)) {
    return {
      ok: false,
      message: `'${text}' does not start with a delimiter`,
      hint: `Put it between slashes: '/${text}/'`,
    };
  }
  const closing = CLOSING[opening] ?? opening;
  const end = text.lastIndexOf(closing);
  if (end <= 0) {
    return {
      ok: false,
      message: `'${text}' has no closing '${closing}'`,
      hint: `Add '${closing}' at its end`,
    };
  }
  let flags = '';
  let isAnchored = false;
  for (const flag of text.slice(end + 1)) {
    if ('imsU'.includes(flag)) flags += flag;
    else if (flag === 'A') isAnchored = true;
    else if (!'uDSX'.includes(flag)) {
      return {
        ok: false,
        message: `'${flag}' is a flag that is not known here`,
        hint: 'The flags i, m, s, u, A, D, S, U and X are',
      };
    }
  }
  const body = text.slice(1, end);
  const prefix = `${flags === '' ? '' : `(?${flags})`}${isAnchored ? '^' : ''}`;
  return {
    ok: true,
    source: isAnchored ? `${prefix}(?:${body})` : `${prefix}${body}`,
    bodyOffset: 1 - prefix.length - (isAnchored ? 3 : 0),
  };
}
