// The header names that mean something to the gateway. A name is found by its length and its first and last byte,
// then compared, so that the many names nobody knows cost one look.

import * as bytes from './bytes.ts';

// Of this file, since an imported name is looked up again at each use, here for each byte.
const { FOLDED, TOKEN } = bytes;

/** Between two neighbours on the wire only: never sent on. */
export const HOP = 1;
/** Says who or what the client is; only the word of a trusted proxy is taken. */
export const CLAIM = 2;
/** A Connection header may not take it away (RFC 9110 7.6.1). */
export const FIXED = 4;
/** Not one of these names, but CGI or PHP would read it as one: `Content_Length`, `X.Forwarded.For`. */
export const LOOKALIKE = 8;
/** What a site's cache says of its answer. */
export const CACHE = 16;

const ROWS: readonly (readonly [name: string, roles: number])[] = [
  ['', 0],
  ['host', FIXED],
  ['content-length', FIXED],
  ['transfer-encoding', FIXED],
  ['connection', HOP | FIXED],
  ['upgrade', HOP],
  ['expect', FIXED],
  ['te', HOP],
  ['trailer', 0],
  ['keep-alive', HOP],
  ['proxy-connection', HOP],
  ['proxy-authorization', HOP],
  ['proxy-authenticate', 0],
  ['http2-settings', HOP],
  // CGI makes HTTP_PROXY of it, which many HTTP clients take as their proxy (httpoxy, CVE-2016-5385).
  ['proxy', HOP],
  ['content-type', FIXED],
  ['content-encoding', FIXED],
  ['content-range', FIXED],
  ['cookie', FIXED],
  ['set-cookie', FIXED],
  ['authorization', FIXED],
  ['user-agent', 0],
  ['referer', 0],
  ['www-authenticate', FIXED],
  ['cache-control', FIXED],
  ['x-drupal-cache', CACHE],
  ['x-cache', CACHE],
  ['cf-cache-status', CACHE],
  ['range', FIXED],
  ['forwarded', CLAIM | FIXED],
  ['x-forwarded-for', CLAIM | FIXED],
  ['x-forwarded-host', CLAIM | FIXED],
  ['x-forwarded-proto', CLAIM | FIXED],
  ['x-forwarded-method', CLAIM | FIXED],
  ['x-forwarded-uri', CLAIM | FIXED],
  ['x-real-ip', CLAIM | FIXED],
  ['x-request-id', CLAIM | FIXED],
  ['x-client-ip', CLAIM | FIXED],
  ['x-cluster-client-ip', CLAIM | FIXED],
  ['x-envoy-external-address', CLAIM | FIXED],
  ['client-ip', CLAIM | FIXED],
  ['true-client-ip', CLAIM | FIXED],
  ['cf-connecting-ip', CLAIM | FIXED],
  ['cf-connecting-ipv6', CLAIM | FIXED],
  ['cf-pseudo-ipv4', CLAIM | FIXED],
  ['fastly-client-ip', CLAIM | FIXED],
  ['fly-client-ip', CLAIM | FIXED],
  ['do-connecting-ip', CLAIM | FIXED],
  ['x-azure-clientip', CLAIM | FIXED],
  ['x-sucuri-clientip', CLAIM | FIXED],
  ['incap-client-ip', CLAIM | FIXED],
  // A framework that takes the path from these sees another page than every check before it (CVE-2018-14773).
  ['x-original-url', CLAIM | FIXED],
  ['x-original-uri', CLAIM | FIXED],
  ['x-original-method', CLAIM | FIXED],
  ['x-original-host', CLAIM | FIXED],
  ['x-rewrite-url', CLAIM | FIXED],
];

const PREFIXES: readonly string[] = ['x-forwarded-', 'x-parapet-'];

export const HOST = 1;
export const CONTENT_LENGTH = 2;
export const TRANSFER_ENCODING = 3;
export const CONNECTION = 4;
export const UPGRADE = 5;
export const EXPECT = 6;
const CLAIM_BY_PREFIX = ROWS.length;
const OWN_BY_PREFIX = ROWS.length + 1;
const LOOKALIKE_ID = ROWS.length + 2;

const IDS: ReadonlyMap<string, number> = new Map(ROWS.map(([name], id) => [name, id]));
export const AUTHORIZATION: number = IDS.get('authorization')!;
export const USER_AGENT: number = IDS.get('user-agent')!;
export const REFERER: number = IDS.get('referer')!;

/** Returns the id of a name in lower case; 0 for one that is none of ours, or only by its prefix. */
export function idOf(name: string): number {
  return IDS.get(name) ?? 0;
}

/** The roles of a name by its id; 0 for the name nobody knows. */
export const ROLES: Uint8Array = Uint8Array.from([
  ...ROWS.map((row) => row[1]),
  CLAIM | FIXED,
  CLAIM | FIXED,
  LOOKALIKE | FIXED,
]);

/** `x-parapet-…`: between guard and site, in an answer never sent on. */
export const OWN_HEADER: number = OWN_BY_PREFIX;

const BYTES: readonly Uint8Array[] = ROWS.map(([name]) => Buffer.from(name));
const BUCKETS: readonly (readonly number[] | undefined)[] = makeBuckets();

/** Returns the id of the name in buffer[start, end), a token of at least one byte; 0 when it is none of ours. */
export function nameId(buffer: Uint8Array, start: number, end: number): number {
  const first = FOLDED[buffer[start]!]!;
  const length = end - start;
  const bucket = BUCKETS[bucketOf(length, first, FOLDED[buffer[end - 1]!]!)];
  if (bucket !== undefined) {
    for (let i = 0; i < bucket.length; i++) {
      const id = bucket[i]!;
      const name = BYTES[id]!;
      if (name.length !== length) continue;
      if (startsExactly(buffer, start, name)) return id;
      if (startsFolded(buffer, start, name)) return LOOKALIKE_ID;
    }
  }
  if (first !== 120 || length < 11) return 0;
  for (let i = 0; i < PREFIX_BYTES.length; i++) {
    const prefix = PREFIX_BYTES[i]!;
    if (length <= prefix.length || !startsFolded(buffer, start, prefix)) continue;
    if (!startsExactly(buffer, start, prefix) || hasOddMark(buffer, start, end)) return LOOKALIKE_ID;
    return i === 0 ? CLAIM_BY_PREFIX : OWN_BY_PREFIX;
  }
  return 0;
}

const PREFIX_BYTES: readonly Uint8Array[] = PREFIXES.map((prefix) => Buffer.from(prefix));

function startsFolded(buffer: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (FOLDED[buffer[start + i]!] !== name[i]) return false;
  return true;
}

function startsExactly(buffer: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (TOKEN[buffer[start + i]!] !== name[i]) return false;
  return true;
}

/** `X-Forwarded_For` has the prefix and is still another name than the one it becomes. */
function hasOddMark(buffer: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (FOLDED[buffer[i]!] !== TOKEN[buffer[i]!]) return true;
  return false;
}

function bucketOf(length: number, first: number, last: number): number {
  return (length * 31 + first * 7 + last) & 511;
}

function makeBuckets(): (number[] | undefined)[] {
  const buckets: (number[] | undefined)[] = Array.from({ length: 512 }, () => undefined);
  for (const [id, [name]] of ROWS.entries()) {
    if (id === 0) continue;
    const at = bucketOf(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1));
    (buckets[at] ??= []).push(id);
  }
  return buckets;
}
