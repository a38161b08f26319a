// A worker's side of learning: gives the inspector what is known of the site, and keeps for each request under way
// what the engine may learn from it once the site has answered. Bounded: what is sent, and how often.

import type { InspectedRequest, Inspection, InspectionReason, InspectionRecord } from '@parapet/kinds';
import type { Part, RequestParts } from '../parts.ts';
import { Allowance } from './allowance.ts';
import { FeedbackRules } from './feedback.ts';
import type { HashKey } from './keyedHash.ts';
import { readNormal } from './learnedNormal.ts';
import { recordOf } from './record.ts';
import { placeOf, sampleOf, sourceOf, type SiteSample } from './samples.ts';
import { ServedPages, type PageAsked } from './servedPages.ts';
import { NOTHING_KNOWN, siteReasons, type SiteKnowledge } from './siteStage.ts';
import { TemplateMatcher } from './templates.ts';
import { readRules } from './wire.ts';

/** What an inspector asks about the site of a request. */
export interface SiteStage {
  /** Asked first of each request: whether all of it has to be taken apart, since the site may learn from it. */
  learnsFrom(request: InspectedRequest): boolean;
  /** A number for what `reasons` adds to requests in which nothing was found: another for other rules, 0 for none. */
  rulesOf(site: string): number;
  /** Returns what the site adds to what detectors found. */
  reasons(request: RequestParts, found: readonly InspectionReason[]): readonly InspectionReason[];
  /** Told of the verdict on a request that was taken apart as a whole, with what detectors found; has to be cheap. */
  judged(request: RequestParts, found: readonly InspectionReason[], inspection: Inspection): void;
}

export interface SiteWatcherOptions {
  /** The secret of a site: the same in all workers and in the engine. */
  readonly keyOf: (site: string) => HashKey;
  readonly nowMs: () => number;
  /** 8 hex digits. */
  readonly newRecordId: () => string;
  readonly onSample: (site: string, sample: SiteSample) => void;
  readonly onRecord: (record: InspectionRecord) => void;
}

/** How a request that was inspected ended. */
export interface Ended {
  readonly status: number;
  /** Whether we answered, and not the site. */
  readonly isOurs: boolean;
  /** Present when something was done, or would have been. */
  readonly told?: { readonly recordId?: string; readonly isEnforced: boolean };
}

interface Pending {
  readonly request: RequestParts;
  readonly found: readonly InspectionReason[];
  readonly inspection: Inspection;
}

const SAMPLES_PER_SECOND = 20;
/** Requests that are taken apart for a sample: of those that are under way together few become one. */
const READ_PER_SECOND = 10 * SAMPLES_PER_SECOND;
const RECORDS_PER_SECOND = 10;
/** Cookies come with every request: alone they are looked at now and then. */
const ONLY_COOKIES_EACH = 16;
/** Where nothing speaks for an attack. */
const NOTHING = -9;

export class SiteWatcher implements SiteStage {
  readonly #options: SiteWatcherOptions;
  readonly #knowledge = new Map<string, SiteKnowledge>();
  readonly #keys = new Map<string, HashKey>();
  readonly #rules = new Map<string, number>();
  readonly #pending = new WeakMap<object, Pending>();
  readonly #served = new ServedPages();
  readonly #tries = new WeakMap<object, PageAsked>();
  /** How many requests under way are in one of the two, or more: nearly always none. */
  #openCount = 0;
  readonly #samples: Allowance;
  readonly #read: Allowance;
  readonly #records: Allowance;
  #turn = 0;
  #lastRules = 0;

  constructor(options: SiteWatcherOptions) {
    this.#options = options;
    this.#samples = new Allowance(SAMPLES_PER_SECOND);
    this.#read = new Allowance(READ_PER_SECOND);
    this.#records = new Allowance(RECORDS_PER_SECOND);
  }

  /** Takes what is normal for a site, as the engine compiled it; returns why it cannot be used, or undefined. */
  setNormal(site: string, bytes: Uint8Array): string | undefined {
    const read = readNormal(bytes);
    if (!read.ok) return read.reason;
    this.#knowledge.set(site, { ...this.#knowledgeOf(site), normal: read.normal });
    return undefined;
  }

  /** Takes templates and feedback of a site, as the engine compiled them. */
  setRules(site: string, message: unknown): void {
    const { templates, feedback } = readRules(message);
    this.#rules.set(site, templates.length === 0 ? 0 : ++this.#lastRules);
    this.#knowledge.set(site, {
      ...this.#knowledgeOf(site),
      templates: new TemplateMatcher(templates),
      feedback: new FeedbackRules(feedback, this.#options.nowMs()),
    });
  }

  rulesOf(site: string): number {
    return this.#lastRules === 0 ? 0 : (this.#rules.get(site) ?? 0);
  }

  learnsFrom({ exchange, ip, isBodyCut, body, rawTarget }: InspectedRequest): boolean {
    if (exchange === undefined || ip === undefined) return false;
    // One object may stand for one request after the other.
    this.#forget(exchange);
    // A piece of a body has values that are cut somewhere.
    const nowMs = this.#options.nowMs();
    if (isBodyCut || !this.#samples.isOpen(nowMs)) return false;
    const hasOwn = body !== undefined || rawTarget.includes('?');
    if (!hasOwn && (this.#turn = (this.#turn + 1) % ONLY_COOKIES_EACH) !== 0) return false;
    return this.#read.take(nowMs);
  }

  reasons(request: RequestParts, found: readonly InspectionReason[]): readonly InspectionReason[] {
    const reasons = siteReasons(request, found, this.#knowledgeOf(request.request.site));
    const asked = found.find(({ isHonestWhereServed }) => isHonestWhereServed === true);
    const honest = asked === undefined ? undefined : this.#honestWhereServed(request, asked);
    return honest === undefined ? reasons : [...reasons, honest];
  }

  judged(request: RequestParts, found: readonly InspectionReason[], inspection: Inspection): void {
    const { exchange, ip, isBodyCut } = request.request;
    if (exchange === undefined || ip === undefined) return;
    const isLearned =
      !isBodyCut && this.#samples.isOpen(this.#options.nowMs()) && request.parts.some(isLearnable);
    if (inspection.reasons.length === 0 && !isLearned) return;
    this.#pending.set(exchange, { request, found, inspection });
    this.#openCount++;
  }

  /** To be called once for each request that was inspected, when it has ended. */
  ended(exchange: object, end: Ended): void {
    if (this.#openCount === 0) return;
    const tried = this.#tries.get(exchange);
    if (tried !== undefined) {
      this.#tries.delete(exchange);
      this.#openCount--;
      if (!end.isOurs) this.#served.answered(tried, end.status);
    }
    const pending = this.#pending.get(exchange);
    this.#forget(exchange);
    if (pending === undefined) return;
    const isGood = !end.isOurs && end.status >= 200 && end.status < 400;
    const { reasons } = pending.inspection;
    if (isGood) this.#sample(pending);
    if (end.told !== undefined || reasons.some(({ detector }) => detector === 'exception'))
      this.#record(pending, end);
  }

  /** Takes back what speaks against a page that the site has, or may have; that is seen by its answer. */
  #honestWhereServed({ request }: RequestParts, reason: InspectionReason): InspectionReason | undefined {
    const { site, ip, exchange } = request;
    if (ip === undefined || exchange === undefined) return undefined;
    const { detector: rule, class: found, foundIn, weight } = reason;
    const asked = { site, rule, ip };
    const served = this.#served.has(asked, this.#options.nowMs());
    if (served === 'no') return undefined;
    if (served === 'maybe') {
      this.#tries.set(exchange, asked);
      this.#openCount++;
    }
    const text =
      served === 'yes' ? 'is for a page that this site has' : 'is for a page that this site may have';
    return { detector: 'site', class: found, text, weight: -weight, foundIn: { ...foundIn, excerpt: '' } };
  }

  #forget(exchange: object): void {
    if (this.#openCount > 0 && this.#pending.delete(exchange)) this.#openCount--;
  }

  #sample({ request, found }: Pending): void {
    const { site, ip } = request.request;
    if (ip === undefined || !this.#samples.take(this.#options.nowMs())) return;
    const key = this.#keyOf(site);
    const sample = sampleOf(request, (part) => logOddsOf(part, found), {
      key,
      atMs: this.#options.nowMs(),
      ...sourceOf(key, ip),
    });
    if (sample.parts.length > 0) this.#options.onSample(site, sample);
  }

  #record({ request, inspection }: Pending, { told }: Ended): void {
    const { site, ip } = request.request;
    const nowMs = this.#options.nowMs();
    if (ip === undefined || !this.#records.take(nowMs)) return;
    this.#options.onRecord(
      recordOf(request, inspection, {
        id: told?.recordId ?? this.#options.newRecordId(),
        at: new Date(nowMs),
        isEnforced: told?.isEnforced === true,
        network: sourceOf(this.#keyOf(site), ip).network,
      }),
    );
  }

  #knowledgeOf(site: string): SiteKnowledge {
    return this.#knowledge.get(site) ?? NOTHING_KNOWN;
  }

  #keyOf(site: string): HashKey {
    let key = this.#keys.get(site);
    if (key === undefined) {
      key = this.#options.keyOf(site);
      this.#keys.set(site, key);
    }
    return key;
  }
}

function isLearnable({ placement, kind }: Part): boolean {
  return kind !== 'secret' && placeOf(placement) !== undefined;
}

function logOddsOf({ placement, name }: Part, found: readonly InspectionReason[]): number {
  let logOdds = 0;
  let isFound = false;
  for (const { foundIn, weight } of found) {
    // What is found in the name of a parameter, or in the whole of it, is said of all its parts.
    if (foundIn.name !== name || (foundIn.placement !== placement && foundIn.placement !== 'name')) continue;
    isFound = true;
    logOdds += weight;
  }
  return isFound ? logOdds : NOTHING;
}
