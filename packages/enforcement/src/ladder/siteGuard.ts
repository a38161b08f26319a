// The ladder: what is done about a request, from nothing to a ban. The order is the promise of docs/enforcement.md:
//
//   own pages -> trust -> allowlist -> decisions -> own proxy, crawlers -> observing -> exempt routes -> remediation
//   -> the owner's rules for AI crawlers -> the budget of costly pages -> the queue -> inspection of what passes
//
// Nearly all requests have no decision: they cost a look into the table and allocate nothing here.

import {
  PASS,
  type Action,
  type Client,
  type CostKeeper,
  type Exchange,
  type Guard,
  type Inspector,
  type Refusal,
  type RequestView,
  type ResponseView,
} from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import { Appeals } from '../pages/appeals.ts';
import { OWN_PREFIX } from '../pages/assets/assets.ts';
import { upstreamPage } from '../pages/notice-page.ts';
import { readerOf } from '../pages/reader.ts';
import type { DecisionTable } from '../table/index.ts';
import { Acquaintances, isFileOf } from '../trust/acquaintances.ts';
import { Sessions } from '../trust/sessions.ts';
import { TrustOffice, type Trust } from '../trust/trustCookie.ts';
import type { GateOptions, Spared } from './admission.ts';
import { Applying } from './applying.ts';
import { CmsVoice } from './cmsVoice.ts';
import { CostGate } from './costGate.ts';
import { CrawlerGate } from './crawlerGate.ts';
import type { GuardLink } from './guardLink.ts';
import { Inspecting } from './inspecting.ts';
import { OwnPages } from './ownPages.ts';
import type { PlaceOf } from './places.ts';
import { QueueGate } from './queueGate.ts';
import { Remedies } from './remedies.ts';
import type { GuardSettings } from './settings.ts';
import { Sightings } from './sightings.ts';
import { siteRules, type SiteRules } from './siteRules.ts';
import { Slowing } from './slowing.ts';

export interface GuardOptions {
  readonly table: DecisionTable;
  readonly challenge: Challenge;
  readonly settings: GuardSettings;
  readonly link: GuardLink;
  /** The site secret, and older ones that are still taken. */
  readonly secrets: readonly Uint8Array[];
  /** Trust given out under another epoch has ended. */
  readonly trustEpoch: number;
  /** Where an address is; asked only when there are decisions on countries or networks. */
  readonly placeOf?: PlaceOf;
  /** Looks into requests for attacks; absent where nobody does. */
  readonly inspection?: {
    readonly inspector: Inspector;
    /** So much of a body is read before anything is forwarded. */
    readonly bodyBytes: number;
    /** Eight hex digits, never the same twice in a day. */
    newRecordId(): string;
  };
  /** What pages cost; absent where nobody learns it. */
  readonly costs?: CostKeeper;
  /** Whether a request for this path is one that the perimeter watches. */
  readonly isPerimeterPath?: (rawTarget: string) => boolean;
  nowMs(): number;
  /** Resolves after so long; what waits for its turn and the batches for other workers use it. */
  sleep(ms: number): Promise<void>;
}

const CLOSED_AFTER_MS = 60_000;
/** One less than a power of two: reading cookies costs more than all the rest. */
const LOOKED_AT_EACH = 7;
const UNKNOWN_SITE: SiteRules = siteRules({ name: '', mode: 'observe', closedPaths: [], neverChallenge: [] });

export class SiteGuard implements Guard {
  readonly #options: GuardOptions;
  readonly #trust: TrustOffice;
  readonly #sightings: Sightings;
  readonly #applying: Applying;
  readonly #remedies: Remedies;
  readonly #slowing: Slowing;
  readonly #crawlers: CrawlerGate;
  readonly #costs: CostGate | undefined;
  readonly #queue: QueueGate;
  readonly #acquaintances = new Acquaintances();
  readonly #gate: GateOptions = {
    spare: (request, client, site) => this.#spare(request, client, site),
    tell: (request, told) => this.#remedies.tell(request, told),
  };
  readonly #cms: CmsVoice;
  readonly #ownPages: OwnPages;
  readonly #inspecting: Inspecting | undefined;
  readonly #sites = new Map<string, SiteRules>();
  #table: DecisionTable;
  #hasClosedPaths = false;
  #turn = -1;

  constructor(options: GuardOptions) {
    const { table, link, secrets, challenge } = options;
    const nowMs = (): number => options.nowMs();
    const sleep = (ms: number): Promise<void> => options.sleep(ms);
    const sessions = new Sessions();
    const trust = new TrustOffice(secrets, options.trustEpoch);
    const sightings = new Sightings(link);
    const appeals = new Appeals({ secrets, nowMs, accept: (appeal) => link.appeal(appeal) });
    this.#options = options;
    this.#table = table;
    this.#trust = trust;
    this.#sightings = sightings;
    this.#applying = new Applying(table, sessions, options.placeOf);
    this.#slowing = new Slowing({ link, sleep });
    this.#remedies = new Remedies({ table, challenge, appeals, slowing: this.#slowing, nowMs });
    this.#crawlers = new CrawlerGate({
      challenge,
      slowing: this.#slowing,
      ...this.#gate,
    });
    this.#costs = this.#costsWith(options.costs);
    this.#queue = new QueueGate({
      ...this.#gate,
      secrets,
      acquaintances: this.#acquaintances,
      isSignedIn: (request, site) => {
        const session = sessions.hashOf(request);
        return session !== undefined && sessions.userOf(site, session) !== undefined;
      },
    });
    this.#inspecting = this.#inspectingWith(appeals);
    this.#cms = new CmsVoice({ secrets, sessions, trust, sightings });
    this.#ownPages = new OwnPages({ challenge, appeals, link, secrets, trust, sightings, nowMs });
    this.setSettings(options.settings);
  }

  /** Takes a new configuration; requests that are under way end under the old one. */
  setSettings(settings: GuardSettings): void {
    this.#sites.clear();
    for (const site of settings.sites) this.#sites.set(site.name, siteRules(site, settings.challenge));
    this.#hasClosedPaths = settings.sites.some(({ closedPaths }) => closedPaths.length > 0);
    this.#slowing.setRates(settings.throttle);
    this.#remedies.setSettings(settings);
    this.#crawlers.setSettings(settings);
    this.#costs?.setMode(settings.costlyPages ?? 'off');
    this.#queue.setSettings(settings);
  }

  /** Takes another table, as when a snapshot was read. */
  setTable(table: DecisionTable): void {
    this.#table = table;
    this.#applying.setTable(table);
    this.#remedies.setTable(table);
  }

  /** Ends all trust that was given out under an older epoch. */
  setTrustEpoch(epoch: number): void {
    this.#trust.setEpoch(epoch);
  }

  /** Learns that a one-time link or a solution of the challenge was used at another worker. */
  markUsed(nonce: string, expiresAtMs: number): void {
    this.#options.challenge.markUsed(nonce, expiresAtMs);
    this.#ownPages.markUsed(nonce, expiresAtMs);
  }

  /** Takes in what another worker's throttle has counted. */
  pouredElsewhere(rows: Uint32Array): void {
    this.#slowing.pouredElsewhere(rows, this.#options.nowMs());
  }

  onRequest(request: RequestView, client: Client, site: string): Action {
    const { rawTarget } = request;
    const nowMs = this.#options.nowMs();
    this.#remedies.forget(request);
    const handle = this.#applying.find(request, client, site, nowMs);
    if (rawTarget.charCodeAt(1) === 46 && rawTarget.startsWith(OWN_PREFIX))
      return this.#ownPage(request, client, site, handle);
    const decided = this.#decide(request, client, site, handle, nowMs);
    const action = decided.kind === 'pass' ? this.#admit(decided, request, client, site, nowMs) : decided;
    const inspecting = this.#inspecting;
    return inspecting === undefined ? action : this.#inspect(inspecting, action, request, client, site);
  }

  onResponse(request: RequestView, response: ResponseView, client: Client, site: string): Action | undefined {
    const nowMs = this.#options.nowMs();
    const heard = this.#cms.hear(request, response, client, site, nowMs);
    if (heard?.user !== undefined) {
      const stopped = this.#stopUser(heard.user, request, client, site, nowMs);
      if (stopped !== undefined) return stopped;
    }
    // Only what may become evidence: the engine has to hear of an operator before it reads the event.
    const isTelling = response.status >= 400 || request.method === 'POST';
    const isTrusted = isTelling && this.#notice(request, client, site, nowMs);
    const isWatched = response.status === 404 && this.#options.isPerimeterPath?.(request.rawTarget) === true;
    const held = isWatched && !isTrusted ? this.#hold(request, client, site, nowMs) : undefined;
    return held ?? heard?.action;
  }

  onEnd(exchange: Exchange): void {
    this.#crawlers.onEnd(exchange);
    this.#costs?.onEnd(exchange);
    this.#queue.onEnd(exchange);
    this.#options.link.event(exchange, this.#remedies.toldOf(exchange.request));
  }

  onRefusal(refusal: Refusal): void {
    this.#options.link.refusal(refusal);
  }

  #inspectingWith(appeals: Appeals): Inspecting | undefined {
    const { inspection, challenge } = this.#options;
    if (inspection === undefined) return undefined;
    return new Inspecting({
      inspector: inspection.inspector,
      bodyBytes: inspection.bodyBytes,
      newRecordId: () => inspection.newRecordId(),
      challenge,
      appeals,
      nowMs: () => this.#options.nowMs(),
      ...this.#gate,
    });
  }

  /** What the decisions say. */
  #decide(request: RequestView, client: Client, site: string, handle: number, nowMs: number): Action {
    // Without a decision trust changes nothing; it is looked at now and then, so that the engine hears of operators.
    const isPlain = handle === 0 && !this.#hasClosedPaths;
    if (isPlain && (this.#turn = (this.#turn + 1) & LOOKED_AT_EACH) !== 0) return PASS;
    const trust = this.#trust.check(request, site, nowMs);
    if (trust !== undefined) return this.#passTrusted(trust, request, client, site, handle, nowMs);
    if (isPlain) return PASS;
    const rules = this.#rulesOf(site);
    if (rules.hasClosedPaths && this.#isClosed(rules, request.rawTarget, nowMs))
      return this.#close(request, rules);
    return handle === 0 ? PASS : this.#remedies.apply({ request, client, site, rules, nowMs, handle });
  }

  /** What the inspector says of a request that the decisions let pass, perhaps after a while. */
  #inspect(
    inspecting: Inspecting,
    action: Action,
    request: RequestView,
    client: Client,
    site: string,
  ): Action {
    if (action.kind === 'wait') {
      const later = action.action.then((then) => this.#inspect(inspecting, then, request, client, site));
      return { kind: 'wait', action: later };
    }
    if (action.kind !== 'pass') return action;
    return inspecting.look(request, client, site, this.#rulesOf(site), action);
  }

  /** Whom nothing that is found in a request ever stops. */
  #spare(request: RequestView, client: Client, site: string): Spared | undefined {
    if (this.#table.isAllowed(client.words)) return { cause: 'allowed' };
    const nowMs = this.#options.nowMs();
    const trust = this.#trust.check(request, site, nowMs);
    if (trust === undefined) return undefined;
    this.#sightings.saw(trust, client, site, nowMs);
    return { cause: 'trusted', detail: trust.who };
  }

  /** What the rules of the owner and the budget of the site say of a request that the decisions let pass. */
  #admit(decided: Action, request: RequestView, client: Client, site: string, nowMs: number): Action {
    const costs = this.#costs?.isActive === true ? this.#costs : undefined;
    const queue = this.#queue.isActive ? this.#queue : undefined;
    const isCounted = costs !== undefined || queue !== undefined;
    if (!isCounted && !this.#crawlers.isActive) return decided;
    const asked = { request, client, site, rules: this.#rulesOf(site), nowMs };
    const ruled = this.#crawlers.look(asked);
    if (ruled !== undefined) return ruled;
    if (!isCounted) return decided;
    const { method, rawTarget } = request;
    const isFile = isFileOf(rawTarget);
    this.#acquaintances.saw(client, isFile, nowMs);
    // A form that is sent has been given a page before: who sends it is in the middle of something.
    if (isFile || (method !== 'GET' && method !== 'HEAD')) return decided;
    return costs?.look(asked) ?? queue?.look(asked) ?? decided;
  }

  #costsWith(keeper: CostKeeper | undefined): CostGate | undefined {
    if (keeper === undefined) return undefined;
    return new CostGate({
      keeper,
      challenge: this.#options.challenge,
      acquaintances: this.#acquaintances,
      ...this.#gate,
      isSearchEngine: (client) => this.#remedies.isSearchEngine(client),
      isDeclaredCrawler: (request, client) => this.#crawlers.isDeclared(request, client),
    });
  }

  #ownPage(request: RequestView, client: Client, site: string, handle: number): Action {
    const rules = this.#rulesOf(site);
    const demand = handle === 0 ? rules.demand : this.#remedies.demandOf({ site, rules, handle });
    return this.#ownPages.answer(request, client, site, demand);
  }

  #passTrusted(
    trust: Trust,
    request: RequestView,
    client: Client,
    site: string,
    handle: number,
    nowMs: number,
  ): Action {
    this.#sightings.saw(trust, client, site, nowMs);
    if (handle !== 0) this.#remedies.pass(request, 'trusted', handle, trust.who);
    const renewed = this.#trust.renew(trust, client, site, nowMs);
    return renewed === undefined ? PASS : { kind: 'pass', setCookies: [renewed] };
  }

  /** Tells the engine where a trusted person is; returns whether this is one. */
  #notice(request: RequestView, client: Client, site: string, nowMs: number): boolean {
    const trust = this.#trust.check(request, site, nowMs);
    if (trust !== undefined) this.#sightings.saw(trust, client, site, nowMs);
    return trust !== undefined;
  }

  #isClosed(rules: SiteRules, rawTarget: string, nowMs: number): boolean {
    const { link } = this.#options;
    return !link.isConnected && nowMs - link.lastHeardAtMs >= CLOSED_AFTER_MS && rules.isClosed(rawTarget);
  }

  #close(request: RequestView, { demand }: SiteRules): Action {
    this.#remedies.tellClosed(request);
    const { siteName } = demand;
    return { kind: 'reply', answer: upstreamPage({ reader: readerOf(request), siteName, status: 503 }) };
  }

  /** Someone on whom there is a ban does not get the answer by which the CMS names them first. */
  #stopUser(
    user: string,
    request: RequestView,
    client: Client,
    site: string,
    nowMs: number,
  ): Action | undefined {
    const handle = this.#applying.findUser(user, nowMs);
    if (handle === 0 || this.#table.remediationOf(handle) !== 'ban') return undefined;
    if (this.#table.isAllowed(client.words)) return undefined;
    const rules = this.#rulesOf(site);
    const action = this.#remedies.apply({ request, client, site, rules, nowMs, handle });
    return action.kind === 'pass' ? undefined : action;
  }

  /** The answer is held until the engine has seen the request: it may be the one that trips the perimeter. */
  #hold(request: RequestView, client: Client, site: string, nowMs: number): Action | undefined {
    const { link } = this.#options;
    if (!this.#rulesOf(site).isEnforcing || !link.isConnected) return undefined;
    if (this.#table.isAllowed(client.words) || this.#remedies.isOwnProxy(client)) return undefined;
    const asked = link.ask({ request, client, site, status: 404, atMs: nowMs });
    const action = asked.then((isDecided) => (isDecided ? this.#decided(request, client, site) : PASS));
    return { kind: 'wait', action };
  }

  #decided(request: RequestView, client: Client, site: string): Action {
    const nowMs = this.#options.nowMs();
    const handle = this.#applying.find(request, client, site, nowMs);
    if (handle === 0) return PASS;
    return this.#remedies.apply({ request, client, site, rules: this.#rulesOf(site), nowMs, handle });
  }

  #rulesOf(site: string): SiteRules {
    return this.#sites.get(site) ?? UNKNOWN_SITE;
  }
}
