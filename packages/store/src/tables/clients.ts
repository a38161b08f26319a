// The clients of the local API: machines, which send alerts, and bouncers, which fetch decisions.
import {
  dateOf,
  jsonOf,
  numberOf,
  optionalDateOf,
  optionalNumberOf,
  optionalTextOf,
  textOf,
} from '../column.ts';
import type { Database, SqlRow } from '../database.ts';

export interface Machine {
  readonly name: string;
  /** As the API made it from the password; undefined for those that come with a certificate only. */
  readonly passwordHash?: string;
  /** Whether an operator, or a registration token, has admitted it. */
  readonly isValidated: boolean;
  readonly ip: string;
  readonly version: string;
  /** What it said it detects with when it logged in. */
  readonly scenarios: readonly string[];
  readonly createdAt: Date;
  /** When it was last heard of. */
  readonly seenAt?: Date;
  /** When it last sent alerts. */
  readonly pushedAt?: Date;
  /** By how much its clock is ahead of ours, when it last said its time. */
  readonly clockAheadMs?: number;
}

export interface Bouncer {
  readonly name: string;
  /** SHA-512 of the key, hex; undefined for those that come with a certificate only. */
  readonly keyHash?: string;
  readonly ip: string;
  /** What its User-Agent says it is, e.g. `crowdsec-firewall-bouncer`. */
  readonly type: string;
  readonly version: string;
  readonly createdAt: Date;
  readonly pulledAt?: Date;
  /** How long it waited lately from one fetching of what changed to the next, at most. */
  readonly pauseMs?: number;
  /** By how much its clock is ahead of ours, when it last said its time. */
  readonly clockAheadMs?: number;
}

/** One process that fetches decisions; several may share a bouncer's key. */
export interface Puller {
  readonly bouncer: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** Up to where a process has fetched decisions. */
export interface Pulled {
  readonly change: number;
  readonly at: Date;
}

/** Counters that a client told of itself. */
export interface ClientReport {
  readonly kind: 'bouncer' | 'machine';
  readonly name: string;
  readonly at: Date;
  /** JSON as it was sent, checked. */
  readonly body: unknown;
}

/** What has been seen of clients since it was last written down. Those that were removed since stay removed. */
export interface ClientNotes {
  readonly bouncers: readonly Bouncer[];
  readonly pulls: readonly (readonly [Puller, Pulled, bouncerSince: Date])[];
  readonly machines: readonly MachineNote[];
}

export interface MachineNote {
  readonly name: string;
  readonly ip: string;
  readonly seenAt: Date;
  /** When it has sent alerts. */
  readonly pushedAt?: Date;
  readonly clockAheadMs?: number;
}

const MACHINE =
  'name, password_hash, is_validated, ip, version, scenarios, created_at, seen_at, pushed_at, clock_ahead_ms';
const BOUNCER = 'name, key_hash, ip, type, version, created_at, pulled_at, pause_ms, clock_ahead_ms';

export class ClientTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  machines(): Machine[] {
    return this.#db.all(`SELECT ${MACHINE} FROM machines ORDER BY name`).map(machineOf);
  }

  machine(name: string): Machine | undefined {
    return this.#db.all(`SELECT ${MACHINE} FROM machines WHERE name = ?`, [name]).map(machineOf)[0];
  }

  /** Adds the machine, or replaces the one of that name. */
  putMachine(machine: Machine): void {
    this.#db.run(`INSERT OR REPLACE INTO machines (${MACHINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
      machine.name,
      machine.passwordHash ?? null,
      machine.isValidated ? 1 : 0,
      machine.ip,
      machine.version,
      JSON.stringify(machine.scenarios),
      machine.createdAt.getTime(),
      machine.seenAt?.getTime() ?? null,
      machine.pushedAt?.getTime() ?? null,
      machine.clockAheadMs ?? null,
    ]);
  }

  removeMachine(name: string): boolean {
    return this.#db.run('DELETE FROM machines WHERE name = ?', [name]) > 0;
  }

  bouncers(): Bouncer[] {
    return this.#db.all(`SELECT ${BOUNCER} FROM bouncers ORDER BY name`).map(bouncerOf);
  }

  bouncer(name: string): Bouncer | undefined {
    return this.#db.all(`SELECT ${BOUNCER} FROM bouncers WHERE name = ?`, [name]).map(bouncerOf)[0];
  }

  bouncerByKey(keyHash: string): Bouncer | undefined {
    return this.#db.all(`SELECT ${BOUNCER} FROM bouncers WHERE key_hash = ?`, [keyHash]).map(bouncerOf)[0];
  }

  putBouncer(bouncer: Bouncer): void {
    this.#db.run(`INSERT OR REPLACE INTO bouncers (${BOUNCER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
      bouncer.name,
      bouncer.keyHash ?? null,
      bouncer.ip,
      bouncer.type,
      bouncer.version,
      bouncer.createdAt.getTime(),
      bouncer.pulledAt?.getTime() ?? null,
      bouncer.pauseMs ?? null,
      bouncer.clockAheadMs ?? null,
    ]);
  }

  removeBouncer(name: string): boolean {
    this.#db.run('DELETE FROM pulls WHERE bouncer = ?', [name]);
    return this.#db.run('DELETE FROM bouncers WHERE name = ?', [name]) > 0;
  }

  /** Up to where the process has fetched decisions; undefined when it never has. */
  pulled({ bouncer, ip, userAgent }: Puller): Pulled | undefined {
    const row = this.#db.one('SELECT change, at FROM pulls WHERE bouncer = ? AND ip = ? AND user_agent = ?', [
      bouncer,
      ip,
      userAgent,
    ]);
    return row === undefined ? undefined : { change: numberOf(row, 'change'), at: dateOf(row, 'at') };
  }

  note({ bouncers, pulls, machines }: ClientNotes): void {
    for (const { name, createdAt, ip, type, version, pulledAt, pauseMs, clockAheadMs } of bouncers)
      this.#db.run(
        `UPDATE bouncers SET ip = ?, type = ?, version = ?, pulled_at = ?, pause_ms = ?, clock_ahead_ms = ?
           WHERE name = ? AND created_at = ?`,
        [
          ...[ip, type, version, pulledAt?.getTime() ?? null, pauseMs ?? null, clockAheadMs ?? null],
          ...[name, createdAt.getTime()],
        ],
      );
    for (const [{ bouncer, ip, userAgent }, { change, at }, since] of pulls)
      this.#db.run(
        `INSERT OR REPLACE INTO pulls (bouncer, ip, user_agent, change, at)
           SELECT name, ?, ?, ?, ? FROM bouncers WHERE name = ? AND created_at = ?`,
        [ip, userAgent, change, at.getTime(), bouncer, since.getTime()],
      );
    for (const { name, ip, seenAt, pushedAt, clockAheadMs } of machines)
      this.#db.run(
        `UPDATE machines SET ip = ?, seen_at = ?, pushed_at = coalesce(?, pushed_at),
           clock_ahead_ms = coalesce(?, clock_ahead_ms) WHERE name = ?`,
        [ip, seenAt.getTime(), pushedAt?.getTime() ?? null, clockAheadMs ?? null, name],
      );
  }

  report({ kind, name, at, body }: ClientReport): void {
    this.#db.run('INSERT OR REPLACE INTO client_reports (kind, name, at, body) VALUES (?, ?, ?, ?)', [
      kind,
      name,
      at.getTime(),
      JSON.stringify(body),
    ]);
  }

  reports(): ClientReport[] {
    return this.#db
      .all('SELECT kind, name, at, body FROM client_reports ORDER BY kind, name, at')
      .map((row) => ({
        kind: textOf(row, 'kind') === 'machine' ? 'machine' : 'bouncer',
        name: textOf(row, 'name'),
        at: dateOf(row, 'at'),
        body: jsonOf(row, 'body'),
      }));
  }

  /** Forgets at most `limit` processes and reports from before the moment. */
  forgetOld(before: Date, limit: number): number {
    const pulls = this.#db.run(
      `DELETE FROM pulls WHERE (bouncer, ip, user_agent) IN
         (SELECT bouncer, ip, user_agent FROM pulls WHERE at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
    const reports = this.#db.run(
      `DELETE FROM client_reports WHERE (kind, name, at) IN
         (SELECT kind, name, at FROM client_reports WHERE at < ? LIMIT ?)`,
      [before.getTime(), limit],
    );
    return pulls + reports;
  }
}

function machineOf(row: SqlRow): Machine {
  const passwordHash = optionalTextOf(row, 'password_hash');
  const seenAt = optionalDateOf(row, 'seen_at');
  const pushedAt = optionalDateOf(row, 'pushed_at');
  const clockAheadMs = optionalNumberOf(row, 'clock_ahead_ms');
  const scenarios = jsonOf(row, 'scenarios');
  return {
    name: textOf(row, 'name'),
    ...(passwordHash === undefined ? {} : { passwordHash }),
    isValidated: numberOf(row, 'is_validated') === 1,
    ip: textOf(row, 'ip'),
    version: textOf(row, 'version'),
    scenarios: Array.isArray(scenarios) ? scenarios.filter((one) => typeof one === 'string') : [],
    createdAt: dateOf(row, 'created_at'),
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(pushedAt === undefined ? {} : { pushedAt }),
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
  };
}

function bouncerOf(row: SqlRow): Bouncer {
  const keyHash = optionalTextOf(row, 'key_hash');
  const pulledAt = optionalDateOf(row, 'pulled_at');
  const pauseMs = optionalNumberOf(row, 'pause_ms');
  const clockAheadMs = optionalNumberOf(row, 'clock_ahead_ms');
  return {
    name: textOf(row, 'name'),
    ...(keyHash === undefined ? {} : { keyHash }),
    ip: textOf(row, 'ip'),
    type: textOf(row, 'type'),
    version: textOf(row, 'version'),
    createdAt: dateOf(row, 'created_at'),
    ...(pulledAt === undefined ? {} : { pulledAt }),
    ...(pauseMs === undefined ? {} : { pauseMs }),
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
  };
}
