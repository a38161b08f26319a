// What the doctor finds, kept for a while. It reads the whole configuration and all rules, in the process that also
// judges lines: however many pages are open and however often they ask, it looks once in a while.

import type { Language } from '@parapet/kinds';
import { explainFinding } from '@parapet/reports';
import type { HealthView } from '../wire.ts';
import type { DashboardOptions } from './options.ts';
import { oneAtATime } from './oneAtATime.ts';

const KEPT_MS = 60_000;
/** Who asks for a fresh look gets one, unless the last is as young as this. */
const FRESH_MS = 3000;

export class KeptHealth {
  readonly #now: () => Date;
  readonly #look: () => Promise<void>;
  #last: HealthView | undefined;

  constructor({ diagnose, now }: Pick<DashboardOptions, 'diagnose' | 'now'>) {
    this.#now = now;
    this.#look = oneAtATime(async () => {
      this.#last = { cards: await diagnose(), atMs: now().getTime() };
    });
  }

  /** Returns what was found, in the reader's language; with `isFresh` a moment ago, else within the last minute. */
  async view(isFresh: boolean, language: Language): Promise<HealthView> {
    const ageMs = this.#last === undefined ? Infinity : this.#now().getTime() - this.#last.atMs;
    // A clock that was set back makes it look young for ever.
    if (ageMs < 0 || ageMs > (isFresh ? FRESH_MS : KEPT_MS)) await this.#look();
    const { cards, atMs } = this.#last ?? { cards: [], atMs: this.#now().getTime() };
    return { cards: cards.map((card) => cardIn(card, language)), atMs };
  }
}

type Card = HealthView['cards'][number];

function cardIn(card: Card, language: Language): Card {
  if (language === 'en') return card;
  const says = explainFinding(card.says, language);
  const fix = card.fix === undefined ? '' : explainFinding(card.fix, language);
  const english = [
    ...(says === undefined ? (['says'] as const) : []),
    ...(fix === undefined ? (['fix'] as const) : []),
  ];
  return {
    ...card,
    says: says ?? card.says,
    ...(card.fix === undefined ? {} : { fix: fix ?? card.fix }),
    ...(english.length === 0 ? {} : { english }),
  };
}
