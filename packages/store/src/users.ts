// People who may use the dashboard, and their sessions. Of a password only its hash is kept, of a session's token too.
import { dateOf, jsonOf, numberOf, optionalDateOf, optionalTextOf, textOf } from './column.ts';
import type { Database, SqlRow } from './database.ts';

export interface User {
  readonly name: string;
  /** For all sites: `viewer`, `analyst`, `operator`, `admin`; what else stands there may do nothing. */
  readonly role: string;
  /** Roles for single sites, by their names; what is more than `role` counts. */
  readonly siteRoles?: ReadonlyMap<string, string>;
  /** Empty for who comes in through a provider of identities. */
  readonly passwordHash: string;
  /** Issuer and subject of the provider through which they come in. */
  readonly subject?: string;
  /** Base32; undefined without a second factor. */
  readonly totpSecret?: string;
  /** The last time step of which a code was taken: none is taken twice. */
  readonly totpStep: number;
  readonly createdAt: Date;
  readonly seenAt?: Date;
}

export interface UserSession {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly user: string;
  readonly ip: string;
  readonly agent: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
}

export interface Users {
  /** By name. */
  list(): Promise<readonly User[]>;
  find(name: string): Promise<User | undefined>;
  /** The one who comes in through a provider as this subject. */
  findBySubject(subject: string): Promise<User | undefined>;
  /** Adds the user, or replaces the one of that name. */
  put(user: User): Promise<void>;
  /** Takes the time step of a code; false when it, or a later one, was taken before. */
  takeStep(name: string, step: number): Promise<boolean>;
  /** Removes the user with all sessions and passkeys; returns whether there was one. */
  remove(name: string): Promise<boolean>;

  addSession(session: UserSession): Promise<void>;
  findSession(hash: string): Promise<{ readonly session: UserSession; readonly user: User } | undefined>;
  listSessions(user: string): Promise<readonly UserSession[]>;
  sawSession(hash: string, at: Date, ip: string): Promise<void>;
  /** Ends sessions of a user, all but one where one is named. */
  endSessions(user: string, but?: string): Promise<number>;
  endSession(hash: string): Promise<void>;
  /** Forgets sessions that began, or were last seen, before these moments. */
  forgetSessions(begunBefore: Date, seenBefore: Date): Promise<number>;
}

const USER = `name, role, password_hash, totp_secret, totp_step, users.created_at, users.seen_at, subject,
  (SELECT json_group_array(json_array(site, user_sites.role)) FROM user_sites WHERE user = name) AS site_roles`;
const SESSION = 'hash, user, ip, agent, created_at, seen_at';

export class SqliteUsers implements Users {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(): Promise<readonly User[]> {
    return this.#db.all(`SELECT ${USER} FROM users ORDER BY name`).map(userOf);
  }

  async find(name: string): Promise<User | undefined> {
    return this.#db.all(`SELECT ${USER} FROM users WHERE name = ?`, [name]).map(userOf)[0];
  }

  async findBySubject(subject: string): Promise<User | undefined> {
    return this.#db.all(`SELECT ${USER} FROM users WHERE subject = ?`, [subject]).map(userOf)[0];
  }

  async put(user: User): Promise<void> {
    const { name, role, passwordHash, totpSecret, totpStep, createdAt, seenAt, subject } = user;
    this.#db.write(() => {
      this.#db.run(
        `INSERT INTO users (name, role, password_hash, totp_secret, totp_step, created_at, seen_at, subject)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash,
           totp_secret = excluded.totp_secret, totp_step = excluded.totp_step, seen_at = excluded.seen_at`,
        [
          ...[name, role, passwordHash, totpSecret ?? null, totpStep],
          ...[createdAt.getTime(), seenAt?.getTime() ?? null, subject ?? null],
        ],
      );
      this.#db.run('DELETE FROM user_sites WHERE user = ?', [name]);
      for (const [site, ofSite] of user.siteRoles ?? [])
        this.#db.run('INSERT INTO user_sites (user, site, role) VALUES (?, ?, ?)', [name, site, ofSite]);
    });
  }

  async takeStep(name: string, step: number): Promise<boolean> {
    return this.#db.write(
      () =>
        this.#db.run('UPDATE users SET totp_step = ? WHERE name = ? AND totp_step < ?', [step, name, step]) >
        0,
    );
  }

  async remove(name: string): Promise<boolean> {
    return this.#db.write(() => {
      this.#db.run('DELETE FROM user_sessions WHERE user = ?', [name]);
      this.#db.run('DELETE FROM user_passkeys WHERE user = ?', [name]);
      this.#db.run('DELETE FROM user_sites WHERE user = ?', [name]);
      return this.#db.run('DELETE FROM users WHERE name = ?', [name]) > 0;
    });
  }

  async addSession({ hash, user, ip, agent, createdAt, seenAt }: UserSession): Promise<void> {
    this.#db.write(() => {
      this.#db.run(`INSERT INTO user_sessions (${SESSION}) VALUES (?, ?, ?, ?, ?, ?)`, [
        ...[hash, user, ip, agent, createdAt.getTime(), seenAt.getTime()],
      ]);
      this.#db.run('UPDATE users SET seen_at = ? WHERE name = ?', [createdAt.getTime(), user]);
    });
  }

  async findSession(
    hash: string,
  ): Promise<{ readonly session: UserSession; readonly user: User } | undefined> {
    const [session] = this.#db
      .all(`SELECT ${SESSION} FROM user_sessions WHERE hash = ?`, [hash])
      .map(sessionOf);
    if (session === undefined) return undefined;
    const user = await this.find(session.user);
    return user === undefined ? undefined : { session, user };
  }

  async listSessions(user: string): Promise<readonly UserSession[]> {
    return this.#db
      .all(`SELECT ${SESSION} FROM user_sessions WHERE user = ? ORDER BY seen_at DESC`, [user])
      .map(sessionOf);
  }

  async sawSession(hash: string, at: Date, ip: string): Promise<void> {
    this.#db.write(() =>
      this.#db.run('UPDATE user_sessions SET seen_at = ?, ip = ? WHERE hash = ?', [at.getTime(), ip, hash]),
    );
  }

  async endSessions(user: string, but = ''): Promise<number> {
    return this.#db.write(() =>
      this.#db.run('DELETE FROM user_sessions WHERE user = ? AND hash <> ?', [user, but]),
    );
  }

  async endSession(hash: string): Promise<void> {
    this.#db.write(() => this.#db.run('DELETE FROM user_sessions WHERE hash = ?', [hash]));
  }

  async forgetSessions(begunBefore: Date, seenBefore: Date): Promise<number> {
    return this.#db.write(() =>
      this.#db.run('DELETE FROM user_sessions WHERE created_at < ? OR seen_at < ?', [
        begunBefore.getTime(),
        seenBefore.getTime(),
      ]),
    );
  }
}

function userOf(row: SqlRow): User {
  const totpSecret = optionalTextOf(row, 'totp_secret');
  const seenAt = optionalDateOf(row, 'seen_at');
  const subject = optionalTextOf(row, 'subject');
  // As the statement makes it.
  const siteRoles = new Map(jsonOf(row, 'site_roles') as readonly (readonly [string, string])[]);
  return {
    name: textOf(row, 'name'),
    role: textOf(row, 'role'),
    ...(siteRoles.size === 0 ? {} : { siteRoles }),
    passwordHash: textOf(row, 'password_hash'),
    ...(totpSecret === undefined ? {} : { totpSecret }),
    totpStep: numberOf(row, 'totp_step'),
    createdAt: dateOf(row, 'created_at'),
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(subject === undefined ? {} : { subject }),
  };
}

function sessionOf(row: SqlRow): UserSession {
  return {
    hash: textOf(row, 'hash'),
    user: textOf(row, 'user'),
    ip: textOf(row, 'ip'),
    agent: textOf(row, 'agent'),
    createdAt: dateOf(row, 'created_at'),
    seenAt: dateOf(row, 'seen_at'),
  };
}
