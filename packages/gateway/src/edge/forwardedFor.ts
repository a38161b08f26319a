// What proxies write about the clients before them: X-Forwarded-For (a list of addresses) and Forwarded
// (RFC 7239, a list of name=value pairs). Both are read from the right, where the nearest proxy wrote; what stands
// further left was there before and may be anybody's invention, so it must not be able to spoil what stands right.

import { ipBits, parseIp, type Ip } from '@parapet/kinds';

/** One proxy's statement; `node` is raw. */
export interface Hop {
  readonly node: string | undefined;
  readonly proto: string | undefined;
}

export interface HopReader {
  /** The next hop to the left, or undefined when there is none. */
  next(): Hop | undefined;
}

export interface NodeAddress {
  readonly ip: Ip;
  readonly words: readonly number[];
}

/** Reads a list from right to left. Empty elements are skipped (RFC 9110, 5.6.1). */
abstract class ListReader implements HopReader {
  protected readonly value: string;
  #end: number;

  constructor(value: string) {
    this.value = value;
    this.#end = value.length;
  }

  next(): Hop | undefined {
    while (this.#end >= 0) {
      const comma = this.commaBefore(this.#end);
      const element = trimSpaces(this.value, comma + 1, this.#end);
      this.#end = comma;
      if (element !== '') return this.read(element);
    }
    return undefined;
  }

  /** Where the comma is that separates the element which ends there from the one before; -1 without one. */
  protected abstract commaBefore(end: number): number;

  protected abstract read(element: string): Hop;
}

/** Reads X-Forwarded-For from right to left. */
export class ForwardedForReader extends ListReader {
  protected override commaBefore(end: number): number {
    return end === 0 ? -1 : this.value.lastIndexOf(',', end - 1);
  }

  protected override read(element: string): Hop {
    return { node: element, proto: undefined };
  }
}

/** Reads Forwarded from right to left; a comma within a quoted string separates nothing. */
export class ForwardedReader extends ListReader {
  protected override commaBefore(end: number): number {
    const { value } = this;
    let isQuoted = false;
    for (let at = end - 1; at >= 0; at--) {
      const code = value.charCodeAt(at);
      if (code === 0x22 && !isEscaped(value, at)) isQuoted = !isQuoted;
      else if (code === 0x2c && !isQuoted) return at;
    }
    return -1;
  }

  protected override read(element: string): Hop {
    return readElement(element);
  }
}

/**
 * Returns the address of a node: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711` or
 * `2001:db8::1`. Undefined for `unknown`, for `_hidden`, and for anything else.
 */
export function parseNode(node: string): NodeAddress | undefined {
  if (node.length > 64) return undefined;
  const ip = parseIp(withoutPort(node));
  return ip === undefined ? undefined : { ip, words: ipBits(ip) };
}

const PORT = /^:(?:\d{1,5}|_[\w.-]+)$/;
const PAIR = /([!#$%&'*+.^`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^";,\s]*))[ \t]*(?:;[ \t]*|$)/gy;

function withoutPort(node: string): string {
  if (node.startsWith('[')) {
    const close = node.indexOf(']');
    const rest = node.slice(close + 1);
    const inside = node.slice(1, close);
    return close > 0 && inside.includes(':') && (rest === '' || PORT.test(rest)) ? inside : '';
  }
  const colon = node.indexOf(':');
  if (colon < 0 || colon !== node.lastIndexOf(':')) return node;
  return PORT.test(node.slice(colon)) ? node.slice(0, colon) : '';
}

function readElement(element: string): Hop {
  let node: string | undefined;
  let proto: string | undefined;
  PAIR.lastIndex = 0;
  for (let end = 0; end < element.length; end = PAIR.lastIndex) {
    const pair = PAIR.exec(element);
    if (pair === null) return { node: undefined, proto: undefined };
    const name = pair[1]!.toLowerCase();
    const value = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3]!;
    // "Each parameter MUST NOT occur more than once": of two, no one can tell which is meant.
    if (name === 'for') node = node === undefined ? value : '';
    else if (name === 'proto') proto = proto === undefined ? value : '';
  }
  return { node, proto };
}

function isEscaped(value: string, quote: number): boolean {
  let slashes = 0;
  while (value.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}

function trimSpaces(value: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(value.charCodeAt(from))) from++;
  while (to > from && isSpace(value.charCodeAt(to - 1))) to--;
  return value.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
