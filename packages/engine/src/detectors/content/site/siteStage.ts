// What the site has to say after rules and model: templates of earlier attacks, what is normal here, what people have
// said. It adds reasons to those that were found; a request in which nothing was found costs next to nothing.

import type { AttackClass, InspectionReason } from '@parapet/kinds';
import type { Part, RequestParts } from '../parts.ts';
import { FeedbackRules } from './feedback.ts';
import { foldPart, foldText } from './folding.ts';
import { NOTHING_LEARNED, type SiteNormal } from './learnedNormal.ts';
import { parameterOf, routeOf } from './routes.ts';
import type { Shift } from './shift.ts';
import { TemplateMatcher, type TemplateMatch } from './templates.ts';

export interface SiteKnowledge {
  readonly normal: SiteNormal;
  readonly templates: TemplateMatcher;
  readonly feedback: FeedbackRules;
}

/** A site of which nothing is known yet. */
export const NOTHING_KNOWN: SiteKnowledge = {
  normal: NOTHING_LEARNED,
  templates: new TemplateMatcher([]),
  feedback: new FeedbackRules([], 0),
};

const NONE: readonly InspectionReason[] = [];
const EXCERPT = 60;
/** Evidence smaller than this is no finding. */
const LEAST = 0.01;

/** Returns the reasons that the site adds to those that detectors found in the parts of a request. */
export function siteReasons(
  request: RequestParts,
  found: readonly InspectionReason[],
  knowledge: SiteKnowledge,
): readonly InspectionReason[] {
  if (found.length === 0 && knowledge.templates.isEmpty) return NONE;
  const added: InspectionReason[] = [];
  const judged = new Set<string>();
  for (const part of request.parts) {
    const name = `${part.placement} ${part.name}`;
    if (judged.has(name)) continue;
    const evidence = found.filter(({ foundIn }) => isOf(foundIn, part));
    // Evidence is counted by name: parts with the same one are judged together.
    if (evidence.length === 0 && knowledge.templates.isEmpty) continue;
    judged.add(name);
    const alike = request.parts.filter((other) => isOf(other, part));
    added.push(...reasonsFor(request, alike, evidence, knowledge));
  }
  return added;
}

function isOf(one: Pick<Part, 'placement' | 'name'>, { placement, name }: Part): boolean {
  return one.placement === placement && one.name === name;
}

function reasonsFor(
  request: RequestParts,
  parts: readonly Part[],
  found: readonly InspectionReason[],
  { normal, templates, feedback }: SiteKnowledge,
): readonly InspectionReason[] {
  const template = heaviestTemplate(parts, templates);
  const [part] = parts;
  if (part === undefined || (found.length === 0 && template === undefined)) return NONE;
  const evidence = new Evidence(part, found);
  if (template !== undefined) {
    const { match, text } = template;
    evidence.add('template', match.template.class, match.weight, match.text, text.slice(0, EXCERPT));
  }
  // What people judged was what detectors and templates had found; what is normal here goes on changing.
  const judged = evidence.weights();
  const shift = mostRaising(parts.map((one) => normal.shift(request, one)));
  if (shift !== undefined) applyShift(shift, evidence);
  if (!feedback.isEmpty) applyFeedback(request, parts, feedback, judged, evidence);
  return evidence.added;
}

/** What speaks for each class in parts of one name, and the reasons that were added. */
class Evidence {
  readonly added: InspectionReason[] = [];
  readonly #part: Part;
  readonly #weights = new Map<AttackClass, number>();

  constructor(part: Part, found: readonly InspectionReason[]) {
    this.#part = part;
    for (const { class: one, weight } of found) this.#raise(one, weight);
  }

  weightOf(one: AttackClass): number {
    return this.#weights.get(one) ?? 0;
  }

  weights(): ReadonlyMap<AttackClass, number> {
    return new Map(this.#weights);
  }

  /** Classes that something speaks for, the heaviest first. */
  classes(): readonly AttackClass[] {
    const found = [...this.#weights].filter(([, weight]) => weight > 0);
    return found.toSorted(([, one], [, other]) => other - one).map(([one]) => one);
  }

  add(detector: string, one: AttackClass, weight: number, text: string, excerpt = ''): void {
    if (Math.abs(weight) < LEAST) return;
    const { placement, name } = this.#part;
    const foundIn = { placement, name, excerpt };
    this.added.push({ detector, class: one, text, weight, foundIn });
    this.#raise(one, weight);
  }

  #raise(one: AttackClass, weight: number): void {
    this.#weights.set(one, this.weightOf(one) + weight);
  }
}

/** Raises the class that most speaks for; lowers those that it is about, and none below nothing. */
function applyShift({ logOdds, text, classes }: Shift, evidence: Evidence): void {
  if (logOdds > 0) {
    const [heaviest] = evidence.classes();
    if (heaviest !== undefined) evidence.add('site', heaviest, logOdds, text);
    return;
  }
  let left = -logOdds;
  for (const one of evidence.classes()) {
    if (classes !== undefined && !classes.includes(one)) continue;
    const taken = Math.min(left, evidence.weightOf(one));
    evidence.add('site', one, -taken, text);
    left -= taken;
  }
}

function applyFeedback(
  request: RequestParts,
  parts: readonly Part[],
  feedback: FeedbackRules,
  judged: ReadonlyMap<AttackClass, number>,
  evidence: Evidence,
): void {
  const [{ placement, name: rawName }] = parts as readonly [Part]; // its caller has at least one
  const route = routeOf(request.path);
  const name = parameterOf(rawName);
  for (const one of evidence.classes()) {
    const where = { route, placement, name, class: one };
    const weight = evidence.weightOf(one);
    const exception = feedback.exceptionFor({
      ...where,
      logOdds: judged.get(one) ?? 0,
      folded: Uint8Array.from(parts.flatMap((part) => [...foldPart(part), 0])),
    });
    if (exception === undefined) {
      const offset = feedback.offsetFor(where);
      evidence.add('feedback', one, Math.max(-weight, offset), offsetText(offset));
      continue;
    }
    const { by, at, number } = exception;
    const day = at.toISOString().slice(0, 10);
    const text = `is like what ${by} called no attack on ${day} (feedback #${number})`;
    evidence.add('exception', one, -weight, text);
  }
}

function offsetText(offset: number): string {
  return offset > 0
    ? 'is where an operator has confirmed attacks'
    : 'is where an operator has said that findings were no attacks';
}

function mostRaising(shifts: ReadonlyArray<Shift | undefined>): Shift | undefined {
  // Where one value is as usual and the next is not known, nothing is lowered for both.
  if (shifts.includes(undefined)) return shifts.find((shift) => shift !== undefined && shift.logOdds > 0);
  return shifts.reduce((one, other) => (one!.logOdds >= other!.logOdds ? one : other));
}

interface FoundTemplate {
  readonly match: TemplateMatch;
  readonly text: string;
}

/** The template that the parts, in any of their readings, have most of. */
function heaviestTemplate(parts: readonly Part[], templates: TemplateMatcher): FoundTemplate | undefined {
  if (templates.isEmpty) return undefined;
  let best: FoundTemplate | undefined;
  const look = (text: string): void => {
    const match = ATTACKS_NEED.test(text) ? templates.find(foldText(text)) : undefined;
    if (match !== undefined && (best === undefined || match.weight > best.match.weight))
      best = { match, text };
  };
  for (const { value, views, kind } of parts) {
    if (kind === 'secret') continue;
    look(value);
    for (const { text } of views) look(text);
  }
  return best;
}

/** Every template has such a sign: what has none of them is not folded. */
const ATTACKS_NEED = /['"`<>;|&$(){}[\]\\/=#*@:-]/;
