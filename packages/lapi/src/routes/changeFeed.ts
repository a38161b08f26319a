// What has changed lately, read from the store once for all bouncers: hundreds of them poll, and nearly all ask for
// the same few seconds. It holds the newest changes of decisions and those that have run out. Who was away for longer
// than it reaches back, and everybody after a flood of changes, is answered from the store.
//
// A bouncer keeps one entry for each value, the last that it was told of, so it is told of what lasts longest there: an
// end only when nothing else of the same kind is in force, a beginning only when nothing else lasts longer, and when
// the longest was lifted, what it had outlasted. The store says what is beside a decision when its change is read. What
// began on the value later is in the feed itself, and then the store is asked again.

import type {
  ActiveFilter,
  Beside,
  Changes,
  DecisionFilter,
  LeanDecision,
  Pulled,
  Store,
} from '@parapet/store';
import type { Turns } from '../turns.ts';
import { leanOf } from '../wire/decisions.ts';
import { pagesOf } from './pages.ts';

/** Clocks of the store's writers may differ a little, and what runs out is looked for once a second. */
export const OVERLAP_MS = 2000;
const LOOK_EVERY_MS = 1000;
/** More changes at once than these are a list that was imported or dropped: they are not worth keeping. */
const MOST_AT_ONCE = 4000;
const MOST_KEPT = 10_000;
const KEPT_MS = 600_000;

export interface Fed {
  readonly to: Pulled;
  readonly started: readonly LeanDecision[];
  readonly ended: readonly LeanDecision[];
}

/** A decision as it was left by a change. */
export interface Entry {
  readonly change: number;
  readonly decision: LeanDecision;
  /** What else was in force on its value, and lasts longest, when that was read. */
  readonly beside: Beside | undefined;
}

export class ChangeFeed {
  readonly #store: Store;
  readonly #now: () => Date;
  readonly #turns: Turns;
  /** In the order of their changes. */
  #entries: Entry[] = [];
  /** The latest entry of each decision, by its number. */
  readonly #latest = new Map<number, Entry>();
  /** How many entries say that something began on a value. */
  readonly #begun = new Map<string, number>();
  /** Those that have run out, by when; `change` does not count. */
  #ends: Entry[] = [];
  /** All changes behind `from` up to `to` are known, and all ends. */
  #from: Pulled | undefined;
  #to: Pulled = { change: 0, at: new Date(0) };
  #endsToMs = 0;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;

  constructor(store: Store, now: () => Date, turns: Turns) {
    this.#store = store;
    this.#now = now;
    this.#turns = turns;
  }

  /**
   * Returns what has changed since then and fits the filter, or undefined when that is further back than is known.
   * Rejects with a StoreError when the store cannot be read.
   */
  async since(pulled: Pulled, filter: DecisionFilter): Promise<Fed | undefined> {
    await this.#refresh();
    const from = this.#from!; // it was refreshed
    const sinceMs = pulled.at.getTime() - OVERLAP_MS;
    if (pulled.change < from.change || pulled.change > this.#to.change || sinceMs < from.at.getTime())
      return undefined;
    const to = this.#to;
    const atMs = to.at.getTime();
    const fitting: Entry[] = this.#ends.filter(
      ({ decision }) => decision[END] > sinceMs && decision[END] <= atMs && fits(decision, filter),
    );
    for (let i = this.#after(pulled.change); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      const { decision } = entry;
      if (this.#latest.get(decision[NUMBER]) !== entry || !fits(decision, filter)) continue;
      if (decision[LIFT] !== null || decision[END] > atMs) fitting.push(entry);
    }
    return { to, ...(await told(this.#store, await this.#sure(fitting, filter, to.at), to.at)) };
  }

  /** What is beside them for a bouncer with this filter. */
  async #sure(entries: readonly Entry[], filter: DecisionFilter, activeAt: Date): Promise<readonly Entry[]> {
    const isWhole =
      filter.origins === undefined &&
      filter.scenariosWith === undefined &&
      filter.scenariosWithout === undefined;
    // A bouncer that is told of some origins only does not know of what others have on the value.
    const isUnsure = ({ decision, beside }: Entry): boolean =>
      hasEnded(decision, activeAt)
        ? !isWhole || this.#begun.has(keyOf(decision))
        : !isWhole && beside?.isLonger === true;
    const unsure = entries.filter(isUnsure).map(({ decision }) => decision[NUMBER]);
    if (unsure.length === 0) return entries;
    const sure = await this.#store.longestBeside(unsure, { ...filter, activeAt });
    return entries.map((entry) =>
      isUnsure(entry) ? { ...entry, beside: sure.get(entry.decision[NUMBER]) } : entry,
    );
  }

  /** Whoever calls is answered from a reading that began afterwards; many who call at once share one. */
  #refresh(): Promise<void> {
    if (this.#running === undefined) return (this.#running = this.#read().finally(() => this.#ended()));
    this.#queued ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#queued = undefined;
        return this.#refresh();
      });
    return this.#queued;
  }

  #ended(): void {
    this.#running = undefined;
  }

  async #read(): Promise<void> {
    const at = this.#now();
    const latest = await this.#store.latestChange();
    // The first time, a store that was replaced by an older copy, or a clock that was set back. It goes back as far as
    // it may: bouncers that were there before ask for what they have missed.
    if (this.#from === undefined || latest < this.#to.change || at.getTime() < this.#endsToMs)
      this.#begin(Math.max(1, await this.#store.changeReach(MOST_AT_ONCE)), new Date(at.getTime() - KEPT_MS));
    if (latest > this.#to.change && (await this.#store.hasMoreChanges(this.#to.change, MOST_AT_ONCE)))
      return this.#begin(latest, at);
    const fresh: Entry[] = [];
    for (let change = this.#to.change; change < latest;) {
      const changes = await this.#store.changesSince(change);
      const found = besideAll(this.#store, changes, { mode: 'live', activeAt: at });
      fresh.push(...(await found).filter(({ decision }) => decision[SIMULATED] === 0));
      if (changes.token === change) break;
      change = changes.token;
      if (change < latest) await this.#turns.next();
    }
    if (!(await this.#readEnds(at))) return this.#begin(latest, at);
    for (const entry of fresh) this.#add(entry);
    this.#to = { change: latest, at };
    this.#trim(at.getTime());
  }

  async #readEnds(at: Date): Promise<boolean> {
    if (at.getTime() - this.#endsToMs < LOOK_EVERY_MS) return true;
    const expired = { after: new Date(this.#endsToMs), upTo: at };
    const ends: LeanDecision[] = [];
    for await (const page of pagesOf({ store: this.#store, turns: this.#turns }, { mode: 'live', expired })) {
      ends.push(...page);
      if (ends.length > MOST_AT_ONCE) return false;
    }
    const beside = await this.#store.longestBeside(
      ends.map(([number]) => number),
      { mode: 'live', activeAt: at },
    );
    this.#endsToMs = at.getTime();
    for (const decision of ends)
      this.#ends.push({ change: 0, decision, beside: beside.get(decision[NUMBER]) });
    return true;
  }

  /** Knows nothing but where it begins. */
  #begin(change: number, at: Date): void {
    this.#entries = [];
    this.#latest.clear();
    this.#begun.clear();
    this.#ends = [];
    this.#endsToMs = at.getTime();
    this.#from = this.#to = { change, at };
  }

  #add(entry: Entry): void {
    const number = entry.decision[NUMBER];
    const before = this.#latest.get(number);
    if (before !== undefined) this.#count(before, -1);
    this.#entries.push(entry);
    this.#latest.set(number, entry);
    this.#count(entry, 1);
  }

  #forget(entry: Entry): void {
    if (this.#latest.get(entry.decision[NUMBER]) !== entry) return;
    this.#latest.delete(entry.decision[NUMBER]);
    this.#count(entry, -1);
  }

  #count({ decision }: Entry, by: 1 | -1): void {
    if (decision[LIFT] !== null) return;
    const key = keyOf(decision);
    const count = (this.#begun.get(key) ?? 0) + by;
    if (count === 0) this.#begun.delete(key);
    else this.#begun.set(key, count);
  }

  #trim(nowMs: number): void {
    const from = this.#from!; // it was begun
    let { change } = from;
    let atMs = Math.max(from.at.getTime(), nowMs - KEPT_MS);
    if (this.#entries.length > MOST_KEPT) {
      // Those of one change go together.
      change = this.#entries[this.#entries.length - MOST_KEPT / 2]!.change;
      for (const entry of this.#entries.splice(0, this.#after(change))) this.#forget(entry);
    }
    if (this.#ends.length > MOST_KEPT) atMs = nowMs;
    if (atMs > from.at.getTime() + KEPT_MS / 10 || change > from.change) {
      this.#ends = this.#ends.filter(({ decision }) => decision[END] > atMs);
      this.#from = { change, at: new Date(atMs) };
    }
  }

  /** The place of the first entry behind the change. */
  #after(change: number): number {
    let low = 0;
    for (let high = this.#entries.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.change > change) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const [NUMBER, SCOPE, VALUE, REMEDIATION, END, SCENARIO, ORIGIN, SIMULATED, LIFT] = [
  ...([0, 2, 3, 4, 6, 7, 8, 9, 11] as const),
];

/** What changed, in the order in which it did, with what is beside each. */
export async function besideAll(
  store: Store,
  { started, ended }: Changes,
  filter: ActiveFilter,
): Promise<Entry[]> {
  const lifted = ended.filter(({ lift }) => lift !== undefined);
  const changed = [...started, ...lifted].sort((a, b) => a.change - b.change);
  const beside = await store.longestBeside(
    changed.map(({ number }) => number),
    filter,
  );
  return changed.map((one) => ({
    ...{ change: one.change, decision: leanOf(one), beside: beside.get(one.number) },
  }));
}

/** What a bouncer is told of changes, so that it keeps on each value what lasts longest. */
export async function told(store: Store, entries: readonly Entry[], at: Date): Promise<Omit<Fed, 'to'>> {
  const started = entries.filter(
    ({ decision, beside }) => !hasEnded(decision, at) && beside?.isLonger !== true,
  );
  const ended = entries.filter(({ decision }) => hasEnded(decision, at));
  const known = new Set(started.map(({ decision }) => decision[NUMBER]));
  const left = new Set<number>();
  for (const { decision, beside } of ended)
    if (decision[LIFT] !== null && beside?.isLonger === false && !known.has(beside.number))
      left.add(beside.number);
  const outlasted = left.size === 0 ? [] : await store.listDecisions({ numbers: [...left] });
  return {
    started: [...started.map(({ decision }) => decision), ...outlasted.map(leanOf)],
    ended: ended.filter(({ beside }) => beside === undefined).map(({ decision }) => decision),
  };
}

function hasEnded(decision: LeanDecision, at: Date): boolean {
  return decision[LIFT] !== null || decision[END] <= at.getTime();
}

function keyOf(decision: LeanDecision): string {
  return `${decision[SCOPE]} ${decision[REMEDIATION]} ${decision[VALUE]}`;
}

/** The filter of a stream on a decision that is at hand. */
export function fits(decision: LeanDecision, filter: DecisionFilter): boolean {
  const { scopes, origins, scenariosWith = [], scenariosWithout = [] } = filter;
  const scenario = decision[SCENARIO].toLowerCase();
  return (
    decision[SIMULATED] === 0 &&
    (scopes === undefined || scopes.includes(decision[SCOPE])) &&
    (origins === undefined ||
      origins.some((one) => decision[ORIGIN] === one || decision[ORIGIN].startsWith(`${one}/`))) &&
    (scenariosWith.length === 0 || scenariosWith.some((text) => scenario.includes(text.toLowerCase()))) &&
    !scenariosWithout.some((text) => scenario.includes(text.toLowerCase()))
  );
}
