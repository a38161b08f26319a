// One line of a file of requests, `{id, method, path, headers, body | bodyB64}`, as the inspector wants it. Liberal
// in what it takes: such files come from other tools, and what is missing in them is not what is to be judged.

import { isUtf8 } from 'node:buffer';
import type { InspectedRequest } from '@parapet/kinds';

export interface RequestLine {
  /** As given; undefined when the line has none. */
  readonly id: unknown;
  readonly request: InspectedRequest;
}

type Reading =
  | { readonly ok: true; readonly line: RequestLine }
  | { readonly ok: false; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;
type Header = readonly [name: string, value: string];

/** Returns the request of a line, or what is wrong with the line in words. Keys that it does not know are left. */
export function readRequest(text: string): Reading {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `is no JSON: ${(error as Error).message}` }; // JSON.parse throws SyntaxErrors
  }
  if (!isFields(fields)) return { ok: false, problem: 'is no JSON object' };
  const { method = 'GET', path, headers, body, bodyB64 } = fields;
  if (typeof path !== 'string') return { ok: false, problem: "has no text 'path'" };
  if (typeof method !== 'string') return { ok: false, problem: "has a 'method' that is no text" };
  const read = readHeaders(headers);
  if (read === undefined) return { ok: false, problem: "has 'headers' that are no object of texts" };
  if (!isTextOrNothing(body)) return { ok: false, problem: "has a 'body' that is no text" };
  if (!isTextOrNothing(bodyB64)) return { ok: false, problem: "has a 'bodyB64' that is no text" };
  const request: InspectedRequest = {
    method: method.toUpperCase(),
    rawTarget: path === '' ? '/' : asBytes(path).toString('latin1'),
    headers: read,
    body: bodyOf(body, bodyB64),
    isBodyCut: false,
    site: '',
  };
  return { ok: true, line: { id: fields['id'], request } };
}

function bodyOf(body: string | null | undefined, base64: string | null | undefined): Buffer | undefined {
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (typeof body !== 'string' || body === '') return undefined;
  return asBytes(body);
}

/** An object of texts or of lists of texts, or a list of pairs. */
function readHeaders(headers: unknown): readonly Header[] | undefined {
  if (headers === undefined || headers === null) return [];
  const pairs: readonly unknown[] | undefined = Array.isArray(headers)
    ? headers
    : isFields(headers)
      ? Object.entries(headers)
      : undefined;
  if (pairs === undefined) return undefined;
  const read: Header[] = [];
  for (const pair of pairs) {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') return undefined;
    const name = pair[0].toLowerCase();
    for (const value of Array.isArray(pair[1]) ? pair[1] : [pair[1]]) {
      if (typeof value !== 'string' && typeof value !== 'number') return undefined;
      read.push([name, asBytes(String(value)).toString('latin1')]);
    }
  }
  return read;
}

/**
 * The bytes that a text stands for. Some tools write each byte as a character, others the characters themselves: what
 * could be bytes of UTF-8 is taken for such, all else is text.
 */
function asBytes(text: string): Buffer {
  if (/^[\0-\u007F]*$/.test(text)) return Buffer.from(text, 'latin1');
  if (/^[\0-\u00FF]*$/.test(text)) {
    const bytes = Buffer.from(text, 'latin1');
    if (isUtf8(bytes)) return bytes;
  }
  return Buffer.from(text, 'utf8');
}

function isTextOrNothing(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
