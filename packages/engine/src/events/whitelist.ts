// Whitelists of parsers: addresses, ranges and expressions that make an event, or an overflow, be let go.

import { cidrContains, parseCidr, parseIp, parseIpOrCidr, type Cidr, type Ip } from '@parapet/kinds';
import type { MapReader } from '../items/index.ts';
import type { Event, EventSchema } from './event.ts';
import { addressMemo, type Question } from './memo.ts';
import { overflowSources, type EventFrame } from './variable.ts';

/** Answers whether the event is to be let go; undefined when the expression failed, which ends the search. */
export type WhitelistTest = (frame: EventFrame) => boolean | undefined;

export class Whitelist {
  readonly reason: string;
  readonly #ips: ReadonlySet<string>;
  readonly #cidrs: readonly Cidr[];
  readonly #expressions: readonly WhitelistTest[];
  readonly #sourceIp: number;
  /** By address as the event claims it. */
  readonly #holdsIp: Question<boolean, undefined>;

  constructor(
    schema: EventSchema,
    reason: string,
    ips: readonly Ip[],
    cidrs: readonly Cidr[],
    expressions: readonly WhitelistTest[],
  ) {
    this.reason = reason;
    this.#ips = new Set(ips);
    this.#cidrs = cidrs;
    this.#expressions = expressions;
    this.#sourceIp = schema.slot('Meta', 'source_ip');
    const remembered = addressMemo(schema).question((claimedIp) => this.#findIp(claimedIp ?? ''));
    const networks = ipv4Networks(ips, cidrs);
    this.#holdsIp =
      networks === undefined
        ? remembered
        : (claimedIp) => {
            const word = ipv4Word(claimedIp ?? '');
            return word === undefined ? remembered(claimedIp, undefined) : isInside(word, networks);
          };
  }

  /** Whether the event is to be let go: by its address first, then by the expressions in their order. */
  holds(frame: EventFrame): boolean {
    if (this.#ips.size > 0 || this.#cidrs.length > 0) {
      if (this.#holdsSource(frame.evt)) return true;
    }
    for (const expression of this.#expressions) {
      const answer = expression(frame);
      if (answer !== false) return answer === true;
    }
    return false;
  }

  #holdsSource(event: Event): boolean {
    if (event.kind === 'log') {
      const sourceIp = event.values[this.#sourceIp];
      return sourceIp !== undefined && this.#holdsIp(sourceIp, undefined);
    }
    for (const sourceIp of overflowSources(event)) if (this.#holdsIp(sourceIp, undefined)) return true;
    return false;
  }

  #findIp(claimedIp: string): boolean {
    // An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is that IPv4 address here; CrowdSec keeps them apart.
    const ip = parseIp(claimedIp);
    return ip !== undefined && (this.#ips.has(ip) || this.#cidrs.some((cidr) => cidrContains(cidr, ip)));
  }
}

/** Reads the `whitelist` of a node; undefined when it has none, or one that whitelists nothing. */
export function readWhitelist(
  node: MapReader,
  schema: EventSchema,
  compile: (reader: MapReader, source: string, index: number) => WhitelistTest | undefined,
): Whitelist | undefined {
  const reader = node.map('whitelist');
  if (reader === undefined) return undefined;
  const reason = reader.string('reason') ?? '';
  const ips = readEach(reader, 'ip', parseIp, 'no IP address', "Write it like '192.0.2.1'");
  const cidrs = readEach(reader, 'cidr', parseCidr, 'no range', "Write it like '192.0.2.0/24'");
  const expressions = reader
    .strings('expression')
    .map((source, index) => compile(reader, source, index))
    .filter((expression) => expression !== undefined);
  reader.refuseOtherKeys('a whitelist');
  if (ips.length + cidrs.length + expressions.length === 0) return undefined;
  return new Whitelist(schema, reason, ips, cidrs, expressions);
}

function readEach<T>(
  reader: MapReader,
  key: string,
  parse: (text: string) => T | undefined,
  complaint: string,
  hint: string,
): T[] {
  const values: T[] = [];
  for (const [index, text] of reader.strings(key).entries()) {
    const value = parse(text);
    if (value !== undefined) values.push(value);
    else
      reader.complain(
        'E_WHITELIST_ADDRESS',
        `'${text}' is ${complaint}`,
        hint,
        reader.itemPosition(key, index),
      );
  }
  return values;
}

/** A handful of networks is compared faster than an answer is looked up. */
const MAX_NETWORKS = 32;

interface Networks {
  readonly words: Int32Array;
  readonly masks: Int32Array;
}

/** The IPv4 part of a list as numbers, or undefined when the list is too long to be gone through. */
function ipv4Networks(ips: readonly Ip[], cidrs: readonly Cidr[]): Networks | undefined {
  const networks = [...ips.map((ip) => parseIpOrCidr(ip)!), ...cidrs].filter(({ version }) => version === 4);
  if (networks.length > MAX_NETWORKS) return undefined;
  return {
    words: Int32Array.from(networks, ({ words }) => words[0]!),
    masks: Int32Array.from(networks, ({ prefixLength }) =>
      prefixLength === 0 ? 0 : -1 << (32 - prefixLength),
    ),
  };
}

function isInside(word: number, { words, masks }: Networks): boolean {
  for (let i = 0; i < words.length; i++) if (((word ^ words[i]!) & masks[i]!) === 0) return true;
  return false;
}

/** A plain IPv4 address as a number; undefined for everything that has to be looked at more closely. */
function ipv4Word(text: string): number | undefined {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0 || octet > 255) return undefined;
      word = (word << 8) | octet;
      octet = 0;
      digits = 0;
      dots++;
    } else {
      if (code < 48 || code > 57 || digits === 3 || (digits > 0 && octet === 0)) return undefined;
      octet = octet * 10 + code - 48;
      digits++;
    }
  }
  return dots === 3 && digits > 0 && octet <= 255 ? (word << 8) | octet : undefined;
}
