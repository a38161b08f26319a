// Long lists of decisions, read and sent a page at a time.

import type { DecisionFilter, LeanDecision, LeanPage } from '@parapet/store';
import { JSON_TYPE, type Shared } from '../context.ts';
import { decisionText } from '../wire/decisions.ts';

/** The text of a page stays under 128 kB: larger ones are old from birth, and garbage of theirs is left for long. */
const PAGE_ROWS = 400;
/** Small pieces go out together: most answers are one. */
const CHUNK_CHARS = 32_768;

/** All that fit, a page at a time: memory does not grow with their number, and others are served between two pages. */
export async function* pagesOf(
  { store, turns }: Pick<Shared, 'store' | 'turns'>,
  filter: DecisionFilter,
  newestFirst = false,
): AsyncGenerator<readonly LeanDecision[]> {
  for (let from: number | undefined; ;) {
    const page: LeanPage = await store.decisionPage(filter, { from, rows: PAGE_ROWS, newestFirst });
    if (page.decisions.length > 0) yield page.decisions;
    if (page.next === undefined) return;
    from = page.next;
    await turns.next();
  }
}

/** Of pages, so many decisions behind the first so many. */
export async function* limited(
  pages: AsyncIterable<readonly LeanDecision[]>,
  offset: number,
  limit: number,
): AsyncGenerator<readonly LeanDecision[]> {
  let from = offset;
  let left = limit;
  for await (const page of pages) {
    const some = page.slice(from, from + left);
    from = Math.max(0, from - page.length);
    left -= some.length;
    yield some;
    if (left <= 0) return;
  }
}

/** Pages of decisions as JSON, with commas between them. */
export async function* texts(
  pages: AsyncIterable<readonly LeanDecision[]> | Iterable<readonly LeanDecision[]>,
  now: Date,
  withSimulated = false,
): AsyncGenerator<string> {
  const nowMs = now.getTime();
  for await (const page of pages) {
    let text = '';
    for (const decision of page)
      text += `${text === '' ? '' : ','}${decisionText(decision, nowMs, withSimulated)}`;
    if (text !== '') yield text;
  }
}

/** A list of JSON; items may come in pieces. `null` when there is none, as CrowdSec's clients know it. */
export async function* listOf(items: AsyncIterable<string | AsyncIterable<string>>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const item of items) {
    const before = isFirst ? '[' : ',';
    isFirst = false;
    if (typeof item === 'string') yield before + item;
    else {
      yield before;
      yield* item;
    }
  }
  yield isFirst ? 'null' : ']';
}

/**
 * An answer that is made as fast as the client takes it. Rejects when even its beginning cannot be made. `onSent` is
 * called when all of it was taken; when making it fails later the connection breaks, so that no client takes half of
 * the decisions for all.
 */
export async function answerOf(
  pieces: AsyncGenerator<string>,
  onSent: () => Promise<void> = async () => {},
): Promise<Response> {
  const encoder = new TextEncoder();
  const first = await pieces.next();
  let begun = first.done === true ? '' : first.value;
  let isOver = first.done === true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = begun;
      begun = '';
      while (!isOver && text.length < CHUNK_CHARS) {
        const piece = await pieces.next();
        if (piece.done === true) isOver = true;
        else text += piece.value;
      }
      // Asked once more: the last of it was taken.
      if (text !== '') return controller.enqueue(encoder.encode(text));
      await onSent();
      controller.close();
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  return new Response(body, { headers: { 'content-type': JSON_TYPE } });
}
