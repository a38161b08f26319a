// The head of an answer as HTTP/2 has it: names in lower case, no reason phrase, nothing about the connection.

import type { OutgoingHttpHeaders } from 'node:http2';
import type { Answer } from '@parapet/kinds';

/** Headers that node:http2 refuses to send twice; of two, HTTP/1.1 clients take the first. */
const SINGLE: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-max-age',
  'access-control-request-method',
  'age',
  'authorization',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'date',
  'dnt',
  'etag',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'range',
  'referer',
  'retry-after',
  'tk',
  'upgrade-insecure-requests',
  'user-agent',
  'x-content-type-options',
]);

/** RFC 9113 8.2.2; a parser of HTTP/1.1 has taken most of them away. */
const CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'te',
]);

const LINE_BREAK = /[\r\n\0]/;

/** Returns what node:http2 sends; names must be in lower case. */
export function answerHeaders(
  status: number,
  fields: Iterable<readonly [name: string, value: string]>,
  setCookies: readonly string[] = [],
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ':status': status, ...fieldsOf(fields) };
  for (const cookie of setCookies) if (!LINE_BREAK.test(cookie)) add(headers, 'set-cookie', cookie);
  return headers;
}

/** Returns headers, or trailers, without what is about the connection. */
export function fieldsOf(fields: Iterable<readonly [name: string, value: string]>): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of fields) if (!CONNECTION.has(name)) add(headers, name, value);
  return headers;
}

/** The same for an answer of our own, whose header names are in any case and values may hold what a visitor wrote. */
export function ownAnswerHeaders(answer: Answer, bodyBytes: number): OutgoingHttpHeaders {
  const fields = answer.headers
    .filter(([, value]) => !LINE_BREAK.test(value))
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = answerHeaders(answer.status, fields);
  if (answer.status !== 204 && answer.status !== 304) headers['content-length'] = bodyBytes;
  return headers;
}

function add(headers: OutgoingHttpHeaders, name: string, value: string): void {
  const before = headers[name];
  if (before === undefined) headers[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else if (!SINGLE.has(name)) headers[name] = [String(before), value];
}
