// One-time links that were used, until they would have ended anyway.
import type { Database } from '../database.ts';

export class UsedLinkTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Returns true the first time. Whoever comes second, from whichever process, comes too late. */
  use(nonce: string, expiresAt: Date, now: Date): boolean {
    this.#db.run('DELETE FROM used_links WHERE expires_at < ?', [now.getTime()]);
    return (
      this.#db.run(
        'INSERT INTO used_links (nonce, expires_at) VALUES (?, ?) ON CONFLICT (nonce) DO NOTHING',
        [nonce, expiresAt.getTime()],
      ) > 0
    );
  }
}
