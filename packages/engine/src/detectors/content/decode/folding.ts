// Characters that some software takes for ASCII ones: full-width forms, slashes and dots of other scripts, the private
// characters that IIS made of `/` and `\`. Typographic quotes are left alone, as people write them.

const FOLDS: ReadonlyMap<number, string> = new Map([
  [0x00a0, ' '],
  [0x02b9, "'"],
  [0x02bc, "'"],
  [0x0374, "'"],
  [0x037e, ';'],
  [0x2024, '.'],
  [0x2025, '..'],
  [0x2044, '/'],
  [0x2215, '/'],
  [0x2216, '\\'],
  [0x2236, ':'],
  [0x2264, '<'],
  [0x2329, '<'],
  [0x232a, '>'],
  [0x29f5, '\\'],
  [0x29f8, '/'],
  [0x29f9, '\\'],
  [0x3002, '.'],
  [0x3008, '<'],
  [0x3009, '>'],
  [0xefc8, '\\'],
  [0xf025, '/'],
  [0xf02f, '/'],
  [0xf05c, '\\'],
  [0xfe52, '.'],
  [0xfe64, '<'],
  [0xfe65, '>'],
  [0xfe68, '\\'],
]);

// Nothing is shown for them, so they split words that rules look for.
function isInvisible(code: number): boolean {
  return code === 0xad || (code >= 0x200b && code <= 0x200f) || code === 0x2060 || code === 0xfeff;
}

/** What stands for a byte that is no UTF-8. */
const UNREADABLE = 0xfffd;

// A no-break space alone is no reason to fold: editors put it into every text.
const FOLDABLE = new Uint8Array(65_536);
for (let code = 0x80; code < FOLDABLE.length; code++) {
  const isFolded = (code >= 0xff01 && code <= 0xff5e) || isInvisible(code) || FOLDS.has(code);
  if ((isFolded && code !== 0xa0) || code === UNREADABLE) FOLDABLE[code] = 1;
}

/** The text with such characters as the ASCII they stand for; undefined when there are none. */
export function foldToAscii(text: string): string | undefined {
  let at = 0;
  while (at < text.length && FOLDABLE[text.charCodeAt(at)] === 0) at++;
  if (at === text.length) return undefined;
  let out = text.slice(0, at);
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) out += text[at];
    else if (code >= 0xff01 && code <= 0xff5e) out += String.fromCharCode(code - 0xfee0);
    else if (code === UNREADABLE && isAlone(text, at)) out += ' ';
    else if (!isInvisible(code)) out += FOLDS.get(code) ?? text[at];
  }
  return out === text ? undefined : out;
}

/** A single byte between ASCII ones: `A0` is a blank to databases that read Latin-1. Two are of another alphabet. */
function isAlone(text: string, at: number): boolean {
  return (
    (at === 0 || text.charCodeAt(at - 1) < 0x80) && (at + 1 === text.length || text.charCodeAt(at + 1) < 0x80)
  );
}
