// Who is to go slowly waits for a turn, and gets a page with Retry-After when there is no room to wait.

import type { Action, Client, RequestView } from '@parapet/kinds';
import { throttlePage } from '../pages/notice-page.ts';
import { readerOf } from '../pages/reader.ts';
import { Throttle, THROTTLE_RATES, type Cost, type ThrottleClass } from '../throttle/throttle.ts';
import type { GuardLink } from './guardLink.ts';
import type { GuardSettings } from './settings.ts';

export interface SlowingOptions {
  readonly link: GuardLink;
  sleep(ms: number): Promise<void>;
}

/** Somebody at the queue. */
export interface Arrival {
  readonly request: RequestView;
  /** Who shares a queue. */
  readonly client: Pick<Client, 'words'>;
  readonly name: ThrottleClass;
  readonly cost: Cost;
  readonly siteName: string;
  readonly recordId: string;
  /** What is done when the turn comes. */
  readonly then: Action;
  /** Told unless the turn is now: how long it waits, or that there is no room. */
  readonly tell: (what: 'slowed' | 'full', detail?: string) => void;
}

const TELL_OTHERS_AFTER_MS = 100;

export class Slowing {
  readonly #options: SlowingOptions;
  readonly #throttle = new Throttle(THROTTLE_RATES);
  #willTellOthers = false;

  constructor(options: SlowingOptions) {
    this.#options = options;
  }

  setRates(rates: GuardSettings['throttle']): void {
    this.#throttle.setRates({ ...THROTTLE_RATES, ...rates });
  }

  pouredElsewhere(rows: Uint32Array, nowMs: number): void {
    this.#throttle.pouredElsewhere(rows, nowMs);
  }

  take({ request, client, name, cost, siteName, recordId, then, tell }: Arrival, nowMs: number): Action {
    const turn = this.#throttle.take(client, name, nowMs, cost);
    this.#tellOthersSoon();
    switch (turn.kind) {
      case 'now':
        return then;
      case 'wait': {
        tell('slowed', `${(turn.waitMs / 1000).toFixed(1)} s`);
        const waited = this.#options.sleep(turn.waitMs).finally(() => this.#throttle.waitEnded());
        return { kind: 'wait', action: waited.then(() => then) };
      }
      case 'full': {
        tell('full');
        const { retryAfterSeconds } = turn;
        const answer = throttlePage({ reader: readerOf(request), siteName, recordId, retryAfterSeconds });
        return { kind: 'reply', answer };
      }
    }
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
