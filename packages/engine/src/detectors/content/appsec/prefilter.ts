// Which of many rules can match a request at all. Of every rule one leaf is chosen that has to be true whenever the
// rule is, and of that leaf a text that has to be in the request: in its target, among its headers, in its body. Each
// of these is read once for all rules, so that a request with none of the texts costs little however many there are.
//
// What a rule compares is the place's text with escapes undone, perhaps twice, in one case or the other; looked for
// is therefore the text in lower case, in the place as sent and in every further reading of it.

import { LiteralSet } from '../../../patterns/index.ts';
import { unescapeUrl } from './bytes.ts';
import { unescape } from './json.ts';
import type { RequestView } from './requestView.ts';
import type { AppsecRule, Chain, Leaf, RuleNode, Zone } from './rule.ts';
import { TRANSFORMS } from './transforms.ts';

/** Where a text is looked for. `header` and `cookie` take whole names of headers and all cookies together. */
type Place = 'target' | 'header' | 'headers' | 'values' | 'cookie' | 'body';

interface Anchor {
  readonly place: Place;
  /** In lower case. */
  readonly text: string;
}

/** Any of these has to be there; the higher the score, the rarer. */
interface Anchors {
  readonly anyOf: readonly Anchor[];
  readonly score: number;
}

export class Prefilter {
  readonly #always: readonly number[];
  readonly #target: TextIndex;
  /** Rules by a whole name of a header. */
  readonly #header: ReadonlyMap<string, readonly number[]>;
  /** Texts inside names of headers. */
  readonly #headers: TextIndex;
  readonly #values: TextIndex;
  readonly #cookie: TextIndex;
  readonly #body: TextIndex;
  /** Whether a text for the body has a quote or a backslash, which are escaped in JSON. */
  readonly #hasQuotes: boolean;

  constructor(rules: readonly AppsecRule[]) {
    const always: number[] = [];
    const places = new Map<Place, Map<string, number[]>>();
    for (const [rule, { root }] of rules.entries()) {
      const anchors = anchorsOf(root);
      if (anchors === undefined) always.push(rule);
      for (const { place, text } of anchors?.anyOf ?? []) {
        let texts = places.get(place);
        if (texts === undefined) places.set(place, (texts = new Map()));
        const list = texts.get(text);
        if (list === undefined) texts.set(text, [rule]);
        else list.push(rule);
      }
    }
    const indexOf = (place: Place): TextIndex => new TextIndex(places.get(place) ?? new Map());
    this.#always = always;
    this.#target = indexOf('target');
    this.#header = places.get('header') ?? new Map();
    this.#headers = indexOf('headers');
    this.#values = indexOf('values');
    this.#cookie = indexOf('cookie');
    this.#body = indexOf('body');
    this.#hasQuotes = [...(places.get('body')?.keys() ?? [])].some((text) => /["\\]/.test(text));
  }

  /** The places of the rules that may match, ascending; all others do not. */
  candidates(view: RequestView): readonly number[] {
    const found = new Found(this.#always);
    this.#target.look(view.rawTarget, found, view.needsRewrite ? view.target : undefined);
    for (const [name, value] of view.headers) {
      const rules = this.#header.get(name);
      if (rules !== undefined) found.add(rules);
      if (this.#headers.size > 0 && !COMMON.has(name)) this.#headers.look(name, found);
      if (this.#cookie.size > 0 && name === 'cookie') this.#cookie.look(value, found);
      if (this.#values.size > 0) this.#values.look(value, found);
    }
    if (this.#body.size > 0 && view.rawBody !== '') {
      const isEscaped = view.isJson && (this.#hasQuotes ? /\\[u/"\\]/ : /\\[u/]/).test(view.rawBody);
      this.#body.look(view.rawBody, found, isEscaped ? unescape(view.rawBody) : undefined);
    }
    return found.ascending();
  }
}

/** A list that is copied when first added to. */
class Found {
  #rules: readonly number[];
  #set: Set<number> | undefined;

  constructor(always: readonly number[]) {
    this.#rules = always;
  }

  add(rules: readonly number[]): void {
    this.#set ??= new Set(this.#rules);
    for (const rule of rules) this.#set.add(rule);
  }

  ascending(): readonly number[] {
    if (this.#set !== undefined) this.#rules = [...this.#set].sort((a, b) => a - b);
    return this.#rules;
  }
}

/** How often an escape inside an escape is undone; rules that undo more are not filtered by text. */
const MAX_READINGS = 3;

/** So few texts are looked for one by one in a long place: a search may skip, an automaton reads all. */
const FEW_TEXTS = 16;
const LONG_PLACE = 512;

class TextIndex {
  readonly size: number;
  readonly #texts: readonly string[];
  readonly #set: LiteralSet;
  readonly #rulesOf: readonly (readonly number[])[];

  constructor(rulesOf: ReadonlyMap<string, readonly number[]>) {
    this.size = rulesOf.size;
    this.#texts = [...rulesOf.keys()];
    this.#set = new LiteralSet(this.#texts);
    this.#rulesOf = [...rulesOf.values()];
  }

  /** Looks in the text, in another one where given, and in what is left of both as escapes are undone. */
  look(text: string, found: Found, other?: string): void {
    this.#lookIn(text, found);
    if (other !== undefined && other !== text) this.#lookIn(other, found);
  }

  #lookIn(text: string, found: Found): void {
    let reading = text.toLowerCase();
    this.#scan(reading, found);
    for (let round = 0; round < MAX_READINGS && reading.includes('%'); round++) {
      const decoded = unescapeUrl(reading, false).toLowerCase();
      if (decoded === reading) return;
      this.#scan(decoded, found);
      reading = decoded;
    }
  }

  #scan(text: string, found: Found): void {
    if (this.size <= FEW_TEXTS && text.length >= LONG_PLACE) {
      for (const [i, literal] of this.#texts.entries())
        if (text.includes(literal)) found.add(this.#rulesOf[i]!);
      return;
    }
    const literals = this.#set.indexesIn(text);
    for (let i = 0; i < literals.length; i++) found.add(this.#rulesOf[literals[i]!]!);
  }
}

/** Returns the value after all changes. */
export function change(value: string, { steps }: Chain): string {
  let changed = value;
  for (const step of steps) changed = step(changed);
  return changed;
}

function anchorsOf(node: RuleNode): Anchors | undefined {
  switch (node.kind) {
    case 'leaf':
      return anchorsOfLeaf(node);
    case 'and': {
      let best: Anchors | undefined;
      for (const part of node.nodes) {
        const anchors = anchorsOf(part);
        if (anchors !== undefined && (best === undefined || anchors.score > best.score)) best = anchors;
      }
      return best;
    }
    case 'or':
      return together(node.nodes.map(anchorsOf));
  }
}

function together(all: readonly (Anchors | undefined)[]): Anchors | undefined {
  const anyOf: Anchor[] = [];
  let score = Infinity;
  for (const anchors of all) {
    if (anchors === undefined) return undefined;
    anyOf.push(...anchors.anyOf);
    score = Math.min(score, anchors.score);
  }
  return { anyOf, score };
}

/** A count of none may be true, so a leaf that counts holds nothing; any other needs a value to be true of. */
function anchorsOfLeaf(leaf: Leaf): Anchors | undefined {
  if (leaf.isCount) return undefined;
  return together(leaf.zones.map((zone) => better(anchorsOfValue(leaf, zone), anchorsOfName(leaf, zone))));
}

function better(one: Anchors | undefined, other: Anchors | undefined): Anchors | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.score >= other.score ? one : other;
}

/** Where the values of a zone stand, and how telling a text there is; a zone that is not here is not searched. */
const VALUES: Readonly<Partial<Record<Zone, readonly [place: Place, score: number]>>> = {
  URI: ['target', 40],
  URI_FULL: ['target', 40],
  ARGS: ['target', 24],
  ARGS_NAMES: ['target', 24],
  HEADERS_NAMES: ['headers', 20],
  COOKIES: ['cookie', 14],
  COOKIES_NAMES: ['cookie', 14],
  HEADERS: ['values', 10],
  BODY_ARGS: ['body', 12],
  BODY_ARGS_NAMES: ['body', 12],
  RAW_BODY: ['body', 12],
  FILES: ['body', 12],
  FILENAMES: ['body', 12],
  FILES_NAMES: ['body', 12],
};

const NAMES: Readonly<Partial<Record<Zone, readonly [place: Place, score: number]>>> = {
  ARGS: ['target', 22],
  ARGS_NAMES: ['target', 22],
  HEADERS: ['header', 30],
  HEADERS_NAMES: ['header', 30],
  COOKIES: ['cookie', 14],
  COOKIES_NAMES: ['cookie', 14],
  BODY_ARGS: ['body', 10],
  BODY_ARGS_NAMES: ['body', 10],
};

/** Shorter texts are in every other request. */
const MIN_LENGTH = 3;

function anchorsOfValue(leaf: Leaf, zone: Zone): Anchors | undefined {
  const { required } = leaf.operator;
  if (required === undefined || leaf.isNegated) return undefined;
  const reach = reachOf(leaf.chain);
  if (reach === 'none') return undefined;
  const texts = reach === 'text' ? required.anyOf : required.anyOf.map((text) => longestStep(text, /[/\\]/));
  // The name of a leaf in JSON is its path, of which only the steps are in the body.
  return anchorsAt(
    VALUES[zone],
    zone === 'BODY_ARGS_NAMES' ? texts.map((text) => longestStep(text, /\./)) : texts,
  );
}

function anchorsOfName(leaf: Leaf, zone: Zone): Anchors | undefined {
  const texts: string[] = [];
  for (const selector of leaf.selectors) {
    if (selector.kind === 'name') texts.push(selector.name);
    else if (selector.required === undefined || zone.startsWith('HEADERS')) return undefined;
    else texts.push(...selector.required);
  }
  const place = NAMES[zone];
  if (place?.[0] === 'header') {
    const isCommon = texts.some((text) => COMMON.has(text));
    return anchorsAt([place[0], isCommon ? 4 : place[1]], texts, 1);
  }
  return anchorsAt(
    place,
    zone === 'BODY_ARGS' || zone === 'BODY_ARGS_NAMES' ? texts.map((text) => longestStep(text, /\./)) : texts,
  );
}

/** Blank and plus are each other's escape, so texts with them are not looked for. */
function anchorsAt(
  place: readonly [place: Place, score: number] | undefined,
  texts: readonly string[],
  minLength = MIN_LENGTH,
): Anchors | undefined {
  if (place === undefined || texts.length === 0) return undefined;
  const shortest = Math.min(...texts.map((text) => text.length));
  if (shortest < minLength || texts.some((text) => /[ +]/.test(text))) return undefined;
  const anyOf = texts.map((text): Anchor => ({ place: place[0], text: text.toLowerCase() }));
  return { anyOf, score: place[1] + Math.min(shortest, 12) };
}

/** Names that most requests have. */
const COMMON: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'origin',
  'referer',
  'user-agent',
]);

/** Of a path the longest step, which is there however the path was written; no place in a list, and not `json`. */
function longestStep(text: string, separator: RegExp): string {
  let longest = '';
  for (const step of text.split(separator)) {
    if (step.length > longest.length && !/^[0-9]+$/.test(step) && !'json'.includes(step)) longest = step;
  }
  return longest;
}

/** Whether a text that is there after the changes is in a reading of what was sent, or only each of its steps. */
function reachOf(chain: Chain): 'text' | 'steps' | 'none' {
  let decodings = 1;
  let reached: 'text' | 'steps' = 'text';
  for (const name of chain.key === '' ? [] : chain.key.split(',')) {
    const { reach } = TRANSFORMS.get(name)!; // only known names are in a chain
    if (reach === 'any') return 'none';
    if (reach === 'path') reached = 'steps';
    if (reach === 'percent') decodings++;
  }
  return decodings <= MAX_READINGS ? reached : 'none';
}
