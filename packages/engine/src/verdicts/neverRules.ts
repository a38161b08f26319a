// Whom nobody decides on, whatever a scenario says. A rule that spares an alert says so in words; the alert is
// kept, with the words, and no profile sees it.

import { cidrContains, isPublicIp, parseCidr, parseIp, type AlertSource, type Cidr } from '@parapet/kinds';
import { CidrMap, rangeOf, readCidrList } from './cidrMap.ts';
import { misconfiguredProxy, type Finding } from './finding.ts';
import type { TrafficShare } from './trafficShare.ts';

export interface NeverRule {
  /** Says in one sentence why nothing may be decided on this source at this time; undefined when it may. */
  spare(source: AlertSource, atMs: number): string | undefined;
  /** What the rule found out about the set-up since the last call. */
  takeFindings?(): readonly Finding[];
}

/** Private, loopback and reserved addresses: the site's own network, or a proxy in it that is not configured. */
export class PrivateAddressRule implements NeverRule {
  readonly #told = new Set<string>();
  #findings: Finding[] = [];

  spare(source: AlertSource): string | undefined {
    const range = rangeOf(source);
    if (range === undefined || !touchesSpecial(range)) return undefined;
    const ip = source.ip ?? source.value;
    if (source.scope === 'ip' && !this.#told.has(ip)) {
      this.#told.add(ip);
      this.#findings.push(misconfiguredProxy(ip, 'it is an address of a private network'));
    }
    return `${source.value} is private, loopback or reserved: no visitor from the Internet has it, so it is the site's own network or a proxy`;
  }

  takeFindings(): readonly Finding[] {
    const findings = this.#findings;
    this.#findings = [];
    return findings;
  }
}

/** The address of a proxy that the log gives as the visitor of most requests. */
export class MajorityRule implements NeverRule {
  readonly #traffic: TrafficShare;

  constructor(traffic: TrafficShare) {
    this.#traffic = traffic;
  }

  spare(source: AlertSource): string | undefined {
    if (source.scope !== 'ip') return undefined;
    const reason = this.#traffic.proxyReason(source.value);
    return reason === undefined
      ? undefined
      : `${source.value} looks like a proxy in front of the site: ${reason}`;
  }

  takeFindings(): readonly Finding[] {
    return this.#traffic.takeFindings();
  }
}

/** Search engines, by the ranges they publish. */
export class SearchEngineRule implements NeverRule {
  readonly #ranges = new CidrMap<string>();

  /** `lists`: name of the list -> its text, one address or range a line. */
  constructor(lists: Iterable<readonly [name: string, text: string]>) {
    for (const [name, text] of lists) {
      for (const cidr of readCidrList(text)) this.#ranges.set(cidr, name);
    }
  }

  spare(source: AlertSource): string | undefined {
    const range = rangeOf(source);
    if (range === undefined) return undefined;
    const list = this.#ranges.covering(range)[0] ?? this.#ranges.within(range)[0];
    return list === undefined ? undefined : `${source.value} belongs to a verified search engine (${list})`;
  }
}

/** What the operator wrote down. */
export interface AllowlistView {
  /** The comment of an entry that holds the range, or that lies in it. */
  find(range: Cidr, atMs: number): { readonly value: string; readonly comment: string } | undefined;
}

export class AllowlistRule implements NeverRule {
  readonly #allowlist: AllowlistView;

  constructor(allowlist: AllowlistView) {
    this.#allowlist = allowlist;
  }

  spare(source: AlertSource, atMs: number): string | undefined {
    const range = rangeOf(source);
    const entry = range === undefined ? undefined : this.#allowlist.find(range, atMs);
    if (entry === undefined) return undefined;
    const why = entry.comment === '' ? '' : ` (${entry.comment})`;
    return `${source.value} is on the allowlist as ${entry.value}${why}`;
  }
}

/** Ranges so wide that a decision would hit whole countries. */
export class WideRangeRule implements NeverRule {
  spare(source: AlertSource): string | undefined {
    const range = source.scope === 'range' ? parseCidr(source.value) : undefined;
    if (range === undefined || range.prefixLength >= (range.version === 4 ? 8 : 19)) return undefined;
    return `${source.value} is so wide that it would lock out whole countries`;
  }
}

/** Whether a range holds, or lies in, addresses that no visitor has: its ends and the special networks are asked. */
function touchesSpecial(range: Cidr): boolean {
  const first = parseIp(range.text.slice(0, range.text.indexOf('/')));
  if (first === undefined || !isPublicIp(first)) return true;
  return SPECIAL_STARTS.some((ip) => cidrContains(range, ip));
}

const SPECIAL_STARTS = [
  '10.0.0.0',
  '100.64.0.0',
  '127.0.0.0',
  '169.254.0.0',
  '172.16.0.0',
  '192.168.0.0',
  '224.0.0.0',
  'fc00::',
  'fe80::',
  '::1',
].map((text) => parseIp(text)!);
