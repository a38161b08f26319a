// The guard of costly pages: what strangers spend on them together stays within what is usual. The surplus is asked for
// the check, or told to come later when it cannot be asked; cheap pages are free for everybody. People whom the site
// knows (a trust cookie, a check that was passed, a visit with pages and what belongs to them) have a budget each of their
// own. It is not about addresses: a crawl over fifty thousand of them has one purse.

import {
  PASS,
  type Action,
  type Client,
  type CostKeeper,
  type Exchange,
  type PageCost,
  type RequestView,
} from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import { throttlePage } from '../pages/notice-page.ts';
import { readerOf } from '../pages/reader.ts';
import { keyHigh, keyLow, RateTable, type Rate } from '../throttle/rateTable.ts';
import { isFileOf, type Acquaintances } from '../trust/acquaintances.ts';
import type { Admission, GateOptions } from './admission.ts';
import type { CostGuardMode } from './settings.ts';
import type { ToldCause } from './told.ts';

export interface CostGateOptions extends GateOptions {
  readonly keeper: CostKeeper;
  readonly challenge: Challenge;
  readonly acquaintances: Acquaintances;
  /** Whether the address is one that a search engine publishes. */
  isSearchEngine(client: Client): boolean;
  /** Whether it calls itself a crawler: those cannot be asked for anything. */
  isDeclaredCrawler(request: RequestView, client: Client): boolean;
}

interface Case extends Admission {
  readonly cost: PageCost;
}

const SCENARIO = 'parapet/crawler-cost';
/** The same for all: it is the site's budget that was spent, not something that this visitor did. */
const RECORD = 'costly-pages';
/** Costly pages of one who is known: more than anybody clicks. */
const PERSONAL: Rate = { perSecond: 0.5, burst: 30, queue: 0, maxWaitMs: 0 };
const PLACES = 16_384;
const MOST_RETRY_SECONDS = 600;

export class CostGate {
  readonly #options: CostGateOptions;
  readonly #personal = new RateTable(PLACES);
  #mode: CostGuardMode = 'off';

  constructor(options: CostGateOptions) {
    this.#options = options;
  }

  setMode(mode: CostGuardMode): void {
    this.#mode = mode;
  }

  get isActive(): boolean {
    return this.#mode !== 'off';
  }

  /** Takes a request for a page; returns what is done instead of letting pass, undefined for nearly all. */
  look(page: Admission): Action | undefined {
    const { request, site, nowMs } = page;
    const { keeper } = this.#options;
    const cost = keeper.weigh(site, request.rawTarget, nowMs);
    if (cost === undefined) return undefined;
    if (this.#isKnown(page)) return undefined;
    const waitMs = keeper.spend(site, cost, nowMs);
    return waitMs === 0 ? undefined : this.#turnAway({ ...page, cost }, waitMs);
  }

  /** Learns what the page cost. */
  onEnd({ site, request, answer, status, upstreamMs, cacheStatus, startedAtMs, totalMs }: Exchange): void {
    if (this.#mode === 'off' || answer !== undefined || upstreamMs < 0 || isFileOf(request.rawTarget)) return;
    const end = { status, upstreamMs, cacheStatus, atMs: startedAtMs + totalMs };
    this.#options.keeper.ended(site, request.rawTarget, end);
  }

  /** Whether this is one whom the site knows, within the budget of its own. */
  #isKnown({ request, client, site, nowMs }: Admission): boolean {
    const options = this.#options;
    if (options.isSearchEngine(client)) return true;
    const isMet =
      options.acquaintances.isKnown(client, nowMs) ||
      options.challenge.checkPass(request, client, site) !== undefined;
    if (isMet && this.#personal.take(keyHigh(client.words), keyLow(client.words), PERSONAL, nowMs) === 0)
      return true;
    return options.spare(request, client, site) !== undefined;
  }

  #turnAway(one: Case, waitMs: number): Action | undefined {
    const { request, client, site, rules } = one;
    const { challenge } = this.#options;
    if (this.#mode === 'learn') return undefined;
    if (this.#mode !== 'enforce' || !rules.isEnforcing) return this.#pass(one, 'observed');
    const route = rules.routes.find(request.method, request.rawTarget);
    if (route?.rank === 'never') return this.#pass(one, 'route', route.kind);
    const reader = readerOf(request);
    const canBeAsked =
      route === undefined && reader.format === 'html' && !this.#options.isDeclaredCrawler(request, client);
    if (canBeAsked && challenge.checkPass(request, client, site) === undefined) {
      this.#tell(one, 'captcha');
      const demand = { ...rules.demand, recordId: RECORD };
      return { kind: 'reply', answer: challenge.answer(request, client, site, demand) };
    }
    this.#tell(one, 'throttle', one.cost.route);
    const { siteName } = rules.demand;
    const retryAfterSeconds = Math.min(MOST_RETRY_SECONDS, Math.max(1, Math.ceil(waitMs / 1000)));
    return { kind: 'reply', answer: throttlePage({ reader, siteName, recordId: RECORD, retryAfterSeconds }) };
  }

  #pass(one: Case, cause: ToldCause, detail?: string): Action {
    this.#tell(one, cause, detail);
    return PASS;
  }

  #tell({ request }: Case, cause: ToldCause, detail?: string): void {
    this.#options.tell(request, {
      cause,
      recordId: RECORD,
      remediation: cause === 'throttle' ? 'throttle' : 'captcha',
      scenario: SCENARIO,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}
