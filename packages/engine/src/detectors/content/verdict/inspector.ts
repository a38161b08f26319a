// The inspector: a request is taken apart, every detector looks at the parts, and what they say is weighed.

import type { BodyFollower, InspectedRequest, Inspection, Inspector, RuleModes } from '@parapet/kinds';
import type { RequestParts } from '../parts.ts';
import type { SiteStage } from '../site/index.ts';
import { followBody } from './bodyFollower.ts';
import { contentFormReasons } from './contentForms.ts';
import type { ContentDetector, Decoder, Finding } from './detector.ts';
import { ALL_KNOWN, KnownPieces } from './knownPieces.ts';
import { thresholdsFor, type InspectionSettings, type Thresholds } from './settings.ts';
import { CLEAN, refusalOf, weigh } from './weigh.ts';

export interface InspectorOptions {
  readonly decode: Decoder;
  /** The cheap ones first. */
  readonly detectors: readonly ContentDetector[];
  readonly settings: InspectionSettings;
  /** What is known of the site; absent where nothing is learned. */
  readonly site?: SiteStage;
  /** What somebody chose for single rules. */
  readonly modes?: RuleModes;
}

export interface InspectionCounts {
  readonly requests: number;
  /** Requests that passed because something of ours did not work. */
  readonly faults: number;
}

export interface CountingInspector extends Inspector {
  counts(): InspectionCounts;
  /** From now on rules do what somebody chose for each. */
  setModes(modes: RuleModes): void;
}

/** Returns the inspector that all of Parapet uses; `onFault` hears of an error of ours, whose request passes. */
export function createInspector(
  options: InspectorOptions,
  onFault?: (error: unknown) => void,
): CountingInspector {
  return new ContentInspector(options, onFault);
}

const NONE: readonly Finding[] = [];

class ContentInspector implements CountingInspector {
  readonly #decode: Decoder;
  readonly #detectors: readonly ContentDetector[];
  readonly #thresholds: Thresholds;
  readonly #known = new KnownPieces();
  readonly #site: SiteStage | undefined;
  readonly #onFault: ((error: unknown) => void) | undefined;
  #modes: RuleModes;
  #requests = 0;
  #faults = 0;

  constructor(
    { decode, detectors, settings, site, modes = new Map() }: InspectorOptions,
    onFault: ((error: unknown) => void) | undefined,
  ) {
    this.#decode = decode;
    this.#detectors = detectors;
    this.#thresholds = thresholdsFor(settings);
    this.#site = site;
    this.#modes = modes;
    this.#onFault = onFault;
  }

  inspect(request: InspectedRequest): Inspection {
    this.#requests++;
    try {
      return this.#judge(request);
    } catch (error) {
      this.#faults++;
      this.#onFault?.(error);
      return CLEAN;
    }
  }

  follow(request: InspectedRequest): BodyFollower | undefined {
    return followBody(request, (piece) => this.inspect(piece));
  }

  counts(): InspectionCounts {
    return { requests: this.#requests, faults: this.#faults };
  }

  setModes(modes: RuleModes): void {
    this.#modes = modes;
  }

  #judge(request: InspectedRequest): Inspection {
    const site = this.#site;
    const known = this.#known;
    let unread = known.unreadOf(request, site?.rulesOf(request.site) ?? 0);
    if (site?.learnsFrom(request) === true) unread = undefined;
    else if (unread === ALL_KNOWN && request.body === undefined && !this.#seeMore(request.rawTarget))
      return CLEAN;
    const parts = this.#decode(request, unread);
    const findings = this.#findingsIn(parts);
    // What is found is weighed beside all that the request holds.
    if (this.#hasWeight(parts, findings))
      return this.#weigh(unread === undefined ? parts : this.#completed(parts), findings);
    if (this.#areSilent() && parts.isHeadSkimmed !== true) known.remember();
    if (unread === undefined) site?.judged(parts, NONE, CLEAN);
    return CLEAN;
  }

  /** The parts with those that were left out; a body is not taken apart twice. */
  #completed({ request, parts, anomalies, bodyFrom }: RequestParts): RequestParts {
    if (bodyFrom === undefined) return this.#decode(request);
    const head = this.#decode({ ...request, body: undefined });
    const ofHead = new Set(head.anomalies.map(({ code, placement }) => `${code} ${placement}`));
    return {
      ...head,
      request,
      parts: [...head.parts, ...parts.slice(bodyFrom)],
      anomalies: [
        ...head.anomalies,
        ...anomalies.filter(({ code, placement }) => !ofHead.has(`${code} ${placement}`)),
      ],
      bodyFrom: head.parts.length,
    };
  }

  #findingsIn(parts: RequestParts): readonly Finding[] {
    let findings: Finding[] | undefined;
    for (const detector of this.#detectors) {
      const found = detector.find(parts);
      if (found.length > 0) (findings ??= []).push(...found);
    }
    if (findings === undefined || this.#modes.size === 0) return findings ?? NONE;
    return findings.filter(({ detector }) => this.#modes.get(detector) !== 'off');
  }

  #hasWeight(parts: RequestParts, findings: readonly Finding[]): boolean {
    if (findings.length > 0 || parts.anomalies.length > 0) return true;
    return this.#site !== undefined && this.#site.reasons(parts, NONE).length > 0;
  }

  #weigh(parts: RequestParts, findings: readonly Finding[]): Inspection {
    const inspection = this.#verdictOn(parts, findings);
    this.#site?.judged(parts, findings, inspection);
    return inspection;
  }

  /** What hangs on rules that are only watched is told; what the others come to without them is done. */
  #verdictOn(parts: RequestParts, findings: readonly Finding[]): Inspection {
    const all = this.#sum(parts, findings);
    if (this.#modes.size === 0 || all.action === 'pass') return all;
    const firm = findings.filter(({ detector }) => this.#modes.get(detector) !== 'observe');
    if (firm.length === findings.length) return all;
    const done = this.#sum(parts, firm);
    if (done.action === all.action) return all;
    return done.action === 'pass' ? { ...all, isObserved: true } : done;
  }

  #sum(parts: RequestParts, findings: readonly Finding[]): Inspection {
    const weighed = [
      ...findings,
      ...contentFormReasons(parts, findings),
      ...(this.#site?.reasons(parts, findings) ?? NONE),
    ];
    for (const anomaly of parts.anomalies)
      if (anomaly.severity === 'refuse') weighed.push(refusalOf(anomaly));
    return weigh(weighed, this.#thresholds);
  }

  #seeMore(rawTarget: string): boolean {
    return this.#detectors.some((detector) => detector.seesMore?.(rawTarget) !== false);
  }

  #areSilent(): boolean {
    return this.#detectors.every((detector) => detector.wasSilent?.() === true);
  }
}
