// Decisions: what is done about a value, until when. A lifted decision stays as history: who, when, why.
import { parseCidr, parseIp, type Cidr, type Decision } from '@parapet/kinds';
import { boundsOf, keyOf, keysAround } from '../address-key.ts';
import { dateOf, jsonOf, numberOf, optionalDateOf, optionalTextOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';
import { lookAll, lookPage, type PageStart } from '../lookPage.ts';
import { Where } from '../where.ts';

export interface Lift {
  readonly at: Date;
  /** Who lifted it: an operator's name, `allowlist`, … */
  readonly by: string;
  readonly reason: string;
}

/** A decision as it is kept. */
export interface StoredDecision extends Decision {
  /** Rises with every decision; small enough for protocols that want a number as id. */
  readonly number: number;
  /** The change that made it what it is; rises with every transaction. */
  readonly change: number;
  /** The site of the alert that it answers, where that is known. */
  readonly site?: string;
  readonly lift?: Lift;
}

/** A decision in few words, for lists of a million; times in milliseconds since the epoch. */
export type LeanDecision = readonly [
  number: number,
  id: string,
  scope: string,
  value: string,
  remediation: string,
  startMs: number,
  endMs: number,
  scenario: string,
  origin: string,
  isSimulated: 0 | 1,
  alertId: string | null,
  /** When it was lifted. */
  liftMs: number | null,
];

export interface LeanPage {
  readonly decisions: readonly LeanDecision[];
  /** Where the next page begins; undefined when there is none. */
  readonly next: number | undefined;
}

/** All conditions that are given must hold. */
export interface DecisionFilter {
  /** Of these numbers. */
  readonly numbers?: readonly number[];
  readonly id?: string;
  readonly number?: number;
  /** The first 8 hex digits of the id, as block pages show them. */
  readonly recordId?: string;
  readonly scope?: string;
  readonly value?: string;
  /** Decisions on addresses and ranges that lie wholly inside this one. */
  readonly inside?: Cidr;
  /** Decisions on addresses and ranges that contain this one. */
  readonly around?: Cidr;
  readonly remediation?: string;
  readonly origin?: string;
  readonly scenario?: string;
  readonly alertId?: string;
  /** Of one of these alerts. */
  readonly alertIds?: readonly string[];
  readonly mode?: Decision['mode'];
  /** Only those in force at this moment; without it, history too. */
  readonly activeAt?: Date;
  /** Only those that began then or later. */
  readonly since?: Date;
  /** Only those that began before then. */
  readonly until?: Date;
  /** Only those that ran out, and were not lifted, after the first moment and up to the second. */
  readonly expired?: { readonly after: Date; readonly upTo: Date };
  /** Only those that answer no alert. */
  readonly isLone?: true;
  /** Of one of these scopes. */
  readonly scopes?: readonly string[];
  /** Of one of these origins, or of one that begins with one of them and a slash. */
  readonly origins?: readonly string[];
  /** Of none of these origins, nor of one that begins with one of them and a slash. */
  readonly withoutOrigins?: readonly string[];
  /** The scenario has one of these texts in it, whatever the case. */
  readonly scenariosWith?: readonly string[];
  /** The scenario has none of these texts in it. */
  readonly scenariosWithout?: readonly string[];
  /** Only those with a higher number: the way to read page by page. */
  readonly after?: number;
  /** Only those with this number or a lower one. */
  readonly upTo?: number;
  /** Those that answer alerts of these sites. */
  readonly sites?: readonly string[];
}

/** A decision on the same value. */
export interface Beside {
  readonly number: number;
  /** It ends later than the one that was asked about. */
  readonly isLonger: boolean;
}

/** With the moment at which decisions have to be in force. */
export type ActiveFilter = DecisionFilter & { readonly activeAt: Date };

export interface Page {
  readonly limit?: number;
  readonly newestFirst?: boolean;
}

const COLUMNS = `number, id, scope, value, remediation, started_at, expires_at, scenario, origin, simulated,
  alert_id, lifted_at, lifted_by, lift_reason, change, site`;
const LEAN_COLUMNS = `number, id, scope, value, remediation, started_at, expires_at, scenario, origin, simulated,
  alert_id, lifted_at`;
/** The two indexes of values: what is in order, what makes a value, which part of the table it is, and how it is met. */
const KEYS = [
  [
    ...(['address', 'address, prefix', 'address IS NOT NULL'] as const),
    'held.address = twice.address AND held.prefix = twice.prefix',
  ],
  [
    ...(['value', 'value, scope', 'address IS NULL'] as const),
    'held.value = twice.value AND held.scope = twice.scope AND held.address IS NULL',
  ],
] as const;
const TABLE = { name: 'decisions', readable: '*', alias: 'looked' };

export class DecisionTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Stores the decision; one whose id is known and that lasts longer now is prolonged. One that arrives lifted is kept
   * as history only. Returns whether anything changed.
   */
  insert(decision: Decision, change: number, lift?: Lift): boolean {
    const value = canonicalValue(decision.target.scope, decision.target.value);
    const key = isAddressScope(decision.target.scope) ? keyOf(value) : undefined;
    return (
      this.#db.run(
        `INSERT INTO decisions (id, scope, value, address, prefix, remediation, started_at, expires_at, scenario,
           origin, simulated, alert_id, lifted_at, lifted_by, lift_reason, change, site)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM alerts WHERE id = ?), ?, ?, ?, ?,
           coalesce((SELECT site FROM alerts WHERE id = ?), ''))
         ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, change = excluded.change
           WHERE lifted_at IS NULL AND excluded.lifted_at IS NULL AND expires_at < excluded.expires_at`,
        [
          decision.id,
          decision.target.scope,
          value,
          key?.address ?? null,
          key?.prefix ?? null,
          decision.remediation,
          decision.startAt.getTime(),
          decision.expiresAt.getTime(),
          decision.scenario,
          decision.origin,
          decision.mode === 'simulated' ? 1 : 0,
          decision.alertId ?? null,
          lift?.at.getTime() ?? null,
          lift?.by ?? null,
          lift?.reason ?? null,
          change,
          decision.alertId ?? null,
        ],
      ) > 0
    );
  }

  list(filter: DecisionFilter, page: Page): StoredDecision[] {
    const where = decisionConditions(filter);
    const order = page.newestFirst === true ? 'DESC' : 'ASC';
    return this.#db
      .all(`SELECT ${COLUMNS} FROM decisions ${where.sql} ORDER BY number ${order} LIMIT ?`, [
        ...where.params,
        page.limit ?? -1,
      ])
      .map(decisionOf);
  }

  /** Returns those that fit among the next rows, by number. */
  leanPage(filter: DecisionFilter, start: PageStart): LeanPage {
    const where = decisionConditions(filter);
    const { found, next } = lookPage(this.#db, TABLE, LEAN_COLUMNS, where, isIndexed(filter), start);
    // As the statement makes it.
    return { decisions: found as readonly LeanDecision[], next };
  }

  /** The numbers of those that fit now, found page by page. */
  *slices(filter: DecisionFilter, rows: number): Generator<readonly number[]> {
    const pages = lookAll(this.#db, 'decisions', rows, (start) => {
      const { decisions, next } = this.leanPage(filter, start);
      return { found: decisions, next };
    });
    for (const page of pages) yield page.map(([number]) => number);
  }

  count(filter: DecisionFilter): number {
    const where = decisionConditions(filter);
    return numberOf(this.#db.one(`SELECT count(*) AS n FROM decisions ${where.sql}`, where.params)!, 'n');
  }

  /**
   * For each of these decisions, by number, of those on its value, of the same remediation, that fit the filter the one
   * that lasts longest, which may be itself; those that have none are left out.
   */
  longestBeside(numbers: readonly number[], filter: DecisionFilter): Map<number, Beside> {
    const where = decisionConditions(filter);
    // Two indexes: one of values that are addresses, one of all others. Names without a table are the other's.
    const other = (same: string): string =>
      `(SELECT json_array(number, expires_at > asked.expires_at) FROM decisions AS other ${where.sql} AND ${same}
         AND value = asked.value AND scope = asked.scope AND remediation = asked.remediation
         ORDER BY expires_at DESC LIMIT 1)`;
    const rows = this.#db.all(
      `SELECT number, other FROM (SELECT number, CASE WHEN address IS NULL THEN ${other('address IS NULL')}
         ELSE ${other('address = asked.address AND prefix = asked.prefix')} END AS other
         FROM decisions AS asked WHERE number IN (SELECT value FROM json_each(?))) WHERE other IS NOT NULL`,
      [...where.params, ...where.params, JSON.stringify(numbers)],
    );
    return new Map(
      rows.map((row) => {
        // As the statement makes it.
        const [number, isLonger] = jsonOf(row, 'other') as readonly [number, 0 | 1];
        return [numberOf(row, 'number'), { number, isLonger: isLonger === 1 }];
      }),
    );
  }

  /**
   * The numbers of those in force beside which another one that fits the filter lasts longer: found among values that
   * have more than one decision, in stretches of the indexes.
   */
  *outlasted(filter: ActiveFilter, rows: number): Generator<readonly number[]> {
    for (const [key, both, part, same] of KEYS) {
      let from = '';
      for (let isLast = false; !isLast;) {
        const end = this.#db.one(
          `SELECT ${key} AS last FROM decisions WHERE ${key} > ? AND ${part} ORDER BY ${key} LIMIT 1 OFFSET ?`,
          [from, rows],
        );
        isLast = end === undefined;
        const upTo = end === undefined ? '\u{10FFFF}' : textOf(end, 'last');
        const found = this.#db.all(
          `SELECT held.number FROM (SELECT ${both} FROM decisions WHERE ${key} > ? AND ${key} <= ? AND ${part}
             GROUP BY ${both} HAVING count(*) > 1) AS twice CROSS JOIN decisions AS held ON ${same}
             WHERE held.lifted_at IS NULL AND held.expires_at > ?`,
          [from, upTo, filter.activeAt.getTime()],
        );
        const numbers = found.map((row) => numberOf(row, 'number'));
        const beside = numbers.length === 0 ? [] : this.longestBeside(numbers, filter);
        yield [...beside].filter(([, { isLonger }]) => isLonger).map(([number]) => number);
        from = upTo;
      }
    }
  }

  /** Ends the decisions now and returns them; those that have ended already are left as they are. */
  lift(filter: DecisionFilter, lift: Lift, change: number): StoredDecision[] {
    const where = decisionConditions({ ...filter, activeAt: lift.at });
    return this.#db
      .all(
        `UPDATE decisions SET lifted_at = ?, lifted_by = ?, lift_reason = ?, change = ? ${where.sql}
         RETURNING ${COLUMNS}`,
        [lift.at.getTime(), lift.by, lift.reason, change, ...where.params],
      )
      .map(decisionOf)
      .sort((a, b) => a.number - b.number);
  }

  /** Lets at most `limit` decisions go on without their alerts; returns how many. */
  leaveAlerts(ids: readonly string[], limit: number): number {
    return this.#db.run(
      `UPDATE decisions SET alert_id = NULL WHERE number IN (
         SELECT number FROM decisions WHERE alert_id IN (SELECT value FROM json_each(?)) LIMIT ?)`,
      [JSON.stringify(ids), limit],
    );
  }

  /** Returns what changed after `since` up to and including `until`; from 0, only what is in force. */
  changed(since: number, until: number, now: Date): StoredDecision[] {
    const where = new Where().and('change > ?', since).and('change <= ?', until);
    if (since === 0) where.and('lifted_at IS NULL').and('expires_at > ?', now.getTime());
    return this.#db
      .all(`SELECT ${COLUMNS} FROM decisions ${where.sql} ORDER BY change, number`, where.params)
      .map(decisionOf);
  }

  /** The change behind which at most `rows` decisions have changed; 0 when there are no more at all. */
  changeReach(rows: number): number {
    const row = this.#db.one('SELECT change FROM decisions ORDER BY change DESC LIMIT 1 OFFSET ?', [rows]);
    return row === undefined ? 0 : numberOf(row, 'change');
  }

  /** Returns the change at which a page of about `rows` changes ends, or undefined when all fit. */
  changePageEnd(since: number, rows: number): number | undefined {
    const row = this.#db.one(
      `SELECT change FROM decisions WHERE change > ? ORDER BY change LIMIT 1 OFFSET ?`,
      [since, rows - 1],
    );
    return row === undefined ? undefined : numberOf(row, 'change');
  }

  /** Forgets at most `limit` decisions that ended before the moment; returns how many. */
  forgetEnded(before: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM decisions WHERE number IN (SELECT number FROM decisions WHERE expires_at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
  }
}

/** The conditions of a filter on rows of decisions. */
export function decisionConditions(filter: DecisionFilter): Where {
  const where = new Where()
    .andIf('id = ?', filter.id)
    .andIf('number = ?', filter.number)
    .andIf('scope = ?', filter.scope)
    .andIf('remediation = ?', filter.remediation)
    .andIf('origin = ?', filter.origin)
    .andIf('scenario = ?', filter.scenario)
    .andIf('alert_id = ?', filter.alertId)
    .andIf('number > ?', filter.after)
    .andIf('number <= ?', filter.upTo)
    .andIf('started_at >= ?', filter.since?.getTime())
    .andIf('started_at < ?', filter.until?.getTime())
    .andIfIn('number', filter.numbers)
    .andIfIn('alert_id', filter.alertIds)
    .andSites(filter.sites, isIndexed(filter));
  // A range of the index on ids: `-` follows the digits in a UUID, and `~` is behind all that can follow.
  if (filter.recordId !== undefined) where.and('id >= ? AND id < ?', filter.recordId, `${filter.recordId}~`);
  if (filter.value !== undefined) whereValue(where, filter.scope, filter.value);
  if (filter.mode !== undefined) where.and('simulated = ?', filter.mode === 'simulated' ? 1 : 0);
  if (filter.activeAt !== undefined) {
    where.and('lifted_at IS NULL').and('expires_at > ?', filter.activeAt.getTime());
  }
  if (filter.expired !== undefined) {
    const { after, upTo } = filter.expired;
    where.and('lifted_at IS NULL').and('expires_at > ? AND expires_at <= ?', after.getTime(), upTo.getTime());
  }
  if (filter.isLone === true) where.and('alert_id IS NULL');
  if (filter.scopes !== undefined) where.and(`scope IN (${marks(filter.scopes)})`, ...filter.scopes);
  if (filter.origins !== undefined)
    where.and(
      `(${filter.origins.map(() => OF_ORIGIN).join(' OR ') || 'FALSE'})`,
      ...filter.origins.flatMap(ofOrigin),
    );
  const { scenariosWith = [], scenariosWithout = [], withoutOrigins = [] } = filter;
  for (const origin of withoutOrigins) where.and(`NOT ${OF_ORIGIN}`, ...ofOrigin(origin));
  if (scenariosWith.length > 0)
    where.and(
      `(${scenariosWith.map(() => 'instr(lower(scenario), ?) > 0').join(' OR ')})`,
      ...scenariosWith.map((text) => text.toLowerCase()),
    );
  for (const text of scenariosWithout) where.and('instr(lower(scenario), ?) = 0', text.toLowerCase());
  wherePlace(where, 'decisions', filter);
  return where;
}

/** That an address or range is, or lies inside, one; and that it contains one. */
export function wherePlace(
  where: Where,
  table: 'alerts' | 'decisions',
  { inside, around }: { readonly inside?: Cidr; readonly around?: Cidr },
): void {
  if (inside !== undefined) {
    const { first, last } = boundsOf(inside);
    where.and('address BETWEEN ? AND ? AND prefix >= ?', first, last, inside.prefixLength);
  }
  if (around !== undefined) {
    const keys = keysAround(around).map(({ address, prefix }) => [address, prefix]);
    // A cross join has SQLite look each key up in the index; asked for pairs in a list, it would scan the table.
    where.and(
      `number IN (SELECT held.number FROM json_each(?) AS key CROSS JOIN ${table} AS held
         ON held.address = key.value ->> 0 AND held.prefix = key.value ->> 1)`,
      JSON.stringify(keys),
    );
  }
}

/** That a decision is of an origin, or of one that begins with it and a slash; with its parameters. */
export const OF_ORIGIN = '(origin = ? OR instr(origin, ?) = 1)';
export function ofOrigin(origin: string): readonly [string, string] {
  return [origin, `${origin}/`];
}

/** Whether an index leads to few that can fit; behind all else may stand the whole table. */
function isIndexed({ inside, ...filter }: DecisionFilter): boolean {
  if (inside !== undefined && inside.prefixLength >= (inside.version === 4 ? 16 : 48)) return true;
  return INDEXED.some((key) => filter[key] !== undefined);
}

const INDEXED = [
  ...(['id', 'number', 'numbers', 'recordId', 'value', 'around', 'alertId', 'alertIds', 'expired'] as const),
];

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** Values that are addresses are in one index, all others in another; the condition says which to look into. */
function whereValue(where: Where, scope: string | undefined, value: string): void {
  const canonical = canonicalValue(scope, value);
  const key = scope === undefined || isAddressScope(scope) ? keyOf(canonical) : undefined;
  if (key === undefined) where.and('value = ? AND address IS NULL', canonical);
  else if (scope !== undefined)
    where.and('value = ? AND address = ? AND prefix = ?', canonical, key.address, key.prefix);
  else {
    where.and(
      '((value = ? AND address = ? AND prefix = ?) OR (value = ? AND address IS NULL))',
      canonical,
      key.address,
      key.prefix,
      value,
    );
  }
}

function isAddressScope(scope: string): boolean {
  return scope === 'ip' || scope === 'range';
}

/** Addresses are compared by their canonical text, however they were written. */
function canonicalValue(scope: string | undefined, value: string): string {
  if (scope !== undefined && !isAddressScope(scope)) return value;
  if (value.includes('/')) return parseCidr(value)?.text ?? value;
  return parseIp(value) ?? value;
}

function decisionOf(row: SqlRow): StoredDecision {
  const alertId = optionalTextOf(row, 'alert_id');
  const liftedAt = optionalDateOf(row, 'lifted_at');
  const site = textOf(row, 'site');
  return {
    number: numberOf(row, 'number'),
    change: numberOf(row, 'change'),
    id: textOf(row, 'id'),
    target: { scope: textOf(row, 'scope'), value: textOf(row, 'value') },
    remediation: textOf(row, 'remediation'),
    startAt: dateOf(row, 'started_at'),
    expiresAt: dateOf(row, 'expires_at'),
    scenario: textOf(row, 'scenario'),
    origin: textOf(row, 'origin'),
    mode: numberOf(row, 'simulated') === 1 ? 'simulated' : 'live',
    ...(alertId === undefined ? {} : { alertId }),
    ...(site === '' ? {} : { site }),
    ...(liftedAt === undefined
      ? {}
      : {
          lift: {
            at: liftedAt,
            by: optionalTextOf(row, 'lifted_by') ?? '',
            reason: optionalTextOf(row, 'lift_reason') ?? '',
          },
        }),
  };
}
