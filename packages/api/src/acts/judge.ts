// What people say of findings, over the API and in the dashboard alike: "no attack" makes a narrow exception, after a
// look at what else it would let through; "attack" lowers the threshold.

import { previewOf, type LetThrough } from '@parapet/engine';
import type { InspectionFeedback } from '@parapet/kinds';
import type { NewFeedback, Store, StoredInspection } from '@parapet/store';

export interface Saying extends Pick<NewFeedback, 'kind' | 'comment' | 'by' | 'at'> {
  readonly expiresAt?: Date | undefined;
}

export type Judged =
  | { readonly ok: true; readonly said: NewFeedback }
  /** There is nothing in the record to learn from; something was said of it; what is said would be over already. */
  | { readonly ok: false; readonly fault: 'nothing' | 'past' }
  | { readonly ok: false; readonly fault: 'said'; readonly before: InspectionFeedback };

/** Of recent findings, so many are looked through for the preview. */
const PREVIEWED = 10_000;

/** Returns the finding of a record, by the 8 characters of the block page. */
export async function findRecord(store: Store, id: string): Promise<StoredInspection | undefined> {
  const [record] = await store.inspections.list({ id }, { newestFirst: true, limit: 1 });
  return record;
}

/** Returns what would be stored, unless it cannot be said; `inspections.addFeedback` says it. */
export async function judge(store: Store, record: StoredInspection, saying: Saying): Promise<Judged> {
  const { kind, comment, by, at, expiresAt } = saying;
  const { id, site, route, findings, network } = record;
  if (findings.length === 0) return { ok: false, fault: 'nothing' };
  if (expiresAt !== undefined && expiresAt <= at) return { ok: false, fault: 'past' };
  const [before] = await store.inspections.listFeedback({ recordId: id, inForceAt: at });
  if (before !== undefined) return { ok: false, fault: 'said', before };
  return {
    ok: true,
    said: {
      ...{ kind, recordId: id, site, route, findings, network, at, by, comment },
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
}

/** Returns which of the latest findings of its site "no attack" on a record would let through, the record aside. */
export async function previewFor(
  store: Store,
  { id, site, route, findings, network }: StoredInspection,
  at: Date,
): Promise<{ readonly looked: number; readonly found: readonly LetThrough[] }> {
  const recent = await store.inspections.list({ site }, { newestFirst: true, limit: PREVIEWED });
  const said = { kind: 'no-attack', recordId: id, site, route, findings, network, at } as const;
  return { looked: recent.length, found: previewOf({ ...said, by: '', comment: '', number: 0 }, recent) };
}
