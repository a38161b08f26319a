// What the store knows of inspection, as the rest of Parapet sees it.
import type { Forgettable, InspectionFeedback, InspectionRecord } from '@parapet/kinds';
import { textOf } from './column.ts';
import type { Database } from './database.ts';
import type { CounterTable } from './tables/counters.ts';
import type { Page } from './tables/decisions.ts';
import {
  FeedbackTable,
  InspectionTable,
  type FeedbackFilter,
  type InspectionFilter,
  type StoredInspection,
} from './tables/inspections.ts';

export type NewFeedback = Omit<InspectionFeedback, 'number' | 'undone'>;

/** What is learned of a site, each in its own saved form. */
export type KnowledgeKind = 'normal' | 'templates' | 'good';

export interface AskedToForget {
  readonly site: string;
  readonly what: Forgettable;
}

export interface Inspections {
  /** Stores records in one transaction. */
  add(records: readonly InspectionRecord[]): Promise<void>;
  list(filter: InspectionFilter, page?: Page): Promise<readonly StoredInspection[]>;
  count(filter: InspectionFilter): Promise<number>;

  /** Stores what somebody said of a record and returns it with its number. */
  addFeedback(feedback: NewFeedback): Promise<InspectionFeedback>;
  /** The oldest first. */
  listFeedback(filter: FeedbackFilter): Promise<readonly InspectionFeedback[]>;
  /** Returns what was taken back; undefined when it was before, or there is none of the number. */
  undoFeedback(number: number, by: string): Promise<InspectionFeedback | undefined>;
  /** Rises whenever something is said or taken back; cheap enough to be asked every second. */
  feedbackChange(): Promise<number>;

  /** What was saved of a site, or undefined. */
  knowledge(site: string, kind: KnowledgeKind): Promise<Uint8Array | undefined>;
  saveKnowledge(site: string, kind: KnowledgeKind, value: Uint8Array): Promise<void>;
  /** Sites of which something was learned or said. */
  sites(): Promise<readonly string[]>;
  /** Forgets what was learned of a site; what people said stays. For when no engine has it in mind. */
  forgetKnowledge(site: string): Promise<void>;
  /** Asks the engine, which has what was learned in mind, to forget some of it; raises `feedbackChange`. */
  askToForget(site: string, what: Forgettable): Promise<void>;
  /** What the engine has not forgotten yet, the oldest first. */
  toForget(): Promise<readonly AskedToForget[]>;
  /** The first so many of a site are forgotten. */
  forgotten(site: string, count: number): Promise<void>;
}

const FORGET = 'forget';
const MOST_TO_FORGET = 1000;

export class SqliteInspections implements Inspections {
  readonly #db: Database;
  readonly #records: InspectionTable;
  readonly #feedback: FeedbackTable;
  readonly #counters: CounterTable;
  readonly #now: () => Date;

  constructor(db: Database, counters: CounterTable, now: () => Date) {
    this.#db = db;
    this.#records = new InspectionTable(db);
    this.#feedback = new FeedbackTable(db);
    this.#counters = counters;
    this.#now = now;
  }

  async add(records: readonly InspectionRecord[]): Promise<void> {
    this.#db.write(() => {
      for (const record of records) this.#records.insert(record);
    });
  }

  async list(filter: InspectionFilter, page: Page = {}): Promise<readonly StoredInspection[]> {
    return this.#records.list(filter, page);
  }

  async count(filter: InspectionFilter): Promise<number> {
    return this.#records.count(filter);
  }

  async addFeedback(feedback: NewFeedback): Promise<InspectionFeedback> {
    return this.#db.write(() => {
      this.#counters.raiseFeedbackChange();
      return this.#feedback.insert(feedback);
    });
  }

  async listFeedback(filter: FeedbackFilter): Promise<readonly InspectionFeedback[]> {
    return this.#feedback.list(filter);
  }

  async undoFeedback(number: number, by: string): Promise<InspectionFeedback | undefined> {
    return this.#db.write(() => {
      this.#counters.raiseFeedbackChange();
      return this.#feedback.undo(number, this.#now(), by);
    });
  }

  async feedbackChange(): Promise<number> {
    return this.#counters.value('feedback-change');
  }

  async knowledge(site: string, kind: KnowledgeKind): Promise<Uint8Array | undefined> {
    const row = this.#db.one('SELECT value FROM site_knowledge WHERE site = ? AND kind = ?', [site, kind]);
    // As base64: the border to SQLite knows texts and numbers.
    return row === undefined ? undefined : Buffer.from(textOf(row, 'value'), 'base64');
  }

  async saveKnowledge(site: string, kind: KnowledgeKind, value: Uint8Array): Promise<void> {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    this.#db.write(() =>
      this.#db.run(
        `INSERT INTO site_knowledge (site, kind, value, updated_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (site, kind) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        [site, kind, text, this.#now().getTime()],
      ),
    );
  }

  async sites(): Promise<readonly string[]> {
    return this.#db
      .all('SELECT site FROM site_knowledge UNION SELECT site FROM inspection_feedback ORDER BY site')
      .map((row) => textOf(row, 'site'));
  }

  async forgetKnowledge(site: string): Promise<void> {
    this.#db.write(() => this.#db.run('DELETE FROM site_knowledge WHERE site = ?', [site]));
  }

  async askToForget(site: string, what: Forgettable): Promise<void> {
    this.#db.write(() => {
      this.#saveForget(site, [...this.#forgetOf(site), what]);
      this.#counters.raiseFeedbackChange();
    });
  }

  async toForget(): Promise<readonly AskedToForget[]> {
    const rows = this.#db.all('SELECT site FROM site_knowledge WHERE kind = ? ORDER BY site', [FORGET]);
    return rows
      .map((row) => textOf(row, 'site'))
      .flatMap((site) => this.#forgetOf(site).map((what) => ({ site, what })));
  }

  async forgotten(site: string, count: number): Promise<void> {
    this.#db.write(() => this.#saveForget(site, this.#forgetOf(site).slice(count)));
  }

  #forgetOf(site: string): readonly Forgettable[] {
    const row = this.#db.one('SELECT value FROM site_knowledge WHERE site = ? AND kind = ?', [site, FORGET]);
    // This very class wrote it.
    return row === undefined ? [] : (JSON.parse(textOf(row, 'value')) as readonly Forgettable[]);
  }

  #saveForget(site: string, list: readonly Forgettable[]): void {
    if (list.length === 0)
      this.#db.run('DELETE FROM site_knowledge WHERE site = ? AND kind = ?', [site, FORGET]);
    else
      this.#db.run(
        `INSERT INTO site_knowledge (site, kind, value, updated_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (site, kind) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        [site, FORGET, JSON.stringify(list.slice(-MOST_TO_FORGET)), this.#now().getTime()],
      );
  }

  /** Forgets at most `limit` records that are older, or more than are kept. */
  forgetOld(before: Date, limit: number): number {
    return this.#records.forgetOld(before, limit);
  }
}
