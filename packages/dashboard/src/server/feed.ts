// What happens, told to the pages that are open. Without one it costs a comparison. Requests are a sample: nobody reads
// two thousand lines a second, and the engine has better things to do than to write them.

import type { LiveRequest, Moment } from '../wire.ts';

export type Listener = (moment: Moment) => void;

/** How much came to each site in a second. */
export type SitePulse = ReadonlyMap<string, { readonly lines: number; readonly stopped: number }>;

interface Listening {
  readonly wantsRequests: boolean;
  /** The only sites that it hears of. */
  readonly sites: ReadonlySet<string> | undefined;
}

const MOST_LISTENERS = 100;
/** So many requests are told a turn, at most. */
const SAMPLE = 25;

export class Feed {
  readonly #listeners = new Map<Listener, Listening>();
  #watchers = 0;
  #sample: LiveRequest[] = [];
  #leftOut = 0;

  /** Whether somebody looks at requests as they come. */
  get isWatched(): boolean {
    return this.#watchers > 0;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** Returns how to stop, or undefined when there are too many already. */
  listen(listener: Listener, wantsRequests: boolean, sites?: ReadonlySet<string>): (() => void) | undefined {
    if (this.#listeners.size >= MOST_LISTENERS) return undefined;
    this.#listeners.set(listener, { wantsRequests, sites });
    if (wantsRequests) this.#watchers += 1;
    return () => {
      if (this.#listeners.delete(listener) && wantsRequests) this.#watchers -= 1;
    };
  }

  /** Tells all; who hears of some sites only is told what is of one of them. */
  tell(moment: Moment, site = '', pulse?: SitePulse): void {
    for (const [listener, { wantsRequests, sites }] of this.#listeners) {
      if (moment.kind === 'requests' && !wantsRequests) continue;
      const own = sites === undefined ? moment : ownPart(moment, sites, site, pulse);
      if (own !== undefined) listener(own);
    }
  }

  /** The feed of these sites. */
  of(sites: readonly string[]): Pick<Feed, 'listen' | 'tell' | 'of'> {
    const own = new Set(sites);
    return {
      listen: (listener, wantsRequests) => this.listen(listener, wantsRequests, own),
      tell: (moment, site, pulse) => this.tell(moment, site, pulse),
      of: (fewer) => this.of(fewer.filter((site) => own.has(site))),
    };
  }

  /** Returns whether this request is to be described; it is asked for each, and says yes to a few. */
  wants(): boolean {
    if (this.#watchers === 0) return false;
    if (this.#sample.length < SAMPLE) return true;
    this.#leftOut += 1;
    return false;
  }

  request(request: LiveRequest): void {
    this.#sample.push(request);
  }

  /** Tells what was sampled since the last time; to be called a few times a second. */
  turn(): void {
    if (this.#sample.length === 0) return;
    const requests = this.#sample;
    const leftOut = this.#leftOut;
    this.#sample = [];
    this.#leftOut = 0;
    this.tell({ kind: 'requests', requests, leftOut });
  }
}

function ownPart(
  moment: Moment,
  sites: ReadonlySet<string>,
  site: string,
  pulse: SitePulse | undefined,
): Moment | undefined {
  switch (moment.kind) {
    case 'alert':
    case 'changed':
      return sites.has(site) ? moment : undefined;
    case 'requests': {
      const requests = moment.requests.filter((one) => one.site !== undefined && sites.has(one.site));
      // How many were left out is of all sites.
      return requests.length === 0 ? undefined : { ...moment, requests, leftOut: 0 };
    }
    case 'pulse': {
      let [lines, stopped] = [0, 0];
      for (const one of sites) {
        lines += pulse?.get(one)?.lines ?? 0;
        stopped += pulse?.get(one)?.stopped ?? 0;
      }
      return { ...moment, lines, stopped };
    }
  }
}
