// Each confirmed attack leaves a template: its folded shape. What has nearly the same shape is recognised at once,
// in whatever encoding, case or parameter it comes, with whatever literals and comments. A template that good requests
// have too is kept but not used.

import type { AttackClass } from '@parapet/kinds';
import { distanceIn, MAX_CORE } from './alignment.ts';
import { coreOf, isTelling, tellingSpan } from './folding.ts';
import type { GoodValue, GoodValues } from './goodValues.ts';
import { likeness, ShingleIndex, shinglesOf } from './shingles.ts';

export interface Template {
  readonly id: string;
  readonly class: AttackClass;
  readonly folded: Uint8Array;
  /** The record of the attempt that it was made from. */
  readonly recordId: string;
  readonly madeAtMs: number;
  readonly usedAtMs: number;
  readonly uses: number;
  /** The keyed hash of the network that the attack came from: its own good requests do not count. */
  readonly network: number;
  readonly by: 'score' | 'operator';
  /** Why it is not used; undefined while it is. */
  readonly offBecause?: string;
}

export interface NewTemplate {
  readonly class: AttackClass;
  readonly folded: Uint8Array;
  readonly recordId: string;
  readonly atMs: number;
  readonly network: number;
  readonly by: 'score' | 'operator';
}

export interface TemplateMatch {
  readonly template: Template;
  /** In log-odds. */
  readonly weight: number;
  /** A sentence without its full stop, for people. */
  readonly text: string;
}

/** What has not so much of a template's pairs and triples in one stretch is not looked at further. */
const LEAST_SHARE = 0.6;
/** Of a template's tokens, so many may be missing, added or others. */
const CHANGED_SHARE = 0.2;
/**
 * What nobody has confirmed has to be nearly all that tells in a value: in a long text about programs or data bases there
 * is always something like a short attack.
 */
const LEAST_COVERAGE = 0.7;
const FULL_WEIGHT = 6;
/**
 * What nobody has confirmed only adds to other reasons, and less before it is known what good requests look like here.
 * With more, one mistake would stop all that is like it, and what is stopped never becomes good: tried on recorded
 * requests of a Drupal, templates of everything that was stopped with certainty stopped 0.4 % of the honest ones.
 */
const UNCONFIRMED_WEIGHT = 2;
const UNPROVEN_WEIGHT = 1;
const PROVEN_AFTER_REQUESTS = 2000;
const MAX_TEMPLATES = 512;
const SAME = 0.9;
const KEPT_MS = { score: 30 * 86_400_000, operator: 365 * 86_400_000 };
const LEAST_SHINGLES = 5;
/** Of those that have enough in common with a value. */
const MOST_CANDIDATES = 8;

/** The templates of one site; the engine keeps them, workers have a matcher. */
export class TemplateBook {
  readonly #templates = new Map<string, Template>();
  readonly #shingles = new Map<string, Uint32Array>();
  readonly #good: GoodValues;
  /** Of those that are in force, made when it is asked for. */
  #index: { readonly templates: readonly Template[]; readonly shingles: ShingleIndex } | undefined;

  constructor(templates: Iterable<Template>, good: GoodValues) {
    for (const template of templates) this.#put(template);
    this.#good = good;
  }

  list(): readonly Template[] {
    return [...this.#templates.values()];
  }

  /**
   * Takes the shape of a confirmed attack. Returns its template, which may be an older one that is nearly the same;
   * undefined when the shape is too plain to be told from anything else.
   */
  add(attempt: NewTemplate): Template | undefined {
    const one = { ...attempt, folded: coreOf(attempt.folded, MAX_CORE) };
    const shingles = shinglesOf(one.folded);
    if (shingles.length < LEAST_SHINGLES || !isTelling(one.folded)) return undefined;
    const known = this.list().find((template) => likeness(this.#shinglesOf(template), shingles) >= SAME);
    if (known !== undefined) {
      const by = one.by === 'operator' ? 'operator' : known.by;
      return this.#put({ ...known, by, usedAtMs: Math.max(known.usedAtMs, one.atMs) });
    }
    const { atMs, ...rest } = one;
    const id = `t${one.recordId}`;
    const template: Template = { ...rest, id, madeAtMs: atMs, usedAtMs: atMs, uses: 0 };
    const put = this.#put({ ...template, ...this.#objection(template) });
    this.#forget(atMs);
    return put;
  }

  /** Takes note that a template was found in a request. */
  used(id: string, atMs: number): void {
    const template = this.#templates.get(id);
    if (template !== undefined)
      this.#put({ ...template, uses: template.uses + 1, usedAtMs: Math.max(template.usedAtMs, atMs) });
  }

  /** Removes one template; returns whether it was there. */
  remove(id: string): boolean {
    if (!this.#templates.has(id)) return false;
    this.#remove(id);
    return true;
  }

  /** Removes the templates of an attempt: it was none. Returns how many there were. */
  removeOf(recordId: string): number {
    const found = this.list().filter((template) => template.recordId === recordId);
    for (const { id } of found) this.#remove(id);
    return found.length;
  }

  /** Takes the shape of a value of a good request. Returns the templates that are not used any more because of it. */
  good(value: GoodValue): readonly Template[] {
    if (!this.#good.add(value)) return [];
    const off: Template[] = [];
    const { templates, shingles } = this.#inUse();
    for (const number of shingles.findAll(value.folded, LEAST_SHARE)) {
      const template = templates[number]!;
      if (shareIn(template, value.folded) === 0) continue;
      const objection = this.#objection(template);
      if (objection.offBecause !== undefined) off.push(this.#put({ ...template, ...objection }));
    }
    return off;
  }

  /** Returns what workers need. */
  inForce(nowMs: number): readonly TemplateInForce[] {
    this.#forget(nowMs);
    const known = Math.min(1, this.#good.requests / PROVEN_AFTER_REQUESTS);
    // Rounded: workers are sent what has changed.
    const unconfirmed =
      Math.round(10 * (UNPROVEN_WEIGHT + known * (UNCONFIRMED_WEIGHT - UNPROVEN_WEIGHT))) / 10;
    return this.list()
      .filter(({ offBecause }) => offBecause === undefined)
      .map((template) => ({
        template,
        weight: template.by === 'operator' ? FULL_WEIGHT : unconfirmed,
      }));
  }

  /** One stranger's good request may be an attack that nobody saw; those of two networks, or of an editor, are not. */
  #objection(template: Template): { readonly offBecause?: string } {
    const networks = new Set<number>();
    const index = new ShingleIndex([this.#shinglesOf(template)]);
    for (const { folded, network } of this.#good) {
      if (network === template.network || index.findAll(folded, LEAST_SHARE).length === 0) continue;
      if (shareIn(template, folded) === 0) continue;
      if (network === 0) return { offBecause: 'editors send the like' };
      networks.add(network);
      if (networks.size > 1) return { offBecause: 'good requests of several visitors have the like' };
    }
    return {};
  }

  #inUse(): { readonly templates: readonly Template[]; readonly shingles: ShingleIndex } {
    const templates = this.list().filter(({ offBecause }) => offBecause === undefined);
    this.#index ??= {
      templates,
      shingles: new ShingleIndex(templates.map((template) => this.#shinglesOf(template))),
    };
    return this.#index;
  }

  #shinglesOf({ id, folded }: Template): Uint32Array {
    let shingles = this.#shingles.get(id);
    if (shingles === undefined) {
      shingles = shinglesOf(folded);
      this.#shingles.set(id, shingles);
    }
    return shingles;
  }

  #put(template: Template): Template {
    this.#templates.set(template.id, template);
    this.#index = undefined;
    return template;
  }

  #remove(id: string): void {
    this.#templates.delete(id);
    this.#shingles.delete(id);
    this.#index = undefined;
  }

  /** Templates that were not used for long, and of too many those that were used least lately. */
  #forget(nowMs: number): void {
    for (const { id, by, usedAtMs } of this.list()) if (nowMs - usedAtMs > KEPT_MS[by]) this.#remove(id);
    if (this.#templates.size <= MAX_TEMPLATES) return;
    const oldest = this.list().toSorted((one, other) => one.usedAtMs - other.usedAtMs);
    for (const { id } of oldest.slice(0, this.#templates.size - MAX_TEMPLATES)) this.#remove(id);
  }
}

export interface TemplateInForce {
  readonly template: Template;
  /** In log-odds, when all of it is found. */
  readonly weight: number;
}

/** Finds templates in values; read only. */
export class TemplateMatcher {
  readonly #inForce: readonly TemplateInForce[];
  readonly #index: ShingleIndex;

  constructor(inForce: readonly TemplateInForce[]) {
    this.#inForce = inForce;
    this.#index = new ShingleIndex(inForce.map(({ template }) => shinglesOf(template.folded)));
  }

  get isEmpty(): boolean {
    return this.#inForce.length === 0;
  }

  /** Returns the template that a folded value has most of. */
  find(folded: Uint8Array): TemplateMatch | undefined {
    if (this.isEmpty || folded.length < 3) return undefined;
    let one: TemplateInForce | undefined;
    let weight = 0;
    for (const number of this.#index.findAll(folded, LEAST_SHARE).slice(0, MOST_CANDIDATES)) {
      const candidate = this.#inForce[number]!;
      const found = candidate.weight * shareIn(candidate.template, folded);
      if (found > weight) [one, weight] = [candidate, found];
    }
    if (one === undefined) return undefined;
    const { template } = one;
    const day = new Date(template.madeAtMs).toISOString().slice(0, 10);
    const who = template.by === 'operator' ? 'confirmed by an operator' : 'stopped';
    return {
      template,
      weight,
      text: `has the shape of the attack ${template.recordId}, ${who} on ${day}`,
    };
  }
}

/** How much of a template is in a folded text, in order and close together; 0 when it is not enough. */
function shareIn({ folded: pattern, by }: Template, folded: Uint8Array): number {
  if (by === 'score' && pattern.length < LEAST_COVERAGE * lengthOfSpan(folded)) return 0;
  const most = Math.floor(pattern.length * CHANGED_SHARE);
  const distance = distanceIn(pattern, folded, most);
  return distance > most ? 0 : 1 - distance / pattern.length;
}

function lengthOfSpan(folded: Uint8Array): number {
  const { from, end } = tellingSpan(folded);
  return end - from;
}
