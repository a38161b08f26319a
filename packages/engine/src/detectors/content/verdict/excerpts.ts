// What people are shown of a text in which something was found.

const MOST = 120;
const AROUND = 30;

/** Returns at most 120 characters of the text: what was found and a little around it, on one line. */
export function excerptOf(text: string, start: number, end: number): string {
  const from = Math.max(0, start - AROUND);
  const to = Math.min(text.length, Math.max(end, start) + AROUND, from + MOST - 2);
  const shown = text.slice(from, to).replaceAll(/\s+/g, ' ');
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`;
}
