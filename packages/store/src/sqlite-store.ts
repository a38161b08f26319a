// The store in one SQLite file.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SqliteClients } from './clients.ts';
import { parseIpOrCidr, type Decision } from '@parapet/kinds';
import { canonicalText, cidrOf } from './address-key.ts';
import { ChangeReader } from './change-reader.ts';
import type { Database } from './database.ts';
import { SqliteAudit } from './audit.ts';
import { isRowStored } from './errors.ts';
import { forgetSlice } from './forgetSlice.ts';
import { SqliteHumanSigns } from './humanSigns.ts';
import { SqliteInspections } from './inspections.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { EngineLock } from './lock.ts';
import type { PageStart } from './lookPage.ts';
import { SqliteMinutes } from './minutes.ts';
import { SqlitePasskeys } from './passkeys.ts';
import { OwnChanges } from './own-changes.ts';
import { SqliteSignals } from './signals.ts';
import type {
  AddedDecisions,
  AddedToAllowlist,
  Changes,
  Lifting,
  Maintained,
  NewAllowlistEntry,
  Retention,
  Store,
} from './store.ts';
import { sumAlerts, type AlertSums, type AlertSumsAsked } from './tables/alertSums.ts';
import { AlertTable, type AlertFilter, type AlertSummary, type StoredAlert } from './tables/alerts.ts';
import { AllowlistTable, type AllowlistEntry, type AllowlistIndex } from './tables/allowlists.ts';
import { AppealTable, type AppealFilter, type NewAppeal, type StoredAppeal } from './tables/appeals.ts';
import { ClientTable } from './tables/clients.ts';
import { CounterTable } from './tables/counters.ts';
import { CursorTable } from './tables/cursors.ts';
import {
  DecisionTable,
  type ActiveFilter,
  type Beside,
  type DecisionFilter,
  type LeanPage,
  type Page,
  type StoredDecision,
} from './tables/decisions.ts';
import { OperatorTable, type OperatorSession, type OperatorSighting } from './tables/operators.ts';
import { UsedLinkTable } from './tables/used-links.ts';
import { SqliteTokens } from './tokens.ts';
import { SqliteUsers } from './users.ts';
import { WriteQueue, type Batch, type StoreHealth, type WriteQueueOptions } from './write-queue.ts';

/** Some 10 ms of work: the engine has other things to do between two slices. */
const LIFTED_ROWS = 400;
const SLICE_ROWS = 500;
/** Of an index: some 2 ms of work. */
const CROWDED_ROWS = 4000;

export class SqliteStore implements Store {
  readonly clients: SqliteClients;
  readonly inspections: SqliteInspections;
  readonly signals: SqliteSignals;
  readonly tokens: SqliteTokens;
  readonly users: SqliteUsers;
  readonly passkeys: SqlitePasskeys;
  readonly audit: SqliteAudit;
  readonly minutes: SqliteMinutes;
  readonly humanSigns: SqliteHumanSigns;
  readonly #db: Database;
  readonly #now: () => Date;
  readonly #lock: EngineLock | undefined;
  readonly #checkpointer: Checkpointer | undefined;
  readonly #queue: WriteQueue;
  readonly #alerts: AlertTable;
  readonly #decisions: DecisionTable;
  readonly #allowlists: AllowlistTable;
  readonly #cursors: CursorTable;
  readonly #counters: CounterTable;
  readonly #operators: OperatorTable;
  readonly #appeals: AppealTable;
  readonly #usedLinks: UsedLinkTable;
  readonly #clients: ClientTable;
  readonly #own = new OwnChanges();
  readonly #changes: ChangeReader;
  #isClosed = false;

  constructor(
    db: Database,
    lock: EngineLock | undefined,
    checkpointer: Checkpointer | undefined,
    options: Omit<WriteQueueOptions, 'write'> & { readonly siteOf: (host: string) => string },
  ) {
    this.#db = db;
    this.#now = options.now;
    this.#lock = lock;
    this.#checkpointer = checkpointer;
    this.#alerts = new AlertTable(db, options.siteOf);
    this.#decisions = new DecisionTable(db);
    this.#allowlists = new AllowlistTable(db);
    this.#cursors = new CursorTable(db);
    this.#counters = new CounterTable(db);
    this.#changes = new ChangeReader(db, this.#decisions, this.#counters, this.#own);
    this.#operators = new OperatorTable(db);
    this.#appeals = new AppealTable(db);
    this.#usedLinks = new UsedLinkTable(db);
    this.#clients = new ClientTable(db);
    this.clients = new SqliteClients(db, this.#clients);
    this.inspections = new SqliteInspections(db, this.#counters, options.now);
    this.signals = new SqliteSignals(db, options.now);
    this.tokens = new SqliteTokens(db);
    this.users = new SqliteUsers(db);
    this.passkeys = new SqlitePasskeys(db);
    this.audit = new SqliteAudit(db, options.now);
    this.minutes = new SqliteMinutes(db);
    this.humanSigns = new SqliteHumanSigns(db);
    this.#queue = new WriteQueue({ ...options, write: (batches) => this.#writeBatches(batches) });
  }

  record(batch: Batch): void {
    this.#queue.record(batch);
  }

  async flush(): Promise<void> {
    this.#queue.flush();
  }

  health(): StoreHealth {
    return this.#queue.health();
  }

  async listAlerts(filter: AlertFilter, page: Page = {}): Promise<readonly AlertSummary[]> {
    return this.#reading(() => this.#alerts.list(filter, page));
  }

  async findAlert(idOrNumber: string | number): Promise<StoredAlert | undefined> {
    const filter = typeof idOrNumber === 'number' ? { number: idOrNumber } : { id: idOrNumber };
    return this.#reading(() => this.#alerts.listWhole(filter, { limit: 1 })[0]);
  }

  async countAlerts(filter: AlertFilter): Promise<number> {
    return this.#reading(() => this.#alerts.count(filter));
  }

  async sumAlerts(asked: AlertSumsAsked): Promise<AlertSums> {
    return this.#reading(() => sumAlerts(this.#db, asked));
  }

  async alertNumbers(ids: readonly string[]): Promise<readonly number[]> {
    return this.#reading(() => this.#alerts.numbers(ids));
  }

  async deleteAlerts(filter: AlertFilter, lifting?: Lifting): Promise<number> {
    this.#queue.flush();
    let count = 0;
    for (const slice of this.#alerts.slices(filter, SLICE_ROWS)) {
      const ids = [...slice.values()];
      if (ids.length > 0 && lifting !== undefined) await this.liftEach({ alertIds: ids }, lifting);
      // A list that was imported is one alert: SQLite would let all of its decisions go in one statement.
      while (this.#db.write(() => this.#decisions.leaveAlerts(ids, SLICE_ROWS)) > 0) await nextTurn();
      count += this.#db.write(() => this.#alerts.delete([...slice.keys()]));
      await nextTurn();
    }
    return count;
  }

  async listDecisions(filter: DecisionFilter, page: Page = {}): Promise<readonly StoredDecision[]> {
    return this.#reading(() => this.#decisions.list(filter, page));
  }

  async decisionPage(filter: DecisionFilter, start: PageStart): Promise<LeanPage> {
    return this.#reading(() => this.#decisions.leanPage(filter, start));
  }

  async countDecisions(filter: DecisionFilter): Promise<number> {
    return this.#reading(() => this.#decisions.count(filter));
  }

  async longestBeside(
    numbers: readonly number[],
    filter: ActiveFilter,
  ): Promise<ReadonlyMap<number, Beside>> {
    if (numbers.length === 0) return new Map();
    return this.#reading(() => this.#decisions.longestBeside(numbers, filter));
  }

  async outlasted(filter: ActiveFilter): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    for (const numbers of this.#reading(() => this.#decisions.outlasted(filter, CROWDED_ROWS))) {
      for (const number of numbers) found.add(number);
      await nextTurn();
    }
    return found;
  }

  async addDecisions(decisions: readonly Decision[]): Promise<AddedDecisions> {
    this.#queue.flush();
    return this.#changing(() => {
      const change = this.#counters.nextChange();
      const allowlists = this.#currentAllowlists();
      let added = 0;
      const allowlisted: Array<{ decision: Decision; entry: AllowlistEntry }> = [];
      for (const decision of decisions) {
        const entry = this.#insertDecision(decision, change, allowlists);
        if (entry === 'known') continue;
        added += 1;
        if (entry !== undefined) allowlisted.push({ decision, entry });
      }
      const result = {
        added: added - allowlisted.length,
        known: decisions.length - added,
        allowlisted,
      };
      return { result, change, isSurprising: allowlisted.length > 0 };
    });
  }

  async liftDecisions(
    filter: DecisionFilter,
    by: string,
    reason: string,
  ): Promise<readonly StoredDecision[]> {
    const slices: (readonly StoredDecision[])[] = [];
    await this.liftEach(filter, { by, reason, onLifted: (lifted) => slices.push(lifted) });
    return slices.flat();
  }

  async liftEach(filter: DecisionFilter, { by, reason, onLifted }: Lifting): Promise<number> {
    this.#queue.flush();
    let count = 0;
    for (const numbers of this.#decisions.slices({ ...filter, activeAt: this.#now() }, LIFTED_ROWS)) {
      const lifted = numbers.length === 0 ? [] : this.#lift({ numbers }, by, reason);
      if (lifted.length > 0) onLifted(lifted);
      count += lifted.length;
      await nextTurn();
    }
    return count;
  }

  async listAllowlist(list?: string): Promise<readonly AllowlistEntry[]> {
    return this.#reading(() => this.#allowlists.list(list));
  }

  async findAllowlisted(value: string): Promise<readonly AllowlistEntry[]> {
    const cidr = parseIpOrCidr(value);
    return cidr === undefined ? [] : this.#reading(() => this.#currentAllowlists().around(cidr, this.#now()));
  }

  async addToAllowlist(entries: readonly NewAllowlistEntry[], by: string): Promise<AddedToAllowlist> {
    this.#queue.flush();
    const now = this.#now();
    const parsed = entries.map((entry) => ({ entry, cidr: cidrOf(entry.value) }));
    return this.#changing(() => {
      const change = this.#counters.nextChange();
      this.#counters.markAllowlists(change);
      const added: AllowlistEntry[] = [];
      const lifted: StoredDecision[][] = [];
      const around: StoredDecision[][] = [];
      for (const { entry, cidr } of parsed) {
        const kept = { ...entry, value: canonicalText(entry.value, cidr), createdAt: now };
        this.#allowlists.put(kept, cidr);
        added.push(kept);
        const reason = `allowlist ${entry.list}: ${entry.comment}`;
        lifted.push(this.#decisions.lift({ inside: cidr }, { at: now, by, reason }, change));
        around.push(this.#decisions.list({ around: cidr, activeAt: now }, {}));
      }
      return { result: { entries: added, lifted: lifted.flat(), around: around.flat() }, change };
    });
  }

  async removeFromAllowlist(value: string, list?: string): Promise<readonly AllowlistEntry[]> {
    this.#queue.flush();
    const cidr = parseIpOrCidr(value);
    return this.#changing(() => {
      const change = this.#counters.nextChange();
      const result = this.#allowlists.remove(cidr === undefined ? value : canonicalText(value, cidr), list);
      if (result.length > 0) this.#counters.markAllowlists(change);
      return { result, change };
    });
  }

  async sawOperator(sighting: OperatorSighting): Promise<void> {
    this.#db.write(() => this.#operators.put(sighting));
  }

  async listOperators(since: Date, sites?: readonly string[]): Promise<readonly OperatorSession[]> {
    return this.#operators.since(since, sites);
  }

  async trustEpoch(): Promise<number> {
    return this.#counters.value('trust-epoch');
  }

  async raiseTrustEpoch(): Promise<number> {
    return this.#db.write(() => {
      this.#operators.forgetAll();
      return this.#counters.raiseTrustEpoch();
    });
  }

  async useLink(nonce: string, expiresAt: Date): Promise<boolean> {
    return this.#db.write(() => this.#usedLinks.use(nonce, expiresAt, this.#now()));
  }

  async addAppeal(appeal: NewAppeal): Promise<StoredAppeal> {
    return this.#db.write(() => this.#appeals.insert(appeal));
  }

  async listAppeals(filter: AppealFilter, page: Page = {}): Promise<readonly StoredAppeal[]> {
    return this.#appeals.list(filter, page);
  }

  async countAppeals(filter: AppealFilter): Promise<number> {
    return this.#appeals.count(filter);
  }

  async closeAppeal(
    number: number,
    state: 'accepted' | 'dismissed',
    by: string,
  ): Promise<StoredAppeal | undefined> {
    return this.#db.write(() => this.#appeals.close(number, state, this.#now(), by));
  }

  async cursors(): Promise<ReadonlyMap<string, unknown>> {
    return this.#reading(() => this.#cursors.all());
  }

  async changesSince(token: number, options: { readonly foreignOnly?: boolean } = {}): Promise<Changes> {
    return this.#reading(() => this.#changes.since(token, options.foreignOnly === true, this.#now()));
  }

  async hasMoreChanges(token: number, than: number): Promise<boolean> {
    return this.#reading(() => this.#decisions.changePageEnd(token, than + 1) !== undefined);
  }

  async changeReach(decisions: number): Promise<number> {
    return this.#reading(() => this.#decisions.changeReach(decisions));
  }

  async latestChange(): Promise<number> {
    return this.#reading(() => this.#counters.value('change'));
  }

  async maintain(retention: Retention): Promise<Maintained> {
    this.#queue.flush();
    return forgetSlice(this.#db, retention, this.#now(), {
      ...{ decisions: this.#decisions, alerts: this.#alerts, allowlists: this.#allowlists },
      ...{ appeals: this.#appeals, operators: this.#operators, clients: this.#clients },
      inspections: this.inspections,
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#queue.flush();
    } finally {
      this.#queue.stop();
      await this.#checkpointer?.close();
      this.#shut();
    }
  }

  #shut(): void {
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A reader or a full disk: the log stays beside the file and is read again when it is opened.
    }
    this.#db.close();
    this.#lock?.release();
  }

  /** What was recorded is seen by reads, unless the disk does not take it at the moment. */
  #reading<T>(read: () => T): T {
    if (!this.#queue.isEmpty && this.#queue.health().state === 'ok') this.#queue.flush();
    return read();
  }

  #writeBatches(batches: readonly Batch[]): number {
    let badRows = 0;
    let ownChange: number | undefined;
    const cursors = new Map<string, unknown>();
    this.#db.write(() => {
      const allowlists = this.#currentAllowlists();
      let change: number | undefined;
      let isSurprising = false;
      for (const batch of batches) {
        for (const alert of batch.alerts ?? []) {
          if (!isRowStored(() => this.#alerts.insert(alert))) badRows += 1;
        }
        for (const decision of batch.decisions ?? []) {
          change ??= this.#counters.nextChange();
          const at = change;
          const isStored = isRowStored(() => {
            isSurprising = typeof this.#insertDecision(decision, at, allowlists) === 'object' || isSurprising;
          });
          if (!isStored) badRows += 1;
        }
        for (const [name, value] of batch.cursors ?? []) cursors.set(name, value);
      }
      const now = this.#now();
      for (const [name, value] of cursors) {
        if (value === undefined) this.#cursors.remove(name);
        else if (!isRowStored(() => this.#cursors.put(name, value, now))) badRows += 1;
      }
      if (change !== undefined && !isSurprising) ownChange = change;
    });
    if (ownChange !== undefined) this.#own.add(ownChange);
    return badRows;
  }

  /**
   * Stores the decision. One that another process allowlisted after it was made is stored as lifted: without
   * this, an allowlisted visitor could stay banned until the decision ends.
   */
  #insertDecision(
    decision: Decision,
    change: number,
    allowlists: AllowlistIndex,
  ): AllowlistEntry | 'known' | undefined {
    const { scope, value } = decision.target;
    const cidr = scope === 'ip' || scope === 'range' ? parseIpOrCidr(value) : undefined;
    const now = this.#now();
    const entry = cidr === undefined ? undefined : allowlists.around(cidr, now)[0];
    const lift =
      entry === undefined
        ? undefined
        : { at: now, by: 'allowlist', reason: `allowlist ${entry.list}: ${entry.comment}` };
    return this.#decisions.insert(decision, change, lift) ? entry : 'known';
  }

  #currentAllowlists(): AllowlistIndex {
    return this.#allowlists.index(this.#counters.value('allowlist-change'));
  }

  #lift(filter: DecisionFilter, by: string, reason: string): readonly StoredDecision[] {
    return this.#changing(() => {
      const change = this.#counters.nextChange();
      return { result: this.#decisions.lift(filter, { at: this.#now(), by, reason }, change), change };
    });
  }

  /** Does the work in a transaction and remembers its change as ours, unless it ended otherwise than asked. */
  #changing<T>(work: () => { result: T; change: number; isSurprising?: boolean }): T {
    const done = this.#db.write(work);
    if (done.isSurprising !== true) this.#own.add(done.change);
    return done.result;
  }
}
