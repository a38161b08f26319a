// The ladder: what is done about a request, from nothing to a ban. The order is the promise of docs/enforcement.md:
//
//   own pages -> trust -> allowlist and own proxy -> decisions -> observing -> exempt routes -> remediation
//
// Nearly all requests have no decision: they cost a look into the table and allocate nothing here.

import {
  parseIpOrCidr,
  PASS,
  type Action,
  type Cidr,
  type Client,
  type Exchange,
  type Guard,
  type Refusal,
  type RequestView,
  type ResponseView,
} from '@parapet/kinds';
import type { Challenge } from '../challenge/challenge.ts';
import { Appeals } from '../pages/appeals.ts';
import { OWN_PREFIX } from '../pages/assets/assets.ts';
import { blockPage } from '../pages/block-page.ts';
import { throttlePage, upstreamPage } from '../pages/notice-page.ts';
import { readerOf } from '../pages/reader.ts';
import { reasonClassOf } from '../pages/reason.ts';
import type { RouteExemption } from '../routes/routes.ts';
import { STATIC_FILE } from '../routes/routes.table.ts';
import { AllowedRanges } from '../table/allowedRanges.ts';
import type { DecisionTable } from '../table/index.ts';
import { Throttle, THROTTLE_RATES, type ThrottleClass } from '../throttle/throttle.ts';
import { Sessions } from '../trust/sessions.ts';
import { TrustOffice, type Trust } from '../trust/trustCookie.ts';
import { readVouching, vouchingKey } from '../trust/vouching.ts';
import { Applying } from './applying.ts';
import type { GuardLink } from './guardLink.ts';
import { OwnPages } from './ownPages.ts';
import type { PlaceOf } from './places.ts';
import type { GuardSettings } from './settings.ts';
import { Sightings } from './sightings.ts';
import { siteRules, type SiteRules } from './siteRules.ts';
import type { Told, ToldCause } from './told.ts';

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
  /** Whether a request for this path is one that the perimeter watches. */
  readonly isPerimeterPath?: (rawTarget: string) => boolean;
  nowMs(): number;
  /** Resolves after so long; what waits for its turn and the batches for other workers use it. */
  sleep(ms: number): Promise<void>;
}

/** What is known about a request once a decision applies to it. */
interface Case {
  readonly request: RequestView;
  readonly client: Client;
  readonly site: string;
  readonly rules: SiteRules;
  readonly nowMs: number;
  readonly handle: number;
}

const CLOSED_AFTER_MS = 60_000;
/** One less than a power of two: reading cookies costs more than all the rest. */
const LOOKED_AT_EACH = 7;
const TELL_OTHERS_AFTER_MS = 100;
const UNKNOWN_SITE: SiteRules = siteRules({ name: '', mode: 'observe', closedPaths: [], neverChallenge: [] });

export class SiteGuard implements Guard {
  readonly #options: GuardOptions;
  readonly #throttle = new Throttle(THROTTLE_RATES);
  readonly #sessions = new Sessions();
  readonly #sightings: Sightings;
  readonly #trust: TrustOffice;
  readonly #applying: Applying;
  readonly #appeals: Appeals;
  readonly #ownPages: OwnPages;
  /** Only requests about which there is something to tell. */
  readonly #told = new WeakMap<RequestView, Told>();
  readonly #crawlers = new AllowedRanges();
  readonly #ownProxies = new AllowedRanges();
  readonly #sites = new Map<string, SiteRules>();
  readonly #vouchingKeys = new Map<string, readonly Buffer[]>();
  #table: DecisionTable;
  #willTellOthers = false;
  #hasClosedPaths = false;
  #turn = -1;

  constructor(options: GuardOptions) {
    const { table, link, secrets, challenge } = options;
    this.#options = options;
    this.#table = table;
    this.#applying = new Applying(table, this.#sessions, options.placeOf);
    this.#trust = new TrustOffice(secrets, options.trustEpoch);
    this.#sightings = new Sightings(link);
    const nowMs = (): number => options.nowMs();
    this.#appeals = new Appeals({ secrets, nowMs, accept: (appeal) => link.appeal(appeal) });
    this.#ownPages = new OwnPages({
      challenge,
      appeals: this.#appeals,
      link,
      secrets,
      trust: this.#trust,
      sightings: this.#sightings,
      nowMs,
    });
    this.setSettings(options.settings);
  }

  /** Takes a new configuration; requests that are under way end under the old one. */
  setSettings(settings: GuardSettings): void {
    this.#sites.clear();
    for (const site of settings.sites) this.#sites.set(site.name, siteRules(site));
    this.#hasClosedPaths = settings.sites.some(({ closedPaths }) => closedPaths.length > 0);
    this.#crawlers.set(rangesOf(settings.crawlers));
    this.#ownProxies.set(rangesOf(settings.ownProxies));
    this.#throttle.setRates({ ...THROTTLE_RATES, ...settings.throttle });
  }

  /** Takes another table, as when a snapshot was read. */
  setTable(table: DecisionTable): void {
    this.#table = table;
    this.#applying.setTable(table);
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
    this.#throttle.pouredElsewhere(rows, this.#options.nowMs());
  }

  onRequest(request: RequestView, client: Client, site: string): Action {
    const { rawTarget } = request;
    if (rawTarget.charCodeAt(1) === 46 && rawTarget.startsWith(OWN_PREFIX)) {
      return this.#ownPages.answer(request, client, site, this.#rulesOf(site).demand);
    }
    const nowMs = this.#options.nowMs();
    const handle = this.#applying.find(request, client, site, nowMs);
    // Without a decision trust changes nothing; it is looked at now and then, so that the engine hears of operators.
    const isPlain = handle === 0 && !this.#hasClosedPaths;
    if (isPlain && (this.#turn = (this.#turn + 1) & LOOKED_AT_EACH) !== 0) return PASS;
    const trust = this.#trust.check(request, site, nowMs);
    if (trust !== undefined) return this.#passTrusted(trust, request, client, site, handle, nowMs);
    if (isPlain) return PASS;
    const rules = this.#rulesOf(site);
    if (rules.hasClosedPaths && this.#isClosed(rules, rawTarget, nowMs)) {
      this.#told.set(request, { cause: 'closed' });
      const { siteName } = rules.demand;
      return { kind: 'reply', answer: upstreamPage({ reader: readerOf(request), siteName, status: 503 }) };
    }
    return handle === 0 ? PASS : this.#enforce({ request, client, site, rules, nowMs, handle });
  }

  onResponse(request: RequestView, response: ResponseView, client: Client, site: string): Action | undefined {
    const heard = this.#hearCms(request, response, client, site);
    if (heard !== undefined && heard.kind !== 'pass') return heard;
    // Only what may become evidence: the engine has to hear of an operator before it reads the event.
    const isTelling = response.status >= 400 || request.method === 'POST';
    const isTrusted = isTelling && this.#notice(request, client, site);
    const isWatched = response.status === 404 && this.#options.isPerimeterPath?.(request.rawTarget) === true;
    return (isWatched && !isTrusted ? this.#hold(request, client, site) : undefined) ?? heard;
  }

  onEnd(exchange: Exchange): void {
    this.#options.link.event(exchange, this.#told.get(exchange.request));
  }

  onRefusal(refusal: Refusal): void {
    this.#options.link.refusal(refusal);
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
    if (handle !== 0) this.#tell(request, 'trusted', handle, trust.who);
    const renewed = this.#trust.renew(trust, client, site, nowMs);
    return renewed === undefined ? PASS : { kind: 'pass', setCookies: [renewed] };
  }

  /** Tells the engine where a trusted person is; returns whether this is one. */
  #notice(request: RequestView, client: Client, site: string): boolean {
    const nowMs = this.#options.nowMs();
    const trust = this.#trust.check(request, site, nowMs);
    if (trust !== undefined) this.#sightings.saw(trust, client, site, nowMs);
    return trust !== undefined;
  }

  #isClosed(rules: SiteRules, rawTarget: string, nowMs: number): boolean {
    const { link } = this.#options;
    return !link.isConnected && nowMs - link.lastHeardAtMs >= CLOSED_AFTER_MS && rules.isClosed(rawTarget);
  }

  #enforce(one: Case): Action {
    const { request, client, rules, handle } = one;
    const table = this.#table;
    const spared = this.#spare(client, handle);
    if (spared !== undefined) return this.#pass(request, spared, handle);
    if (table.isSimulatedOf(handle)) return this.#pass(request, 'simulated', handle);
    if (!rules.isEnforcing) return this.#pass(request, 'observed', handle);
    const route = rules.routes.find(request.method, request.rawTarget);
    const remediation = table.remediationOf(handle);
    switch (remediation) {
      case 'ban':
        // Not without a limit: whoever is banned would flood the site through these.
        return route?.rank === 'never' ? this.#slow(one, 'captcha', route) : this.#ban(one);
      case 'captcha':
        if (this.#options.challenge.checkPass(request, client, one.site) !== undefined) {
          this.#tell(request, 'passed', handle);
          return this.#passWith(handle, 'medium');
        }
        if (route !== undefined || this.#crawlers.has(client.words)) return this.#slow(one, 'captcha', route);
        return this.#challenge(one);
      case 'throttle':
        return this.#slow(one, 'throttle', route);
      case 'tarpit':
        return this.#slow(one, 'tarpit', route);
      case 'step-up':
        this.#tell(request, 'step-up', handle);
        return this.#passWith(handle, 'medium', [
          ['X-Parapet-Step-Up', headerText(table.scenarioOf(handle))],
        ]);
      default:
        return this.#pass(request, 'unknown', handle);
    }
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
      appealToken: this.#appeals.tokenOf(recordId, site),
    });
    return { kind: 'reply', answer };
  }

  #challenge({ request, client, site, rules, handle }: Case): Action {
    this.#tell(request, 'captcha', handle);
    const demand = { ...rules.demand, recordId: this.#table.recordIdOf(handle) };
    return { kind: 'reply', answer: this.#options.challenge.answer(request, client, site, demand) };
  }

  #slow(
    { request, client, rules, nowMs, handle }: Case,
    name: ThrottleClass,
    route: RouteExemption | undefined,
  ): Action {
    const turn = this.#throttle.take(client, name, nowMs, route?.kind === STATIC_FILE ? 'file' : 'page');
    this.#tellOthersSoon();
    const action = this.#passWith(handle, 'low');
    switch (turn.kind) {
      case 'now':
        if (route?.rank === 'never') this.#tell(request, 'route', handle, route.kind);
        return action;
      case 'wait': {
        this.#tell(request, 'slowed', handle, `${(turn.waitMs / 1000).toFixed(1)} s`);
        const waited = this.#options.sleep(turn.waitMs).finally(() => this.#throttle.waitEnded());
        return { kind: 'wait', action: waited.then(() => action) };
      }
      case 'full': {
        this.#tell(request, name === 'tarpit' ? 'tarpit' : 'throttle', handle);
        const answer = throttlePage({
          reader: readerOf(request),
          siteName: rules.demand.siteName,
          recordId: this.#table.recordIdOf(handle),
          retryAfterSeconds: turn.retryAfterSeconds,
        });
        return { kind: 'reply', answer };
      }
    }
  }

  /** What the CMS says about the session; a user on whom there is a decision does not get the answer. */
  #hearCms(request: RequestView, response: ResponseView, client: Client, site: string): Action | undefined {
    if (response.header('x-parapet-user') === undefined && response.header('x-parapet-trust') === undefined)
      return undefined;
    const nowMs = this.#options.nowMs();
    const session = this.#sessions.hashOf(request);
    const vouching = readVouching(response, this.#keysOf(site), session, nowMs);
    if (vouching === undefined) return undefined;
    const held = this.#trust.check(request, site, nowMs);
    const isTrusted = held !== undefined || typeof vouching.trust === 'object';
    if (typeof vouching.trust === 'object') {
      const { who, forMs } = vouching.trust;
      this.#sightings.saw({ kind: 'vouched', who, expiresAtMs: nowMs + forMs }, client, site, nowMs);
    }
    if (vouching.user !== undefined && session !== undefined) {
      this.#sessions.learn(site, session, vouching.user);
      const handle = isTrusted ? 0 : this.#applying.findUser(vouching.user, nowMs);
      const rules = this.#rulesOf(site);
      if (handle !== 0 && this.#table.remediationOf(handle) === 'ban')
        return this.#enforce({ request, client, site, rules, nowMs, handle });
    }
    return this.#cookieFor(vouching.trust, held, client, site, nowMs);
  }

  #cookieFor(
    trust: NonNullable<ReturnType<typeof readVouching>>['trust'],
    held: Trust | undefined,
    client: Client,
    site: string,
    nowMs: number,
  ): Action | undefined {
    if (trust === undefined || held?.kind === 'operator') return undefined;
    if (trust === 'end') {
      return held === undefined ? undefined : { kind: 'pass', setCookies: [this.#trust.end(client)] };
    }
    const { who, forMs } = trust;
    // Not with each answer: while more than half of the time is left, the cookie that is there does.
    if (held !== undefined && held.who === who && held.expiresAtMs - nowMs > forMs / 2) return undefined;
    return { kind: 'pass', setCookies: [this.#trust.issueVouched(who, forMs, client, site, nowMs)] };
  }

  /** The answer is held until the engine has seen the request: it may be the one that trips the perimeter. */
  #hold(request: RequestView, client: Client, site: string): Action | undefined {
    const { link } = this.#options;
    const rules = this.#rulesOf(site);
    const nowMs = this.#options.nowMs();
    if (!rules.isEnforcing || !link.isConnected) return undefined;
    if (this.#table.isAllowed(client.words) || this.#ownProxies.has(client.words)) return undefined;
    const asked = link.ask({ request, client, site, status: 404, atMs: nowMs });
    return {
      kind: 'wait',
      action: asked.then((isDecided) => this.#afterAsking(isDecided, request, client, site)),
    };
  }

  #afterAsking(isDecided: boolean, request: RequestView, client: Client, site: string): Action {
    const nowMs = this.#options.nowMs();
    const handle = isDecided ? this.#applying.find(request, client, site, nowMs) : 0;
    if (handle === 0) return PASS;
    const rules = this.#rulesOf(site);
    return this.#enforce({ request, client, site, rules, nowMs, handle });
  }

  #keysOf(site: string): readonly Buffer[] {
    let keys = this.#vouchingKeys.get(site);
    if (keys === undefined) {
      keys = this.#options.secrets.map((secret) => vouchingKey(secret, site));
      this.#vouchingKeys.set(site, keys);
    }
    return keys;
  }

  #pass(request: RequestView, cause: ToldCause, handle: number, detail?: string): Action {
    this.#tell(request, cause, handle, detail);
    return PASS;
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
    this.#told.set(request, {
      cause,
      recordId: table.recordIdOf(handle),
      remediation: table.remediationOf(handle),
      scenario: table.scenarioOf(handle),
      scope: table.scopeOf(handle),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #rulesOf(site: string): SiteRules {
    return this.#sites.get(site) ?? UNKNOWN_SITE;
  }

  /** Counts travel in batches: at most a tenth of a second late, and one message instead of thousands. */
  #tellOthersSoon(): void {
    if (this.#willTellOthers) return;
    this.#willTellOthers = true;
    void this.#options.sleep(TELL_OTHERS_AFTER_MS).then(() => {
      this.#willTellOthers = false;
      const rows = this.#throttle.drain();
      if (rows !== undefined) this.#options.link.poured(rows);
    });
  }
}

/** What is no range is left out: the configuration was checked where it was read. */
function rangesOf(texts: readonly string[] = []): readonly Cidr[] {
  return texts.flatMap((text) => parseIpOrCidr(text) ?? []);
}

/** A scenario's name may be any text; a header value is printable ASCII. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
