// What the owner's rule for an AI crawler does to its request. It comes after all decisions: a crawler that is banned
// stays so, and whoever is trusted or on the allowlist is let through.

import { PASS, type Action, type Answer, type Client, type Exchange, type RequestView } from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import {
  CrawlerPolicy,
  type CrawlerPolicySettings,
  type CrawlerRule,
  type MetCrawler,
} from '../crawlers/crawlerPolicy.ts';
import type { CrawlerPurpose } from '../crawlers/crawlers.table.ts';
import { StoredPages } from '../crawlers/storedPages.ts';
import { STATIC_FILE, FILE_FOR_ROBOTS } from '../routes/routes.table.ts';
import type { Admission, GateOptions } from './admission.ts';
import { costOf } from './remedies.ts';
import type { GuardSettings } from './settings.ts';
import type { Slowing } from './slowing.ts';
import type { ToldCause } from './told.ts';

export interface CrawlerGateOptions extends GateOptions {
  readonly challenge: Challenge;
  readonly slowing: Slowing;
}

/** A crawler's request in front of its rule. */
interface Case extends Admission {
  readonly met: MetCrawler;
}

/** The name under which acts of the owner's rules are told; records begin with `crawler-`. */
const CRAWLER_POLICY = 'parapet/crawler-policy';

const NO_RULES: CrawlerPolicySettings = {
  purposes: { training: 'allow', search: 'allow', user: 'allow', undocumented: 'allow' },
  names: {},
  impostors: 'allow',
  ranges: {},
};
const CACHED_RETRY_SECONDS = 3600;
const REMEDIATIONS: Readonly<Record<CrawlerRule, string>> = {
  allow: '',
  slow: 'throttle',
  cached: 'throttle',
  challenge: 'captcha',
  block: 'ban',
};
const FOR: Readonly<Record<CrawlerPurpose, string>> = {
  training: 'crawlers that collect texts to train AI models',
  search: 'crawlers that make an index for AI answers',
  user: 'programs that fetch pages for an AI',
  undocumented: 'crawlers for AI',
};

export class CrawlerGate {
  readonly #options: CrawlerGateOptions;
  /** Knows all, and keeps nobody from anything. */
  readonly #everybody = new CrawlerPolicy(NO_RULES);
  #policy: CrawlerPolicy | undefined;
  /** Only where some crawler gets nothing else. */
  #stored: StoredPages | undefined;

  constructor(options: CrawlerGateOptions) {
    this.#options = options;
  }

  setSettings({ aiCrawlers }: GuardSettings): void {
    this.#policy = aiCrawlers === undefined ? undefined : new CrawlerPolicy(aiCrawlers);
    const { purposes = {}, names = {}, impostors = 'allow' } = aiCrawlers ?? {};
    const rules = [...Object.values(purposes), ...Object.values(names), impostors];
    this.#stored = rules.includes('cached') ? (this.#stored ?? new StoredPages()) : undefined;
  }

  /** Whether any crawler is kept from anything. */
  get isActive(): boolean {
    return this.#policy !== undefined;
  }

  /** Whether the request says that a crawler has sent it for AI has sent it. */
  isDeclared(request: RequestView, client: Client): boolean {
    return this.#everybody.meet(request.header('user-agent'), client) !== undefined;
  }

  /** Returns what is done instead of letting pass; undefined for nearly all requests. */
  look(asked: Admission): Action | undefined {
    const { request, client, site, rules } = asked;
    const met = this.#policy?.meet(request.header('user-agent'), client);
    if (met === undefined || met.rule === 'allow') return undefined;
    const one: Case = { ...asked, met };
    const spared = this.#options.spare(request, client, site);
    if (spared !== undefined) return this.#pass(one, spared.cause, spared.detail);
    if (!rules.isEnforcing) return this.#pass(one, 'observed');
    const route = rules.routes.find(request.method, request.rawTarget);
    // Who cannot read the rules cannot keep them; and what keeps the site alive is nobody's to stop.
    if (route?.kind === FILE_FOR_ROBOTS || route?.rank === 'never')
      return this.#pass(one, 'route', route.kind);
    switch (met.rule) {
      case 'slow':
        return this.#slow(one);
      case 'cached':
        return this.#onlyCached(one);
      case 'challenge':
        return this.#challenge(one);
      case 'block':
        return this.#block(one);
    }
  }

  /** Learns what the site's cache holds. */
  onEnd({ site, request, cacheStatus, startedAtMs }: Exchange): void {
    if (cacheStatus !== '') this.#stored?.saw(site, request.rawTarget, cacheStatus, startedAtMs);
  }

  #slow(one: Case): Action {
    const { request, rules, nowMs, met } = one;
    return this.#options.slowing.take(
      {
        request,
        // One queue for all its addresses: no address in use begins with 32 one bits.
        client: { words: [0xffffffff, met.number] },
        name: 'crawler',
        cost: costOf(rules.routes.find(request.method, request.rawTarget)),
        siteName: rules.demand.siteName,
        recordId: recordIdOf(met),
        then: PASS,
        tell: (what, detail) => this.#tell(one, what === 'full' ? 'throttle' : what, detail),
      },
      nowMs,
    );
  }

  #onlyCached(one: Case): Action | undefined {
    const { request, site, rules, nowMs, met } = one;
    const isCheap =
      rules.routes.find(request.method, request.rawTarget)?.kind === STATIC_FILE ||
      this.#stored?.has(site, request.rawTarget, nowMs) === true;
    if (isCheap) return undefined;
    this.#tell(one, 'cached');
    const text = `${met.row.name} is served only pages that this site has at hand, and this one is not. Please come again later.`;
    const retry = ['Retry-After', String(CACHED_RETRY_SECONDS)] as const;
    return { kind: 'reply', answer: plainAnswer(503, 'crawler-cached', met, text, [retry]) };
  }

  #challenge(one: Case): Action {
    const { request, client, site, rules, met } = one;
    const { challenge } = this.#options;
    // Programs on their routes cannot be asked for anything.
    if (rules.routes.find(request.method, request.rawTarget) !== undefined) return this.#slow(one);
    if (challenge.checkPass(request, client, site) === 'solved') return this.#pass(one, 'passed') ?? PASS;
    this.#tell(one, 'captcha');
    const demand = { ...rules.demand, recordId: recordIdOf(met) };
    return { kind: 'reply', answer: challenge.answer(request, client, site, demand) };
  }

  #block(one: Case): Action {
    const { met } = one;
    this.#tell(one, 'ban');
    const { name, operator, purpose } = met.row;
    const text = met.isBelieved
      ? `${name} of ${operator} is not served: the owner of this site does not let in ${FOR[purpose]}. See /robots.txt.`
      : `Whoever calls itself ${name} from this address is not served: ${operator} does not list the address. See /robots.txt.`;
    return { kind: 'reply', answer: plainAnswer(403, 'crawler-blocked', met, text, []) };
  }

  #pass(one: Case, cause: ToldCause, detail?: string): undefined {
    this.#tell(one, cause, detail);
    return undefined;
  }

  #tell({ request, met }: Case, cause: ToldCause, detail?: string): void {
    this.#options.tell(request, {
      cause,
      recordId: recordIdOf(met),
      remediation: REMEDIATIONS[met.rule],
      scenario: CRAWLER_POLICY,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

/** The same for each act on this crawler: it is a rule that is written down, not something that was found. */
function recordIdOf({ row, isBelieved }: MetCrawler): string {
  return `crawler-${row.name.toLowerCase()}${isBelieved ? '' : '-elsewhere'}`;
}

function plainAnswer(
  status: number,
  cause: string,
  met: MetCrawler,
  text: string,
  more: Answer['headers'],
): Answer {
  const recordId = recordIdOf(met);
  return {
    status,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ...more,
    ],
    body: `${text}\nRecord: ${recordId}\n`,
    cause,
    recordId,
  };
}
