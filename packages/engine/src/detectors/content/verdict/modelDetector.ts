// What the learned model says of each part: the reading of it that looks most like an attack counts.

import { groupOf, PLACEMENT_GROUPS, type ContentModel, type PlacementGroup } from '../model/index.ts';
import type { Part, RequestParts } from '../parts.ts';
import { isAgentHeader, isPlainAgent, isPlainPath, linkWeight } from './clientWords.ts';
import type { ContentDetector, Finding } from './detector.ts';
import { excerptOf } from './excerpts.ts';
import { readableOf } from './readable.ts';
import { RecentScores } from './recentScores.ts';
import { mayHaveStretches, stretchesOf } from './stretches.ts';

/** Scheme and host of who has the link: a site, or an app on a phone. Some clients put one in front of the other. */
const FROM = /^(?:https?|android-app|ios-app):\/\/[\w.:[\]-]{1,255}(?:\/\/[\w.-]{1,255})?(?=[/?#]|$)/i;
const NONE: readonly Finding[] = [];
/** A request shows no more reasons than this: of the parts behind them only the weight counts. */
const MOST_EXPLAINED = 12;
/** The same once so many characters were explained, which takes three times as long as weighing them. */
const MOST_EXPLAINED_TEXT = 2048;
/** When so many parts speak for an attack, and one of them so much, the others change nothing. */
const ENOUGH = 24;
const CERTAIN = 9;
/** What does anything has more: `&` and `()` are what people put where they have nothing to say. */
const SHORTEST = 3;

/** A part that speaks for an attack, and the reading of it that does so the most. */
interface Spoken {
  readonly part: Part;
  readonly group: PlacementGroup;
  readonly weight: number;
  readonly text: string;
}

interface Scorer {
  readonly group: PlacementGroup;
  readonly recent: RecentScores;
  readonly score: (text: string) => number;
}

/** Returns the model as a detector; each part gets at most one reason. */
export function modelDetector(model: ContentModel): ContentDetector {
  return new ModelDetector(model);
}

class ModelDetector implements ContentDetector {
  readonly #model: ContentModel;
  readonly #scorers: Readonly<Record<PlacementGroup, Scorer>>;
  /** The reading that the last score was of. */
  #text = '';
  #most = 0;
  #hasSpoken = false;

  constructor(model: ContentModel) {
    this.#model = model;
    const scorers = PLACEMENT_GROUPS.map((group): [PlacementGroup, Scorer] => [
      group,
      { group, recent: new RecentScores(), score: (text) => model.score(text, group) },
    ]);
    this.#scorers = Object.fromEntries(scorers) as Record<PlacementGroup, Scorer>; // made from all groups
  }

  find({ parts }: RequestParts): readonly Finding[] {
    let spoken: Spoken[] | undefined;
    let most = 0;
    this.#hasSpoken = false;
    for (const part of parts) {
      const group = groupOf(part);
      if (group === undefined) continue;
      const { glance, views, value, focus = value } = part;
      if (glance !== undefined && views.length === 0 && !mayHaveStretches(focus, glance)) continue;
      if (isPlain(part)) continue;
      const scored = this.#scoreOf(part, this.#scorers[group]);
      const weight = isReferer(part) ? linkWeight(value, scored) : scored;
      if (weight <= 0) continue;
      this.#hasSpoken = true;
      (spoken ??= []).push({ part, group, weight, text: this.#text });
      most = Math.max(most, weight);
      if (spoken.length >= ENOUGH && most >= CERTAIN) break;
    }
    return spoken === undefined ? NONE : this.#reasons(spoken);
  }

  /** A text has one score for each place where such texts stand. */
  wasSilent(): boolean {
    return !this.#hasSpoken;
  }

  /** It looks at texts one by one. */
  seesMore(): boolean {
    return false;
  }

  #scoreOf(part: Part, scorer: Scorer): number {
    this.#most = -Infinity;
    this.#look(readableOf(textOf(part)), scorer);
    for (const { text } of part.views) this.#look(readableOf(text), scorer);
    return this.#most;
  }

  /** Remembers the score and the stretch when it is the heaviest so far. */
  #look(text: string, { recent, score }: Scorer): void {
    for (const stretch of stretchesOf(text)) {
      const weight = recent.get(stretch, score);
      if (weight <= this.#most) continue;
      this.#most = weight;
      this.#text = stretch;
    }
  }

  #reasons(spoken: readonly Spoken[]): readonly Finding[] {
    const reasons: Finding[] = [];
    let left = MOST_EXPLAINED_TEXT;
    for (const one of spoken.toSorted((one, other) => other.weight - one.weight)) {
      const [heaviest] = reasons;
      if (heaviest === undefined || (reasons.length < MOST_EXPLAINED && left > 0)) {
        left -= one.text.length;
        reasons.push(this.#reason(one));
        continue;
      }
      const { placement, name } = one.part;
      reasons.push({ ...heaviest, weight: one.weight, foundIn: { placement, name, excerpt: '' } });
    }
    return reasons;
  }

  #reason({ part, group, weight, text }: Spoken): Finding {
    const { placement, name } = part;
    const { class: found, words, start, end, pieces } = this.#model.explain(text, group);
    const [piece] = pieces;
    const excerpt = excerptOf(text, piece?.start ?? start, piece?.end ?? end);
    return { detector: 'model', class: found, text: words, weight, foundIn: { placement, name, excerpt } };
  }
}

function isPlain(part: Part): boolean {
  if (part.views.length > 0) return false;
  if (part.value.length < SHORTEST) return true;
  if (part.placement === 'path') return isPlainPath(part.value);
  if (isReferer(part)) return isPlainPath(textOf(part));
  if (part.placement === 'cookie') return part.kind === 'token';
  return part.placement === 'header' && isAgentHeader(part.name) && isPlainAgent(part.value);
}

function isReferer({ placement, name }: Part): boolean {
  return placement === 'header' && name === 'referer';
}

/** A visitor comes from an address: that of a site in an intranet or on a developer's machine is no attack. */
function textOf({ placement, name, value, focus = value }: Part): string {
  if (placement !== 'header' || (name !== 'referer' && name !== 'origin')) return focus;
  return focus.replace(FROM, '');
}
