// The target of the request: the path as the router sees it and as it was meant, and the query.

import { unwrapBase64Word } from './armour.ts';
import type { Collector } from './collector.ts';
import type { PercentDecoder } from './percent.ts';

export interface Target {
  /** Decoded once, dots and double slashes removed, begins with `/`. */
  readonly path: string;
  /** Decoded once, everything else left as it is. */
  readonly sentPath: string;
  readonly lenient: string | undefined;
  /** Where the query begins in the raw target, or -1. */
  readonly queryStart: number;
}

/** Takes the raw target apart; an absolute form (RFC 9112 section 3.2.2) is read from its path on. */
export function readTarget(rawTarget: string, decoder: PercentDecoder): Target {
  const start = pathStart(rawTarget);
  const question = rawTarget.indexOf('?', start);
  const end = question < 0 ? rawTarget.length : question;
  const sentPath = decoder.decode(rawTarget, start, end, false);
  const lenient = decoder.isOverlong ? decoder.lenient() : undefined;
  return { path: routerPath(sentPath), sentPath, lenient, queryStart: question < 0 ? -1 : question + 1 };
}

/** Adds the path, and the segments of it that hold more than letters, digits and the marks of file names. */
export function addPath(collector: Collector, target: Target, rawTarget: string): void {
  const { sentPath, lenient } = target;
  if (isPlainPath(sentPath)) {
    collector.addPlain('path', '', sentPath, 'text');
    if (sentPath.length > 12) addPacked(collector, sentPath);
    return;
  }
  collector.add('path', '', sentPath, 'text', lenient);
  if (sentPath.includes('\0')) collector.note('path-nul', 'path', '', 'refuse');
  if (sentPath.includes('\\')) collector.note('path-backslash', 'path', '', 'note');
  if (climbs(sentPath)) collector.note('path-climbs', 'path', '', 'refuse');
  const lower = rawTarget
    .slice(0, target.queryStart < 0 ? rawTarget.length : target.queryStart)
    .toLowerCase();
  if (lower.includes('%2e') || lower.includes('%2f') || lower.includes('%5c')) {
    collector.note('path-encoded-separator', 'path', '', 'note');
  }
  addSegments(collector, sentPath);
}

// Segments of a plain path that are text in base64 or hexadecimal, which most are not.
function addPacked(collector: Collector, path: string): void {
  let start = 1;
  for (let index = 0; start < path.length && index < 32; index++) {
    let end = path.indexOf('/', start);
    if (end < 0) end = path.length;
    if (end - start >= 12) {
      const segment = path.slice(start, end);
      if (unwrapBase64Word(segment) !== undefined) collector.add('path', `/${index}`, segment);
    }
    start = end + 1;
  }
}

function addSegments(collector: Collector, path: string): void {
  let start = 1;
  for (let index = 0; start <= path.length && index < 32; index++) {
    let end = path.indexOf('/', start);
    if (end < 0) end = path.length;
    const segment = path.slice(start, end);
    if (!isPlainPath(segment) && segment.length + 1 < path.length)
      collector.add('path', `/${index}`, segment);
    start = end + 1;
  }
}

function pathStart(rawTarget: string): number {
  if (rawTarget.charCodeAt(0) === 0x2f) return 0;
  const scheme = rawTarget.indexOf('://');
  if (scheme <= 0 || scheme > 8) return 0;
  const slash = rawTarget.indexOf('/', scheme + 3);
  return slash < 0 ? rawTarget.length : slash;
}

const PLAIN = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./')
  PLAIN[char.charCodeAt(0)] = 1;

// Letters, digits, `_`, `-`, single dots and single slashes.
function isPlainPath(path: string): boolean {
  let before = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code >= 128 || PLAIN[code] === 0) return false;
    if (code === before && (code === 0x2e || code === 0x2f)) return false;
    before = code;
  }
  return true;
}

// As a router sees it: `/a//b/./c/../d` is `/a/b/d`; the front controller's own name is not part of the route.
function routerPath(sentPath: string): string {
  let path = sentPath.charCodeAt(0) === 0x2f ? sentPath : '/' + sentPath;
  if (path.startsWith('/index.php/')) path = path.slice(10);
  else if (path === '/index.php') path = '/';
  if (!path.includes('//') && !path.includes('/.')) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.' && segment !== '') kept.push(segment);
  }
  const last = path.charCodeAt(path.length - 1) === 0x2f && kept.length > 0 ? '/' : '';
  return '/' + kept.join('/') + last;
}

function climbs(path: string): boolean {
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    if (segment === '..') depth--;
    else if (segment !== '' && segment !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}
