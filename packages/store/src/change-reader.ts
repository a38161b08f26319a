// What has changed since a token, page by page. A page ends where a change ends: those who make a great many changes
// make them a slice at a time.
import type { Database } from './database.ts';
import type { OwnChanges } from './own-changes.ts';
import type { Changes } from './store.ts';
import type { CounterTable } from './tables/counters.ts';
import type { DecisionTable, StoredDecision } from './tables/decisions.ts';

/** Some 10 ms of work: the engine has other things to do between two pages. */
const PAGE_ROWS = 500;
const NO_CHANGES = { started: [], ended: [], haveAllowlistsChanged: false, hasMore: false } as const;

export class ChangeReader {
  readonly #db: Database;
  readonly #decisions: DecisionTable;
  readonly #counters: CounterTable;
  readonly #own: OwnChanges;

  constructor(db: Database, decisions: DecisionTable, counters: CounterTable, own: OwnChanges) {
    this.#db = db;
    this.#decisions = decisions;
    this.#counters = counters;
    this.#own = own;
  }

  /** `foreignOnly`: without those that this store object made itself. */
  since(token: number, foreignOnly: boolean, now: Date): Changes {
    if (this.#counters.value('change') === token) return { ...NO_CHANGES, token };
    return this.#db.snapshot(() => this.#read(token, foreignOnly, now));
  }

  #read(token: number, foreignOnly: boolean, now: Date): Changes {
    const latest = this.#counters.value('change');
    // A token from a store that was replaced by an older copy: everything has to be read again.
    const since = token > latest ? 0 : token;
    const allowlistChange = this.#counters.value('allowlist-change');
    // An engine that is alone makes hundreds of changes a minute, and asks for those of others.
    if (foreignOnly && since > 0 && this.#own.hasAll(since + 1, latest))
      return { ...NO_CHANGES, token: latest, haveAllowlistsChanged: allowlistChange > since };
    const until = this.#decisions.changePageEnd(since, PAGE_ROWS) ?? latest;
    const started: StoredDecision[] = [];
    const ended: StoredDecision[] = [];
    for (const decision of this.#decisions.changed(since, until, now)) {
      if (foreignOnly && this.#own.has(decision.change)) continue;
      const isRunning = decision.lift === undefined && decision.expiresAt > now;
      (isRunning ? started : ended).push(decision);
    }
    return {
      token: until,
      started,
      ended,
      haveAllowlistsChanged: since === 0 || (allowlistChange > since && allowlistChange <= until),
      hasMore: until < latest,
    };
  }
}
