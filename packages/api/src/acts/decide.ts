// Making decisions as people and programs do it: over the API and in the dashboard alike. What cannot be done is a
// value that says why; each server has its own words for it.

import { randomUUID } from 'node:crypto';
import { parseDuration, type Decision } from '@parapet/kinds';
import type { AllowlistEntry, StoredDecision } from '@parapet/store';
import type { ApiOptions } from '../options.ts';

/** Who makes decisions for somebody. */
export type Decider = Pick<ApiOptions, 'store' | 'now' | 'readTarget' | 'reasonToSpare' | 'onAdded'>;

export interface Wish {
  /** Chosen by the sender: one that is known already is returned as it is. */
  readonly id?: string | undefined;
  readonly scope?: string | undefined;
  readonly value: string;
  readonly remediation: string;
  /** `30m`, `4h`, `7d`. */
  readonly duration: string;
  readonly reason: string;
  /** Also on targets of which somebody should think twice. */
  readonly force: boolean;
}

export type Decided =
  | { readonly ok: true; readonly decision: StoredDecision; readonly isNew: boolean }
  | { readonly ok: false; readonly fault: 'target' | 'duration' | 'spared'; readonly why: string }
  | { readonly ok: false; readonly fault: 'allowlisted'; readonly entry: AllowlistEntry };

const LONGEST_MS = 366 * 86_400_000;

/** Returns the length of time in milliseconds; undefined when it is none, or longer than a year. */
export function lengthOf(text: string): number | undefined {
  const days = /^(\d{1,4})d$/.exec(text);
  const ms = days === null ? parseDuration(text) : Number(days[1]) * 86_400_000;
  return ms === undefined || ms <= 0 || ms > LONGEST_MS ? undefined : ms;
}

/** Makes the decision, unless something speaks against it. */
export async function decide(decider: Decider, wish: Wish): Promise<Decided> {
  const { store, now, readTarget, reasonToSpare } = decider;
  const read = readTarget(wish.scope, wish.value);
  if ('problem' in read) return { ok: false, fault: 'target', why: read.problem };
  const { target } = read;
  const id = wish.id?.toLowerCase() ?? randomUUID();
  const [known] = wish.id === undefined ? [] : await store.listDecisions({ id });
  if (known !== undefined) return { ok: true, decision: known, isNew: false };
  const ms = lengthOf(wish.duration);
  if (ms === undefined)
    return {
      ok: false,
      fault: 'duration',
      why: `duration ${JSON.stringify(wish.duration)} has to be a length of time such as 4h or 7d, up to a year`,
    };
  const spare = wish.force ? undefined : await reasonToSpare(target);
  if (spare !== undefined) return { ok: false, fault: 'spared', why: spare };
  const [entry] = await store.findAllowlisted(target.value);
  if (entry !== undefined) return { ok: false, fault: 'allowlisted', entry };
  const at = now();
  const decision = await addDecision(decider, {
    ...{ id, target, remediation: wish.remediation, scenario: wish.reason, origin: 'operator', mode: 'live' },
    ...{ startAt: at, expiresAt: new Date(at.getTime() + ms) },
  });
  return { ok: true, decision, isNew: true };
}

/** Stores the decision, tells the engine, and returns it with its number. */
export async function addDecision(
  { store, onAdded }: Pick<Decider, 'store' | 'onAdded'>,
  decision: Decision,
): Promise<StoredDecision> {
  await store.addDecisions([decision]);
  const [stored] = await store.listDecisions({ id: decision.id });
  if (stored === undefined) throw new Error('a decision that was added is not there');
  onAdded([stored]);
  return stored;
}

/** What the audit log keeps of a decision that was made. */
export function auditOf({
  number,
  remediation,
  expiresAt,
}: StoredDecision): Readonly<Record<string, unknown>> {
  return { number, remediation, until: expiresAt.toISOString() };
}
