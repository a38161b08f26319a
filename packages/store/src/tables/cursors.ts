// Cursors: how far each source has been read, opaque JSON by name. They move only in the transaction that
// stores the alerts of the lines they have passed.
import { jsonOf, textOf } from '../column.ts';
import type { Database } from '../database.ts';

export class CursorTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  put(name: string, value: unknown, at: Date): void {
    this.#db.run(
      `INSERT INTO cursors (name, value, updated_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
      [name, JSON.stringify(value) ?? 'null', at.getTime()],
    );
  }

  remove(name: string): void {
    this.#db.run('DELETE FROM cursors WHERE name = ?', [name]);
  }

  all(): ReadonlyMap<string, unknown> {
    const rows = this.#db.all('SELECT name, value FROM cursors ORDER BY name');
    return new Map(rows.map((row) => [textOf(row, 'name'), jsonOf(row, 'value')]));
  }
}
