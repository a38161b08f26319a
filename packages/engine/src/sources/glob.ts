// File name patterns as Go's filepath.Glob has them (`*`, `?`, `[a-z]`, `\` before a special character), and `**`
// as a whole path element for any depth of directories.

import { matchStars } from '../patterns/stars.ts';
import type { FileSystem } from './surroundings.ts';

const MAX_DEPTH = 10;

export function isGlob(pattern: string): boolean {
  return /[*?[\\]/.test(pattern);
}

/** Returns the existing paths that match, sorted. A pattern without special characters is its own match. */
export async function expandGlob(files: FileSystem, pattern: string): Promise<readonly string[]> {
  const elements = pattern.split('/');
  let bases = [elements[0] === '' ? '' : undefined];
  for (const element of elements[0] === '' ? elements.slice(1) : elements) {
    const next: (string | undefined)[] = [];
    for (const base of bases) {
      if (element === '**') next.push(base, ...(await directoriesBelow(files, base, MAX_DEPTH)));
      else if (!isGlob(element)) next.push(join(base, element));
      else {
        for (const name of await files.list(base === undefined ? '.' : base === '' ? '/' : base)) {
          if (matchStars(element, name, matchOne)) next.push(join(base, name));
        }
      }
    }
    bases = next;
  }
  const paths: string[] = [];
  for (const path of new Set(bases)) {
    if (path !== undefined && (await files.stat(path)) !== undefined) paths.push(path);
  }
  return paths.sort();
}

/** Returns where the pattern goes on after matching one character, or undefined when it does not match. */
function matchOne(pattern: string, at: number, character: string): number | undefined {
  const special = pattern[at];
  if (special === '?') return at + 1;
  if (special === '\\' && at + 1 < pattern.length) return pattern[at + 1] === character ? at + 2 : undefined;
  if (special !== '[') return special === character ? at + 1 : undefined;
  let i = at + 1;
  const isNegated = pattern[i] === '^' || pattern[i] === '!';
  if (isNegated) i++;
  let isIn = false;
  for (let first = true; i < pattern.length; first = false) {
    if (pattern[i] === ']' && !first) return isIn === isNegated ? undefined : i + 1;
    if (pattern[i] === '\\' && i + 1 < pattern.length) i++;
    const low = pattern[i++]!;
    let high = low;
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      high = pattern[i + 1]!;
      i += 2;
    }
    if (low <= character && character <= high) isIn = true;
  }
  // A class that is never closed matches nothing.
  return undefined;
}

async function directoriesBelow(
  files: FileSystem,
  base: string | undefined,
  depth: number,
): Promise<readonly string[]> {
  if (depth === 0) return [];
  const found: string[] = [];
  for (const name of await files.list(base === undefined ? '.' : base === '' ? '/' : base)) {
    const path = join(base, name);
    const stat = await files.stat(path);
    if (stat?.kind === 'directory') found.push(path, ...(await directoriesBelow(files, path, depth - 1)));
  }
  return found;
}

function join(base: string | undefined, name: string): string {
  return base === undefined ? name : `${base}/${name}`;
}
