// A value as the shape of what it would do: token classes with everything folded that an attacker changes freely.
// Case, blanks, comments and quoting styles go, words and numbers are one class of literals, and neighbours that are
// alike count once. No letter of the value can be got back from it.

import { TOKEN_CLASS_NAMES, readTokenClasses } from '../lexers/index.ts';
import type { Part } from '../parts.ts';

/** Of longer values so many tokens are folded. */
const MAX_TOKENS = 1024;
const MAX_FOLDED = 512;
const MAX_UNITS = 4096;

/** Returns the folded classes of a text, at most 512 bytes. */
export function foldText(text: string): Uint8Array {
  const cut = text.length > MAX_UNITS ? text.slice(0, MAX_UNITS) : text;
  const count = readTokenClasses(cut, TOKENS);
  let folded = 0;
  let isComment = false;
  let isQuoted = false;
  let previous = NOTHING;
  for (let i = 0; i < count && folded < MAX_FOLDED; i++) {
    const token = TOKENS[i]!;
    if (isComment || (token === COMMENT_START && hasCommentEnd(i, count))) {
      isComment = token !== COMMENT_END;
      continue;
    }
    // A blank in shell: `${IFS}` stands where others write a space.
    if (token === SHELL_OPEN && i + 2 < count && TOKENS[i + 1] === IFS) {
      i += 2;
      continue;
    }
    const one = FOLDED[token]!;
    if (one === NOTHING || (one === previous && COLLAPSES[one] === 1)) continue;
    // After the quote that ends the site's own text, an attacker may quote literals or not.
    if (one === QUOTE) {
      const isOptional = isQuoted || previous === EQUALS || previous === CALLED;
      isQuoted = true;
      if (isOptional) continue;
    }
    // `<img/src=x>`, `..//..//`, `a/b.png`
    if (one === SLASH && (previous === TAG || previous === UP || previous === WORD)) continue;
    if (one === DOT && previous === WORD) continue;
    FOLDED_TOKENS[folded++] = one;
    previous = one;
    // What the rest of the site's query is cut off with: `-- -`, `--+x`, `#`.
    if (one === LINE_COMMENT && i + 3 >= count) break;
  }
  return FOLDED_TOKENS.slice(0, folded);
}

const BETWEEN = 0;
const MAX_READINGS = 8;

/** Returns the folded forms of a part in all its readings, with a 0 between them; each once, the value first. */
export function foldPart({ value, views }: Pick<Part, 'value' | 'views'>): Uint8Array {
  const first = foldText(value);
  if (views.length === 0) return first;
  const folded: number[] = [...first];
  for (const { text } of views.slice(0, MAX_READINGS)) folded.push(BETWEEN, ...foldText(text));
  return Uint8Array.from(folded);
}

/** Returns, of what `foldPart` made, the reading that is most like an attack. */
export function mostTelling(folded: Uint8Array): Uint8Array {
  let best = folded.subarray(0, 0);
  let most = -1;
  for (let from = 0; from <= folded.length;) {
    const to = folded.indexOf(BETWEEN, from);
    const end = to < 0 ? folded.length : to;
    const reading = folded.subarray(from, end);
    const telling = countTelling(reading);
    if (telling > most) [best, most] = [reading, telling];
    from = end + 1;
  }
  return best;
}

function countTelling(folded: Uint8Array): number {
  let count = 0;
  for (const one of folded) count += TELLING_WORDS[one]! + TELLING_SIGNS[one]!;
  return count;
}

/** Words on both sides of the telling ones that belong to an attack: the quote before it, the comment behind. */
const CONTEXT = 2;

/** Returns the part of a folded text that tells: from its first telling token to the last, at most `most` tokens. */
export function coreOf(folded: Uint8Array, most: number): Uint8Array {
  const { from, end } = tellingSpan(folded);
  if (end - from <= most) return folded.subarray(from, end);
  // Of an attack inside a long text, the stretch with most of it.
  let best = from;
  let bestCount = -1;
  let count = 0;
  for (let i = from; i < end; i++) {
    count += TELLING_WORDS[folded[i]!]!;
    if (i - from >= most) count -= TELLING_WORDS[folded[i - most]!]!;
    if (count > bestCount) [best, bestCount] = [Math.max(from, i - most + 1), count];
  }
  return folded.subarray(best, best + most);
}

/** Where the telling words of a folded text are, with some tokens around them; empty where there are none. */
export function tellingSpan(folded: Uint8Array): { readonly from: number; readonly end: number } {
  let first = -1;
  let last = -1;
  for (let i = 0; i < folded.length; i++) {
    if (TELLING_WORDS[folded[i]!] !== 1) continue;
    if (first < 0) first = i;
    last = i;
  }
  if (first < 0) return { from: 0, end: 0 };
  return { from: Math.max(0, first - CONTEXT), end: Math.min(folded.length, last + 1 + CONTEXT) };
}

/** Whether a class is a word that attacks are made of, as opposed to words of prose, numbers and signs. */
export function isTellingWord(one: number): boolean {
  return TELLING_WORDS[one] === 1;
}

/** Whether the folded text has more than words, numbers and signs of prose: only such can be told from others. */
export function isTelling(folded: Uint8Array): boolean {
  if (folded.length < 4) return false;
  let words = 0;
  let signs = 0;
  for (const one of folded) {
    if (TELLING_WORDS[one] === 1) words++;
    else if (TELLING_SIGNS[one] === 1) signs++;
  }
  return words > 0 && words + signs >= 2;
}

const TOKENS = new Uint8Array(MAX_TOKENS);
const FOLDED_TOKENS = new Uint8Array(MAX_FOLDED);
const NOTHING = 0;

const numberOf = (name: string): number => {
  const found = TOKEN_CLASS_NAMES.indexOf(name);
  if (found < 0) throw new Error(`there is no token class ${name}`);
  return found;
};
const COMMENT_START: number = numberOf('/*');
const COMMENT_END: number = numberOf('*/');
const LINE_COMMENT: number = numberOf('--');
const SHELL_OPEN: number = numberOf('${');
const IFS: number = numberOf('ifs');
const QUOTE: number = numberOf("'");
const WORD: number = numberOf('word');
const DOT: number = numberOf('.');
const EQUALS: number = numberOf('=');
const CALLED: number = numberOf('js-show');
const SLASH: number = numberOf('/');
const UP: number = numberOf('../');
const TAG: number = numberOf('tag-active');

function hasCommentEnd(from: number, count: number): boolean {
  const end = TOKENS.indexOf(COMMENT_END, from);
  return end >= 0 && end < count;
}

/** Classes that become another one; the first of each group stands for it. */
const GROUPS: readonly (readonly string[])[] = [
  [
    'word',
    'short-word long-word name-with-digits snake-name foreign-word digit number long-number fraction scientific',
    'hex-number long-hex long-mixed null boolean article preposition pronoun verb link-word german french spanish',
    'user attribute tag-plain sql-as sql-hash js-object js-store shell-id _',
  ],
  ["'", '" ` \'\' ""'],
  ['sql-and', 'sql-or && ||'],
  ['=', '== sql-like sql-in != <> >= <= :='],
  ['../', '..\\ ..'],
  ['/', '\\ // \\\\'],
  ['event', 'event-like'],
  ['tag-active', 'tag-media tag-svg tag-script'],
  ['sql-select', 'sql-union sql-all'],
  ['[', '[]'],
  ['--', '#'],
  [';', '| &'],
];

/** Blanks, brackets that can be doubled, comments, and what other readings of the value have decoded. */
const DROPPED =
  'newline odd-space control replacement percent-escape escape numeric-entity named-entity */ /* /*! <!-- --> ifs ^ + ++ ( ) ()';

/** Signs that prose has as well. */
const PLAIN_SIGNS = '. , : ! ? - / // :// ..';

const FOLDED: Uint8Array = foldTable();
const TELLING_SIGNS: Uint8Array = new Uint8Array(TOKEN_CLASS_NAMES.length);
const TELLING_WORDS: Uint8Array = new Uint8Array(TOKEN_CLASS_NAMES.length);
/** Where one is as good as many. */
const COLLAPSES: Uint8Array = new Uint8Array(TOKEN_CLASS_NAMES.length);

for (const [number, name] of TOKEN_CLASS_NAMES.entries()) {
  if (FOLDED[number] !== number) continue;
  const isSign = !/^[a-z]/.test(name);
  if (isSign) TELLING_SIGNS[number] = PLAIN_SIGNS.split(' ').includes(name) ? 0 : 1;
  else if (name !== 'word' && !name.endsWith('-sign')) TELLING_WORDS[number] = 1;
}
TELLING_WORDS[numberOf('../')] = 1;
for (const name of ['word', "'", '../', '/', '[', ']', '=', ';', ',', 'sql-select'])
  COLLAPSES[FOLDED[numberOf(name)]!] = 1;

function foldTable(): Uint8Array {
  const table = Uint8Array.from(TOKEN_CLASS_NAMES, (_, number) => number);
  for (const name of DROPPED.split(' ')) table[numberOf(name)] = NOTHING;
  for (const [first = '', ...rest] of GROUPS)
    for (const name of rest.flatMap((names) => names.split(' '))) table[numberOf(name)] = numberOf(first);
  return table;
}
