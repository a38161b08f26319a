// CrowdSec's database: who may connect, what is decided, who is spared. It is only read. Keys and passwords are there
// as digests, and those are what is taken: clients go on with what they have.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseIpOrCidr, type Decision } from '@parapet/kinds';
import {
  openForeign,
  StoreError,
  type Bouncer,
  type ForeignDatabase,
  type Machine,
  type NewAllowlistEntry,
} from '@parapet/store';
import type { CommandContext } from '../../context.ts';
import { makeTarget } from '../../target.ts';
import { counted, type Found } from './found.ts';
import type { CrowdsecSettings } from './settings.ts';

export interface TakenRows {
  readonly bouncers: readonly Bouncer[];
  readonly machines: readonly Machine[];
  readonly decisions: readonly Decision[];
  readonly allowlist: readonly NewAllowlistEntry[];
}

const NOTHING: TakenRows = { bouncers: [], machines: [], decisions: [], allowlist: [] };
/** What CrowdSec fetches from its makers: it goes on coming only there. */
const FETCHED: ReadonlySet<string> = new Set(['CAPI', 'lists']);

export function readDatabase(
  context: CommandContext,
  { database: { type, file } }: CrowdsecSettings,
  found: Found,
): TakenRows {
  if (type !== 'sqlite') {
    found.leave(
      `the ${type} database`,
      'only SQLite databases are read; add bouncers and machines with parapet bouncers and parapet machines',
    );
    return NOTHING;
  }
  if (!existsSync(file)) {
    found.leave('bouncers, machines and decisions', `there is no database ${file}`);
    return NOTHING;
  }
  let db: ForeignDatabase | undefined;
  try {
    db = openForeign(file);
    return {
      bouncers: bouncersOf(db, found),
      machines: machinesOf(db, found),
      decisions: decisionsOf(context, db, file, found),
      allowlist: allowlistOf(context, db, found),
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    found.leave(`the database ${file}`, `it cannot be read: ${why}`);
    return NOTHING;
  } finally {
    db?.close();
  }
}

function bouncersOf(db: ForeignDatabase, found: Found): readonly Bouncer[] {
  const bouncers: Bouncer[] = [];
  for (const row of db.rows('SELECT * FROM bouncers ORDER BY id')) {
    const name = textOf(row['name']);
    const keyHash = textOf(row['api_key']).toLowerCase();
    const [ip, type, version] = [row['ip_address'], row['type'], row['version']].map(textOf);
    if (Number(row['revoked']) === 1) continue;
    if (!/^[0-9a-f]{128}$/.test(keyHash)) {
      const why =
        textOf(row['auth_type']) === 'tls'
          ? 'it comes with a certificate, and is known by it when it comes'
          : 'its key is not kept as a SHA-512; make a new one: parapet bouncers add';
      found.leave(`bouncer ${name}`, why);
    } else if (!bouncers.some((other) => other.keyHash === keyHash))
      // Newer releases keep one row for each address that a key comes from; we need no more than the key.
      bouncers.push({
        ...{ name, keyHash, ip: ip!, type: type!, version: version! },
        createdAt: timeOf(row['created_at']) ?? new Date(0),
      });
  }
  found.take(
    'bouncers',
    bouncers.length,
    `${counted(bouncers.length, 'bouncer')} (their keys go on working): ${namesOf(bouncers)}`,
  );
  return bouncers;
}

function machinesOf(db: ForeignDatabase, found: Found): readonly Machine[] {
  const machines: Machine[] = [];
  for (const row of db.rows('SELECT * FROM machines ORDER BY id')) {
    const name = textOf(row['machine_id']);
    const passwordHash = textOf(row['password']);
    if (!/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(passwordHash)) {
      const why =
        textOf(row['auth_type']) === 'tls'
          ? 'it comes with a certificate, and is known by it when it comes'
          : 'its password is not kept with bcrypt; give it a new one: parapet machines add';
      found.leave(`machine ${name}`, why);
      continue;
    }
    machines.push({
      ...{ name, passwordHash, isValidated: Number(row['is_validated']) === 1 },
      ...{ ip: textOf(row['ip_address']), version: textOf(row['version']), scenarios: [] },
      createdAt: timeOf(row['created_at']) ?? new Date(0),
    });
  }
  found.take(
    'machines',
    machines.length,
    `${counted(machines.length, 'machine')} (their passwords go on working): ${namesOf(machines)}`,
  );
  return machines;
}

function decisionsOf(
  context: CommandContext,
  db: ForeignDatabase,
  file: string,
  found: Found,
): readonly Decision[] {
  const now = context.now();
  const decisions: Decision[] = [];
  const fetched = new Map<string, number>();
  for (const row of db.rows('SELECT * FROM decisions ORDER BY id')) {
    const until = timeOf(row['until']);
    if (until === undefined || until <= now) continue;
    const origin = textOf(row['origin']);
    if (FETCHED.has(origin)) {
      fetched.set(origin, (fetched.get(origin) ?? 0) + 1);
      continue;
    }
    const [scope, value] = [textOf(row['scope']), textOf(row['value'])];
    const made = makeTarget(scope, value);
    if ('problem' in made) {
      found.leave(`decision ${textOf(row['id'])} on ${scope} ${value}`, made.problem);
      continue;
    }
    decisions.push({
      id: uuidOf(textOf(row['uuid']), `${file} ${textOf(row['id'])} ${textOf(row['created_at'])}`),
      target: made.target,
      remediation: textOf(row['type']) || 'ban',
      startAt: timeOf(row['created_at']) ?? now,
      expiresAt: until,
      scenario: textOf(row['scenario']),
      origin: origin === 'crowdsec' ? 'scenario' : origin.startsWith('cscli') ? 'operator' : origin,
      mode: Number(row['simulated']) === 1 ? 'simulated' : 'live',
    });
  }
  found.take('decisions', decisions.length, `${counted(decisions.length, 'decision')} in force`);
  for (const [origin, count] of fetched)
    found.leave(
      `${counted(count, 'decision')} of ${origin}`,
      "they come from CrowdSec's own service, which does not send them to Parapet",
    );
  const alerts = Number(db.rows('SELECT count(*) AS n FROM alerts')[0]?.['n'] ?? 0);
  if (alerts > 0)
    found.leave(`${counted(alerts, 'alert')} of the past`, 'only what is in force is taken over');
  return decisions;
}

function allowlistOf(
  context: CommandContext,
  db: ForeignDatabase,
  found: Found,
): readonly NewAllowlistEntry[] {
  const link = 'allow_list_allowlist_items';
  // CrowdSec before 1.6.8 has none.
  if (!['allow_lists', 'allow_list_items', link].every((name) => db.tables.has(name))) return [];
  const entries: NewAllowlistEntry[] = [];
  const rows = db.rows(
    `SELECT allow_lists.name AS list, items.value AS value, items.comment AS comment, items.expires_at AS expires_at
     FROM ${link} AS link JOIN allow_lists ON allow_lists.id = link.allow_list_id
     JOIN allow_list_items AS items ON items.id = link.allow_list_item_id ORDER BY items.id`,
  );
  for (const row of rows) {
    const [list, value, comment] = [row['list'], row['value'], row['comment']].map(textOf);
    const expiresAt = timeOf(row['expires_at']);
    // Go's zero time is for ever.
    const isForever = expiresAt === undefined || expiresAt.getUTCFullYear() < 1900;
    if (!isForever && expiresAt <= context.now()) continue;
    if (parseIpOrCidr(value!) === undefined)
      found.leave(`allowlist entry ${value}`, 'it is no address and no range');
    else entries.push({ list: list!, value: value!, comment: comment!, ...(isForever ? {} : { expiresAt }) });
  }
  found.take(
    'allowlist entries',
    entries.length,
    `${counted(entries.length, 'allowlist entry', 'allowlist entries')}`,
  );
  return entries;
}

function namesOf(all: readonly { readonly name: string }[]): string {
  const names = all.slice(0, 8).map(({ name }) => name);
  return all.length > 8 ? `${names.join(', ')} …` : names.join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : '';
}

/** As Go's SQLite drivers write times: RFC 3339 with a space, more or fewer digits, perhaps no zone. */
function timeOf(value: unknown): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*\s*(Z|[+-]\d\d:?\d\d)?/.exec(
    textOf(value),
  );
  if (match === null) return undefined;
  const [, day, time, fraction = '', zone = 'Z'] = match;
  const at = new Date(`${day}T${time}${fraction}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Its own, or one that a second migration makes again. */
function uuidOf(uuid: string, seed: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return uuid;
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
