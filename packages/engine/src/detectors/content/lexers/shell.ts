// Whether a text would make a shell run something: a command where a shell begins one, read as shells read words, with
// quotes, backslashes, empty variables and patterns inside. Prose has semicolons and ampersands too, and many commands
// are English words; what decides is what stands behind them: a flag, a path, the end, or another word.

import { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
import { findShellSyntax, matchesSystemName } from './shellSyntax.ts';
import { COMMANDS } from './shellWords.table.ts';
import { type ShellWord, readShellWord } from './shellWord.ts';
import { WordTable } from './wordTable.ts';

export interface CommandFinding extends LexicalFinding {
  readonly class: 'rce';
  /** The command as the shell would see it; empty when it is something else that shells do. */
  readonly command: string;
}

/** The strongest sign that a text is given to a shell; undefined when there is none. */
export function findCommand(text: string): CommandFinding | undefined {
  const seen = scan(text);
  if (seen === 0) return undefined;
  const limited = text.length > MAX_LEXED_CHARS ? text.slice(0, MAX_LEXED_CHARS) : text;
  let best = (seen & ODD) === 0 ? undefined : withCommand(findShellSyntax(limited));
  if (best?.strength === 'sure') return best;
  best = stronger(best, judgeAt(limited, 0, 'start'));
  let budget = 200;
  for (let at = 0; at < limited.length && budget > 0 && best?.strength !== 'sure'; at += 1) {
    const code = limited.charCodeAt(at);
    if (code >= 128 || SEPARATORS[code] === 0) continue;
    const separator = separatorAt(limited, at, code);
    if (separator === undefined) continue;
    budget -= 1;
    best = stronger(best, judgeAt(limited, at + separator.size, separator.kind));
    at += separator.size - 1;
  }
  return best;
}

const SEPARATOR = 1;
const ODD = 2;
const SPACE = 4;

const TRAITS = new Uint8Array(128);
for (const letter of ';|&`$\n\r(') TRAITS[letter.charCodeAt(0)] = SEPARATOR;
for (const letter of '$`%^{}<>?*\\()\'"/-')
  TRAITS[letter.charCodeAt(0)] = (TRAITS[letter.charCodeAt(0)] ?? 0) | ODD;
TRAITS[32] = SPACE;
TRAITS[9] = SPACE;

const SEPARATORS = new Uint8Array(128);
for (const letter of ';|&`$\n\r(') SEPARATORS[letter.charCodeAt(0)] = 1;

function scan(text: string): number {
  const length = Math.min(text.length, MAX_LEXED_CHARS);
  let seen = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128) seen |= TRAITS[code] ?? 0;
  }
  return seen;
}

function withCommand(found: LexicalFinding | undefined): CommandFinding | undefined {
  return found === undefined ? undefined : { ...found, class: 'rce', command: '' };
}

const ORDER: Readonly<Record<Strength, number>> = { weak: 0, likely: 1, sure: 2 };

function stronger(
  one: CommandFinding | undefined,
  other: CommandFinding | undefined,
): CommandFinding | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return ORDER[other.strength] > ORDER[one.strength] ? other : one;
}

/** How a command begins: the text does, a line does, or a sign of the shell stands before it. */
type Beginning = 'start' | 'line' | 'sign' | 'ampersand' | 'inside';

function separatorAt(text: string, at: number, code: number): { kind: Beginning; size: number } | undefined {
  const next = text.charCodeAt(at + 1);
  switch (code) {
    case 10:
    case 13:
      return { kind: 'line', size: 1 };
    case 36:
      return next === 40 ? { kind: 'inside', size: 2 } : undefined;
    case 40: {
      // `<(…)`, `>(…)` and `(…` at the beginning are subshells; other brackets belong to sentences and calls.
      const before = text.charCodeAt(at - 1);
      return before === 60 || before === 62 ? { kind: 'inside', size: 1 } : undefined;
    }
    case 96:
      return { kind: 'inside', size: 1 };
    case 38:
      if (isEntity(text, at)) return undefined;
      return next === 38 ? { kind: 'sign', size: 2 } : { kind: 'ampersand', size: 1 };
    case 124:
      return { kind: 'sign', size: next === 124 ? 2 : 1 };
    default:
      return endsEntity(text, at) ? undefined : { kind: 'sign', size: 1 };
  }
}

const COMMAND_KINDS: WordTable = new WordTable(
  COMMANDS.flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, number] => [name, kind.charCodeAt(0)]),
  ),
);
const PLAIN = 115;
const SHORT = 109;
const ENGLISH = 101;

function judgeAt(text: string, start: number, beginning: Beginning): CommandFinding | undefined {
  let word = readShellWord(text, start);
  // `time`, `nohup`, `sudo`, `env x=y` and assignments stand before the command itself.
  for (let skipped = 0; skipped < 3 && isPrefix(word.plain); skipped += 1) {
    const next = readShellWord(text, word.end);
    if (next.plain === '' || baseKind(next) === -1) break;
    word = next;
  }
  if (word.plain === '') return undefined;
  const kind = baseKind(word);
  if (kind === -1) return undefined;
  const isPath = word.plain.includes('/');
  const follows = followOf(text, word.end);
  if (follows === 'none') return undefined;
  const strength = strengthOf(text, start, beginning, kind, follows, word, isPath);
  if (strength === undefined) return undefined;
  const name = word.plain.slice(0, 40);
  return {
    class: 'rce',
    what:
      word.oddCount > 0
        ? `runs the command ${name}, written so that it is not seen`
        : `runs the command ${name}`,
    strength,
    start: Math.max(0, beginning === 'start' ? word.start : start - 1),
    end: word.end,
    command: name,
  };
}

function isPrefix(plain: string): boolean {
  return /^(?:time|nohup|sudo|env|command|exec|eval|nice|busybox|builtin|timeout|xargs|[a-z_]\w*=\S*)$/i.test(
    plain,
  );
}

/** The kind of the command that a word names, by its last segment; -1 when it is none. */
function baseKind(word: ShellWord): number {
  const slash = word.plain.lastIndexOf('/');
  const kind = COMMAND_KINDS.find(word.plain, slash + 1, word.plain.length);
  if (kind !== -1)
    return slash === -1 ||
      /(?:^|\/)(?:s?bin|tmp|usr|opt|system32|dev|\.|\?{3})\/[^/]*$/i.test(word.plain) ||
      word.plain.startsWith('./')
      ? kind
      : -1;
  return word.hasPattern && matchesSystemName(word.plain) ? PLAIN : -1;
}

type Follow = 'end' | 'argument' | 'number' | 'path' | 'word' | 'none';

/** What stands behind a command. */
function followOf(text: string, end: number): Follow {
  let at = end;
  while (at < text.length && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at += 1;
  if (at >= text.length) return 'end';
  const code = text.charCodeAt(at);
  const isApart = at > end;
  // `Times & Date`, `&lt;date&gt;`.
  if (code === 38 && (isEntity(text, at) || (isApart && text.charCodeAt(at + 1) === 32))) return 'word';
  if (code === 59 || code === 124 || code === 41 || code === 96 || code === 10 || code === 13 || code === 38)
    return 'end';
  if (code === 60 || code === 62) return 'argument';
  if (!isApart) {
    // A quote or a pattern ends the word in odd places; `=` and `:` make it a name.
    if (code === 36 || code === 123 || code === 0) return 'argument';
    return (code === 39 || code === 34) && at + 1 >= text.length ? 'end' : 'none';
  }
  if (
    code === 47 ||
    code === 126 ||
    (code === 46 && /^\.{0,2}[/\\]/.test(text.slice(at, at + 3))) ||
    /^[a-z]:[\\/]/i.test(text.slice(at, at + 3)) ||
    /^(?:https?|ftp):\/\//i.test(text.slice(at, at + 8))
  )
    return 'path';
  if (code === 45) return /^--?[a-z0-9]/i.test(text.slice(at, at + 3)) ? 'path' : 'word';
  if (code === 36 || code === 34 || code === 39 || code === 42 || code === 92 || code === 123)
    return 'argument';
  if (code >= 48 && code <= 57) return 'number';
  return 'word';
}

function strengthOf(
  text: string,
  start: number,
  beginning: Beginning,
  kind: number,
  follows: Follow,
  word: ShellWord,
  isPath: boolean,
): Strength | undefined {
  const isProse = hasWordsBefore(text, start) || (beginning === 'inside' && hasWordsBehind(text, start));
  // Commands quoted in the middle of a sentence.
  if (
    beginning === 'inside' &&
    /[a-z]{2}[,:]?\s$/i.test(text.slice(Math.max(0, start - 6), start - 1)) &&
    hasWordsBehind(text, start)
  )
    return 'weak';
  // `$(TAR)` is a variable of a Makefile.
  if (beginning === 'inside' && text.charCodeAt(word.end) === 41 && /^[A-Z]+$/.test(word.plain))
    return 'weak';
  const isBegun = beginning === 'start' || beginning === 'line';
  if (!isBegun && follows !== 'path' && isListed(text, start, word.end)) return 'weak';
  // Written to be hidden: nobody quotes the middle of a command by accident.
  if (word.oddCount > 0 && kind !== ENGLISH && (beginning !== 'line' || follows !== 'word'))
    return isProse && follows === 'word' ? 'weak' : 'sure';
  const isPlain = kind === PLAIN || isPath;
  if (beginning === 'line') {
    return follows === 'path' && text.length < 400 && !isProse && kind !== ENGLISH ? 'likely' : 'weak';
  }
  if (beginning === 'start') return strengthAtStart(text, kind, follows, word, isPath);
  const before = text.slice(Math.max(0, start - 200), start);
  const isLoose = beginning === 'ampersand' && (before.includes('=') || before.includes('://'));
  if (isPlain) {
    if (follows === 'word' || isLoose) return isProse ? 'weak' : 'likely';
    return isProse ? 'likely' : 'sure';
  }
  const hasArgument = follows === 'path' || follows === 'argument' || follows === 'number';
  if (kind === SHORT) {
    if (hasArgument) return !isProse ? 'sure' : follows === 'path' ? 'likely' : 'weak';
    return follows === 'end' && !isProse && !isLoose ? 'likely' : 'weak';
  }
  if (follows === 'word') return beginning === 'inside' ? 'weak' : undefined;
  if (isProse) return follows === 'path' && beginning === 'inside' ? 'likely' : 'weak';
  // `; sleep 10`: how long an answer takes tells whether it ran.
  if (follows === 'path' || (follows === 'number' && /^(?:sleep|timeout)$/i.test(word.plain))) return 'sure';
  return follows === 'end' && isSpaced(text, start) ? 'weak' : 'likely';
}

function strengthAtStart(
  text: string,
  kind: number,
  follows: Follow,
  word: ShellWord,
  isPath: boolean,
): Strength {
  const rest = text.slice(word.end, word.end + 60);
  if (isPath) {
    const isRooted = word.plain.startsWith('/');
    if (follows === 'path' || follows === 'argument') return isRooted ? 'sure' : 'likely';
    return isRooted ? 'likely' : 'weak';
  }
  if (follows === 'path')
    return kind !== ENGLISH || /\s-(?:[a-z]|exec|name|delete)\b|\/(?:etc|bin)\//.test(rest)
      ? 'likely'
      : 'weak';
  if (follows === 'end')
    return kind !== ENGLISH && /^\s*(?:[;|]\s*$|[;|]\s|\|)/.test(rest) ? 'likely' : 'weak';
  if (follows === 'word' && kind !== ENGLISH && /\/(?:etc|bin|tmp|proc)\//.test(rest)) return 'likely';
  // Behind `time`, `nohup` and their kind.
  if (kind === PLAIN && /^\s*(?:time|nohup|sudo|env)\s/i.test(text.slice(0, word.start))) return 'likely';
  return kind === PLAIN && follows === 'argument' ? 'likely' : 'weak';
}

/** Whether a sign is one of a list's, as in `add|adduser|check`, or of a title's, as in `Times & Date`. */
function isListed(text: string, start: number, end: number): boolean {
  const sign = text.charCodeAt(start - 1);
  if (sign === 38 && isSpaced(text, start)) return true;
  return (
    sign === 124 &&
    text.charCodeAt(end) === 124 &&
    isLetter(text.charCodeAt(start - 2)) &&
    isLetter(text.charCodeAt(end + 1))
  );
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

/** Whether a sentence goes on behind the backtick that closes what begins here. */
function hasWordsBehind(text: string, start: number): boolean {
  const close = text.slice(start, start + 120).indexOf('`');
  return (
    close !== -1 &&
    /^[,:;]?\s{1,4}[a-z]{2,20}[,:;]?\s{1,4}[a-z]{2}/i.test(text.slice(start + close + 1, start + close + 60))
  );
}

/** Whether an ampersand begins an entity of HTML. */
function isEntity(text: string, at: number): boolean {
  return /^&(?:[a-z]{2,8}|#x?[0-9a-f]{1,6});/i.test(text.slice(at, at + 12));
}

/** Whether a semicolon ends one. */
function endsEntity(text: string, at: number): boolean {
  const from = Math.max(0, at - 10);
  return /&(?:[a-z]{2,8}|#x?[0-9a-f]{1,6});$/i.test(text.slice(from, at + 1));
}

/** Whether a sign has blanks on both sides, as in titles: `Times & Date`. */
function isSpaced(text: string, start: number): boolean {
  return text.charCodeAt(start) === 32 && text.charCodeAt(start - 2) === 32;
}

/** Whether at least two words of a sentence stand before a position. */
function hasWordsBefore(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 80), Math.max(0, start - 1));
  return /[a-zà-ÿ]{2,}[,.;:]?\s+[a-zà-ÿ]{2,}[^/\\=]*$/i.test(before);
}
