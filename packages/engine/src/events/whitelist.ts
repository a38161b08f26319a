// Whitelists of parsers: addresses, ranges and expressions that make an event, or an overflow, be let go.

import { cidrContains, parseCidr, parseIp, type Cidr, type Ip } from '@parapet/kinds';
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
    this.#holdsIp = addressMemo(schema).question((claimedIp) => this.#findIp(claimedIp ?? ''));
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
