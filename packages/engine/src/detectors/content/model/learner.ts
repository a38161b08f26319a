// Learns the weights from labelled texts: logistic regression by FTRL-proximal (McMahan et al., KDD 2013), which keeps
// most weights at zero. What is learnt is what is scored: after a first pass over whole texts, only the stretch that
// speaks the most for an attack is pushed, up in an attack and down in an honest text.

import type { AttackClass } from '@parapet/kinds';
import { FeatureReader, type TextFeatures } from './features.ts';
import {
  CLASS_BUCKETS,
  classBucket,
  offsetOf,
  PLACEMENT_GROUPS,
  PRIOR,
  WEIGHT_COUNT,
  type PlacementGroup,
} from './layout.ts';
import { MEMORY, strongestSegment, type Segment } from './segment.ts';

export interface LabelledText {
  readonly text: string;
  readonly group: PlacementGroup;
  /** Undefined for an honest text. */
  readonly class: AttackClass | undefined;
  /** How much it counts; 1 as a rule. */
  readonly weight: number;
}

export interface LearnerSettings {
  readonly passes: number;
  /** Step of each weight's first change. */
  readonly alpha: number;
  /** Weights with less evidence than this stay zero. */
  readonly l1: number;
  readonly l2: number;
  /** The same seed and texts give the same weights. */
  readonly seed: number;
}

export const LEARNER_DEFAULTS: LearnerSettings = { passes: 5, alpha: 0.1, l1: 0.6, l2: 1, seed: 1 };

/** Weights before they are rounded for shipping. */
export interface LearntWeights {
  readonly weights: Float32Array;
  readonly classes: readonly AttackClass[];
  /** A row of `classes.length` weights for each bucket, then one row of biases. */
  readonly classWeights: Float32Array;
}

/** A text that costs less than this is asked about in every third pass only. */
const KNOWN = 0.03;
/** Longest stretch of a text that one step learns from, in symbols. */
const LONGEST_LESSON = 512;

/** Returns the weights learnt from `texts`, in a time linear in their length and the number of passes. */
export function learn(
  texts: readonly LabelledText[],
  settings: LearnerSettings = LEARNER_DEFAULTS,
  onPass?: (pass: number, meanLoss: number) => void,
): LearntWeights {
  const random = seeded(settings.seed);
  const reader = new FeatureReader();
  const ftrl = new Ftrl(WEIGHT_COUNT, settings);
  const order = Uint32Array.from(texts, (_, index) => index);
  const known = new Uint8Array(texts.length);
  for (let pass = 0; pass < settings.passes; pass += 1) {
    shuffle(order, random);
    let loss = 0;
    for (const index of order) {
      const text = texts[index];
      if (text === undefined || (known[index] === 1 && (index + pass) % 3 !== 0)) continue;
      const lost = teach(ftrl, reader, text, pass, random);
      known[index] = pass > 0 && lost < KNOWN ? 1 : 0;
      loss += lost;
    }
    onPass?.(pass, loss / Math.max(1, texts.length));
  }
  return { weights: ftrl.weights, ...learnClasses(ftrl.weights, texts, order, settings, random, reader) };
}

function teach(
  ftrl: Ftrl,
  reader: FeatureReader,
  example: LabelledText,
  pass: number,
  random: () => number,
): number {
  const read = reader.read(example.text);
  const group = PLACEMENT_GROUPS.indexOf(example.group);
  const contributions = contributionsOf(ftrl.weights, read, group);
  const isAttack = example.class !== undefined;
  let segment = strongestSegment(contributions);
  if (pass === 0 || (isAttack && segment.last - segment.first < 3))
    segment = wholeOrWindow(contributions, isAttack ? 0 : random());
  const logit = segment.evidence + PRIOR;
  const probability = sigmoid(logit);
  const gradient = (probability - (isAttack ? 1 : 0)) * example.weight;
  if (Math.abs(gradient) > 0.002) {
    const from = segment.first === 0 ? 0 : (read.ends[segment.first - 1] ?? 0);
    const to = segment.last < segment.first ? from : (read.ends[segment.last] ?? from);
    // A long text has many features; each moves less, or one step would throw the sum about.
    const share = gradient / Math.sqrt(Math.max(1, (to - from) / 64));
    let symbol = segment.last;
    let decay = 1;
    for (let at = to - 1; at >= from; at -= 1) {
      while (symbol > 0 && at < (read.ends[symbol - 1] ?? 0)) {
        symbol -= 1;
        decay *= MEMORY;
      }
      const feature = read.features[at] ?? 0;
      ftrl.step(feature, share * decay);
      if (read.hasOffset[at] === 1) ftrl.step(offsetOf(feature, group), share * decay * 0.5);
    }
  }
  return (isAttack ? logOnePlusExp(-logit) : logOnePlusExp(logit)) * example.weight;
}

/** What each symbol of a text adds. */
function contributionsOf(weights: ArrayLike<number>, read: TextFeatures, group: number): Float64Array {
  const sums = new Float64Array(read.ends.length);
  let at = 0;
  for (let symbol = 0; symbol < sums.length; symbol += 1) {
    let sum = 0;
    for (const end = read.ends[symbol] ?? 0; at < end; at += 1) {
      const feature = read.features[at] ?? 0;
      sum += weights[feature] ?? 0;
      if (read.hasOffset[at] === 1) sum += weights[offsetOf(feature, group)] ?? 0;
    }
    sums[symbol] = sum;
  }
  return sums;
}

/** The whole text, or of a long one a window that begins at the given share of it. */
function wholeOrWindow(contributions: Float64Array, share: number): Segment {
  const spare = Math.max(0, contributions.length - LONGEST_LESSON);
  const first = Math.floor(spare * share);
  const last = Math.min(contributions.length, first + LONGEST_LESSON) - 1;
  let evidence = 0;
  for (let at = first; at <= last; at += 1) evidence = evidence * MEMORY + (contributions[at] ?? 0);
  return { evidence, first, last };
}

/** Which class an attack is of, by the features of its strongest stretch: multinomial, learnt from attacks alone. */
function learnClasses(
  weights: Float32Array,
  texts: readonly LabelledText[],
  order: Uint32Array,
  settings: LearnerSettings,
  random: () => number,
  reader: FeatureReader,
): Pick<LearntWeights, 'classes' | 'classWeights'> {
  const classes = [...new Set(texts.flatMap((text) => text.class ?? []))].toSorted();
  const ftrl = new Ftrl((CLASS_BUCKETS + 1) * classes.length, { ...settings, l1: settings.l1 / 2 });
  const attacks = order.filter((index) => texts[index]?.class !== undefined);
  const scores = new Float64Array(classes.length);
  for (let pass = 0; pass < 2; pass += 1) {
    shuffle(attacks, random);
    for (const index of attacks) {
      const example = texts[index];
      if (example?.class === undefined) continue;
      const read = reader.read(example.text);
      const contributions = contributionsOf(weights, read, PLACEMENT_GROUPS.indexOf(example.group));
      const { first, last } = strongestSegment(contributions);
      const from = first === 0 ? 0 : (read.ends[first - 1] ?? 0);
      const to = last < first ? from : (read.ends[last] ?? from);
      sumClasses(ftrl.weights, read, from, to, scores);
      softmax(scores);
      const right = classes.indexOf(example.class);
      const share = example.weight / Math.sqrt(Math.max(1, (to - from) / 64));
      for (let at = from; at <= to; at += 1) {
        if (at < to && read.hasOffset[at] !== 1) continue;
        const row = (at === to ? CLASS_BUCKETS : classBucket(read.features[at] ?? 0)) * classes.length;
        for (let one = 0; one < classes.length; one += 1) {
          const gradient = (scores[one] ?? 0) - (one === right ? 1 : 0);
          if (Math.abs(gradient) > 0.005) ftrl.step(row + one, gradient * share);
        }
      }
    }
  }
  return { classes, classWeights: ftrl.weights };
}

/** Sums into `scores` what the features from one to another say of each class. */
function sumClasses(
  classWeights: ArrayLike<number>,
  read: TextFeatures,
  from: number,
  to: number,
  scores: Float64Array,
): void {
  const width = scores.length;
  for (let one = 0; one < width; one += 1) scores[one] = classWeights[CLASS_BUCKETS * width + one] ?? 0;
  for (let at = from; at < to; at += 1) {
    if (read.hasOffset[at] !== 1) continue;
    const row = classBucket(read.features[at] ?? 0) * width;
    for (let one = 0; one < width; one += 1)
      scores[one] = (scores[one] ?? 0) + (classWeights[row + one] ?? 0);
  }
}

function softmax(scores: Float64Array): void {
  const most = scores.reduce((one, other) => Math.max(one, other), -Infinity);
  let sum = 0;
  for (const [index, score] of scores.entries()) sum += scores[index] = exponential(score - most);
  for (const [index, score] of scores.entries()) scores[index] = score / sum;
}

class Ftrl {
  readonly weights: Float32Array;
  readonly #z: Float32Array;
  readonly #n: Float32Array;
  readonly #settings: LearnerSettings;

  constructor(size: number, settings: LearnerSettings) {
    this.weights = new Float32Array(size);
    this.#z = new Float32Array(size);
    this.#n = new Float32Array(size);
    this.#settings = settings;
  }

  step(index: number, gradient: number): void {
    const { alpha, l1, l2 } = this.#settings;
    const n = this.#n[index] ?? 0;
    const grown = n + gradient * gradient;
    const weight = this.weights[index] ?? 0;
    const root = Math.sqrt(grown);
    const z = (this.#z[index] ?? 0) + gradient - ((root - Math.sqrt(n)) / alpha) * weight;
    this.#n[index] = grown;
    this.#z[index] = z;
    this.weights[index] = Math.abs(z) <= l1 ? 0 : -(z - (z > 0 ? l1 : -l1)) / ((1 + root) / alpha + l2);
  }
}

/** Mulberry32: the same numbers from the same seed on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const one = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = one;
  }
}

function sigmoid(logit: number): number {
  return logit >= 0 ? 1 / (1 + exponential(-logit)) : exponential(logit) / (1 + exponential(logit));
}

function logOnePlusExp(logit: number): number {
  return logit > 30 ? logit : Math.log(1 + exponential(logit));
}

/** e^x with only the operations that are exact by IEEE 754: Math.exp may differ between versions of V8. */
function exponential(x: number): number {
  if (x < -40) return 0;
  if (x > 40) return exponential(40);
  const halvings = 8;
  const small = x / 2 ** halvings;
  let value = 1 + small * (1 + (small / 2) * (1 + (small / 3) * (1 + (small / 4) * (1 + small / 5))));
  for (let turn = 0; turn < halvings; turn += 1) value *= value;
  return value;
}
