// Forgetting what is too old or too much, a slice at a time.
import { numberOf } from './column.ts';
import type { Database } from './database.ts';
import type { Maintained, Retention } from './store.ts';
import type { AlertTable } from './tables/alerts.ts';
import type { DecisionTable } from './tables/decisions.ts';

interface Forgetful {
  forgetOld(before: Date, limit: number): number;
}

interface Tables {
  readonly decisions: Pick<DecisionTable, 'forgetEnded'>;
  readonly alerts: Pick<AlertTable, 'forgetOld'>;
  readonly allowlists: Pick<DecisionTable, 'forgetEnded'>;
  readonly appeals: Forgetful;
  readonly operators: Forgetful;
  readonly clients: Forgetful;
  readonly inspections: Forgetful;
}

/** Some 10 ms of work: the engine has other things to do between two slices. */
const SLICE_ROWS = 500;
const SLICE_PAGES = 500;

/** Returns how much was forgotten, and whether there is more. */
export function forgetSlice(db: Database, retention: Retention, now: Date, tables: Tables): Maintained {
  const ended = new Date(now.getTime() - retention.endedForMs);
  const old = new Date(now.getTime() - retention.alertsForMs);
  const done = db.write(() => ({
    decisions: tables.decisions.forgetEnded(ended, SLICE_ROWS),
    alerts: tables.alerts.forgetOld(old, retention.maxAlerts, now, SLICE_ROWS),
    allowlistEntries: tables.allowlists.forgetEnded(ended, SLICE_ROWS),
    appeals: tables.appeals.forgetOld(old, SLICE_ROWS),
    operators: tables.operators.forgetOld(old, SLICE_ROWS),
    clients: tables.clients.forgetOld(old, SLICE_ROWS),
    inspections: tables.inspections.forgetOld(old, SLICE_ROWS),
  }));
  db.exec(`PRAGMA incremental_vacuum(${SLICE_PAGES})`);
  const freePages = numberOf(db.one('PRAGMA freelist_count')!, 'freelist_count');
  const hasMore = freePages > 0 || Object.values(done).some((rows) => rows >= SLICE_ROWS);
  return { ...done, hasMore };
}
