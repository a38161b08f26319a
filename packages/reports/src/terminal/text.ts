// Text from logs on its way to a terminal. A user agent can hold escape sequences that rewrite what the
// administrator sees, or bidirectional overrides that turn a line around: here they become visible text.

/** Marks beyond this many on one letter are dropped: stacks of them paint over the lines around. */
const MAX_MARKS = 3;

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu;
const ONLY_ASCII = /^[\u0020-\u007E]*$/;
const MARKS = new RegExp(`([\\p{Mn}\\p{Me}]{${MAX_MARKS}})[\\p{Mn}\\p{Me}]+`, 'gu');
const ZERO_WIDTH = /[\p{Mn}\p{Me}]/u;
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18AFF}\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;

/** Returns text that cannot steer a terminal: control and format characters are spelled out (`\x1b`). */
export function plain(text: string): string {
  if (ONLY_ASCII.test(text)) return text;
  return text.replace(UNSAFE, spellOut).replace(MARKS, '$1');
}

/** Returns how many terminal cells the text takes; it must be `plain`. */
export function displayWidth(text: string): number {
  if (ONLY_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Returns the text cut to so many cells, with an ellipsis where something is missing. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let used = 0;
  let end = 0;
  for (const character of text) {
    const next = used + characterWidth(character);
    if (next > width - 1) break;
    used = next;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/** Returns the text filled with spaces to so many cells. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + fill : fill + text;
}

/** Returns the text broken at spaces into lines of at most so many cells; longer words are cut. */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(8, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const candidate = line === '' ? word : `${line} ${word}`;
    if (displayWidth(candidate) <= limit) {
      line = candidate;
    } else {
      if (line !== '') lines.push(line);
      line = fit(word, limit);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

function spellOut(character: string): string {
  if (character === '\t' || character === '\n' || character === '\r') return ' ';
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function characterWidth(character: string): number {
  if (character.length === 1 && character < '\u0300') return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
