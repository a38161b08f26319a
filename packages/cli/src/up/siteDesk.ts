// The engine's memory of the sites behind the gateway: samples and findings of workers come in, what people said is
// read from the store, and workers are sent what they need. What is learned is saved now and then: a kill costs a
// minute of it.

import { readRecord, readSample, SiteMemory, type SavedSite } from '@parapet/engine';
import { learningKey, type GatewayPolicy, type SiteKnowledgeMessage } from '@parapet/gateway';
import type { InspectionRecord, RuleMode } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import type { Store } from '@parapet/store';

export interface SiteDeskOptions {
  readonly store: Store;
  /** That of the gateway, see `siteSecret`. */
  readonly secret: Uint8Array;
  readonly nowMs: () => number;
  /** A line for the owner. */
  readonly onNote: (text: string) => void;
  /** What was chosen for single rules, by name. */
  readonly chosen: () => Readonly<Record<string, RuleMode>>;
  /** What is chosen for sites and crawlers. */
  readonly policy: () => GatewayPolicy;
  /** To be sent to all workers. */
  readonly onKnowledge: (message: SiteKnowledgeMessage) => void;
}

/** What the names of sites come from is the configuration; more than this are a mistake. */
const MAX_SITES = 256;
const TURN_MS = 1000;
/** What is normal changes slowly, and its copy may be a megabyte. */
const NORMAL_EACH_MS = 30_000;
const SAVE_EACH_MS = 60_000;
/** What people said may have expired, and good values make templates weigh more. */
const RULES_EACH_MS = 60_000;
/** Findings that wait for the store; a flood of them is in the events as well. */
const MAX_WAITING = 1000;
const MAX_KEPT = 4096;

interface Known {
  readonly memory: SiteMemory;
  sentVersion: number;
  sentRules: string;
  /** For which the rules were made last, and when. */
  rulesVersion: number;
  rulesAtMs: number;
  savedVersion: number;
  savedRules: number;
}

export class SiteDesk {
  readonly #options: SiteDeskOptions;
  readonly #sites = new Map<string, Known>();
  #waiting: InspectionRecord[] = [];
  readonly #kept = new Set<string>();
  #lost = 0;
  #feedbackChange = -1;
  #normalAtMs = 0;
  #savedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: SiteDeskOptions) {
    this.#options = options;
  }

  /** Reads what was learned and said; to be called before workers come. */
  async open(): Promise<void> {
    const { store, nowMs } = this.#options;
    for (const site of (await store.inspections.sites()).slice(0, MAX_SITES)) {
      const saved: SavedSite = Object.fromEntries(
        await Promise.all(
          (['normal', 'templates', 'good'] as const).map(async (kind) => [
            kind,
            await store.inspections.knowledge(site, kind),
          ]),
        ),
      );
      this.#add(site, saved);
    }
    await this.#readFeedback();
    this.#normalAtMs = nowMs();
    this.#savedAtMs = nowMs();
    this.#timer = setInterval(() => void this.turn(), TURN_MS);
    this.#timer.unref();
  }

  /** Saves what was learned. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
    // A store that cannot be written has said so itself.
    await this.#storeFindings().catch(() => {});
    await this.#save().catch(() => {});
  }

  /** Takes what a worker says of a request that the site answered well. */
  readonly sample = (site: string, said: unknown): void => {
    const sample = readSample(said);
    if (sample !== undefined) this.#siteOf(site)?.memory.observe(sample);
  };

  /** Takes what a worker says of a request in which something was found. */
  readonly found = (said: unknown): void => {
    const record = readRecord(said);
    if (record === undefined) return;
    this.#keep(record);
    const known = this.#siteOf(record.site);
    known?.memory.found(record);
    // Its altered forms are on their way already.
    if (known !== undefined) this.#sendRules(record.site, known);
  };

  /** Who goes on with the same attack for a minute has one record; the same found in the same place is kept once. */
  #keep(record: InspectionRecord): void {
    const { id, route, action } = record;
    const name = [id, route, action, ...record.findings.map((one) => `${one.class} ${one.name}`)].join('\n');
    if (this.#kept.has(name)) return;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.add(name);
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(record);
    else this.#lost++;
  }

  /** What a worker that has just come has to know. */
  readonly knowledge = (): Iterable<SiteKnowledgeMessage> => {
    const messages: SiteKnowledgeMessage[] = [];
    for (const [site, { memory }] of this.#sites) {
      messages.push({ site, topic: 'rules', value: memory.compileRules(this.#options.nowMs()) });
      messages.push(this.#normalOf(site, memory));
    }
    messages.push(this.#chosenModes(), this.#policy());
    return messages;
  };

  /** Tells workers what is chosen for single rules now. */
  tellChosen(): void {
    this.#options.onKnowledge(this.#chosenModes());
  }

  /** Tells workers what is done on sites, and with crawlers, now. */
  tellPolicy(): void {
    this.#options.onKnowledge(this.#policy());
  }

  #policy(): SiteKnowledgeMessage {
    return { site: '', topic: 'policy', value: this.#options.policy() };
  }

  #chosenModes(): SiteKnowledgeMessage {
    return { site: '', topic: 'modes', value: this.#options.chosen() };
  }

  /** What is done each second; never rejects. */
  turn(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#doTurn()).catch(() => {});
    return this.#turn;
  }

  async #doTurn(): Promise<void> {
    const nowMs = this.#options.nowMs();
    await this.#storeFindings();
    await this.#readFeedback();
    for (const [site, known] of this.#sites) this.#sendRules(site, known);
    // Also when the clock was set back.
    if (Math.abs(nowMs - this.#normalAtMs) >= NORMAL_EACH_MS) {
      this.#normalAtMs = nowMs;
      for (const [site, known] of this.#sites) this.#sendNormal(site, known);
    }
    if (Math.abs(nowMs - this.#savedAtMs) < SAVE_EACH_MS) return;
    this.#savedAtMs = nowMs;
    await this.#save();
  }

  #siteOf(site: string): Known | undefined {
    const known = this.#sites.get(site);
    if (known !== undefined || this.#sites.size >= MAX_SITES) return known;
    return this.#add(site, {});
  }

  #add(site: string, saved: SavedSite): Known {
    const { secret, onNote } = this.#options;
    const note = (text: string): void => onNote(`${text}${site === '' ? '' : ` (site ${plain(site)})`}`);
    const memory = SiteMemory.restore(learningKey(secret, site), saved, note);
    const { version, rulesVersion } = memory;
    const known = {
      memory,
      sentVersion: version,
      sentRules: '',
      rulesVersion: -1,
      rulesAtMs: 0,
      savedVersion: version,
      savedRules: rulesVersion,
    };
    this.#sites.set(site, known);
    return known;
  }

  async #readFeedback(): Promise<void> {
    const { inspections } = this.#options.store;
    const change = await inspections.feedbackChange();
    if (change === this.#feedbackChange) return;
    const now = new Date(this.#options.nowMs());
    const feedback = await inspections.listFeedback({ inForceAt: now });
    this.#feedbackChange = change;
    for (const { site } of feedback) this.#siteOf(site);
    await this.#forget(now.getTime());
    for (const [site, { memory }] of this.#sites)
      memory.setFeedback(
        feedback.filter((one) => one.site === site),
        now.getTime(),
      );
  }

  /** What operators want forgotten is gone from memory, from the store and from workers at once. */
  async #forget(nowMs: number): Promise<void> {
    const { inspections } = this.#options.store;
    const asked = await inspections.toForget();
    if (asked.length === 0) return;
    const counts = new Map<string, number>();
    for (const { site, what } of asked) {
      this.#siteOf(site)?.memory.forget(what, nowMs);
      counts.set(site, (counts.get(site) ?? 0) + 1);
    }
    try {
      await this.#save();
      for (const [site, count] of counts) await inspections.forgotten(site, count);
    } catch {
      // It is asked for again in the next turn; a store that cannot be written says so itself.
      this.#feedbackChange = -1;
    }
    for (const site of counts.keys()) {
      const known = this.#sites.get(site);
      if (known !== undefined) this.#sendNormal(site, known);
    }
  }

  #sendRules(site: string, known: Known): void {
    const nowMs = this.#options.nowMs();
    const { rulesVersion } = known.memory;
    if (rulesVersion === known.rulesVersion && Math.abs(nowMs - known.rulesAtMs) < RULES_EACH_MS) return;
    known.rulesVersion = rulesVersion;
    known.rulesAtMs = nowMs;
    const value = known.memory.compileRules(nowMs);
    const text = JSON.stringify(value);
    if (text === known.sentRules) return;
    known.sentRules = text;
    this.#options.onKnowledge({ site, topic: 'rules', value });
  }

  #sendNormal(site: string, known: Known): void {
    if (known.sentVersion === known.memory.version) return;
    known.sentVersion = known.memory.version;
    this.#options.onKnowledge(this.#normalOf(site, known.memory));
  }

  #normalOf(site: string, memory: SiteMemory): SiteKnowledgeMessage {
    const bytes = memory.compileNormal(this.#options.nowMs());
    return { site, topic: 'normal', value: Buffer.from(bytes).toString('base64') };
  }

  async #storeFindings(): Promise<void> {
    const records = this.#waiting;
    if (records.length === 0) return;
    this.#waiting = [];
    const lost = this.#lost;
    this.#lost = 0;
    try {
      await this.#options.store.inspections.add(records);
    } catch (error) {
      // They wait until the disk is back.
      this.#waiting.unshift(...records.slice(0, MAX_WAITING - this.#waiting.length));
      this.#lost += lost;
      throw error;
    }
    if (lost > 0)
      this.#options.onNote(`${lost} findings came too fast to be kept; alerts have counted them.`);
  }

  async #save(): Promise<void> {
    const { inspections } = this.#options.store;
    for (const [site, known] of this.#sites) {
      const { version, rulesVersion } = known.memory;
      if (version === known.savedVersion && rulesVersion === known.savedRules) continue;
      const { normal, templates, good } = known.memory.save();
      await inspections.saveKnowledge(site, 'normal', normal);
      await inspections.saveKnowledge(site, 'templates', templates);
      await inspections.saveKnowledge(site, 'good', good);
      known.savedVersion = version;
      known.savedRules = rulesVersion;
    }
  }
}
