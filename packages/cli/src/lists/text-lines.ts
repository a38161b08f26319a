// Lines of a stream of bytes, numbered; a line without end is cut so that memory stays bounded.

export interface TextLine {
  readonly line: number;
  readonly text: string;
}

export const LONGEST_LINE = 65_536;

export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop()!;
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE + 1);
    for (const part of parts) yield { line: ++line, text: part.replace(/\r$/, '') };
  }
  rest += decoder.decode();
  if (rest !== '') yield { line: ++line, text: rest.replace(/\r$/, '') };
}
