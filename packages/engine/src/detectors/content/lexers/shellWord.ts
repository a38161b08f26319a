// One word as a shell reads it: quotes and backslashes gone, empty variables gone, `$IFS` a blank. What was hidden that
// way is counted.

export interface ShellWord {
  /** The word as the shell sees it; empty when none stands there. */
  readonly plain: string;
  readonly start: number;
  readonly end: number;
  /** How often something stood inside the word that the shell takes away. */
  readonly oddCount: number;
  /** Whether it is a pattern: `/???/c?t`. */
  readonly hasPattern: boolean;
}

const MAX_WORD = 80;

/** The word at or behind a position, after blanks. */
export function readShellWord(text: string, from: number): ShellWord {
  let at = from;
  const last = Math.min(text.length, from + 200);
  // Blanks, empty substitutions and brackets may stand before the word.
  for (;;) {
    const gap = gapAt(text, at);
    if (gap === 0 || at >= last) break;
    at += gap;
  }
  const start = at;
  let plain = '';
  let oddCount = 0;
  let quoteCount = 0;
  let hasPattern = false;
  let quote = 0;
  while (at < last && plain.length < MAX_WORD) {
    const code = text.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) {
        quote = 0;
        quoteCount += 1;
      } else if (code === 32 || code === 10) break;
      else plain += text.charAt(at);
      at += 1;
      continue;
    }
    if (code === 39 || code === 34) {
      // `c'a't`, not `'cat'`: a quote at either end of a word is no disguise.
      if (plain !== '' && isWordSign(text.charCodeAt(at + 1), text.charCodeAt(at + 2))) oddCount += 1;
      quote = text.indexOf(text.charAt(at), at + 1) === -1 ? 0 : code;
      if (quote === 0) break;
      at += 1;
    } else if (code === 92) {
      const next = text.charCodeAt(at + 1);
      if (!isNameSign(next)) break;
      if (plain !== '' && !plain.endsWith(':')) oddCount += 1;
      at += 1;
    } else if (code === 94 && isNameSign(text.charCodeAt(at + 1))) {
      if (plain !== '') oddCount += 1;
      at += 1;
    } else if (code === 36) {
      const size = emptyVariableSize(text, at);
      if (size === 0) break;
      if (isNameSign(text.charCodeAt(at + size)) || plain === '') oddCount += plain === '' ? 0 : 1;
      at += size;
    } else if (isNameSign(code)) {
      if (code === 63 || code === 42 || code === 91) hasPattern = true;
      plain += text.charAt(at);
      at += 1;
    } else break;
  }
  return { plain, start, end: at, oddCount: oddCount + (quoteCount > 1 && oddCount > 0 ? 1 : 0), hasPattern };
}

function isWordSign(code: number, after: number): boolean {
  return isNameSign(code) || ((code === 39 || code === 34) && isNameSign(after));
}

/** What a name of a command or a path is made of. */
function isNameSign(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    ((code | 32) >= 97 && (code | 32) <= 122) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 47 ||
    code === 63 ||
    code === 42 ||
    code === 91 ||
    code === 93 ||
    code === 61
  );
}

/** The size of what shells take for a blank: blanks, `$IFS`, `${IFS}`, `$IFS$9`, `(`, `{ `. */
function gapAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 32 || code === 9 || code === 11 || code === 12 || code === 40) return 1;
  if (code === 123) return text.charCodeAt(at + 1) === 32 ? 2 : 0;
  if (code === 36) {
    const match = /^\$(?:IFS(?:\$\d)?|\{IFS[^}]{0,10}\})/.exec(text.slice(at, at + 20));
    if (match !== null) return match[0].length;
    return text.charCodeAt(at + 1) === 40 ? 0 : emptyVariableSize(text, at);
  }
  return 0;
}

/** The size of a variable that is nearly always empty: `$@`, `$*`, `$1`, `$u`, `${x}`, `$()`; 0 when there is none. */
function emptyVariableSize(text: string, at: number): number {
  const next = text.charCodeAt(at + 1);
  if (next === 36 || next === 64 || next === 42 || next === 33 || next === 63 || (next >= 48 && next <= 57))
    return 2;
  if (next === 40 && text.charCodeAt(at + 2) === 41) return 3;
  if (next === 123) {
    const match = /^\$\{[a-z_@*!?0-9]{1,12}\}/i.exec(text.slice(at, at + 16));
    return match === null || match[0].includes('IFS') ? 0 : match[0].length;
  }
  const isLetter = (next | 32) >= 97 && (next | 32) <= 122;
  const after = text.charCodeAt(at + 2);
  const isLong = (after | 32) >= 97 && (after | 32) <= 122 && (after !== next || false);
  if (isLetter && !isLong) return 2;
  const name = /^\$([a-z_]{2,3})(?=[+\s/])/i.exec(text.slice(at, at + 6));
  return name === null || name[0] === '$IFS' ? 0 : name[0].length;
}
