// Headers: those that software behind the site reads or logs are given as parts; the usual ones of browsers only when
// they hold something that they never do.

import { readCookies } from './cookies.ts';
import type { Fields } from './fields.ts';
import { readPairs } from './pairs.ts';
import { unwrapBase64 } from './armour.ts';
import { HAS_UNUSUAL, traitsOf } from './traits.ts';

/** Whose values are lists, dates, numbers and words; they are parts only when other characters are in them. */
const QUIET: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'pragma',
  'dnt',
  'te',
  'expect',
  'upgrade',
  'upgrade-insecure-requests',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
  'date',
  'origin',
  'priority',
  'keep-alive',
  'x-requested-with',
  'x-csrf-token',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-host',
  'x-real-ip',
  'x-request-id',
  'save-data',
  'sec-gpc',
]);

/** With quotes of their own: `"Chromium";v="125"`, `W/"abc"`. */
const QUOTED: ReadonlySet<string> = new Set([
  'if-none-match',
  'if-match',
  'sec-ch-ua',
  'sec-ch-ua-platform',
  'sec-ch-ua-mobile',
  'sec-ch-ua-full-version-list',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-user',
  'sec-fetch-dest',
]);

const QUIET_CHARS = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,;=*+: []') {
  QUIET_CHARS[char.charCodeAt(0)] = 1;
}

// Versions and names of browsers; the odd brands that they make up hold these marks too.
const QUOTED_VALUE = /^(?:(?:W\/)?"[A-Za-z0-9 _.()/:;?=*+-]{0,128}"(?:;v="[0-9.]{1,24}")?(?:, ?)?){1,8}$/;

// RFC 9110 section 8.3.1, with the characters that boundaries have.
const MEDIA_TYPE =
  /^[\w.+-]{1,64}\/[\w.+-]{1,96}(?: ?; ?[\w-]{1,32}=(?:"[\w'()+,./:=? -]{1,128}"|[\w'()+./:=?-]{1,128})){0,4}$/;

export interface HeaderSummary {
  readonly host: string;
  readonly contentType: string;
  readonly contentEncoding: string;
}

/** Adds what is to be looked at, and says what the body is. */
export function readHeaders(fields: Fields, headers: readonly (readonly [string, string])[]): HeaderSummary {
  let host = '';
  let contentType: string | undefined;
  let contentEncoding = '';
  for (const [name, value] of headers) {
    if (name === 'cookie') {
      readCookies(fields, value);
      continue;
    }
    if (name === 'host') host = hostName(value);
    else if (name === 'content-type') {
      if (contentType !== undefined) fields.collector.note('header-twice', 'header', name, 'refuse');
      contentType ??= value;
    } else if (name === 'content-encoding') contentEncoding = value.trim().toLowerCase();
    if (!isQuiet(name, value)) addHeader(fields, name, value);
  }
  return { host, contentType: contentType ?? '', contentEncoding };
}

function isQuiet(name: string, value: string): boolean {
  if (value === '') return true;
  if (name === 'content-type' && MEDIA_TYPE.test(value)) return true;
  if (QUIET.has(name)) return value.length <= 512 && hasQuietChars(value);
  return (
    QUOTED.has(name) &&
    value.length <= 512 &&
    (hasQuietChars(value) || QUOTED_VALUE.test(value) || value === '?0' || value === '?1')
  );
}

function hasQuietChars(value: string): boolean {
  let before = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 128 || QUIET_CHARS[code] === 0) return false;
    // `..` climbs, `--` begins a comment.
    if (code === before && (code === 0x2e || code === 0x2d)) return false;
    before = code;
  }
  return true;
}

function addHeader(fields: Fields, name: string, value: string): void {
  const { collector } = fields;
  if (name === 'authorization' || name === 'proxy-authorization') {
    addAuthorization(fields, name, value);
    return;
  }
  if (name === 'x-original-url' || name === 'x-rewrite-url')
    collector.note('path-override', 'header', name, 'note');
  if (name === 'x-http-method-override' || name === 'x-method-override') {
    collector.note('method-override', 'header', name, 'note');
  }
  const isPlain = value.length < 256 && (traitsOf(value) & HAS_UNUSUAL) === 0;
  if (isPlain && name.startsWith('sec-')) return;
  collector.addName(name);
  const question = isAddress(name, value) ? value.indexOf('?') : -1;
  const text = fields.decoder.utf8(value);
  collector.add(
    'header',
    name,
    text,
    'text',
    fields.decoder.isOverlong ? fields.decoder.lenient() : undefined,
  );
  if (question >= 0) {
    const fragment = value.indexOf('#', question);
    readPairs(fields, 'header', fragment < 0 ? value : value.slice(0, fragment), question + 1, `${name}?`);
  }
}

function isAddress(name: string, value: string): boolean {
  return (
    name === 'referer' ||
    name === 'x-original-url' ||
    name === 'x-rewrite-url' ||
    /^(?:https?:\/)?\//.test(value)
  );
}

// Basic: the name as it is, the password withheld. Others: a token, unless it does not look like one.
function addAuthorization(fields: Fields, name: string, value: string): void {
  const { collector } = fields;
  const blank = value.indexOf(' ');
  const scheme = value.slice(0, Math.max(0, blank)).toLowerCase();
  const credentials = value.slice(blank + 1).trim();
  if (scheme === 'basic') {
    const text = Buffer.from(credentials, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon > 0) {
      collector.add('header', `${name}:user`, text.slice(0, colon));
      const password = text.slice(colon + 1);
      if (password.length > 128) collector.add('header', `${name}:password`, password);
      else collector.addPlain('header', `${name}:password`, '', 'secret');
      return;
    }
  } else if (/^[A-Za-z0-9+/=_.~-]{1,4096}$/.test(credentials) && unwrapBase64(credentials) === undefined) {
    collector.addPlain('header', name, '', 'secret');
    return;
  }
  collector.add('header', name, value);
}

function hostName(value: string): string {
  const host = value.trim().toLowerCase();
  const port = host.lastIndexOf(':');
  return port > 0 && !host.endsWith(']') ? host.slice(0, port) : host;
}
