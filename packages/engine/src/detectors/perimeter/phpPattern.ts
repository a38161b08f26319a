// Patterns as preg_match() takes them: delimiter, expression, delimiter, flags. They become RE2 expressions,
// which cannot stall the engine; what RE2 has not (look-around, back-references) is refused when loaded.
// What PHP would refuse is refused here: a pattern that never worked in Drupal does not start to ban people.

/** A pattern taken apart: `source` is in RE2 syntax with the flags put in front. */
export type PhpPattern =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
/** D, S, u and X change nothing for the path of a request in RE2. */
const WITHOUT_EFFECT = 'uDSX';

/** Returns the RE2 source of a pattern in PHP's notation, or what is wrong with it. */
export function readPhpPattern(text: string): PhpPattern {
  const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  const opening = text[0] ?? '';
  if (opening === '' || /[\w\s\\]/.test(opening) || opening > '~') {
    return {
      ok: false,
      message: `The pattern '${shown}' does not start with a delimiter`,
      hint: `Put it between slashes: '/${shown.replaceAll('/', '\\/')}/'`,
    };
  }
  const closing = CLOSING[opening] ?? opening;
  const end = endOf(text, opening, closing);
  if (end < 0) {
    return {
      ok: false,
      message: `The pattern '${shown}' has no closing '${closing}'`,
      hint: `Add '${closing}' at its end`,
    };
  }
  let flags = '';
  let isAnchored = false;
  let isSpaced = false;
  for (const flag of text.slice(end + 1)) {
    if ('imsU'.includes(flag)) flags += flag;
    else if (flag === 'A') isAnchored = true;
    else if (flag === 'x') isSpaced = true;
    else if (!WITHOUT_EFFECT.includes(flag)) {
      return {
        ok: false,
        message: `The pattern '${shown}' has '${flag}' behind its closing '${closing}', which is no flag`,
        hint: `The flags are i, m, s, x, u, A, D, S, U and X; a '${closing}' inside is written '\\${closing}'`,
      };
    }
  }
  const body = isSpaced ? withoutSpace(text.slice(1, end)) : text.slice(1, end);
  const prefix = flags === '' ? '' : `(?${flags})`;
  return { ok: true, source: isAnchored ? `${prefix}\\A(?:${body})` : `${prefix}${body}` };
}

/** Where the closing delimiter stands: the first that is not escaped; pairs such as `{…}` may nest. */
function endOf(text: string, opening: string, closing: string): number {
  let depth = 1;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === closing && --depth === 0) return i;
    else if (text[i] === opening && opening !== closing) depth++;
  }
  return -1;
}

/** The flag x: blanks and comments outside classes are for the reader only. */
function withoutSpace(body: string): string {
  let result = '';
  let isInClass = false;
  for (let i = 0; i < body.length; i++) {
    const char = body[i]!;
    if (char === '\\') {
      result += body.slice(i, i + 2);
      i++;
    } else if (!isInClass && char === '#') {
      const newline = body.indexOf('\n', i);
      i = newline < 0 ? body.length : newline;
    } else if (isInClass || !/\s/.test(char)) {
      if (char === '[') isInClass = true;
      else if (char === ']') isInClass = false;
      result += char;
    }
  }
  return result;
}
