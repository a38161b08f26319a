// JA4H, a fingerprint of an HTTP client by what it sends (FoxIO, technical details of JA4H), in the variant of the
// reference: header names are sorted, since their order is not known.

import { createHash } from 'node:crypto';
import { EvaluationError } from '../errors.ts';
import { HostObject, ValueMap, type Value } from '../value.ts';
import { impure, isList, type HelperTable } from './define.ts';
import { toUpper, toLower, toBytes, compareBytes, trimSpace } from './unicode.ts';

/** What the fingerprint is made of; names of headers as Go writes them (`Accept-Language`), each once. */
interface Ja4hRequest {
  readonly method: string;
  readonly httpMajor: number;
  readonly httpMinor: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

export const fingerprintHelpers: HelperTable = {
  // Takes a request as Go's net/http has it: an object with Method, ProtoMajor, ProtoMinor and Header. The object
  // may change under the same name from one request to the next.
  JA4H: impure((args) => ja4h(toRequest(args[0])), 1),
};

/** Returns the fingerprint: four parts of 12 characters, joined by `_`. */
export function ja4h(request: Ja4hRequest): string {
  const cookies = readCookies(request.headers.get('Cookie') ?? []);
  cookies.sort((a, b) => compareBytes(a.name, b.name));
  const names = [...request.headers.keys()].filter((name) => !/^cookie|^referer$/i.test(name));
  return [
    summary(request, cookies.length > 0),
    hash(names.toSorted(compareBytes).join(',')),
    cookies.length === 0 ? NO_COOKIES : hash(cookies.map(({ name }) => name).join(',')),
    cookies.length === 0 ? NO_COOKIES : hash(cookies.map(({ name, value }) => `${name}=${value}`).join(',')),
  ].join('_');
}

const NO_COOKIES = '000000000000';

function summary({ method, httpMajor, httpMinor, headers }: Ja4hRequest, hasCookies: boolean): string {
  const referer = first(headers, 'Referer');
  const counted = headers.size - (first(headers, 'Cookie') === '' ? 0 : 1) - (referer === '' ? 0 : 1);
  return [
    toLower(toBytes(method).slice(0, 2)),
    `${httpMajor % 10}${httpMinor % 10}`,
    hasCookies ? 'c' : 'n',
    referer === '' ? 'n' : 'r',
    String(Math.min(counted, 99)).padStart(2, '0'),
    language(first(headers, 'Accept-Language')),
  ].join('');
}

function language(accepted: string): string {
  const [main] = toLower(accepted).replaceAll('-', '').replaceAll(';', ',').split(',', 1) as [string];
  return toBytes(main).slice(0, 4).padEnd(4, '0');
}

function first(headers: ReadonlyMap<string, readonly string[]>, name: string): string {
  return headers.get(name)?.[0] ?? '';
}

interface Cookie {
  readonly name: string;
  readonly value: string;
}

// Cookies whose name or value holds what RFC 6265 forbids are left out, as in net/http.
function readCookies(lines: readonly string[]): Cookie[] {
  const cookies: Cookie[] = [];
  for (const part of lines.flatMap((line) => line.split(';'))) {
    const pair = trimSpace(part);
    const equals = pair.indexOf('=');
    const name = trimSpace(equals < 0 ? pair : pair.slice(0, equals));
    const value = unquote(equals < 0 ? '' : pair.slice(equals + 1));
    if (TOKEN.test(name) && COOKIE_VALUE.test(value)) cookies.push({ name, value });
  }
  return cookies;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const COOKIE_VALUE = /^[ !#-:<-[\]-~]*$/;

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function toRequest(value: Value | undefined): Ja4hRequest {
  if (!(value instanceof HostObject)) throw new EvaluationError('JA4H takes an HTTP request');
  const headers = new Map<string, readonly string[]>();
  const map = value.field('Header');
  for (const name of map instanceof ValueMap ? map.keys() : []) {
    const values = map instanceof ValueMap ? map.get(name) : [];
    headers.set(canonicalName(name), isList(values) ? values.map(toText) : [toText(values)]);
  }
  return {
    method: toText(value.field('Method')),
    httpMajor: toNumber(value.field('ProtoMajor')),
    httpMinor: toNumber(value.field('ProtoMinor')),
    headers,
  };
}

function canonicalName(name: string): string {
  return name.replaceAll(/[^-]+/g, (word) => toUpper(word.slice(0, 1)) + toLower(word.slice(1)));
}

function toText(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function toNumber(value: Value | undefined): number {
  return typeof value === 'number' ? value : 0;
}
