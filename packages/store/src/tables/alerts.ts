// Alerts with their evidence. Columns that are searched are columns; the rest is one JSON text. The events
// are last in the row: a list of alerts does not read the pages they overflow into.
import type { Alert, AlertEvent, AlertSource, Cidr } from '@parapet/kinds';
import { keyOf } from '../address-key.ts';
import { dateOf, jsonOf, numberOf, optionalTextOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';
import { StoreError } from '../errors.ts';
import { lookAll, lookPage } from '../lookPage.ts';
import { siteOfAlert } from '../siteOfAlert.ts';
import { Where } from '../where.ts';
import { decisionConditions, OF_ORIGIN, ofOrigin, wherePlace, type Page } from './decisions.ts';

/** An alert as it is kept. */
export interface StoredAlert extends Alert {
  /** Rises with every alert; small enough for protocols that want a number as id. */
  readonly number: number;
}

/** An alert as lists show it: everything but the evidence. */
export type AlertSummary = Omit<StoredAlert, 'events'>;

/** All conditions that are given must hold; times are those of `knownAt`. */
export interface AlertFilter {
  readonly id?: string;
  readonly number?: number;
  readonly since?: Date;
  readonly until?: Date;
  readonly scenario?: string;
  readonly scope?: string;
  readonly value?: string;
  /** Alerts whose source is an address or range inside this one. */
  readonly inside?: Cidr;
  /** Alerts whose source, or one of whose decisions, lies inside the one or contains the other. */
  readonly touching?: { readonly inside: Cidr } | { readonly around: Cidr };
  readonly simulated?: boolean;
  readonly after?: number;
  /** Those that come behind this one in the order of the page: the way to read page by page. */
  readonly behind?: { readonly knownAt: Date; readonly number: number };
  /** Alerts that no decision has ever answered. */
  readonly isUndecided?: true;
  /** Alerts that a decision answers which is in force at this moment. */
  readonly decidedAt?: Date;
  /** Alerts that a decision of this origin, or one that begins with it and a slash, answers. */
  readonly decisionOrigin?: string;
  /** Alerts that no decision of these origins, or of one that begins with one of them and a slash, answers. */
  readonly withoutOrigins?: readonly string[];
  /** Alerts that a decision of this remediation answers. */
  readonly remediation?: string;
  /** Alerts of these sites. */
  readonly sites?: readonly string[];
}

const SUMMARY = `number, id, scenario, scope, value, started_at, stopped_at, known_at, events_count, remediation,
  simulated, spared, message, details`;
const TABLE = {
  name: 'alerts',
  readable: 'number, id, scenario, scope, value, address, prefix, known_at, simulated, site',
  alias: 'alerts',
};

export class AlertTable {
  readonly #db: Database;
  readonly #siteOf: (named: string) => string;

  constructor(db: Database, siteOf: (named: string) => string) {
    this.#db = db;
    this.#siteOf = siteOf;
  }

  /** Stores the alert unless its id is known. */
  insert(alert: Alert): boolean {
    const key = keyOf(alert.source.ip ?? alert.source.value);
    return (
      this.#db.run(
        `INSERT INTO alerts (id, scenario, scope, value, address, prefix, started_at, stopped_at, known_at,
           events_count, remediation, simulated, spared, message, details, events, site)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
        [
          alert.id,
          alert.scenario,
          alert.source.scope,
          alert.source.value,
          key?.address ?? null,
          key?.prefix ?? null,
          alert.startAt.getTime(),
          alert.stopAt.getTime(),
          alert.knownAt.getTime(),
          alert.eventsCount,
          alert.remediation ? 1 : 0,
          alert.simulated ? 1 : 0,
          alert.spared ?? null,
          alert.message,
          detailsText(alert),
          eventsText(alert.events),
          siteOfAlert(alert, this.#siteOf),
        ],
      ) > 0
    );
  }

  list(filter: AlertFilter, page: Page): AlertSummary[] {
    return this.#select(SUMMARY, filter, page).map(summaryOf);
  }

  /** The alerts with their evidence. */
  listWhole(filter: AlertFilter, page: Page): StoredAlert[] {
    return this.#select(`${SUMMARY}, events`, filter, page).map((row) => ({
      ...summaryOf(row),
      events: eventsOf(row),
    }));
  }

  /** The numbers of those that are stored, in the order of the ids. */
  numbers(ids: readonly string[]): number[] {
    return this.#db
      .all(
        `SELECT number FROM json_each(?) AS asked JOIN alerts ON alerts.id = asked.value ORDER BY asked.key`,
        [JSON.stringify(ids)],
      )
      .map((row) => numberOf(row, 'number'));
  }

  count(filter: AlertFilter): number {
    const where = conditions(filter);
    return numberOf(this.#db.one(`SELECT count(*) AS n FROM alerts ${where.sql}`, where.params)!, 'n');
  }

  /** The ids of those that fit now, by their numbers, found page by page. */
  slices(filter: AlertFilter, rows: number): Generator<ReadonlyMap<number, string>> {
    const isIndexed = filter.id !== undefined || filter.number !== undefined || filter.touching !== undefined;
    return lookAll(this.#db, 'alerts', rows, (start) => {
      const where = conditions(filter);
      const { found, next } = lookPage(this.#db, TABLE, 'number, id', where, isIndexed, start);
      // As the statement makes it.
      return { found: new Map(found as readonly (readonly [number, string])[]), next };
    });
  }

  delete(numbers: readonly number[]): number {
    return this.#db.run('DELETE FROM alerts WHERE number IN (SELECT value FROM json_each(?))', [
      JSON.stringify(numbers),
    ]);
  }

  /**
   * Forgets at most `limit` alerts, oldest first, that are older than the moment or beyond the newest `keep`;
   * alerts that a running decision answers stay, so that the decision can be explained.
   */
  forgetOld(before: Date, keep: number, now: Date, limit: number): number {
    const tooOld = this.#forget('known_at <', before.getTime(), now, limit);
    const oldest = this.#db.one('SELECT number FROM alerts ORDER BY number DESC LIMIT 1 OFFSET ?', [keep]);
    if (oldest === undefined || tooOld >= limit) return tooOld;
    const last = numberOf(oldest, 'number');
    return tooOld + this.#forget('number <=', last, now, limit - tooOld);
  }

  #forget(upTo: 'known_at <' | 'number <=', bound: number, now: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM alerts WHERE number IN (
         SELECT number FROM alerts
         WHERE ${upTo} ?
           AND NOT EXISTS (SELECT 1 FROM decisions WHERE alert_id = alerts.id AND lifted_at IS NULL
             AND expires_at > ?)
         ORDER BY ${upTo.split(' ')[0]} LIMIT ?)`,
      [bound, now.getTime(), limit],
    );
  }

  #select(columns: string, filter: AlertFilter, page: Page): readonly SqlRow[] {
    const where = conditions(filter, page.newestFirst);
    const order = page.newestFirst === true ? 'DESC' : 'ASC';
    return this.#db.all(
      `SELECT ${columns} FROM alerts ${where.sql} ORDER BY known_at ${order}, number ${order} LIMIT ?`,
      [...where.params, page.limit ?? -1],
    );
  }
}

function conditions(filter: AlertFilter, newestFirst = false): Where {
  const where = new Where()
    .andIf('id = ?', filter.id)
    .andIf('number = ?', filter.number)
    .andIf('known_at >= ?', filter.since?.getTime())
    .andIf('known_at < ?', filter.until?.getTime())
    .andIf('scenario = ?', filter.scenario)
    .andIf('scope = ?', filter.scope)
    .andIf('value = ?', filter.value)
    .andIf('number > ?', filter.after)
    .andSites(filter.sites);
  if (filter.simulated !== undefined) where.and('simulated = ?', filter.simulated ? 1 : 0);
  wherePlace(where, 'alerts', filter);
  if (filter.touching !== undefined) {
    const source = new Where();
    wherePlace(source, 'alerts', filter.touching);
    const decided = decisionConditions(filter.touching);
    // Two indexes, one after the other; with OR between them SQLite would look all alerts through.
    where.and(
      `number IN (SELECT number FROM alerts ${source.sql} UNION SELECT answered.number
         FROM (SELECT alert_id FROM decisions ${decided.sql}) AS one JOIN alerts AS answered ON answered.id = alert_id)`,
      ...source.params,
      ...decided.params,
    );
  }
  if (filter.behind !== undefined)
    where.and(
      `(known_at, number) ${newestFirst ? '<' : '>'} (?, ?)`,
      filter.behind.knownAt.getTime(),
      filter.behind.number,
    );
  const answered = 'EXISTS (SELECT 1 FROM decisions WHERE decisions.alert_id = alerts.id AND';
  if (filter.isUndecided === true) where.and(`NOT ${answered} TRUE)`);
  if (filter.decidedAt !== undefined)
    where.and(`${answered} lifted_at IS NULL AND expires_at > ?)`, filter.decidedAt.getTime());
  if (filter.decisionOrigin !== undefined)
    where.and(`${answered} ${OF_ORIGIN})`, ...ofOrigin(filter.decisionOrigin));
  for (const origin of filter.withoutOrigins ?? [])
    where.and(`NOT ${answered} ${OF_ORIGIN})`, ...ofOrigin(origin));
  if (filter.remediation !== undefined)
    where.and(`${answered} decisions.remediation = ?)`, filter.remediation);
  return where;
}

interface Details {
  readonly source: AlertSource;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly scenarioVersion: string;
  readonly scenarioHash: string;
  readonly capacity: number;
  readonly leakSpeedMs: number;
  readonly machine?: string;
}

function detailsText(alert: Alert): string {
  const { source, labels, scenarioVersion, scenarioHash, capacity, leakSpeedMs, machine } = alert;
  const details: Details = {
    ...{ source, labels, scenarioVersion, scenarioHash, capacity, leakSpeedMs },
    ...(machine === undefined ? {} : { machine }),
  };
  return JSON.stringify(details, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function eventsText(events: readonly AlertEvent[]): string {
  return JSON.stringify(events.map((event) => [event.at.getTime(), event.meta]));
}

function summaryOf(row: SqlRow): AlertSummary {
  // Written by detailsText of this schema version; what else could be there is a damaged file, found by JSON.
  const details = jsonOf(row, 'details') as Details;
  const spared = optionalTextOf(row, 'spared');
  return {
    number: numberOf(row, 'number'),
    id: textOf(row, 'id'),
    scenario: textOf(row, 'scenario'),
    ...details,
    startAt: dateOf(row, 'started_at'),
    stopAt: dateOf(row, 'stopped_at'),
    knownAt: dateOf(row, 'known_at'),
    eventsCount: numberOf(row, 'events_count'),
    message: textOf(row, 'message'),
    remediation: numberOf(row, 'remediation') === 1,
    simulated: numberOf(row, 'simulated') === 1,
    ...(spared === undefined ? {} : { spared }),
  };
}

function eventsOf(row: SqlRow): AlertEvent[] {
  const events = jsonOf(row, 'events');
  if (!Array.isArray(events)) throw new StoreError('E_STORE_CORRUPT', 'column events holds no list');
  // Written by eventsText of this schema version.
  return (events as ReadonlyArray<[number, AlertEvent['meta']]>).map(([at, meta]) => ({
    at: new Date(at),
    meta,
  }));
}
