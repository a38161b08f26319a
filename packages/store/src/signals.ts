// What applications told and no scenario has read yet, and which ids were taken. A record is here from the moment it
// is acknowledged until a checkpoint says that it has been read, so that kill -9 loses none; ids stay for longer, so
// that what is sent again counts once.
import { numberOf, textOf } from './column.ts';
import type { Database } from './database.ts';

export interface NewSignal {
  /** Undefined when the sender gave none: then it may be told again. */
  readonly id: string | undefined;
  /** One line of JSON. */
  readonly line: string;
}

export interface StoredSignal {
  /** Rises with every record. */
  readonly number: number;
  readonly line: string;
}

export interface TakenSignals {
  /** For each record whether it is new; the others had an id that was taken before. */
  readonly areNew: readonly boolean[];
}

export interface Signals {
  /** Stores the records in one transaction; when this resolves they survive a crash of the process. */
  take(records: readonly NewSignal[]): Promise<TakenSignals>;
  /** Those with a higher number, the oldest first. */
  after(number: number, limit: number): Promise<readonly StoredSignal[]>;
  /** How many have a higher number. */
  countAfter(number: number): Promise<number>;
  /** Forgets records up to the number that the cursor of this name holds, and returns it; 0 when there is none. */
  forgetRead(cursor: string): Promise<number>;
  /** Forgets ids that were taken before that moment, and the oldest of more than `most`. */
  forgetIds(before: Date, most: number): Promise<void>;
}

export class SqliteSignals implements Signals {
  readonly #db: Database;
  readonly #now: () => Date;

  constructor(db: Database, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  async take(records: readonly NewSignal[]): Promise<TakenSignals> {
    const atMs = this.#now().getTime();
    return this.#db.write(() => ({
      areNew: records.map(({ id, line }) => {
        if (
          id !== undefined &&
          this.#db.run('INSERT INTO signal_ids (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING', [
            id,
            atMs,
          ]) === 0
        )
          return false;
        this.#db.run('INSERT INTO signals (line) VALUES (?)', [line]);
        return true;
      }),
    }));
  }

  async after(number: number, limit: number): Promise<readonly StoredSignal[]> {
    return this.#db
      .all('SELECT number, line FROM signals WHERE number > ? ORDER BY number LIMIT ?', [number, limit])
      .map((row) => ({ number: numberOf(row, 'number'), line: textOf(row, 'line') }));
  }

  async countAfter(number: number): Promise<number> {
    return numberOf(this.#db.one('SELECT count(*) AS n FROM signals WHERE number > ?', [number])!, 'n');
  }

  async forgetRead(cursor: string): Promise<number> {
    const row = this.#db.one('SELECT CAST(value AS INTEGER) AS number FROM cursors WHERE name = ?', [cursor]);
    const upTo = row === undefined ? 0 : numberOf(row, 'number');
    if (this.#db.one('SELECT 1 AS yes FROM signals WHERE number <= ? LIMIT 1', [upTo]) !== undefined)
      this.#db.write(() => this.#db.run('DELETE FROM signals WHERE number <= ?', [upTo]));
    return upTo;
  }

  async forgetIds(before: Date, most: number): Promise<void> {
    this.#db.write(() =>
      this.#db.run(
        `DELETE FROM signal_ids WHERE number IN (
           SELECT number FROM signal_ids
           WHERE at < ? OR number <= (SELECT max(number) FROM signal_ids) - ? ORDER BY number LIMIT 20000)`,
        [before.getTime(), most],
      ),
    );
  }
}
