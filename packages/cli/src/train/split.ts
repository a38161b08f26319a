// Which examples are kept apart. What is alike is kept together: attacks that differ in digits, blanks and case only,
// and the texts of one request.

import type { Example } from './sources.ts';

/** Returns a number below `folds`, the same for alike examples. */
export function foldOf(example: Example, folds: number): number {
  return hashOf(keyOf(example)) % folds;
}

/** Returns which half of its source's parts an example is in. */
export function halfOf({ part }: Example): 0 | 1 {
  return hashOf(part) % 2 === 0 ? 0 : 1;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function keyOf({ class: kind, source, part, id, texts }: Example): string {
  if (kind === undefined) return id;
  // The tests of one CRS rule are alike, and differ in one place of a request.
  if (source === 'crs-regression-dev') return part;
  return (texts[0]?.text ?? '').toLowerCase().replaceAll(/[\d\s]+/gu, '0');
}
