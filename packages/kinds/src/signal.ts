// A signal: one fact that an application tells. What it may say and how is docs/signals.md; this is the only reader
// of it, for all ways in, and the writer of the line that scenarios then read.

import { parseIp, type Ip } from './ip.ts';

export type SignalValue = string | number | boolean | readonly string[];

/** A record as an application sends it. */
export interface SignalRecord {
  readonly id?: string;
  /** RFC 3339 with a zone. */
  readonly time?: string;
  readonly type: string;
  readonly site?: string;
  readonly ip?: string;
  /** Keyed hash, 16 to 64 hex digits. */
  readonly user?: string;
  /** Keyed hash, 16 to 64 hex digits. */
  readonly session?: string;
  readonly attributes?: Readonly<Record<string, SignalValue | null | undefined>>;
}

/** A record that was checked. */
export interface Signal {
  readonly id: string | undefined;
  readonly atMs: number;
  readonly type: string;
  readonly site: string | undefined;
  readonly ip: Ip | undefined;
  readonly user: string | undefined;
  readonly session: string | undefined;
  readonly attributes: readonly (readonly [name: string, value: SignalValue])[];
}

export type SignalFault =
  | 'E_SIGNAL_JSON'
  | 'E_SIGNAL_RECORD'
  | 'E_SIGNAL_KEY'
  | 'E_SIGNAL_TYPE'
  | 'E_SIGNAL_ID'
  | 'E_SIGNAL_TIME'
  | 'E_SIGNAL_SITE'
  | 'E_SIGNAL_IP'
  | 'E_SIGNAL_HASH'
  | 'E_SIGNAL_ATTRIBUTE'
  | 'E_SIGNAL_LARGE';

export type SignalReading =
  | { readonly ok: true; readonly signal: Signal }
  | { readonly ok: false; readonly code: SignalFault; readonly detail: string };

export interface SignalClock {
  readonly nowMs: number;
  /** Older records are refused. */
  readonly maxAgeMs: number;
}

/** Of one record, as JSON. */
const SIGNAL_CHARS = 32_768;
/** Records of one batch. */
export const SIGNAL_BATCH: number = 1000;
/** How far ahead of our clock that of an application may be. */
const SIGNAL_AHEAD_MS = 300_000;

const TYPE = /^[a-z][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*){1,3}$/;
const LONGEST_TYPE = 64;
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
const HASH = /^[0-9a-f]{16,64}$/;
const SITE = /^[^\s\p{Cc}]{1,255}$/u;
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const MOST_ATTRIBUTES = 48;
const LONGEST_TEXT = 8192;
const LONGEST_LIST = 32;
const LONGEST_ITEM = 256;
const KEYS: ReadonlySet<string> = new Set([
  'id',
  'time',
  'type',
  'site',
  'ip',
  'user',
  'session',
  'attributes',
]);
/** Fields of an event that parsers go by. */
const TAKEN: ReadonlySet<string> = new Set(['message', 'program', 'timestamp', 'logsource']);
/** What is shown of a value that is wrong. */
const SHOWN = 60;

/** Returns the record checked, or what is wrong with it, in one sentence for who sent it. Never throws. */
export function readSignal(raw: unknown, clock: SignalClock): SignalReading {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return refuse('E_SIGNAL_RECORD', 'a record has to be a JSON object');
  const record = raw as Readonly<Record<string, unknown>>; // an object of JSON has no other keys
  for (const key of Object.keys(record))
    if (!KEYS.has(key)) return refuse('E_SIGNAL_KEY', `the key ${shown(key)} is not known`);

  const { type, id, site, ip, user, session, time, attributes } = record;
  if (type === undefined) return refuse('E_SIGNAL_TYPE', 'type is missing');
  if (typeof type !== 'string' || type.length > LONGEST_TYPE || !TYPE.test(type))
    return refuse(
      'E_SIGNAL_TYPE',
      `type ${shown(type)} has to be words with dots between, as 'login.failed'`,
    );
  if (isGiven(id) && !isText(id, ID))
    return refuse('E_SIGNAL_ID', `id ${shown(id)} has to be 1 to 64 of A-Z a-z 0-9 . _ : -`);
  if (isGiven(site) && !isText(site, SITE))
    return refuse('E_SIGNAL_SITE', `site ${shown(site)} has to be a host name of at most 255 characters`);
  const address = typeof ip === 'string' && ip.length <= LONGEST_ITEM ? parseIp(ip) : undefined;
  if (isGiven(ip) && address === undefined)
    return refuse('E_SIGNAL_IP', `ip ${shown(ip)} is no IPv4 or IPv6 address`);
  for (const [name, value] of [
    ['user', user],
    ['session', session],
  ] as const)
    if (isGiven(value) && !isText(value, HASH))
      return refuse('E_SIGNAL_HASH', `${name} has to be a keyed hash: 16 to 64 hex digits in lower case`);

  const at = readTime(time, clock);
  if (typeof at === 'string') return refuse('E_SIGNAL_TIME', at);
  const read = readAttributes(attributes);
  if (typeof read === 'string') return refuse('E_SIGNAL_ATTRIBUTE', read);
  const signal: Signal = {
    id: textOr(id),
    atMs: at,
    type,
    site: textOr(site),
    ip: address,
    user: textOr(user),
    session: textOr(session),
    attributes: read,
  };
  return signalLine(signal, '').length > SIGNAL_CHARS
    ? refuse('E_SIGNAL_LARGE', `the record is longer than ${SIGNAL_CHARS} characters`)
    : { ok: true, signal };
}

/** Returns the record as one line of JSON: what scenarios read, and what is kept until they have. */
export function signalLine(signal: Signal, id: string): string {
  const { atMs, type, site, ip, user, session, attributes } = signal;
  return JSON.stringify({
    id,
    time: new Date(atMs).toISOString(),
    type,
    site,
    ip,
    user,
    session,
    attributes: attributes.length === 0 ? undefined : Object.fromEntries(attributes),
  });
}

function readTime(time: unknown, { nowMs, maxAgeMs }: SignalClock): number | string {
  if (!isGiven(time)) return nowMs;
  const atMs = typeof time === 'string' && TIME.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(atMs)) return `time ${shown(time)} has to be RFC 3339 with a zone: 2026-11-22T12:30:00Z`;
  if (atMs > nowMs + SIGNAL_AHEAD_MS)
    return `time ${shown(time)} is more than ${SIGNAL_AHEAD_MS / 60_000} minutes ahead of the engine's clock`;
  if (atMs < nowMs - maxAgeMs)
    return `time ${shown(time)} is more than ${Math.round(maxAgeMs / 60_000)} minutes ago`;
  return atMs;
}

function readAttributes(raw: unknown): Signal['attributes'] | string {
  if (!isGiven(raw)) return [];
  if (typeof raw !== 'object' || Array.isArray(raw)) return 'attributes has to be an object';
  const given = Object.entries(raw as Readonly<Record<string, unknown>>); // as above
  if (given.length > MOST_ATTRIBUTES) return `there are more than ${MOST_ATTRIBUTES} attributes`;
  const read: (readonly [string, SignalValue])[] = [];
  for (const [name, value] of given) {
    if (!NAME.test(name)) return `the attribute ${shown(name)} has to be named [a-z][a-z0-9_]*, at most 40`;
    if (TAKEN.has(name)) return `the attribute ${name} has a meaning of its own; give it another name`;
    if (!isGiven(value)) continue;
    const fault = faultOf(value);
    if (fault !== undefined) return `the attribute ${name} ${fault}`;
    read.push([name, value as SignalValue]); // just checked
  }
  return read;
}

function faultOf(value: unknown): string | undefined {
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'is no number that JSON has';
  if (typeof value === 'string')
    return value.length > LONGEST_TEXT ? `has more than ${LONGEST_TEXT} characters` : undefined;
  return Array.isArray(value) && value.length <= LONGEST_LIST && value.every(isItem)
    ? undefined
    : `has to be a text, a number, true, false, or a list of at most ${LONGEST_LIST} short texts without commas`;
}

function isItem(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_ITEM && !value.includes(',');
}

/** `null` is the same as leaving the key out. */
function isGiven(value: unknown): value is {} {
  return value !== undefined && value !== null;
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function refuse(code: SignalFault, detail: string): SignalReading {
  return { ok: false, code, detail };
}
