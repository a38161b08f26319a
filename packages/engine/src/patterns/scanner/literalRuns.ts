// Neighbouring single characters of a sequence, read as one literal text.

import { onlyChar } from '../charSet.ts';
import type { Node } from '../syntaxTree.ts';

/** The literal that starts at item `from`, and how many items it takes; length 0 if there is none. */
export function literalAt(items: readonly Node[], from: number): { text: string; length: number } {
  let text = '';
  let at = from;
  for (; at < items.length; at++) {
    const item = items[at]!;
    const code = item.kind === 'chars' ? onlyChar(item.set) : undefined;
    // Characters of two units are left to the RegExp.
    if (code === undefined || code >= 0xd800) break;
    text += String.fromCharCode(code);
  }
  return { text, length: at - from };
}
