// A request as a line of nginx's `combined` log, escaped exactly as nginx does, so that parsers and scenarios that
// were written for such logs work on the gateway's traffic. Made for each request: strings are looked at once, and
// the date is made once a second.

import type { Exchange, Refusal, RequestView } from '@parapet/kinds';

/** Beyond these the line is cut: log readers take no line of more than 64 KiB. */
export const MAX_TARGET = 32_768;
export const MAX_FIELD = 8192;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** What nginx's `escape=default` replaces: quotes, backslashes, and every byte that is not printable ASCII. */
const UNSAFE = /[^ !#-[\]-~]/;
const ALL_UNSAFE = /[^ !#-[\]-~]/gu;
/** Other user names would let a visitor write lines that no parser takes. */
const PLAIN_USER = /^[\w.@+%-]{1,255}$/;

let dateSecond = -1;
let dateText = '';

/** Returns the line of a request that came to its end. */
export function lineOfExchange(exchange: Exchange): string {
  return lineOf(
    exchange.client.ip,
    exchange.request,
    statusOf(exchange),
    exchange.responseBodyBytes,
    exchange.startedAtMs + exchange.totalMs,
  );
}

/** What the site answered: 0 when it was not asked, for what we answer ourselves says nothing about the visitor. */
export function statusOf({ answer, status }: Exchange): number {
  return answer === undefined ? status : 0;
}

/** Returns the line of a request with the answer that is known so far. */
export function lineOf(
  ip: string,
  request: RequestView,
  status: number,
  bytes: number,
  atMs: number,
): string {
  const referrer = request.header('referer');
  const agent = request.header('user-agent');
  const authorization = request.header('authorization');
  const user = authorization === undefined ? '-' : userOf(authorization);
  const version = request.version === '2' ? '2.0' : request.version;
  return `${ip} - ${user} [${dateOf(atMs)}] "${escapeLog(request.method, MAX_FIELD)} ${escapeLog(request.rawTarget, MAX_TARGET)} HTTP/${version}" ${status} ${bytes} "${referrer === undefined ? '-' : escapeLog(referrer, MAX_FIELD)}" "${agent === undefined ? '-' : escapeLog(agent, MAX_FIELD)}"`;
}

/** Returns the line of bytes that were no request: what stands before the first line end. */
export function lineOfRefusal(refusal: Refusal): string {
  const { excerpt } = refusal;
  const text = Buffer.from(excerpt.buffer, excerpt.byteOffset, excerpt.byteLength).toString('latin1');
  const end = text.indexOf('\n');
  const first = (end < 0 ? text : text.slice(0, end)).replace(/\r$/, '');
  return `${refusal.client.ip} - - [${dateOf(refusal.atMs)}] "${escapeLog(first, MAX_FIELD)}" ${refusal.status} 0 "-" "-"`;
}

/** `12/Mar/2026:10:00:00 +0000` */
export function dateOf(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second === dateSecond) return dateText;
  const date = new Date(second * 1000);
  dateSecond = second;
  dateText = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
  return dateText;
}

/** Replaces what nginx replaces; characters beyond a byte, which HTTP/2 libraries can give, by their UTF-8 bytes. */
export function escapeLog(text: string, maxLength: number): string {
  const escaped = UNSAFE.test(text) ? text.replaceAll(ALL_UNSAFE, escapeOne) : text;
  return escaped.length > maxLength ? escaped.slice(0, maxLength) : escaped;
}

function escapeOne(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 256) return hex(code);
  return Array.from(Buffer.from(character, 'utf8'), hex).join('');
}

function hex(byte: number): string {
  return `\\x${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** The name of a login by HTTP, or `-`. */
export function userOf(authorization: string): string {
  const match = /^basic +([\w+/=-]{1,1024})$/i.exec(authorization);
  if (match === null) return '-';
  const name = Buffer.from(match[1]!, 'base64').toString('latin1').split(':', 1)[0]!;
  return PLAIN_USER.test(name) ? name : '-';
}

/** Text from what `escapeLog` made of it; control characters stay escaped. */
export function unescapeLog(text: string): string {
  if (!text.includes('\\x')) return text;
  const bytes = text.replaceAll(/\\x([2-9A-F][0-9A-F])/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
