// The inspector: a request is taken apart, every detector looks at the parts, and what they say is weighed.

import type { BodyFollower, InspectedRequest, Inspection, Inspector } from '@parapet/kinds';
import type { SiteStage } from '../site/index.ts';
import { followBody } from './bodyFollower.ts';
import type { ContentDetector, Decoder, Finding } from './detector.ts';
import { KnownHeaders } from './knownHeaders.ts';
import { thresholdsFor, type InspectionSettings, type Thresholds } from './settings.ts';
import { CLEAN, refusalOf, weigh } from './weigh.ts';

export interface InspectorOptions {
  readonly decode: Decoder;
  /** The cheap ones first. */
  readonly detectors: readonly ContentDetector[];
  readonly settings: InspectionSettings;
  /** What is known of the site; absent where nothing is learned. */
  readonly site?: SiteStage;
}

export interface InspectionCounts {
  readonly requests: number;
  /** Requests that passed because something of ours did not work. */
  readonly faults: number;
}

export interface CountingInspector extends Inspector {
  counts(): InspectionCounts;
}

/** Returns the inspector that all of Parapet uses; `onFault` hears of an error of ours, whose request passes. */
export function createInspector(
  options: InspectorOptions,
  onFault?: (error: unknown) => void,
): CountingInspector {
  return new ContentInspector(options, onFault);
}

class ContentInspector implements CountingInspector {
  readonly #decode: Decoder;
  readonly #detectors: readonly ContentDetector[];
  readonly #thresholds: Thresholds;
  readonly #known = new KnownHeaders();
  readonly #site: SiteStage | undefined;
  readonly #onFault: ((error: unknown) => void) | undefined;
  #requests = 0;
  #faults = 0;

  constructor(
    { decode, detectors, settings, site }: InspectorOptions,
    onFault: ((error: unknown) => void) | undefined,
  ) {
    this.#decode = decode;
    this.#detectors = detectors;
    this.#thresholds = thresholdsFor(settings);
    this.#site = site;
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

  #judge(request: InspectedRequest): Inspection {
    const headers = this.#known.unknownOf(request.headers);
    const parts = this.#decode(headers === request.headers ? request : { ...request, headers });
    const whole = headers === request.headers ? parts : { ...parts, request };
    const findings: Finding[] = [];
    for (const detector of this.#detectors) {
      const found = detector.find(detector.needsAllHeaders === true ? whole : parts);
      if (found.length > 0) findings.push(...found);
    }
    if (findings.length === 0 && parts.anomalies.length === 0 && this.#areSilent()) this.#known.add(headers);
    const weighed = [...findings, ...(this.#site?.reasons(whole, findings) ?? [])];
    for (const anomaly of parts.anomalies)
      if (anomaly.severity === 'refuse') weighed.push(refusalOf(anomaly));
    const inspection = weigh(weighed, this.#thresholds);
    this.#site?.judged(whole, findings, inspection);
    return inspection;
  }

  #areSilent(): boolean {
    return this.#detectors.every((detector) => detector.wasSilent?.() === true);
  }
}
