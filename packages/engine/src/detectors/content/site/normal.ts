// What is normal for a site, learned from what it answered well (Kruegel and Vigna, "Anomaly detection of web-based
// attacks", 2003: type, length, alphabet and choices of each parameter). The engine learns, workers hold a copy.
//
// Guards against being taught: a value that looks like an attack teaches nothing; one source is heard a little; a
// parameter is known only after several sources and hours; what is new in one that is known has to wait (novelty.ts).

import { keyedHash32, type HashKey } from './keyedHash.ts';
import { admits, NOVELTY_LIMITS, type NoveltyLimits } from './novelty.ts';
import type { PartSample, SiteSample } from './samples.ts';
import { restoreSlots, saveSlots } from './slotCodec.ts';
import { countSources, FLAG, markSource, MAX_CHOICES, SLOT, SlotTable } from './slots.ts';
import { SOURCE_LIMITS, SourceGuard, type SourceLimits } from './sourceGuard.ts';
import { ALPHABET, VALUE_TYPES } from './valueShape.ts';

export interface LearningLimits {
  /** Parameters of the site, with those that are told apart by their route. */
  readonly parameters: number;
  /** A parameter is known after so many values of so many addresses and networks in so many hours. */
  readonly values: number;
  readonly sources: number;
  readonly networks: number;
  readonly hours: number;
  /** Or after so many values of vouched people, in so many hours. */
  readonly vouchedValues: number;
  readonly vouchedHours: number;
  /** Log-odds from which a value is not learned from, and the same for vouched people. */
  readonly suspicious: number;
  readonly suspiciousVouched: number;
  readonly novelty: NoveltyLimits;
  readonly source: SourceLimits;
}

export const LEARNING_LIMITS: LearningLimits = {
  parameters: 4096,
  values: 20,
  sources: 5,
  networks: 3,
  hours: 3,
  vouchedValues: 6,
  vouchedHours: 2,
  suspicious: -1,
  suspiciousVouched: 4,
  novelty: NOVELTY_LIMITS,
  source: SOURCE_LIMITS,
};

export interface LearnedCounts {
  readonly parameters: number;
  /** Of them those that are known well enough to count. */
  readonly known: number;
}

/** For people: what was learned of one parameter. */
export interface LearnedParameter {
  readonly route: string;
  readonly place: string;
  readonly name: string;
  readonly isKnown: boolean;
  readonly values: number;
  readonly vouched: number;
  readonly sources: number;
  /** The most frequent types with their shares, the most frequent first. */
  readonly types: ReadonlyArray<{ readonly type: string; readonly share: number }>;
  readonly alphabet: readonly string[];
  readonly typicalLength: number;
}

/** Any route: a parameter is learned for its route and for the site. */
export const ANY_ROUTE = '*';
const HALF_LIFE_HOURS = 30 * 24;
const FORGOTTEN_HOURS = 90 * 24;
/** More values than this make no difference: the parameter could not change any more. */
const MOST_VALUES = 4096;
const SOURCE_WORDS = SLOT.networks - SLOT.sources;
const NETWORK_WORDS = SLOT.hours - SLOT.networks;

export class SiteLearner {
  readonly #limits: LearningLimits;
  readonly #guard: SourceGuard;
  readonly #table: SlotTable;
  /** Goes up with every sample that was learned from. */
  #version = 0;

  private constructor(table: SlotTable, limits: LearningLimits) {
    this.#table = table;
    this.#limits = limits;
    this.#guard = new SourceGuard(limits.source);
  }

  /** Returns a learner that knows nothing; the key is secret, and the same as long as the site is. */
  static create(key: HashKey, limits: LearningLimits = LEARNING_LIMITS): SiteLearner {
    return new SiteLearner(new SlotTable(key, limits.parameters), limits);
  }

  /** Returns the learner as it was saved, or why it cannot be. */
  static restore(
    saved: Uint8Array,
    limits: LearningLimits = LEARNING_LIMITS,
  ): { readonly ok: true; readonly learner: SiteLearner } | { readonly ok: false; readonly reason: string } {
    const restored = restoreSlots(saved, limits.parameters);
    if (!restored.ok) return restored;
    return { ok: true, learner: new SiteLearner(restored.table, limits) };
  }

  get key(): HashKey {
    return this.#table.key;
  }

  get version(): number {
    return this.#version;
  }

  counts(): LearnedCounts {
    let known = 0;
    for (let slot = 0; slot < this.#table.used; slot++) if (this.#isKnown(slot)) known++;
    return { parameters: this.#table.used, known };
  }

  /** Learns from a request that the site answered well; returns whether its values are such as to learn from. */
  observe(sample: SiteSample): boolean {
    const hour = Math.floor(sample.atMs / 3_600_000);
    if (!this.#guard.isHeard(sample, hour)) return false;
    const { suspicious, suspiciousVouched } = this.#limits;
    const most = sample.isVouched ? suspiciousVouched : suspicious;
    // A request with one such value is an attempt, whatever its other values are.
    if (sample.parts.some(({ logOdds }) => !(logOdds < most))) return false;
    for (const part of sample.parts) {
      if (part.place !== 'cookie')
        this.#learn(slotName(sample.route, part.place, part.name), part, sample, hour);
      this.#learn(slotName(ANY_ROUTE, part.place, part.name), part, sample, hour);
    }
    this.#version++;
    return true;
  }

  /** Returns what a restart needs. */
  save(): Uint8Array {
    return saveSlots(this.#table, true, () => true);
  }

  /** Returns what workers need: parameters that are known, without their names. */
  compile(nowMs: number): Uint8Array {
    const hour = Math.floor(nowMs / 3_600_000);
    return saveSlots(this.#table, false, (slot) => this.#isKnown(slot) && !this.#isForgotten(slot, hour));
  }

  /** Forgets a parameter: of the route, or of all. Returns how many were known under that name. */
  forget(name: string, route?: string): number {
    const isMeant = (slot: number): boolean => {
      const [its = '', , called = ''] = this.#table.nameOf(slot).split('\n');
      return called === name && (route === undefined || its === route);
    };
    const count = this.#table.keepOnly((slot) => !isMeant(slot));
    if (count > 0) this.#version++;
    return count;
  }

  /** For people; the most used first. */
  list(): readonly LearnedParameter[] {
    const all = Array.from({ length: this.#table.used }, (_, slot) => this.#describe(slot));
    return all.toSorted((one, other) => other.values - one.values);
  }

  #learn(name: string, part: PartSample, sample: SiteSample, hour: number): void {
    const table = this.#table;
    let slot = table.find(name);
    const isNew = slot < 0;
    if (isNew && table.used === this.#limits.parameters && !this.#makeRoom(hour)) return;
    if (!this.#guard.takes(sample, keyedHash32(this.key, name), isNew)) return;
    if (isNew) slot = table.add(name);
    if (this.#isKnown(slot) && !admits(table, slot, part, sample, this.#limits.novelty)) return;
    this.#fade(slot, hour);
    this.#count(slot, part, sample, hour);
    if (this.#isEnough(slot)) table.words[slot * SLOT.size + SLOT.flags]! |= FLAG.mature;
  }

  #count(slot: number, part: PartSample, sample: SiteSample, hour: number): void {
    const { words, floats } = this.#table;
    const at = slot * SLOT.size;
    if (words[at + SLOT.hours] === 0) words[at + SLOT.firstHour] = hour;
    // Also when the clock was set back: an hour is counted once while it lasts.
    if (words[at + SLOT.hours] === 0 || words[at + SLOT.lastHour] !== hour) words[at + SLOT.hours]! += 1;
    words[at + SLOT.lastHour] = hour;
    markSource(words, at + SLOT.sources, SOURCE_WORDS, sample.source);
    markSource(words, at + SLOT.networks, NETWORK_WORDS, sample.network);
    floats[at + SLOT.count]! += 1;
    if (sample.isVouched) floats[at + SLOT.vouched]! += 1;
    floats[at + SLOT.types + part.type]! += 1;
    for (let bits = part.alphabet; bits !== 0; bits &= bits - 1)
      floats[at + SLOT.alphabet + 31 - Math.clz32(bits & -bits)]! += 1;
    this.#countLength(at, Math.log1p(part.length));
    this.#countChoice(at, part.valueHash);
  }

  /** Mean and variance with a weight that is never smaller than one in a thousand (West, 1979). */
  #countLength(at: number, length: number): void {
    const { floats } = this.#table;
    const weight = 1 / Math.min(1000, floats[at + SLOT.count]!);
    const step = length - floats[at + SLOT.mean]!;
    floats[at + SLOT.mean]! += weight * step;
    floats[at + SLOT.variance] = (1 - weight) * (floats[at + SLOT.variance]! + weight * step * step);
  }

  #countChoice(at: number, valueHash: number): void {
    const { words, floats } = this.#table;
    for (let i = 0; valueHash !== 0 && i < MAX_CHOICES; i++) {
      const choice = words[at + SLOT.choices + i]!;
      if (choice === valueHash) return;
      if (choice !== 0) continue;
      words[at + SLOT.choices + i] = valueHash;
      return;
    }
    floats[at + SLOT.otherChoices]! += 1;
  }

  /** What was seen long ago counts less. */
  #fade(slot: number, hour: number): void {
    const { words, floats } = this.#table;
    const at = slot * SLOT.size;
    const passed = hour - words[at + SLOT.lastHour]!;
    let factor = words[at + SLOT.hours]! > 0 && passed > 0 ? 2 ** (-passed / HALF_LIFE_HOURS) : 1;
    if (floats[at + SLOT.count]! * factor > MOST_VALUES) factor /= 2;
    if (factor === 1) return;
    floats[at + SLOT.count]! *= factor;
    floats[at + SLOT.vouched]! *= factor;
    floats[at + SLOT.otherChoices]! *= factor;
    for (let i = SLOT.types; i < SLOT.alphabet + 16; i++) floats[at + i]! *= factor;
  }

  #isKnown(slot: number): boolean {
    return (this.#table.words[slot * SLOT.size + SLOT.flags]! & FLAG.mature) !== 0;
  }

  #isEnough(slot: number): boolean {
    const { words, floats } = this.#table;
    const at = slot * SLOT.size;
    const limits = this.#limits;
    const hours = words[at + SLOT.hours]!;
    if (floats[at + SLOT.vouched]! >= limits.vouchedValues && hours >= limits.vouchedHours) return true;
    return (
      floats[at + SLOT.count]! >= limits.values &&
      hours >= limits.hours &&
      countSources(words, at + SLOT.sources, SOURCE_WORDS) >= limits.sources &&
      countSources(words, at + SLOT.networks, NETWORK_WORDS) >= limits.networks
    );
  }

  #isForgotten(slot: number, hour: number): boolean {
    return hour - this.#table.words[slot * SLOT.size + SLOT.lastHour]! > FORGOTTEN_HOURS;
  }

  /**
   * Takes out what nobody has used for long, and of what is not known yet the older half. What is known stays: a
   * flood of invented names cannot push it out. Returns whether there is room.
   */
  #makeRoom(hour: number): boolean {
    const table = this.#table;
    const lastHour = (slot: number): number => table.words[slot * SLOT.size + SLOT.lastHour]!;
    const unknown: number[] = [];
    for (let slot = 0; slot < table.used; slot++) if (!this.#isKnown(slot)) unknown.push(lastHour(slot));
    const middle = unknown.toSorted((one, other) => one - other)[unknown.length >> 1] ?? 0;
    return (
      table.keepOnly(
        (slot) => !this.#isForgotten(slot, hour) && (this.#isKnown(slot) || lastHour(slot) > middle),
      ) > 0
    );
  }

  #describe(slot: number): LearnedParameter {
    const { words, floats } = this.#table;
    const at = slot * SLOT.size;
    const values = floats[at + SLOT.count]!;
    const [route = '', place = '', name = ''] = this.#table.nameOf(slot).split('\n');
    const shares = (from: number, names: readonly string[]): Array<{ type: string; share: number }> =>
      names
        .map((type, i) => ({ type, share: values > 0 ? floats[at + from + i]! / values : 0 }))
        .filter(({ share }) => share >= 0.01)
        .toSorted((one, other) => other.share - one.share);
    return {
      route,
      place,
      name,
      isKnown: this.#isKnown(slot),
      values,
      vouched: floats[at + SLOT.vouched]!,
      sources: countSources(words, at + SLOT.sources, SOURCE_WORDS),
      types: shares(SLOT.types, VALUE_TYPES),
      alphabet: shares(SLOT.alphabet, ALPHABET).map(({ type }) => type),
      typicalLength: Math.round(Math.expm1(floats[at + SLOT.mean]!)),
    };
  }
}

/** What a parameter's slot is called. A line end cannot be in a route; in a name it is one of its own. */
export function slotName(route: string, place: string, name: string): string {
  return `${route}\n${place}\n${name}`;
}
