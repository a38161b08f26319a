// Finds in a request, as it was written down, the texts that inspection found in its decoded values.

export interface MarkedPart {
  readonly text: string;
  readonly isMarked: boolean;
}

/** A shorter text stands in many places that nobody meant. */
const SHORTEST = 3;
/** What is cut off at either end of an excerpt. */
const CUT = '…';

/** Returns the text in pieces, marked where one of the excerpts stands, escaped with percent signs or not. */
export function markParts(text: string, excerpts: readonly string[]): readonly MarkedPart[] {
  const { folded, from } = unescaped(text);
  const isMarked = new Uint8Array(text.length);
  for (const excerpt of excerpts) {
    const looked = foldedText(excerpt.replaceAll(CUT, ''));
    if (looked.trim().length < SHORTEST) continue;
    for (let at = folded.indexOf(looked); at >= 0; at = folded.indexOf(looked, at + looked.length))
      isMarked.fill(1, from[at], from[at + looked.length]);
  }
  const parts: MarkedPart[] = [];
  for (let start = 0, end = 1; start < text.length; start = end, end++) {
    while (end < text.length && isMarked[end] === isMarked[start]) end++;
    parts.push({ text: text.slice(start, end), isMarked: isMarked[start] === 1 });
  }
  return parts;
}

/** The text as one reads it that was escaped for an address, and where each character of it began; the end is the last. */
function unescaped(text: string): { readonly folded: string; readonly from: readonly number[] } {
  let folded = '';
  const from: number[] = [];
  const add = (written: string, at: number): void => {
    for (const character of foldedText(written)) from.push(...Array<number>(character.length).fill(at));
    folded += foldedText(written);
  };
  for (let at = 0; at < text.length;) {
    const [escaped] = /^(?:%[\da-f]{2})+/i.exec(text.slice(at, at + 600)) ?? [];
    if (escaped === undefined) {
      add(text[at]!, at);
      at += 1;
      continue;
    }
    for (const { character, bytes } of charactersOf(escaped)) {
      add(character, at);
      at += bytes * 3;
    }
  }
  from.push(text.length);
  return { folded, from };
}

/** The characters that escaped bytes are as UTF-8; a byte that is none stands for itself. */
function charactersOf(escaped: string): readonly { readonly character: string; readonly bytes: number }[] {
  const bytes = Buffer.from(escaped.replaceAll('%', ''), 'hex');
  const text = bytes.toString('utf8');
  if (text.includes('\uFFFD'))
    return [...bytes].map((byte) => ({ character: String.fromCharCode(byte), bytes: 1 }));
  return Array.from(text, (character) => ({ character, bytes: Buffer.byteLength(character) }));
}

/** Plus signs stand for spaces in forms; letters are compared without their case, and stay as many. */
function foldedText(text: string): string {
  return text.replaceAll('+', ' ').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
