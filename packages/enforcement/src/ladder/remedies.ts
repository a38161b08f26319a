// What a decision does to a request, from the lowest rung to the highest, and what is told about it.

import { PASS, type Action, type Client, type RequestView } from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import type { Demand } from '../challenge/demand.ts';
import type { Appeals } from '../pages/appeals.ts';
import { blockPage } from '../pages/block-page.ts';
import { readerOf } from '../pages/reader.ts';
import { reasonClassOf } from '../pages/reason.ts';
import type { RouteExemption } from '../routes/routes.ts';
import { STATIC_FILE } from '../routes/routes.table.ts';
import { AllowedRanges } from '../table/allowedRanges.ts';
import type { DecisionTable } from '../table/index.ts';
import { rangesOf } from '../table/rangesOf.ts';
import type { Cost, ThrottleClass } from '../throttle/throttle.ts';
import type { GuardSettings } from './settings.ts';
import type { SiteRules } from './siteRules.ts';
import type { Slowing } from './slowing.ts';
import type { Told, ToldCause } from './told.ts';

/** A request that a decision applies to. */
export interface Case {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly rules: SiteRules;
  readonly nowMs: number;
  /** Of the decision, in the table. */
  readonly handle: number;
}

export interface RemediesOptions {
  readonly table: DecisionTable;
  readonly challenge: Challenge;
  readonly appeals: Appeals;
  readonly slowing: Slowing;
  nowMs(): number;
}

/** The page of a ban says how long it lasts; it may be that old. */
const SAME_PAGE_MS = 10_000;
/** Decisions on these are about one visitor's own behaviour; the others hit crowds, which are asked for less. */
const PERSONAL: ReadonlySet<string> = new Set(['ip', 'session', 'user']);

export class Remedies {
  readonly #options: RemediesOptions;
  readonly #crawlers = new AllowedRanges();
  readonly #ownProxies = new AllowedRanges();
  /** Only requests about which there is something to tell. */
  readonly #told = new WeakMap<RequestView, Told>();
  #hasTold = false;
  #table: DecisionTable;
  #settings = 0;

  constructor(options: RemediesOptions) {
    this.#options = options;
    this.#table = options.table;
  }

  setSettings({ crawlers, ownProxies }: GuardSettings): void {
    this.#settings++;
    this.#crawlers.set(rangesOf(crawlers));
    this.#ownProxies.set(rangesOf(ownProxies));
  }

  setTable(table: DecisionTable): void {
    this.#table = table;
  }

  toldOf(request: RequestView): Told | undefined {
    return this.#told.get(request);
  }

  /** A connection's requests share one view: what was told of the last one is not about this one. */
  forget(request: RequestView): void {
    if (this.#hasTold) this.#told.delete(request);
  }

  tell(request: RequestView, told: Told): void {
    this.#hasTold = true;
    this.#told.set(request, told);
  }

  tellClosed(request: RequestView): void {
    this.tell(request, { cause: 'closed' });
  }

  isSearchEngine(client: Client): boolean {
    return this.#crawlers.has(client.words);
  }

  isOwnProxy(client: Client): boolean {
    return this.#ownProxies.has(client.words);
  }

  /** Does what the decision asks for, as far as site and route allow it. */
  apply(one: Case): Action {
    const { request, client, site, rules, handle } = one;
    const table = this.#table;
    const spared = this.#spare(client, handle);
    if (spared !== undefined) return this.pass(request, spared, handle);
    if (table.isSimulatedOf(handle)) return this.pass(request, 'simulated', handle);
    if (!rules.isEnforcing) return this.pass(request, 'observed', handle);
    const remediation = table.remediationOf(handle);
    if (remediation === 'ban') {
      const route = rules.routes.findNeverBanned(request.method, request.rawTarget);
      // Not without a limit: whoever is banned would flood the site through these.
      return route === undefined ? this.#ban(one) : this.#slow(one, 'captcha', route);
    }
    const route = rules.routes.find(request.method, request.rawTarget);
    switch (remediation) {
      case 'captcha': {
        const pass = this.#options.challenge.checkPass(request, client, site);
        if (pass === 'solved') {
          this.#tell(request, 'passed', handle);
          return this.#passWith(handle, 'medium');
        }
        // Waiting is what a program can do most easily, so what it opens is not open wide.
        const isLetIn = pass === 'waited' || route !== undefined || this.#crawlers.has(client.words);
        return isLetIn ? this.#slow(one, 'captcha', route) : this.#challenge(one);
      }
      case 'throttle':
        return this.#slow(one, 'throttle', route);
      case 'tarpit':
        return this.#slow(one, 'tarpit', route);
      case 'step-up': {
        this.#tell(request, 'step-up', handle);
        const reason = headerText(table.scenarioOf(handle));
        return this.#passWith(handle, 'medium', [['X-Parapet-Step-Up', reason]]);
      }
      default:
        return this.pass(request, 'unknown', handle);
    }
  }

  /** Lets through, and tells why in spite of the decision. */
  pass(request: RequestView, cause: ToldCause, handle: number, detail?: string): Action {
    this.#tell(request, cause, handle, detail);
    return PASS;
  }

  /** What a check asks of this client: work as well, where the decision is about its own behaviour. */
  demandOf({ site, rules, handle }: Omit<Case, 'request' | 'client' | 'nowMs'>): Demand {
    const recordId = this.#table.recordIdOf(handle);
    return {
      ...rules.demand,
      level: PERSONAL.has(this.#table.scopeOf(handle)) ? 'work' : 'check',
      recordId,
      appealToken: this.#options.appeals.tokenOf(recordId, site),
    };
  }

  /** Why nothing is ever done to this client; undefined for nearly all. */
  #spare(client: Client, handle: number): ToldCause | undefined {
    if (this.#ownProxies.has(client.words)) return 'own-proxy';
    // What the operator says counts; a list or a scenario that names a search engine is mistaken.
    const isMistake =
      this.#table.remediationOf(handle) === 'ban' && this.#table.originOf(handle) !== 'operator';
    return isMistake && this.#crawlers.has(client.words) ? 'crawler' : undefined;
  }

  #ban({ request, site, rules, nowMs, handle }: Case): Action {
    const table = this.#table;
    this.#tell(request, 'ban', handle);
    const recordId = table.recordIdOf(handle);
    const answer = blockPage({
      reader: readerOf(request),
      siteName: rules.demand.siteName,
      recordId,
      reasonClass: reasonClassOf(table.scenarioOf(handle), table.originOf(handle)),
      expiresAtMs: table.expiresAtSecondsOf(handle) * 1000,
      nowMs,
      appealToken: this.#options.appeals.tokenOf(recordId, site),
    });
    const { version } = table;
    const settings = this.#settings;
    const untilMs = Math.min(table.expiresAtSecondsOf(handle) * 1000, nowMs + SAME_PAGE_MS);
    const isStill = (): boolean =>
      this.#options.nowMs() < untilMs &&
      table.version === version &&
      this.#table === table &&
      this.#settings === settings;
    return { kind: 'reply', answer, isStill };
  }

  #challenge(one: Case): Action {
    const { request, client, site, handle } = one;
    this.#tell(request, 'captcha', handle);
    return {
      kind: 'reply',
      answer: this.#options.challenge.answer(request, client, site, this.demandOf(one)),
    };
  }

  #slow(one: Case, name: ThrottleClass, route: RouteExemption | undefined): Action {
    const { request, client, rules, nowMs, handle } = one;
    if (route?.rank === 'never') this.#tell(request, 'route', handle, route.kind);
    return this.#options.slowing.take(
      {
        request,
        client,
        name,
        cost: costOf(route),
        siteName: rules.demand.siteName,
        recordId: this.#table.recordIdOf(handle),
        then: this.#passWith(handle, 'low'),
        tell: (what, detail) => {
          const full = name === 'tarpit' ? 'tarpit' : 'throttle';
          this.#tell(request, what === 'full' ? full : what, handle, detail);
        },
      },
      nowMs,
    );
  }

  /** Lets through with a word to the CMS. */
  #passWith(
    handle: number,
    threat: 'low' | 'medium',
    more: readonly (readonly [string, string])[] = [],
  ): Action {
    const recordId = this.#table.recordIdOf(handle);
    return {
      kind: 'pass',
      requestHeaders: [['X-Parapet-Threat', threat], ['X-Parapet-Record', recordId], ...more],
    };
  }

  #tell(request: RequestView, cause: ToldCause, handle: number, detail?: string): void {
    const table = this.#table;
    this.tell(request, {
      cause,
      recordId: table.recordIdOf(handle),
      remediation: table.remediationOf(handle),
      scenario: table.scenarioOf(handle),
      scope: table.scopeOf(handle),
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

/** What a request on this route counts for in a queue. */
export function costOf(route: RouteExemption | undefined): Cost {
  return route?.kind === STATIC_FILE ? 'file' : 'page';
}

/** A scenario's name may be any text; a header value is printable ASCII. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
