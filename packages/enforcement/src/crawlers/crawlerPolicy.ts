// What the owner of a site wants done with crawlers that fetch pages for AI: by what they are for, and by name. A
// crawler is known by what it calls itself; where its operator publishes its addresses, one that comes from elsewhere
// is not believed.

import type { Client } from '@parapet/kinds';
import { AllowedRanges } from '../table/allowedRanges.ts';
import { rangesOf } from '../table/rangesOf.ts';
import { CRAWLERS, type CrawlerPurpose, type CrawlerRow } from './crawlers.table.ts';

/** `cached`: it gets only pages that the site's own cache holds. From the mildest to the strictest. */
export const CRAWLER_RULES = ['allow', 'slow', 'cached', 'challenge', 'block'] as const;
export type CrawlerRule = (typeof CRAWLER_RULES)[number];

export interface CrawlerPolicySettings {
  readonly purposes: Readonly<Record<CrawlerPurpose, CrawlerRule>>;
  /** By name, whatever the purpose. */
  readonly names: Readonly<Record<string, CrawlerRule>>;
  /** For those that come from elsewhere than they should; their own rule when that is stricter. */
  readonly impostors: CrawlerRule;
  /** More addresses of a crawler, by name. */
  readonly ranges: Readonly<Record<string, readonly string[]>>;
}

/** A crawler as it was met. */
export interface MetCrawler {
  readonly row: CrawlerRow;
  readonly rule: CrawlerRule;
  /** False when it comes from elsewhere than its operator says. */
  readonly isBelieved: boolean;
  /** Which one of the table it is; those that are not believed count together, behind them. */
  readonly number: number;
}

interface Known {
  readonly believed: MetCrawler;
  readonly impostor: MetCrawler;
  /** Undefined when it is taken at its word. */
  readonly ranges: AllowedRanges | undefined;
}

/** Browsers send few different names; whoever invents them fills nothing. */
const MOST_REMEMBERED = 4096;
const MOST_CHARACTERS = 512;

export class CrawlerPolicy {
  readonly #known: readonly (readonly [token: string, known: Known])[];
  readonly #remembered = new Map<string, Known | undefined>();

  constructor(settings: CrawlerPolicySettings) {
    this.#known = CRAWLERS.filter(({ isOnlyInRobots }) => isOnlyInRobots !== true).map((row, number) => {
      const rule = ruleOf(settings, row);
      const ranges = [...(row.ranges ?? []), ...(settings.ranges[row.name] ?? [])];
      const allowed = new AllowedRanges();
      allowed.set(rangesOf(ranges));
      const known: Known = {
        believed: { row, rule, isBelieved: true, number },
        impostor: {
          row,
          rule: stricter(rule, settings.impostors),
          isBelieved: false,
          number: CRAWLERS.length,
        },
        ranges: ranges.length === 0 ? undefined : allowed,
      };
      return [row.token ?? row.name.toLowerCase(), known];
    });
  }

  /** Returns the crawler that this is or claims to be; undefined for nearly all. */
  meet(userAgent: string | undefined, client: Pick<Client, 'words'>): MetCrawler | undefined {
    if (userAgent === undefined) return undefined;
    const known = this.#find(userAgent);
    if (known === undefined) return undefined;
    return known.ranges?.has(client.words) === false ? known.impostor : known.believed;
  }

  #find(userAgent: string): Known | undefined {
    const remembered = this.#remembered.get(userAgent);
    if (remembered !== undefined || this.#remembered.has(userAgent)) return remembered;
    const text = userAgent.slice(0, MOST_CHARACTERS).toLowerCase();
    const known = this.#known.find(([token]) => hasToken(text, token))?.[1];
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    if (userAgent.length <= MOST_CHARACTERS) this.#remembered.set(userAgent, known);
    return known;
  }
}

/** Returns the rule for a crawler that is believed. */
export function ruleOf({ names, purposes }: CrawlerPolicySettings, row: CrawlerRow): CrawlerRule {
  return names[row.name] ?? purposes[row.purpose];
}

function stricter(one: CrawlerRule, other: CrawlerRule): CrawlerRule {
  return CRAWLER_RULES.indexOf(one) >= CRAWLER_RULES.indexOf(other) ? one : other;
}

/** Whether the text holds the token as a word of its own: `xgptbot` is another one. */
function hasToken(text: string, token: string): boolean {
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
    if (!isLetter(text.charCodeAt(at - 1)) && !isLetter(text.charCodeAt(at + token.length))) return true;
  }
  return false;
}

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}
