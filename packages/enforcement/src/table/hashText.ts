// A number for a text, for tables of fixed size.

import { mix } from './mix.ts';

/** FNV-1a over UTF-16 units, 32 bits, begun with a seed and mixed at the end; not negative. */
export function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, 0x2c1b3c6d) >>> 0;
}
