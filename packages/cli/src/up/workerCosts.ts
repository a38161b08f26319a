// What a worker of the gateway has learned of pages, kept in a file of its own beside its secret: a worker that takes
// another one's place goes on where that one was. A file that cannot be used is left out, and learning begins anew.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSavedCosts, SiteCosts, type CostNews } from '@parapet/engine';
import type { WorkerCosts } from '@parapet/gateway';
import { writeWhole } from '../io/writeWhole.ts';

const SAVE_MS = 300_000;

/** Returns who learns; `close` saves. */
export function workerCosts({ dataDir, worker, learnMs, onNote }: WorkerCosts): KeptCosts {
  return new KeptCosts(path.join(dataDir, `page-costs-${worker}.json`), learnMs, onNote);
}

class KeptCosts extends SiteCosts {
  readonly #file: string;
  readonly #onNote: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  #hasFailed = false;

  constructor(file: string, learnMs: number, onNote: (text: string) => void) {
    super(learnMs, (news) => onNote(sentenceOf(news)));
    this.#file = file;
    this.#onNote = onNote;
    this.#read();
    this.#timer = setInterval(() => this.#write(), SAVE_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#write();
  }

  #read(): void {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return; // there is none yet
    }
    const saved = readSavedCosts(parsed(text));
    if (saved === undefined) this.#onNote(`${this.#file} cannot be used: what pages cost is learned anew.`);
    else this.restore(saved);
  }

  #write(): void {
    try {
      writeWhole(this.#file, JSON.stringify(this.save()), 0o600);
      this.#hasFailed = false;
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#onNote(`What pages cost cannot be written down (${why}): after a restart it is learned anew.`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sentenceOf(news: CostNews): string {
  const site = news.site === '' ? 'the site' : `the site ${news.site}`;
  if (news.kind === 'calm')
    return `Strangers ask for no more costly pages of ${site} than usual again (parapet/crawler-cost; ${news.turnedAway.toLocaleString('en')} requests of this worker were beyond the budget).`;
  const { route, pages, ms, isExploding } = news.cost;
  const why = isExploding ? ', of which there are more addresses than anybody wants' : '';
  return `Strangers ask for more costly pages of ${site} than usual (parapet/crawler-cost): now for ${JSON.stringify(route)}, which takes ${Math.round(ms)} ms${why}. The budget of this worker is ${Math.max(1, Math.round((news.perSecond / pages) * 60)).toLocaleString('en')} of these a minute; with costly_pages.mode enforce, what is beyond it is asked for the check.`;
}
