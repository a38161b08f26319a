// Asks all rules about one request. A pass over each text finds the literals that rules need; only rules whose literal
// is there, and the few that need none, are asked. Most texts of most requests hold no literal of any rule.

import type { Placement } from '@parapet/kinds';
import { excerptOf } from '../decode/excerpt.ts';
import { plainName, type Glance, type Part, type RequestParts } from '../parts.ts';
import { AcrossPieces } from './acrossPieces.ts';
import { findInText, hasLiteral } from './findInText.ts';
import { KeptMatches } from './keptMatches.ts';
import type { Found } from './look.ts';
import { isAddressOf, isOnHostOf } from './ownAddress.ts';
import { NAMED } from './places.ts';
import { readsLikeProse } from './prose.ts';
import { RuleIndex, type Ask } from './ruleIndex.ts';
import { testName, type ContentRule, type RuleFinding, type RulePlace, type RuleScope } from './rule.ts';

// What an attacker sends to make the answer long: a request that says more than this is an attack either way.
const MAX_FINDINGS = 64;
const MAX_OF_ONE_RULE = 4;
/** What is found in a text up to this length is kept; hardly two targets are the same. */
const LONGEST_KEPT = 320;
/** Of a longer target, and of a longer path, both ends and the suspicious middle are looked at as a whole. */
const LONGEST_TARGET = 2048;

/** A rule that finds something in a text, wherever the text stands. */
interface TextMatch {
  readonly rule: ContentRule;
  readonly found: Found;
}

const NO_MATCHES: readonly TextMatch[] = [];

export class RuleSet {
  readonly rules: readonly ContentRule[];
  readonly #index: RuleIndex;
  /** Of the target as it was sent, which few rules look at. */
  readonly #ofTarget: RuleIndex;
  readonly #kept = new KeptMatches<TextMatch>();
  readonly #byAnomaly = new Map<string, ContentRule[]>();
  readonly #ofRequest: readonly ContentRule[];
  readonly #across: AcrossPieces;
  #hasHeard = false;

  /** `words`: what a glance is to tell of beside the literals of the rules, in lower case. */
  constructor(rules: readonly ContentRule[], words: readonly string[] = []) {
    this.rules = rules;
    const ofRequest: ContentRule[] = [];
    const ofTexts: ContentRule[] = [];
    for (const rule of rules) {
      const { what, where } = rule;
      if (what.anomalies !== undefined) for (const code of what.anomalies) add(this.#byAnomaly, code, rule);
      else if (where.places.has('request')) ofRequest.push(rule);
      else ofTexts.push(rule);
    }
    this.#ofRequest = ofRequest;
    this.#index = new RuleIndex(ofTexts, words);
    this.#across = new AcrossPieces(ofTexts);
    this.#ofTarget = new RuleIndex(
      ofTexts.filter(({ where }) => where.places.has('target')),
      [],
    );
  }

  /** Returns what is in a text of all that the rules need, for those who take requests apart. */
  glance(text: string): Glance {
    return this.#index.glance(text);
  }

  /** How much work it is to read a text in which this was seen, the model's part in it. */
  workOf(text: string, glance: Glance): number {
    return this.#index.workOf(text, glance);
  }

  /** Whether a text of the last request held anything for a rule, be it silent there for other reasons. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** Whether rules may find something in a target none of whose pieces held anything when it stood in others. */
  seesMore(rawTarget: string): boolean {
    return this.#across.mayStandAcross(rawTarget);
  }

  /** What speaks in this request, in the order of its parts; at most 64 findings, and four of one rule. */
  match(parts: RequestParts): readonly RuleFinding[] {
    const question = new Question(this.#index, this.#kept, parts);
    for (const rule of this.#ofRequest) question.askRequest(rule);
    for (const anomaly of parts.anomalies) {
      for (const rule of this.#byAnomaly.get(anomaly.code) ?? []) question.askAnomaly(rule, anomaly);
    }
    const { unread, request } = parts;
    const isInPiece = this.#across.isInPiece(unread?.hasPath === false ? unread.query : request.rawTarget);
    if (isInPiece || this.seesMore(request.rawTarget)) question.askTarget(this.#ofTarget);
    question.askPath();
    question.askHeaders();
    question.askParts();
    this.#hasHeard = isInPiece || question.hasHeard;
    return question.findings;
  }
}

/** For texts that no pass over the literals has seen. */
function findUnfiltered(rule: ContentRule, text: string): Found | undefined {
  if (!hasLiteral(rule, text)) return undefined;
  return findInText({ rule, pattern: undefined, literals: undefined }, text);
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Where a text stands that rules are asked about. */
interface Place {
  readonly part: Part | undefined;
  readonly placement: Placement;
  readonly name: string;
  readonly view: number;
  readonly place: RulePlace;
}

/** One request in front of the rules. */
class Question {
  readonly findings: RuleFinding[] = [];
  hasHeard = false;
  /** Of each rule that has found something the parts in which it has. */
  readonly #said = new Map<ContentRule, (Part | undefined)[]>();
  readonly #index: RuleIndex;
  readonly #kept: KeptMatches<TextMatch>;
  readonly #parts: RequestParts;

  constructor(index: RuleIndex, kept: KeptMatches<TextMatch>, parts: RequestParts) {
    this.#index = index;
    this.#kept = kept;
    this.#parts = parts;
  }

  askRequest(rule: ContentRule): void {
    const place: Place = { part: undefined, placement: 'path', name: '', view: -1, place: 'request' };
    this.#askUnfiltered(rule, `${this.#parts.method} ${this.#parts.path}`, place);
  }

  askAnomaly(rule: ContentRule, { code, placement, name }: RequestParts['anomalies'][number]): void {
    const place: Place = { part: undefined, placement, name, view: -1, place: placement };
    if (this.#applies(rule, place)) this.#note(rule, place, code, { start: 0, end: code.length });
  }

  askTarget(index: RuleIndex): void {
    this.#askTarget(this.#parts.request.rawTarget, 'target', index);
  }

  /** The path as a whole, where the decoders have something else. */
  askPath(): void {
    const { path, parts, unread } = this.#parts;
    if (unread?.hasPath === false) return;
    for (const part of parts) if (part.placement === 'path' && part.value === path) return;
    this.#askTarget(path, 'path', this.#index);
  }

  #askTarget(sent: string, place: RulePlace, index: RuleIndex): void {
    const text = excerptOf(sent, LONGEST_TARGET);
    const glance = index.glance(text);
    this.#parts.effort?.spendOnReading(index.workOf(text, glance));
    this.#askText(text, glance, undefined, place, -1, index);
  }

  askHeaders(): void {
    for (const [name, value] of this.#parts.unread?.headers ?? this.#parts.request.headers) {
      for (const { rule } of this.#index.ofName('raw-header', name)) {
        const found = findUnfiltered(rule, value);
        if (found === undefined) continue;
        this.hasHeard = true;
        const place: Place = { part: undefined, placement: 'header', name, view: -1, place: 'raw-header' };
        if (this.#applies(rule, place)) this.#note(rule, place, value, found);
      }
    }
  }

  askParts(): void {
    const index = this.#index;
    for (const part of this.#parts.parts) {
      if (this.findings.length >= MAX_FINDINGS) return;
      const { placement, name, value, focus = value, views } = part;
      if (NAMED.has(placement)) this.#askName(part);
      if (part.kind === 'secret') continue;
      const glance = part.glance?.by === index ? part.glance : undefined;
      this.#askText(focus, glance, part, placement, -1);
      for (let i = 0; i < views.length; i++) {
        const { text, glance: ofView } = views[i]!;
        this.#askText(text, ofView?.by === index ? ofView : undefined, part, placement, i);
      }
      const asks = index.ofName(placement, name);
      if (asks.length === 0) continue;
      this.hasHeard = true;
      this.#askNamed(asks, part);
    }
  }

  // Hardly a name is new: what is found in one is kept before its numbers are left out.
  #askName(part: Part): void {
    const { placement, name } = part;
    const matches = this.#kept.get(name, placement === 'json' ? 'pointer' : 'name', () => {
      const text = plainName(part);
      return matchesOf(this.#index.asksFor(text, this.#index.glance(text), 'name'), text);
    });
    if (matches.length > 0) this.#takeMatches(matches, plainName(part), part, 'name', -1);
  }

  #askNamed(asks: readonly Ask[], part: Part): void {
    for (const ask of asks) {
      this.#ask(ask, part.value, part, part.placement, -1);
      for (let i = 0; i < part.views.length; i++)
        this.#ask(ask, part.views[i]!.text, part, part.placement, i);
    }
  }

  #askText(
    text: string,
    known: Glance | undefined,
    part: Part | undefined,
    place: RulePlace,
    view: number,
    index = this.#index,
  ): void {
    const asks = index.asksFor(text, known ?? index.glance(text), place);
    if (asks.length === 0) return;
    if (text.length <= LONGEST_KEPT) {
      const matches =
        place === 'target' ? matchesOf(asks, text) : this.#kept.get(text, place, () => matchesOf(asks, text));
      this.#takeMatches(matches, text, part, place, view);
      return;
    }
    this.hasHeard = true;
    for (const ask of asks) this.#ask(ask, text, part, place, view);
  }

  #takeMatches(
    matches: readonly TextMatch[],
    text: string,
    part: Part | undefined,
    place: RulePlace,
    view: number,
  ): void {
    if (matches.length > 0) this.hasHeard = true;
    for (const { rule, found } of matches) {
      const at = placeOf(rule, part, place, view);
      if (at !== undefined && this.#applies(rule, at)) this.#note(rule, at, text, found);
    }
  }

  #ask(ask: Ask, text: string, part: Part | undefined, place: RulePlace, view: number): void {
    const { rule } = ask;
    const at = placeOf(rule, part, place, view);
    if (at === undefined || this.#hasSaid(rule, part) || !this.#applies(rule, at)) return;
    if (ask.literals === undefined && !hasLiteral(rule, text)) return;
    const found = findInText(ask, text);
    if (found !== undefined) this.#note(rule, at, text, found);
  }

  #askUnfiltered(rule: ContentRule, text: string, place: Place): void {
    if (!this.#applies(rule, place)) return;
    const found = findUnfiltered(rule, text);
    if (found !== undefined) this.#note(rule, place, text, found);
  }

  #applies(rule: ContentRule, place: Place): boolean {
    if (!this.#isIn(rule.where, place)) return false;
    for (const scope of rule.except)
      if (isAmong(scope.places, place) && this.#isIn(scope, place)) return false;
    return true;
  }

  /** Everything but the place, which the index knows. */
  #isIn(scope: RuleScope, { part, name, place }: Place): boolean {
    const { kinds, methods, names, path, media } = scope;
    if (kinds !== undefined && part !== undefined) {
      // The name of a rich text field is as foreign to rich text as any other name.
      if (!kinds.has(place === 'name' ? 'text' : part.kind)) return false;
    }
    if (methods !== undefined && !methods.has(this.#parts.method)) return false;
    if (names !== undefined && !testName(names, name)) return false;
    if (media !== undefined && !testName(media, this.#parts.mediaType)) return false;
    return path === undefined || path.test(this.#parts.path);
  }

  /** Whether it is an address that the rule does not mean. */
  #isOwn({ isOtherAddress, isOtherHost }: ContentRule, text: string): boolean {
    const { request } = this.#parts;
    return (isOtherAddress && isAddressOf(request, text)) || (isOtherHost && isOnHostOf(request, text));
  }

  /** Whether what a rule finds in a part would not be told any more. */
  #hasSaid(rule: ContentRule, part: Part | undefined): boolean {
    const before = this.#said.get(rule);
    if (before === undefined) return false;
    // Once a part: the other views say it again.
    return before.length >= MAX_OF_ONE_RULE || (part !== undefined && before.includes(part));
  }

  #note(rule: ContentRule, { part, placement, name, view }: Place, text: string, found: Found): void {
    if (this.findings.length >= MAX_FINDINGS) return;
    if (this.#isOwn(rule, text)) {
      this.hasHeard = true; // beside another address it is not silent
      return;
    }
    if (this.#hasSaid(rule, part)) return;
    const weight =
      rule.proseWeight !== undefined && isWritten(placement, name) && readsLikeProse(text)
        ? rule.proseWeight
        : rule.weight;
    if (weight === 0) return;
    add(this.#said, rule, part);
    this.findings.push({
      ...{ rule, weight, part, placement, name, view, text },
      ...{ says: found.what ?? rule.text, start: found.start, end: found.end },
    });
  }
}

/** What the rules find in a text, wherever it stands. */
function matchesOf(asks: readonly Ask[], text: string): readonly TextMatch[] {
  let matches: TextMatch[] | undefined;
  for (const ask of asks) {
    const found = findInText(ask, text);
    if (found !== undefined) (matches ??= []).push({ rule: ask.rule, found });
  }
  return matches ?? NO_MATCHES;
}

/** Undefined for a view when the rule looks at values alone. */
function placeOf(
  rule: ContentRule,
  part: Part | undefined,
  place: RulePlace,
  view: number,
): Place | undefined {
  if (view >= 0 && !rule.where.views) return undefined;
  const placement: Placement = place === 'name' ? 'name' : (part?.placement ?? 'path');
  return { part, placement, name: part?.name ?? '', view, place };
}

/** Whether people write there: in fields and searches, which come back in the Referer's query. */
function isWritten(placement: Placement, name: string): boolean {
  if (placement === 'header') return name.includes('?');
  return placement !== 'cookie' && placement !== 'path' && placement !== 'filename';
}

/** A name is in the place `name`, and in the place of its value. */
function isAmong(places: ReadonlySet<RulePlace> | undefined, { place, part }: Place): boolean {
  if (places === undefined || places.has(place)) return true;
  return part !== undefined && places.has(part.placement);
}
