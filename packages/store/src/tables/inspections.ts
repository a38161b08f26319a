// What inspection found in requests, and what people said of it. Columns hold what is searched for; the rest is JSON.
import type { InspectionAction, InspectionFeedback, InspectionRecord } from '@parapet/kinds';
import { dateOf, jsonOf, numberOf, optionalDateOf, optionalTextOf, textOf } from '../column.ts';
import type { Database, SqlRow } from '../database.ts';
import { Where } from '../where.ts';
import type { Page } from './decisions.ts';

export interface StoredInspection extends InspectionRecord {
  readonly number: number;
}

export interface InspectionFilter {
  /** The 8 hex digits of the block page. */
  readonly id?: string;
  readonly site?: string;
  readonly ip?: string;
  /** Any of these addresses. */
  readonly ips?: readonly string[];
  readonly action?: InspectionAction;
  readonly class?: string;
  readonly since?: Date;
  /** Not later than. */
  readonly upTo?: Date;
  /** Only those with a lower number: the way to read page by page, the newest first. */
  readonly before?: number;
  /** Only those with a higher number: the way to read on. */
  readonly after?: number;
  readonly sites?: readonly string[];
}

export interface FeedbackFilter {
  readonly number?: number;
  readonly recordId?: string;
  /** Any of these records. */
  readonly recordIds?: readonly string[];
  readonly site?: string;
  /** Only what counts at the moment: neither undone nor expired. */
  readonly inForceAt?: Date;
  readonly sites?: readonly string[];
}

const RECORD = 'id, site, at, ip, method, path, route, action, enforced, score, class, details';
const FEEDBACK =
  'number, kind, record, site, route, details, at, said_by, comment, expires_at, undone_at, undone_by';

/** More than this are not kept, however young: what is found may come in floods. */
const MAX_RECORDS = 20_000;

export class InspectionTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  insert(record: InspectionRecord): void {
    const { id, site, at, ip, method, path, route, action, isEnforced, score, ...details } = record;
    this.#db.run(`INSERT INTO inspections (${RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
      id,
      site,
      at.getTime(),
      ip,
      method,
      path,
      route,
      action,
      isEnforced ? 1 : 0,
      score,
      record.findings[0]?.class ?? record.reasons[0]?.class ?? '',
      JSON.stringify(details),
    ]);
  }

  list(filter: InspectionFilter, page: Page): StoredInspection[] {
    const where = conditions(filter);
    const order = page.newestFirst === true ? 'DESC' : 'ASC';
    return this.#db
      .all(`SELECT number, ${RECORD} FROM inspections ${where.sql} ORDER BY number ${order} LIMIT ?`, [
        ...where.params,
        page.limit ?? -1,
      ])
      .map(inspectionOf);
  }

  count(filter: InspectionFilter): number {
    const where = conditions(filter);
    return numberOf(this.#db.one(`SELECT count(*) AS n FROM inspections ${where.sql}`, where.params)!, 'n');
  }

  /** Forgets at most `limit` that are older, or more than are kept. */
  forgetOld(before: Date, limit: number): number {
    return this.#db.run(
      `DELETE FROM inspections WHERE number IN (
         SELECT number FROM inspections
         WHERE at < ? OR number <= (SELECT max(number) FROM inspections) - ? ORDER BY number LIMIT ?)`,
      [before.getTime(), MAX_RECORDS, limit],
    );
  }
}

export class FeedbackTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  insert(feedback: Omit<InspectionFeedback, 'number' | 'undone'>): InspectionFeedback {
    const { kind, recordId, site, route, findings, network, at, by, comment, expiresAt } = feedback;
    const row = this.#db.one(
      `INSERT INTO inspection_feedback (kind, record, site, route, details, at, said_by, comment, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${FEEDBACK}`,
      [
        kind,
        recordId,
        site,
        route,
        JSON.stringify({ findings, network }),
        at.getTime(),
        by,
        comment,
        expiresAt?.getTime() ?? null,
      ],
    );
    return feedbackOf(row!);
  }

  list({ number, recordId, recordIds, site, inForceAt, sites }: FeedbackFilter): InspectionFeedback[] {
    const where = new Where()
      .andIf('number = ?', number)
      .andIf('record = ?', recordId)
      .andIfIn('record', recordIds)
      .andIf('site = ?', site)
      .andSites(sites);
    if (inForceAt !== undefined)
      where.and('undone_at IS NULL AND (expires_at IS NULL OR expires_at > ?)', inForceAt.getTime());
    return this.#db
      .all(`SELECT ${FEEDBACK} FROM inspection_feedback ${where.sql} ORDER BY number`, where.params)
      .map(feedbackOf);
  }

  /** Takes back what was said; undefined when there is nothing to take back under the number. */
  undo(number: number, at: Date, by: string): InspectionFeedback | undefined {
    const row = this.#db.one(
      `UPDATE inspection_feedback SET undone_at = ?, undone_by = ? WHERE number = ? AND undone_at IS NULL
       RETURNING ${FEEDBACK}`,
      [at.getTime(), by, number],
    );
    return row === undefined ? undefined : feedbackOf(row);
  }
}

function conditions(filter: InspectionFilter): Where {
  return new Where()
    .andIf('id = ?', filter.id)
    .andIf('site = ?', filter.site)
    .andIf('ip = ?', filter.ip)
    .andIfIn('ip', filter.ips)
    .andIf('action = ?', filter.action)
    .andIf('class = ?', filter.class)
    .andIf('at >= ?', filter.since?.getTime())
    .andIf('at <= ?', filter.upTo?.getTime())
    .andIf('number < ?', filter.before)
    .andIf('number > ?', filter.after)
    .andSites(filter.sites);
}

function inspectionOf(row: SqlRow): StoredInspection {
  // Written by `insert` alone, in this shape.
  const details = jsonOf(row, 'details') as Pick<
    InspectionRecord,
    'reasons' | 'findings' | 'network' | 'isVouched'
  >;
  return {
    ...details,
    number: numberOf(row, 'number'),
    id: textOf(row, 'id'),
    site: textOf(row, 'site'),
    at: dateOf(row, 'at'),
    ip: textOf(row, 'ip'),
    method: textOf(row, 'method'),
    path: textOf(row, 'path'),
    route: textOf(row, 'route'),
    action: actionOf(textOf(row, 'action')),
    isEnforced: numberOf(row, 'enforced') === 1,
    score: numberOf(row, 'score'),
  };
}

function actionOf(text: string): InspectionAction {
  return text === 'challenge' || text === 'block' || text === 'reject' ? text : 'pass';
}

function feedbackOf(row: SqlRow): InspectionFeedback {
  // Written by `insert` alone, in this shape.
  const details = jsonOf(row, 'details') as Pick<InspectionFeedback, 'findings' | 'network'>;
  const expiresAt = optionalDateOf(row, 'expires_at');
  const undoneAt = optionalDateOf(row, 'undone_at');
  return {
    ...details,
    number: numberOf(row, 'number'),
    kind: textOf(row, 'kind') === 'attack' ? 'attack' : 'no-attack',
    recordId: textOf(row, 'record'),
    site: textOf(row, 'site'),
    route: textOf(row, 'route'),
    at: dateOf(row, 'at'),
    by: textOf(row, 'said_by'),
    comment: textOf(row, 'comment'),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(undoneAt === undefined
      ? {}
      : { undone: { at: undoneAt, by: optionalTextOf(row, 'undone_by') ?? '' } }),
  };
}
