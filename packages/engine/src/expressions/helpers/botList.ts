// A data file of type bots: who claims to be what, and how to tell that it is true. A user agent alone is no
// proof, so each entry names addresses, ranges, or names that an address must resolve to and back.

import { cidrContains, parseCidr, parseIp, type Cidr, type Ip } from '@parapet/kinds';
import { compilePattern, type Pattern } from '../../patterns/index.ts';
import { withoutZone } from './ip.ts';

interface Bot {
  readonly userAgent: Pattern | undefined;
  readonly paths: readonly Pattern[];
  readonly ips: ReadonlySet<string>;
  readonly ranges: readonly Cidr[];
  readonly reverseNames: readonly Pattern[];
}

export interface BotVisit {
  readonly ip: Ip;
  readonly userAgent: string;
  readonly path: string;
}

export class BotList {
  readonly #bots: Bot[] = [];

  /** Takes in one line, a JSON object; returns what is wrong with it, undefined when nothing is. */
  add(line: string): string | undefined {
    const bot = readBot(line);
    if (typeof bot === 'string') return bot;
    this.#bots.push(bot);
    return undefined;
  }

  /** Whether the visit is one of the bots by its address. */
  isKnown(visit: BotVisit): boolean {
    return this.#claimed(visit).some(
      (bot) => bot.ips.has(visit.ip) || bot.ranges.some((range) => cidrContains(range, visit.ip)),
    );
  }

  /** Returns the patterns that a confirmed name of the address would have to match. */
  reverseNames(visit: BotVisit): readonly Pattern[] {
    return this.#claimed(visit).flatMap((bot) => bot.reverseNames);
  }

  #claimed({ userAgent, path }: BotVisit): readonly Bot[] {
    return this.#bots.filter(
      (bot) =>
        bot.userAgent?.test(userAgent) !== false &&
        (bot.paths.length === 0 || bot.paths.some((pattern) => pattern.test(path))),
    );
  }
}

/** Returns the address of `1.2.3.4`, `1.2.3.4:80`, `[::1]:80` or `fe80::1%eth0`. */
export function visitorIp(claimed: string): Ip | undefined {
  const host = /^\[(.*)\]:\d*$/.exec(claimed)?.[1] ?? /^([^:]*):\d*$/.exec(claimed)?.[1] ?? claimed;
  return parseIp(withoutZone(host));
}

const KEYS = new Set(['name', 'user_agent', 'paths', 'ips', 'ranges', 'rdns']);

class BadBot extends Error {}

function readBot(line: string): Bot | string {
  try {
    const row = readObject(line);
    const bot = {
      userAgent: textOf(row, 'user_agent') === '' ? undefined : toPattern(textOf(row, 'user_agent')),
      paths: textsOf(row, 'paths').map(toPattern),
      ips: new Set(textsOf(row, 'ips').map((text) => orBad(visitorIp(text), `'${text}' is no address`))),
      ranges: textsOf(row, 'ranges').map((text) => orBad(parseCidr(text), `'${text}' is no range`)),
      reverseNames: textsOf(row, 'rdns').map(toPattern),
    };
    if (textOf(row, 'name') === '') return "The bot has no 'name'";
    const proofs = bot.ips.size + bot.ranges.length + bot.reverseNames.length;
    return proofs > 0 ? bot : 'The bot cannot be told from an impostor: it has neither ips, ranges nor rdns';
  } catch (error) {
    if (error instanceof BadBot) return error.message;
    throw error;
  }
}

function readObject(line: string): ReadonlyMap<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) throw new BadBot('The bot is not a JSON object');
  const row = new Map<string, unknown>(Object.entries(parsed));
  for (const key of row.keys()) if (!KEYS.has(key)) throw new BadBot(`The bot has the unknown key '${key}'`);
  return row;
}

function textOf(row: ReadonlyMap<string, unknown>, key: string): string {
  const value = row.get(key) ?? '';
  if (typeof value === 'string') return value;
  throw new BadBot(`The bot's '${key}' is not a text`);
}

function textsOf(row: ReadonlyMap<string, unknown>, key: string): readonly string[] {
  const values: unknown = row.get(key) ?? [];
  if (!Array.isArray(values)) throw new BadBot(`The bot's '${key}' is not a list`);
  return values.map((value: unknown) => {
    if (typeof value === 'string' && value !== '') return value;
    throw new BadBot(`The bot's '${key}' holds something that is not a text`);
  });
}

function toPattern(source: string): Pattern {
  const result = compilePattern(`(?i)${source}`);
  if (result.ok) return result.pattern;
  throw new BadBot(`The pattern '${source}' is refused: ${result.error.message}`);
}

function orBad<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new BadBot(message);
  return value;
}
