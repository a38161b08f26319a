// Asks all rules about a request: first which of them can match at all, then those one by one.

import type { AttackClass, FoundIn, InspectedRequest, Placement } from '@parapet/kinds';
import { toText } from './bytes.ts';
import type { Entry } from './pairs.ts';
import { change, Prefilter } from './prefilter.ts';
import { RequestView } from './requestView.ts';
import type { AppsecRule, Leaf, RuleNode, Zone } from './rule.ts';

/** A rule that the request matches, and where. */
export interface AppsecFinding {
  readonly rule: AppsecRule;
  readonly class: AttackClass;
  /** One for each leaf of the rule that was true, in the rule's order. */
  readonly matched: readonly AppsecMatch[];
  /** The most telling of the matched places: an argument before a path, a path before the method. */
  readonly foundIn: FoundIn;
}

export interface AppsecMatch extends FoundIn {
  readonly zone: Zone;
}

export class AppsecRules {
  readonly rules: readonly AppsecRule[];
  readonly #prefilter: Prefilter;

  constructor(rules: readonly AppsecRule[]) {
    this.rules = rules;
    this.#prefilter = new Prefilter(rules);
  }

  /** The rules that the request matches, in their order; empty for nearly every request. Never throws. */
  match(request: InspectedRequest): readonly AppsecFinding[] {
    if (this.rules.length === 0) return NO_FINDINGS;
    const view = new RequestView(request);
    const candidates = this.#prefilter.candidates(view);
    if (candidates.length === 0) return NO_FINDINGS;
    const findings: AppsecFinding[] = [];
    for (const index of candidates) {
      const rule = this.rules[index]!;
      const matched: AppsecMatch[] = [];
      if (!isTrue(rule.root, view, matched)) continue;
      findings.push({ rule, class: rule.class, matched, foundIn: mostTelling(matched) });
    }
    return findings;
  }
}

const NO_FINDINGS: readonly AppsecFinding[] = [];

function isTrue(node: RuleNode, view: RequestView, matched: AppsecMatch[]): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((part) => isTrue(part, view, matched));
    case 'or': {
      for (const part of node.nodes) {
        const before = matched.length;
        if (isTrue(part, view, matched)) return true;
        matched.length = before;
      }
      return false;
    }
    case 'leaf':
      return node.isCount ? isCountTrue(node, view, matched) : isLeafTrue(node, view, matched);
  }
}

/** True when it is of any value; of a zone that has none, nothing is true. */
function isLeafTrue(leaf: Leaf, view: RequestView, matched: AppsecMatch[]): boolean {
  for (const zone of leaf.zones) {
    for (const entry of view.values(zone)) {
      if (!isSelected(leaf, entry.name)) continue;
      const value = change(entry.value, leaf.chain);
      if (leaf.operator.test(value) === leaf.isNegated) continue;
      matched.push(matchOf(leaf, zone, entry, value, view));
      return true;
    }
  }
  return false;
}

/** Each zone, and each name of `variables`, is counted by itself. */
function isCountTrue(leaf: Leaf, view: RequestView, matched: AppsecMatch[]): boolean {
  for (const zone of leaf.zones) {
    const values = view.values(zone);
    const counts =
      leaf.selectors.length === 0
        ? [values.length]
        : leaf.selectors.map(
            (one) => values.filter(({ name }) => isSelected({ selectors: [one] }, name)).length,
          );
    for (const count of counts) {
      const value = change(String(count), leaf.chain);
      if (leaf.operator.test(value) === leaf.isNegated) continue;
      const named = leaf.selectors[0]?.kind === 'name' ? leaf.selectors[0].name : '';
      matched.push({ zone, placement: PLACEMENTS[zone], name: named, excerpt: '' });
      return true;
    }
  }
  return false;
}

function isSelected({ selectors }: Pick<Leaf, 'selectors'>, name: string): boolean {
  if (selectors.length === 0) return true;
  const lower = name.toLowerCase();
  return selectors.some((one) => (one.kind === 'name' ? one.name === lower : one.test(name)));
}

const EXCERPT = 120;
/** Names of values that are never shown. */
const SECRET =
  /pass(?:w|wd|word|phrase)?\d*\b|secret|token|authori[sz]ation|session|cookie|credential|api.?key/i;

function matchOf(leaf: Leaf, zone: Zone, entry: Entry, value: string, view: RequestView): AppsecMatch {
  const name = toText(entry.name);
  const placement = placementOf(zone, view);
  const isSecret = SECRET.test(name) && !zone.endsWith('_NAMES');
  return { zone, placement, name, excerpt: isSecret ? '' : excerptOf(leaf, value) };
}

/** What the comparison looked for and a little around it. */
function excerptOf(leaf: Leaf, value: string): string {
  const [literal] = leaf.operator.required?.anyOf ?? [];
  const at = literal === undefined ? 0 : Math.max(0, value.indexOf(literal));
  const start = leaf.operator.type === 'contains' ? Math.max(0, at - 20) : at < EXCERPT / 2 ? 0 : at - 20;
  const from = start > 0 && (value.charCodeAt(start) & 0xc0) === 0x80 ? start - 1 : start;
  return toText(value.slice(from, from + EXCERPT)).slice(0, EXCERPT);
}

const PLACEMENTS: Readonly<Record<Zone, Placement>> = {
  ARGS: 'query',
  ARGS_NAMES: 'name',
  BODY_ARGS: 'form',
  BODY_ARGS_NAMES: 'name',
  COOKIES: 'cookie',
  COOKIES_NAMES: 'name',
  FILES: 'filename',
  FILENAMES: 'filename',
  FILES_NAMES: 'name',
  FILES_TOTAL_SIZE: 'multipart',
  HEADERS: 'header',
  HEADERS_NAMES: 'name',
  METHOD: 'path',
  PROTOCOL: 'path',
  URI: 'path',
  URI_FULL: 'path',
  RAW_BODY: 'body',
};

function placementOf(zone: Zone, view: RequestView): Placement {
  return zone === 'BODY_ARGS' && view.isJson ? 'json' : PLACEMENTS[zone];
}

/** The method and the protocol say least, then the path. */
function mostTelling(matched: readonly AppsecMatch[]): FoundIn {
  let best: AppsecMatch | undefined;
  for (const one of matched) if (best === undefined || telling(one) > telling(best)) best = one;
  if (best === undefined) return { placement: 'path', name: '', excerpt: '' };
  const { placement, name, excerpt } = best;
  return { placement, name, excerpt };
}

function telling({ zone }: AppsecMatch): number {
  if (zone === 'METHOD' || zone === 'PROTOCOL') return 0;
  return zone === 'URI' || zone === 'URI_FULL' ? 1 : 2;
}
