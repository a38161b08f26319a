// A fair queue instead of errors, when the site has more to do than it can. Who is inside stays inside: signed in, known
// from this visit, let in a while ago, trusted. Newcomers wait their turn on a page that asks again by itself.

import type { Action, Exchange, RequestView } from '@parapet/kinds';
import { queuePage } from '../pages/notice-page.ts';
import { readerOf } from '../pages/reader.ts';
import { Queue } from '../throttle/queue.ts';
import type { Acquaintances } from '../trust/acquaintances.ts';
import { QueueTickets } from '../trust/queueTickets.ts';
import type { Admission, GateOptions } from './admission.ts';
import type { GuardSettings, QueueSettings } from './settings.ts';
import type { Told } from './told.ts';

export interface QueueGateOptions extends GateOptions {
  readonly secrets: readonly Uint8Array[];
  readonly acquaintances: Acquaintances;
  /** Whether somebody is signed in with the session of the request, as the CMS has said. */
  isSignedIn(request: RequestView, site: string): boolean;
}

const INSIDE_MS = 20 * 60_000;
const LEAST_AGAIN_SECONDS = 5;
const MOST_AGAIN_SECONDS = 20;
const CRAWLER_RETRY_SECONDS = 120;
const TOLD: Told = { cause: 'queue', recordId: 'queue', remediation: 'throttle', scenario: 'parapet/queue' };

export class QueueGate {
  readonly #options: QueueGateOptions;
  readonly #tickets: QueueTickets;
  readonly #queues = new Map<string, Queue>();
  #settings: QueueSettings | undefined;

  constructor(options: QueueGateOptions) {
    this.#options = options;
    this.#tickets = new QueueTickets(options.secrets);
  }

  setSettings({ queue }: GuardSettings): void {
    // Who waits goes on waiting while something else is changed.
    if (queue !== this.#settings) this.#queues.clear();
    this.#settings = queue;
  }

  get isActive(): boolean {
    return this.#settings !== undefined;
  }

  /**
   * Takes a request for a page; returns the page of those who wait, or lets in with a cookie. Undefined lets pass as it
   * is.
   */
  look(page: Admission): Action | undefined {
    const { request, client, site, rules, nowMs } = page;
    const queue = this.#queueOf(site);
    queue.tick(nowMs);
    if (queue.isOpen) {
      // How many newcomers there are has to be known when the queue begins.
      if (!this.#options.acquaintances.isKnown(client, nowMs)) queue.arrive(nowMs);
      return undefined;
    }
    if (!rules.isEnforcing) return undefined;
    if (this.#isInside(page)) return undefined;
    if (rules.routes.find(request.method, request.rawTarget)?.rank === 'never') return undefined;
    const ticket = this.#tickets.read(request, client, site);
    if (ticket?.kind === 'inside' && ticket.untilMs > nowMs) return undefined;
    const sinceMs = ticket?.kind === 'waits' ? ticket.sinceMs : undefined;
    const hasWaitedLong = sinceMs !== undefined && nowMs - sinceMs >= this.#settings!.longestWaitMs;
    const isIn =
      hasWaitedLong || (sinceMs === undefined ? queue.arrive(nowMs) : queue.isTurnOf(sinceMs, nowMs));
    return isIn ? this.#letIn(page) : this.#wait(page, queue, sinceMs);
  }

  /** Learns how much the site has to do. */
  onEnd({ site, upstreamMs, answer, startedAtMs, totalMs }: Exchange): void {
    if (this.#settings === undefined) return;
    // An upstream that did not answer has worked all the time, as far as anybody knows.
    const ms = upstreamMs >= 0 ? upstreamMs : answer?.cause === 'upstream' ? totalMs : -1;
    if (ms >= 0) this.#queueOf(site).worked(ms, startedAtMs + totalMs);
  }

  #isInside({ request, client, site, nowMs }: Admission): boolean {
    return (
      this.#options.acquaintances.isKnown(client, nowMs) ||
      this.#options.isSignedIn(request, site) ||
      this.#options.spare(request, client, site) !== undefined
    );
  }

  #letIn({ request, client, site, nowMs }: Admission): Action {
    const cookie = this.#tickets.issue({ kind: 'inside', untilMs: nowMs + INSIDE_MS }, request, client, site);
    return { kind: 'pass', setCookies: [cookie] };
  }

  #wait(page: Admission, queue: Queue, sinceMs: number | undefined): Action {
    const { request, client, site, rules, nowMs } = page;
    this.#options.tell(request, TOLD);
    const reader = readerOf(request);
    const waitSeconds = queue.waitSeconds(sinceMs ?? nowMs);
    // Programs keep no cookies, and search engines come back when they are told when.
    const againSeconds =
      reader.format === 'html'
        ? Math.min(MOST_AGAIN_SECONDS, Math.max(LEAST_AGAIN_SECONDS, waitSeconds))
        : CRAWLER_RETRY_SECONDS;
    const setCookie =
      sinceMs === undefined
        ? this.#tickets.issue({ kind: 'waits', sinceMs: nowMs }, request, client, site)
        : undefined;
    const { siteName } = rules.demand;
    return { kind: 'reply', answer: queuePage({ reader, siteName, waitSeconds, againSeconds, setCookie }) };
  }

  #queueOf(site: string): Queue {
    let queue = this.#queues.get(site);
    if (queue === undefined) this.#queues.set(site, (queue = new Queue(this.#settings!.mostAtOnce)));
    return queue;
  }
}
