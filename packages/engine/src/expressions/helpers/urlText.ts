// Escaping and queries of URLs, byte by byte as Go's net/url does it.

import { ListMap } from './maps.ts';
import { isAscii } from './unicode.ts';

/** Escapes a path segment: letters, digits and `-_.~$&+:=@` stay. */
export function pathEscape(text: string): string {
  return escapeBytes(text, /[^A-Za-z0-9\-_.~$&+:=@]/g);
}

/** Escapes a part of a query: letters, digits and `-_.~` stay, a space becomes `+`. */
export function queryEscape(text: string): string {
  return escapeBytes(text, /[^A-Za-z0-9\-_.~ ]/g).replaceAll(' ', '+');
}

/** Resolves escapes, or returns undefined when one of them is malformed. */
export function unescapeUrl(text: string, isPlusSpace: boolean): string | undefined {
  if (/%(?![\da-fA-F]{2})/.test(text)) return undefined;
  return decodeEscapes(isPlusSpace ? text.replaceAll('+', ' ') : text);
}

/** Reads a query; undefined when an escape is malformed or a `;` is in it. */
export function parseQueryStrict(query: string): ListMap | undefined {
  const values = new ListMap();
  for (const [rawKey, rawValue] of pairsOf(query)) {
    if (rawKey.includes(';') || rawValue.includes(';')) return undefined;
    const [key, value] = [unescapeUrl(rawKey, true), unescapeUrl(rawValue, true)];
    if (key === undefined || value === undefined) return undefined;
    values.append(key, value);
  }
  return values;
}

/** Reads a query; a malformed escape stands for itself. */
export function parseQueryLenient(query: string): ListMap {
  const values = new ListMap();
  for (const [rawKey, rawValue] of pairsOf(query))
    values.append(decodeLenient(rawKey), decodeLenient(rawValue));
  return values;
}

/** Returns the query of a URL, or undefined when Go refuses the URL. */
export function queryOfUrl(url: string): string | undefined {
  const [beforeFragment, fragment] = cut(url, '#');
  // Control characters, and a scheme that is empty: Go takes neither.
  if (/[\u0000-\u001f\u007f]/.test(url) || beforeFragment.startsWith(':')) return undefined;
  if (unescapeUrl(fragment, false) === undefined) return undefined;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(beforeFragment)?.[0] ?? '';
  const [path, query] = cut(beforeFragment.slice(scheme.length), '?');
  if (scheme === '' && /^[^/]*:/.test(path)) return undefined;
  if (path.startsWith('//')) {
    const [authority, rest] = splitAuthority(path);
    if (!isAuthority(authority) || unescapeUrl(rest, false) === undefined) return undefined;
    return query;
  }
  const isOpaque = scheme !== '' && !path.startsWith('/');
  return isOpaque || unescapeUrl(path, false) !== undefined ? query : undefined;
}

function splitAuthority(path: string): [authority: string, rest: string] {
  const slash = path.indexOf('/', 2);
  return slash < 0 ? [path.slice(2), ''] : [path.slice(2, slash), path.slice(slash)];
}

// [user[:password]@]host[:port]
function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || unescapeUrl(user, false) === undefined) return false;
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) return /^\[[^\]]*\](?::\d*)?$/.test(host) && !/%(?!25)/.test(host);
  if (/[ "<>\\^`{|}]/.test(host) || unescapeUrl(host, false) === undefined) return false;
  // In a host only bytes beyond ASCII may be escaped.
  return !/%[0-7]/.test(host) && /^[^:]*(?::\d*)?$/.test(host.slice(Math.max(0, host.lastIndexOf(':'))));
}

function* pairsOf(query: string): Iterable<readonly [key: string, value: string]> {
  for (const pair of query.split('&')) {
    if (pair !== '') yield cut(pair, '=');
  }
}

function cut(text: string, at: string): [before: string, after: string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function decodeLenient(text: string): string {
  return decodeEscapes(text.replaceAll('+', ' '));
}

// Escapes stand for bytes, and the bytes of a character may be written in any mixture.
function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = isAscii(text) ? text : Buffer.from(text).toString('latin1');
  const decoded = bytes.replaceAll(/%([\da-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return isAscii(decoded) ? decoded : Buffer.from(decoded, 'latin1').toString();
}

function escapeBytes(text: string, unsafe: RegExp): string {
  const bytes = isAscii(text) ? text : Buffer.from(text).toString('latin1');
  return bytes.replaceAll(
    unsafe,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
