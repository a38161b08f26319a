// All that the engine knows of one site's requests: what is normal, templates, what people said. Samples and records
// of workers go in, what workers need comes out.

import type { Forgettable, InspectionFeedback, InspectionRecord } from '@parapet/kinds';
import { isInForce, shapeFrom } from './feedback.ts';
import { mostTelling } from './folding.ts';
import { GoodValues } from './goodValues.ts';
import type { HashKey } from './keyedHash.ts';
import { SiteLearner, type LearnedCounts, type LearnedParameter } from './normal.ts';
import { attemptsIn } from './record.ts';
import type { SiteSample } from './samples.ts';
import { likeness, shinglesOf } from './shingles.ts';
import { TemplateBook, type Template, type TemplateInForce } from './templates.ts';
import { restoreTemplates, saveTemplates, writeRules, type SiteRulesMessage } from './wire.ts';

/** What is kept of a site between two runs; each absent where there is none yet. */
export interface SavedSite {
  readonly normal?: Uint8Array;
  readonly templates?: Uint8Array;
  readonly good?: Uint8Array;
}

/** Only what was stopped with such a score is an attack that nobody has to confirm. */
const CERTAIN = 0.999;
const SAME_SHAPE = 0.9;

export class SiteMemory {
  readonly #key: HashKey;
  #learner: SiteLearner;
  #good: GoodValues;
  /** Of attacks that were certain. */
  #book: TemplateBook;
  /** Of attacks that people confirmed: made anew from what they said. */
  #confirmed: TemplateBook;
  #feedback: readonly InspectionFeedback[] = [];
  /** Rises whenever workers should have new templates or feedback. */
  #rulesVersion = 0;

  /** What the versions of learners that were forgotten came to. */
  #versionBefore = 0;

  private constructor(key: HashKey, learner: SiteLearner, good: GoodValues, templates: readonly Template[]) {
    this.#key = key;
    this.#learner = learner;
    this.#good = good;
    this.#book = new TemplateBook(templates, good);
    this.#confirmed = new TemplateBook([], good);
  }

  /**
   * Returns the site as it was saved. What cannot be read, or was learned under another key, begins anew; `onNote`
   * hears of it.
   */
  static restore(key: HashKey, saved: SavedSite, onNote: (text: string) => void): SiteMemory {
    const restored = saved.normal === undefined ? undefined : SiteLearner.restore(saved.normal);
    let learner = SiteLearner.create(key);
    if (restored?.ok === true) {
      const { learner: known } = restored;
      if (known.key.k0 === key.k0 && known.key.k1 === key.k1) learner = known;
      else onNote('What was learned of the site was learned under another key: it is learned anew.');
    } else if (restored !== undefined) {
      onNote(`What was learned of the site cannot be read (${restored.reason}): it is learned anew.`);
    }
    const good = saved.good === undefined ? new GoodValues() : GoodValues.restore(saved.good);
    const templates = saved.templates === undefined ? [] : restoreTemplates(saved.templates);
    return new SiteMemory(key, learner, good, templates);
  }

  /** Rises with every sample that was learned from. */
  get version(): number {
    return this.#versionBefore + this.#learner.version;
  }

  get rulesVersion(): number {
    return this.#rulesVersion;
  }

  counts(): LearnedCounts {
    return this.#learner.counts();
  }

  list(): readonly LearnedParameter[] {
    return this.#learner.list();
  }

  templates(): readonly Template[] {
    return [...this.#book.list(), ...this.#confirmed.list()];
  }

  /** Learns from a request that the site answered well. */
  observe(sample: SiteSample): void {
    if (!this.#learner.observe(sample)) return;
    this.#good.sawRequest();
    for (const { folded } of sample.parts) {
      if (folded === undefined) continue;
      const value = { folded: Buffer.from(folded, 'base64'), network: sample.isVouched ? 0 : sample.network };
      const off = [...this.#book.good(value), ...this.#confirmed.good(value)];
      if (off.length > 0) this.#rulesVersion++;
    }
  }

  /** Learns from a request in which something was found. */
  found(record: InspectionRecord): void {
    const { id, at, action, isEnforced, score, isVouched } = record;
    for (const { detector, text } of record.reasons) {
      const used =
        detector === 'template' ? this.#book.list().find((one) => text.includes(one.recordId)) : undefined;
      if (used !== undefined) this.#book.used(used.id, at.getTime());
    }
    const isCertain = action === 'block' && isEnforced && score >= CERTAIN && !isVouched;
    if (!isCertain) return;
    const before = this.#book.list().length;
    for (const attempt of attemptsIn(record, id, at.getTime(), 'score')) this.#book.add(attempt);
    if (this.#book.list().length !== before) this.#rulesVersion++;
  }

  /** Takes all that people have said of the site, and forgets what it was told before. */
  setFeedback(feedback: readonly InspectionFeedback[], nowMs: number): void {
    this.#feedback = feedback.filter((one) => isInForce(one, nowMs));
    this.#confirmed = new TemplateBook([], this.#good);
    for (const one of this.#feedback) {
      if (one.kind !== 'attack') continue;
      for (const attempt of attemptsIn(one, one.recordId, one.at.getTime(), 'operator'))
        this.#confirmed.add(attempt);
    }
    this.#rulesVersion++;
  }

  /** Forgets what an operator wants forgotten; what people said of records stays. */
  forget(what: Forgettable, nowMs: number): void {
    switch (what.kind) {
      case 'everything':
        this.#good = new GoodValues();
        this.#forgetNormal();
        return this.#forgetTemplates(nowMs);
      case 'normal':
        return this.#forgetNormal();
      case 'templates':
        return this.#forgetTemplates(nowMs);
      case 'parameter':
        this.#learner.forget(what.name, what.route);
        return;
      case 'template':
        if (this.#book.remove(what.id)) this.#rulesVersion++;
        return;
    }
  }

  #forgetNormal(): void {
    this.#versionBefore = this.version + 1;
    this.#learner = SiteLearner.create(this.#key);
  }

  #forgetTemplates(nowMs: number): void {
    this.#book = new TemplateBook([], this.#good);
    // Made anew from what people said.
    this.setFeedback(this.#feedback, nowMs);
  }

  /** Returns what workers need of the site's normal; see `readNormal`. */
  compileNormal(nowMs: number): Uint8Array {
    return this.#learner.compile(nowMs);
  }

  /** Returns what workers need of templates and feedback; see `readRules`. */
  compileRules(nowMs: number): SiteRulesMessage {
    const feedback = this.#feedback.filter((one) => isInForce(one, nowMs));
    const excused = feedback
      .filter(({ kind }) => kind === 'no-attack')
      .flatMap(({ findings }) => findings.map(({ shape }) => shinglesOf(mostTelling(shapeFrom(shape)))));
    const isExcused = ({ template }: TemplateInForce): boolean =>
      excused.some((shingles) => likeness(shingles, shinglesOf(template.folded)) >= SAME_SHAPE);
    const unconfirmed = this.#book.inForce(nowMs).filter((one) => !isExcused(one));
    return writeRules([...this.#confirmed.inForce(nowMs), ...unconfirmed], feedback);
  }

  save(): Required<SavedSite> {
    return {
      normal: this.#learner.save(),
      templates: saveTemplates(this.#book.list()),
      good: this.#good.save(),
    };
  }
}
