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

/** Decisions as JSON with commas between them. */
export function joined(decisions: readonly LeanDecision[], now: Date): string {
  const nowMs = now.getTime();
  let text = '';
  for (const decision of decisions) text += `${text === '' ? '' : ','}${decisionText(decision, nowMs)}`;
  return text;
}

/**
 * An answer that is made as fast as the client takes it. `onSent` is called when all of it was taken; when making it
 * fails the connection breaks, so that no client takes half of the decisions for all.
 */
export function answerOf(
  pieces: AsyncGenerator<string>,
  onSent: () => Promise<void> = async () => {},
): Response {
  const encoder = new TextEncoder();
  let isOver = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
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
