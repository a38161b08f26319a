// What of a text can be read. A file that is sent as a form, or bytes of another encoding, become texts that are mostly
// no characters at all; a model that knows words and attacks would see anything in them.

const REPLACEMENT = '\uFFFD';
const REPLACEMENT_CODE = 0xfffd;
/** Above this share a text is bytes; a Latin-1 text in any language stays below. */
const MOST_UNREADABLE = 0.2;
/** Bytes drawn by lot hold runs of some dozen printable characters. */
const SHORTEST_RUN = 16;
/** At both ends, where somebody may have put bytes behind what he wants to hide. */
const SHORTEST_END = 4;

/** Returns the text itself, or its readable stretches when most of it is none; often empty then. */
export function readableOf(text: string): string {
  if (!text.includes(REPLACEMENT)) return text;
  let unreadable = 0;
  for (let i = 0; i < text.length; i++) if (!isReadable(text.charCodeAt(i))) unreadable++;
  return unreadable <= text.length * MOST_UNREADABLE ? text : runsOf(text);
}

function runsOf(text: string): string {
  const runs: string[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : REPLACEMENT_CODE;
    if (isReadable(code) && code < 0x80) continue;
    const isAtEnd = start === 0 || i === text.length;
    if (i - start >= (isAtEnd ? SHORTEST_END : SHORTEST_RUN)) runs.push(text.slice(start, i));
    start = i + 1;
  }
  return runs.join('\n');
}

function isReadable(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code !== 0x7f && code !== REPLACEMENT_CODE;
}
