// A running engine's watch over what traffic is normal, and over crawls through costly pages: requests come as events of
// logs and of the gateway, and time goes on when none come. What was learnt is written down each minute; what operators
// wish for is looked for each second.

import { TrafficMonitor, trafficModeAt, type Event, type Pipeline, type TrafficMode } from '@parapet/engine';
import type { Alert, Decision } from '@parapet/kinds';
import type { Store } from '@parapet/store';
import type { Config } from '../config/schema.ts';
import { alertOf, type CrawlerCostFinding } from '../traffic/alertOf.ts';
import { CostWatch, removeCosts, restoreCosts, saveCosts } from '../traffic/costWatch.ts';
import { readState, setAside, StateWriter, type ReadState } from '../traffic/stateFile.ts';
import { chosenMode, statusOf, writeStatus, type TrafficStatus } from '../traffic/status.ts';
import { calendarOf } from '../traffic/seasons.ts';
import { TrafficWatch } from '../traffic/watch.ts';
import { takeWish } from '../traffic/wish.ts';

export interface TrafficDeskOptions {
  readonly settings: Config['traffic'];
  readonly dataDir: string;
  readonly pipeline: Pipeline;
  readonly nowMs: () => number;
  /** Waves that were told lately: clients that belong to them are decided on in their name. */
  readonly waves: readonly Alert[];
  /** Told of decisions on clients of a wave that was told before. */
  readonly onDecision: (decision: Decision) => void;
  readonly onNote: (text: string) => void;
}

const TURN_MS = 1000;
const SAVE_EACH_MS = 60_000;
const WAVE_SCENARIO = 'parapet/attack-wave';
const WAVES_SINCE_MS = 3_600_000;

/** Whether any site may be watched. */
export function isTrafficWatched({ mode, sites }: Config['traffic']): boolean {
  return mode !== 'off' || sites.some((site) => site.mode !== 'off');
}

/** Returns the waves that were told in the last hour, oldest first. */
export async function wavesOf(store: Store, nowMs: number): Promise<readonly Alert[]> {
  const stored = await store.listAlerts({ scenario: WAVE_SCENARIO, since: new Date(nowMs - WAVES_SINCE_MS) });
  return stored.map((alert) => ({ ...alert, events: [] }));
}

export class TrafficDesk {
  readonly #options: TrafficDeskOptions;
  #watch: TrafficWatch;
  #costs: CostWatch;
  #writer: StateWriter;
  readonly #timer: NodeJS.Timeout;
  /** When the last request was made, and when it was heard of: the time of a log is that of its lines. */
  #latestMs = 0;
  #heardAtMs = 0;
  #savedAtMs: number;
  #saving: Promise<void> = Promise.resolve();
  #isSaving = false;
  #problem = '';

  constructor(options: TrafficDeskOptions) {
    this.#options = options;
    const learnt = this.#read();
    this.#watch = this.#watchWith(learnt);
    this.#watch.resume(options.waves);
    this.#costs = this.#costWatch();
    restoreCosts(options.dataDir, this.#costs);
    this.#writer = new StateWriter(options.dataDir, learnt?.wholeBytes ?? 0);
    this.#savedAtMs = options.nowMs();
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
    this.#timer.unref();
  }

  observe(event: Event): void {
    this.#watch.observe(event);
    this.#costs.observe(event);
    if (event.timeMs <= this.#latestMs) return;
    this.#latestMs = event.timeMs;
    this.#heardAtMs = event.readAtMs;
  }

  /** How far the learning is and what goes on. */
  status(): TrafficStatus {
    const { settings, nowMs } = this.#options;
    return statusOf(this.#watch.monitor, settings, new Date(nowMs()));
  }

  /** Writes down what was learnt. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
    await this.#save();
    await this.#writer.close();
  }

  #turn(): void {
    const nowMs = this.#options.nowMs();
    if (this.#latestMs > 0) this.#watch.advance(this.#latestMs + Math.max(0, nowMs - this.#heardAtMs));
    if (this.#isSaving) return;
    const isWished = this.#heed();
    // Also when the clock was set back.
    if (!isWished && Math.abs(nowMs - this.#savedAtMs) < SAVE_EACH_MS) return;
    this.#savedAtMs = nowMs;
    this.#saving = this.#save();
  }

  /** What a save cannot write, the next one does: all of it, since what had changed is not known any more. */
  async #save(): Promise<void> {
    const { dataDir, nowMs, onNote } = this.#options;
    const { monitor } = this.#watch;
    this.#isSaving = true;
    try {
      writeStatus(dataDir, this.status());
      if (this.#writer.isAllDue) await this.#writer.writeAll(monitor.saveAll(), nowMs());
      else await this.#writer.add(monitor.saveChanges());
      saveCosts(dataDir, this.#costs);
      if (this.#problem !== '') onNote('What was learnt of traffic is written down again.');
      this.#problem = '';
    } catch (error) {
      this.#writer.forget();
      const problem = (error as Error).message; // node:fs rejects with Errors
      if (this.#problem === '')
        onNote(
          `What was learnt of traffic cannot be written down: ${problem}. It is tried again each minute.`,
        );
      this.#problem = problem;
    } finally {
      this.#isSaving = false;
    }
  }

  /** Does what an operator has asked for; returns whether there was anything. */
  #heed(): boolean {
    const { dataDir, onNote } = this.#options;
    const wish = takeWish(dataDir);
    if (wish === undefined) return false;
    if (wish.what === 'forget') this.#forget(wish.site);
    else this.#watch = this.#watchWith(this.#read(wish.copy));
    this.#writer.forget();
    onNote(
      wish.what === 'forget'
        ? 'What was learnt of traffic is forgotten, as was asked for.'
        : 'What was learnt of traffic is again what it was, as was asked for.',
    );
    return true;
  }

  /** What pages cost is learnt in half an hour: of all sites at once. */
  #forget(site: string | undefined): void {
    this.#watch.monitor.forget(site);
    removeCosts(this.#options.dataDir);
    this.#costs = this.#costWatch();
  }

  /** A site is protected by all else while what was learnt cannot be read: it is put aside and learnt anew. */
  #read(copy = 0): ReadState | undefined {
    const { dataDir, onNote } = this.#options;
    try {
      const learnt = readState(dataDir, copy);
      if (learnt?.damage !== undefined)
        onNote(`What was learnt of traffic: ${learnt.damage}; the last minutes are lost.`);
      return learnt;
    } catch (error) {
      const aside = setAside(dataDir);
      onNote(`${(error as Error).message}. It is now ${aside}, and what is normal is learnt anew.`); // UsageErrors only
      return undefined;
    }
  }

  #watchWith(learnt: ReadState | undefined): TrafficWatch {
    const { pipeline, onDecision, settings } = this.#options;
    const monitor = new TrafficMonitor('live', learnt?.parts, calendarOf(settings));
    return new TrafficWatch(monitor, pipeline, onDecision, (site) => this.#modeOf(site));
  }

  #costWatch(): CostWatch {
    const { pipeline } = this.#options;
    return new CostWatch(pipeline, (finding: CrawlerCostFinding) => {
      const mode = this.#modeOf(finding.site);
      if (mode !== 'learn') pipeline.ingest({ ...alertOf(finding), simulated: mode === 'observe' }, []);
    });
  }

  #modeOf(site: string): TrafficMode {
    const { settings } = this.#options;
    const chosen = chosenMode(settings, site);
    const minutes = this.#watch.monitor.site(site)?.traffic.length ?? 0;
    return chosen === 'off' ? 'learn' : trafficModeAt(minutes, chosen, settings.days);
  }
}
