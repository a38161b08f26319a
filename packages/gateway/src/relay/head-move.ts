// Makes room in a head, in place: the lines that are sent on move together over those that are not, up against the
// body, and the request or status line moves to the left until what we add fits behind it. So a head and the first
// bytes of its body leave in one write, and most of them are never copied.

/** Where the head begins after `moveHead`, and where the added bytes are to be written. */
export const moved: { start: number; insertAt: number } = { start: 0, insertAt: 0 };

interface HeadSpans {
  readonly dropCount: number;
  readonly drops: readonly number[];
}

/**
 * The head is at buffer[lineStart, headEnd), its first line up to lineEnd; positions in `head.drops` are `shift` less
 * than in the buffer. Needs `insertLength` free bytes before it.
 */
export function moveHead(
  buffer: Buffer,
  head: HeadSpans,
  shift: number,
  lineStart: number,
  lineEnd: number,
  headEnd: number,
  insertLength: number,
): void {
  const { drops, dropCount } = head;
  let to = headEnd;
  let from = headEnd;
  let drop = dropCount - 1;
  for (; drop >= 0; drop--) {
    const dropStart = drops[drop * 2]! + shift;
    if (dropStart < lineEnd) break;
    const dropEnd = drops[drop * 2 + 1]! + shift;
    to -= from - dropEnd;
    if (to !== dropEnd) buffer.copyWithin(to, dropEnd, from);
    from = dropStart;
  }
  to -= from - lineEnd;
  if (to !== lineEnd) buffer.copyWithin(to, lineEnd, from);
  moved.insertAt = to - insertLength;
  // What is dropped of the first line is one span at most: the authority of an absolute-form target.
  if (drop >= 0) {
    const dropStart = drops[drop * 2]! + shift;
    const dropEnd = drops[drop * 2 + 1]! + shift;
    moved.start = moved.insertAt - (lineEnd - lineStart) + (dropEnd - dropStart);
    buffer.copyWithin(moved.start, lineStart, dropStart);
    buffer.copyWithin(moved.start + dropStart - lineStart, dropEnd, lineEnd);
  } else {
    moved.start = moved.insertAt - (lineEnd - lineStart);
    if (moved.start !== lineStart) buffer.copyWithin(moved.start, lineStart, lineEnd);
  }
}
