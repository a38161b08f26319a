// Parts that have a faster or surer way than their own steps.

import type { CharSet } from '../charSet.ts';
import { hasAstral } from '../charSet.ts';
import { BASE_PATTERNS } from '../grokBase.table.ts';
import { parsePattern } from '../parse.ts';
import { analyseSafety } from '../safety.ts';
import { someSet, withoutCaptures, type Node } from '../syntaxTree.ts';
import { normalise } from './normalise.ts';

/** What an IPv4 address consists of. */
const IPV4_CHARS: CharSet = [0x2e, 0x2e, 0x30, 0x39];

/** Source of `ipv4End(text, p, n)`: the end of four numbers up to 255 at p, each of at most 3 digits, or -1. */
export const IPV4_END = `function ipv4End(text, p, n) {
  for (let k = 0; ; k++) {
    if (p >= n) return -1;
    let v = text.charCodeAt(p) - 48, d = 0;
    if (v < 0 || v > 9) return -1;
    p++;
    if (p < n && (d = text.charCodeAt(p) - 48) >= 0 && d <= 9) {
      v = v * 10 + d; p++;
      if (p < n && (d = text.charCodeAt(p) - 48) >= 0 && d <= 9) {
        v = v * 10 + d; p++;
        if (v > 255) return -1;
      }
    }
    if (k === 3) return p;
    if (p >= n || text.charCodeAt(p) !== 46) return -1;
    p++;
  }
}`;

/** Source of `httpDateEnd(text, p, n)`: the end of a `05/Mar/2024:10:11:12 +0000` at p, or -1. */
export const HTTP_DATE_END: string = `function two(text, p) {
  const a = text.charCodeAt(p) - 48, b = text.charCodeAt(p + 1) - 48;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : 1000;
}
function httpDateEnd(text, p, n) {
  if (p + 26 > n) return -1;
  if (text.charCodeAt(p + 2) !== 47 || text.charCodeAt(p + 6) !== 47 || text.charCodeAt(p + 11) !== 58 ||
    text.charCodeAt(p + 14) !== 58 || text.charCodeAt(p + 17) !== 58 || text.charCodeAt(p + 20) !== 32) return -1;
  const day = two(text, p), sign = text.charCodeAt(p + 21);
  if (day < 1 || day > 31 || two(text, p + 12) > 23 || two(text, p + 15) > 59 || two(text, p + 18) > 60) return -1;
  if (two(text, p + 7) > 99 || two(text, p + 9) > 99 || two(text, p + 22) > 99 || two(text, p + 24) > 99) return -1;
  if (sign !== 43 && sign !== 45) return -1;
  switch (text.charCodeAt(p + 3) << 16 | text.charCodeAt(p + 4) << 8 | text.charCodeAt(p + 5)) {
    case ${months().join(': case ')}: return p + 26;
    default: return -1;
  }
}`;

function months(): number[] {
  const names = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
  return names.map((name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2));
}

/** A function that finds one end of some of a part's texts, and the characters these texts consist of. */
export interface QuickEnd {
  readonly name: string;
  readonly chars: CharSet;
}

const IPV4: QuickEnd = { name: 'ipv4End', chars: IPV4_CHARS };
const HTTP_DATE: QuickEnd = {
  name: 'httpDateEnd',
  chars: [0x20, 0x20, 0x2b, 0x2b, 0x2d, 0x3a, 0x41, 0x5a, 0x61, 0x7a],
};

let keys: ReadonlyMap<string, QuickEnd> | undefined;

/** The quick function for a part without groups that is, or offers among its alternatives, a known one. */
export function quickEnd(node: Node): QuickEnd | undefined {
  if (node.kind === 'alternate') {
    for (const item of node.items) {
      const quick = quickEnd(item);
      if (quick !== undefined) return quick;
    }
  }
  if (node.kind !== 'concat') return undefined;
  keys ??= new Map([
    [keyOf(normalise(ipv4Tree())), IPV4],
    [keyOf(normalise(httpDateTree())), HTTP_DATE],
  ]);
  return keys.get(keyOf(node));
}

/** Equal for trees that differ in the nesting of their sequences only. */
function keyOf(node: Node): string {
  return JSON.stringify(withoutCaptures(node, () => false));
}

function ipv4Tree(): Node {
  const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
  return treeOf(`(?:${octet}\\.){3}${octet}`);
}

/** %{HTTPDATE} of the base library; a library with another one has no quick function for it. */
function httpDateTree(): Node {
  const names = new Map(BASE_PATTERNS);
  const expand = (expression: string): string =>
    expression.replaceAll(/%\{(\w+)\}/g, (_, name: string) => `(?:${expand(names.get(name) ?? '')})`);
  return treeOf(expand('%{HTTPDATE}'));
}

function treeOf(source: string): Node {
  const result = parsePattern(source);
  if (!result.ok) throw new Error(result.error.message);
  return withoutCaptures(result.parsed.tree, () => false);
}

/** Whether V8 may match the part at a given place: no astral characters, and never long. */
export function canBeSticky(node: Node): boolean {
  if (someSet(node, hasAstral)) return false;
  // Anchored as sticky matching is, so that the loop over starts is not counted.
  const anchored: Node = { kind: 'concat', items: [{ kind: 'assert', what: 'textStart' }, node] };
  return analyseSafety(anchored).kind === 'linear';
}
