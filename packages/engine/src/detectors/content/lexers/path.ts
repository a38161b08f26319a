// Whether a text is a path out of where it belongs: upwards with `..` in any spelling, straight to a file of the
// server's own, or through a wrapper of PHP. Relative links of honest articles go up one or two folders to pictures;
// such findings are weak.

import { MAX_LEXED_CHARS, type LexicalFinding, type Strength } from './finding.ts';
import { type PathText, readPath } from './pathText.ts';
import { PATH_NAMES, SCHEMES } from './pathWords.table.ts';
import { WordTable } from './wordTable.ts';

export interface PathFinding extends LexicalFinding {
  /** How many folders it goes up. */
  readonly depth: number;
  /** What of the server it names, e.g. `etc/passwd`; empty when it is nothing known. */
  readonly target: string;
}

/** The strongest sign that a text leads out of the site's own files; undefined when there is none. */
export function findTraversal(text: string): PathFinding | undefined {
  if (!isPathLike(text)) return undefined;
  const path = readPath(text, MAX_LEXED_CHARS);
  const walked = judgeWalk(path, walk(path.plain));
  if (walked?.strength === 'sure') return walked;
  const wrapped = findWrapper(path);
  if (wrapped === undefined) return walked;
  return walked === undefined || wrapped.strength === 'sure' || walked.strength === 'weak' ? wrapped : walked;
}

const SIGNS = new Uint8Array(128);
for (const letter of './\\%:') SIGNS[letter.charCodeAt(0)] = letter === '.' ? 1 : 2;

/** Whether a text has a separator, an escape or a colon at all; one dot alone is no path. */
function isPathLike(text: string): boolean {
  const length = Math.min(text.length, MAX_LEXED_CHARS);
  let dots = 0;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      const sign = SIGNS[code] ?? 0;
      if (sign === 2) return true;
      dots += sign;
    } else if (code > 0x2000) return true;
  }
  return dots > 1;
}

const NAMES: WordTable = new WordTable(
  PATH_NAMES.flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, number] => [name, kind.charCodeAt(0)]),
  ),
);
const FILE = 102;
const SECRET = 115;
const INSIDE = 101;
const SYSTEM = 100;
const HONEST = 104;

interface Walk {
  /** Segments that go up. */
  depth: number;
  /** Of these, how many have more dots, semicolons or other signs than two dots. */
  oddDepth: number;
  /** How many segments are a dot alone. */
  stays: number;
  first: number;
  last: number;
  target: string;
  targetStart: number;
  targetEnd: number;
  /** Whether the target is enough without a way up to it. */
  isTargetSure: boolean;
  /** Whether a system folder was named at all. */
  hasSystem: boolean;
  isHonest: boolean;
}

/** The segments of a path, one after the other. */
function walk(plain: string): Walk {
  const seen: Walk = {
    depth: 0,
    oddDepth: 0,
    stays: 0,
    first: -1,
    last: 0,
    target: '',
    targetStart: 0,
    targetEnd: 0,
    isTargetSure: false,
    hasSystem: false,
    isHonest: false,
  };
  const length = plain.length;
  let start = 0;
  let folder = -1;
  let folderStart = 0;
  while (start <= length) {
    let end = plain.indexOf('/', start);
    if (end === -1) end = length;
    const up = goesUp(plain, start, end, length);
    if (up !== -1) {
      seen.depth += 1;
      if (end - up !== 2) seen.oddDepth += 1;
      if (seen.first === -1) seen.first = up;
      seen.last = end;
      folder = -1;
    } else if (end - start === 1 && plain.charCodeAt(start) === 46) {
      seen.stays += 1;
    } else if (end > start) {
      // Before the first separator the name is the last word; behind one it begins at once.
      const from = start === 0 ? nameStart(plain, Math.max(0, end - 80), end) : start;
      const to = nameEnd(plain, from, end);
      const kind = NAMES.find(plain, from, to);
      if (kind === HONEST && seen.depth > 0 && seen.last >= from - 1) seen.isHonest = true;
      if (kind === SYSTEM) seen.hasSystem = true;
      if (
        seen.target === '' &&
        (kind === FILE || kind === SECRET || (kind === INSIDE && folder === SYSTEM))
      ) {
        seen.target = plain
          .slice(kind === INSIDE ? folderStart : from, Math.min(to, from + 40))
          .toLowerCase();
        seen.targetStart = kind === INSIDE ? folderStart : from;
        seen.targetEnd = to;
        seen.isTargetSure = kind === INSIDE;
      }
      // `etc/x/passwd` is not what `etc/passwd` is, but `windows/system32/drivers/etc/hosts` is.
      if (kind === SYSTEM || (kind === INSIDE && folder === SYSTEM)) {
        folder = SYSTEM;
        folderStart = from;
      } else folder = kind;
    }
    start = end + 1;
  }
  return seen;
}

/** Where the dots begin of a segment that goes up; -1 when it does not. */
function goesUp(plain: string, start: number, end: number, length: number): number {
  let dots = 0;
  let at = end;
  let others = 0;
  let first = end;
  while (at > start && others <= 6) {
    const code = plain.charCodeAt(at - 1);
    if (code === 46) {
      dots += 1;
      first = at - 1;
    } else if (
      code <= 32 ||
      code === 59 ||
      code === 63 ||
      code === 34 ||
      code === 39 ||
      code === 42 ||
      code === 37 ||
      code === 60 ||
      code === 62 ||
      code === 124 ||
      code === 38
    ) {
      // Junk that servers drop: between the dots, or behind them before the separator.
      others += 1;
    } else break;
    at -= 1;
  }
  if (dots < 2 || first === end) return -1;
  if (end === length && (start === 0 || plain.charCodeAt(start - 1) !== 47 || end - first !== 2)) return -1;
  if (at === start) return first;
  // `file=../x`: what stands before is no part of the name. `and so on.../` is no way up, nor is `1.0../`.
  const before = plain.charCodeAt(first - 1);
  const isApart =
    before === 61 ||
    before === 58 ||
    before === 34 ||
    before === 39 ||
    before === 40 ||
    before === 63 ||
    before === 38 ||
    before === 44 ||
    before === 32 ||
    before === 123 ||
    before === 62;
  return isApart && dots === 2 && others === 0 ? first : -1;
}

/** A name without what a parameter, a drive or a quote puts before it. */
function nameStart(plain: string, start: number, end: number): number {
  let at = start;
  for (let index = start; index < end; index += 1) {
    const code = plain.charCodeAt(index);
    // What stands for NUL ends a name.
    if (code === 1) break;
    if (
      code <= 32 ||
      code === 61 ||
      code === 58 ||
      code === 34 ||
      code === 39 ||
      code === 40 ||
      code === 44 ||
      code === 60 ||
      code === 62 ||
      code === 124 ||
      code === 96
    )
      at = index + 1;
    else if (index - at > 40) break;
  }
  return at;
}

function nameEnd(plain: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const code = plain.charCodeAt(at);
    if (
      code <= 32 ||
      code === 34 ||
      code === 39 ||
      code === 59 ||
      code === 63 ||
      code === 38 ||
      code === 41 ||
      code === 60 ||
      code === 62 ||
      code === 124 ||
      code === 44 ||
      code === 35 ||
      code === 94 ||
      code === 96 ||
      code === 123 ||
      code === 36
    )
      return at;
  }
  return end;
}

function judgeWalk(path: PathText, seen: Walk): PathFinding | undefined {
  const { plain } = path;
  const isNear =
    seen.depth === 0 ||
    (seen.targetStart >= seen.last &&
      seen.targetStart - seen.last < 400 &&
      !/\s/.test(plain.slice(seen.last, seen.targetStart)));
  if (!isNear) seen.target = '';
  const hasTarget = seen.target !== '';
  if (seen.depth === 0 && !hasTarget && isPadded(plain, seen))
    return found(path, seen, 'likely', 'pads a path with dots');
  if (seen.depth === 0)
    return hasTarget
      ? judgeTarget(path, seen)
      : seen.stays >= 4
        ? found(path, seen, 'weak', 'repeats the folder that it is in')
        : undefined;
  const isProse =
    /\s/.test(plain.slice(Math.max(0, seen.first - 40), seen.first).trim()) || plain.includes('\n');
  const isOdd = path.oddCount > 1 || seen.oddDepth > 0;
  let points = Math.min(seen.depth, 4);
  if (hasTarget) points += 3;
  else if (seen.hasSystem) points += 1;
  if (isOdd) points += 1;
  if (isProse) points -= hasTarget ? 1 : 2;
  if (seen.isHonest) points -= 1;
  if (!hasTarget && isMedia(plain, seen.last)) points -= 1;
  const strength: Strength =
    points >= 4 || (points === 3 && !isProse && !seen.isHonest) ? 'sure' : points >= 2 ? 'likely' : 'weak';
  return found(
    path,
    seen,
    strength,
    hasTarget
      ? `goes up through the folders to ${describe(seen.target)}`
      : 'goes up through the folders of the server',
  );
}

/** `/./././././x` and `........x`: dots that mean nothing, or meant something before a filter took the slashes. */
function isPadded(plain: string, seen: Walk): boolean {
  if (/\s/.test(plain.trim()) || plain.length > 2000) return false;
  return seen.stays >= 4 || /^\/{0,3}\.{4,}[a-z{]/i.test(plain);
}

/** A path straight to a file of the server, or to one that sites hide. */
function judgeTarget(path: PathText, seen: Walk): PathFinding | undefined {
  const { plain } = path;
  const isWhole = !/\s/.test(plain.trim()) && plain.length < 300;
  const isRooted = /^(?:[a-z]:)?\/|^\s*[a-z]:/i.test(plain) || plain.charCodeAt(seen.targetStart - 1) === 47;
  const strength: Strength = seen.isTargetSure && isWhole ? 'sure' : isWhole && isRooted ? 'likely' : 'weak';
  return found(path, seen, strength, `names ${describe(seen.target)}, a file of the server`);
}

function describe(target: string): string {
  return target.length > 40 ? `${target.slice(0, 40)}…` : target;
}

/** Whether the path ends in a picture, a style or a page, as links in articles do. */
function isMedia(plain: string, from: number): boolean {
  return /^[^\s"'<>]{0,200}\.(?:png|jpe?g|gif|svg|webp|avif|css|js|mjs|html?|pdf|mp4|webm|woff2?|ico|md|txt|ts|tsx|scss|json|ya?ml|twig|docx?)\b/i.test(
    plain.slice(from, from + 220),
  );
}

function found(path: PathText, seen: Walk, strength: Strength, what: string): PathFinding {
  const first = seen.depth > 0 ? seen.first : seen.targetStart;
  const last = seen.target === '' ? seen.last : Math.max(seen.targetEnd, seen.last);
  const kind = seen.depth === 0 && !seen.isTargetSure ? 'leak' : 'lfi';
  return {
    class: kind,
    what,
    strength,
    start: origin(path, first),
    end: origin(path, last),
    depth: seen.depth,
    target: seen.target,
  };
}

function origin(path: PathText, at: number): number {
  if (path.origins === undefined) return at;
  return at >= path.plain.length
    ? (path.origins[path.plain.length - 1] ?? 0) + 1
    : (path.origins[Math.max(0, at)] ?? 0);
}

const SCHEME_KINDS: WordTable = new WordTable(
  SCHEMES.flatMap(([kind, names]) =>
    names.split(' ').map((name): [string, number] => [name, kind.charCodeAt(0)]),
  ),
);
const PHP = 112;
const LOCAL = 102;

/** `php://filter`, `file:///`, `phar://`, `gopher://` and their kind, and `\\host\share`. */
function findWrapper(path: PathText): PathFinding | undefined {
  const { plain } = path;
  let colon = plain.indexOf(':');
  for (let count = 0; colon !== -1 && count < 32; count += 1) {
    let start = colon;
    while (start > 0 && colon - start < 16 && /[a-z0-9._]/i.test(plain.charAt(start - 1))) start -= 1;
    const kind = plain.charCodeAt(colon + 1) === 47 ? SCHEME_KINDS.find(plain, start, colon) : -1;
    if (kind !== -1) {
      const judged = judgeWrapper(path, start, colon, kind);
      if (judged !== undefined) return judged;
    }
    colon = plain.indexOf(':', colon + 1);
  }
  return undefined;
}

function judgeWrapper(path: PathText, start: number, colon: number, kind: number): PathFinding | undefined {
  const { plain } = path;
  const hasTwo = plain.charCodeAt(colon + 2) === 47;
  const rest = plain.slice(colon + 1, colon + 60);
  const scheme = plain.slice(start, colon).toLowerCase();
  const isWhole =
    plain.slice(0, start).trim().length < 12 && !/\s[a-z]+\s/i.test(plain.slice(start, start + 300));
  const make = (strength: Strength, what: string, found: PathFinding['class']): PathFinding => ({
    class: found,
    what,
    strength,
    start: origin(path, start),
    end: origin(path, colon + 3),
    depth: 0,
    target: scheme,
  });
  if (kind === PHP) {
    if (!hasTwo) return undefined;
    if (scheme === 'php' && !/^\/\/(?:filter|input|output|memory|temp|fd|stdin)/i.test(rest))
      return undefined;
    if (scheme === 'data' && !/^\/\/[a-z]*[/;,]/i.test(rest)) return undefined;
    return make(isWhole ? 'sure' : 'weak', `makes PHP read through its ${scheme}: wrapper`, 'lfi');
  }
  if (kind === LOCAL) {
    const isLong = scheme.length > 4 || hasTwo || /^\/(?:etc|c:|var|proc|usr|windows)/i.test(rest);
    if (!isLong || (scheme === 'jar' && !/^(?:https?|file|ftp)?:|^\/\//i.test(rest))) return undefined;
    return make(isWhole ? 'sure' : 'weak', 'makes the server read a file of its own', 'lfi');
  }
  return hasTwo && isWhole
    ? make(
        scheme === 'gopher' || scheme === 'dict' ? 'sure' : 'likely',
        `makes the server speak ${scheme} to another`,
        'ssrf',
      )
    : undefined;
}
