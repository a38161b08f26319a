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

/**
 * Where a text is looked for. `header` takes whole names of headers, `cookie` all cookies together; `fields` is the body
 * when it is no JSON, in which every name begins with `json`.
 */
type Place = 'target' | 'header' | 'headers' | 'values' | 'cookie' | 'body' | 'fields';

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
  /** For bodies that are JSON, and for all others. */
  readonly #json: TextIndex;
  readonly #fields: TextIndex;
  /** How characters of the texts for JSON may be escaped there. */
  readonly #jsonEscapes: readonly string[];

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
    const textsAt = (place: Place): ReadonlyMap<string, readonly number[]> => places.get(place) ?? new Map();
    this.#always = always;
    this.#target = new TextIndex(textsAt('target'));
    this.#header = textsAt('header');
    this.#headers = new TextIndex(textsAt('headers'));
    this.#values = new TextIndex(textsAt('values'));
    this.#cookie = new TextIndex(textsAt('cookie'));
    this.#json = new TextIndex(textsAt('body'));
    this.#fields = new TextIndex(bothOf(textsAt('body'), textsAt('fields')));
    this.#jsonEscapes = escapesOf([...textsAt('body').keys()]);
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
    if (view.rawBody !== '') {
      const body = view.isJson ? this.#json : this.#fields;
      if (body.size > 0) body.look(view.rawBody, found, this.#unescaped(view));
    }
    return found.ascending();
  }

  /** The body with the escapes of JSON undone, where that could show a text. */
  #unescaped({ rawBody, isJson }: RequestView): string | undefined {
    if (!isJson) return undefined;
    return this.#jsonEscapes.some((escape) => rawBody.includes(escape)) ? unescape(rawBody) : undefined;
  }
}

function bothOf(
  one: ReadonlyMap<string, readonly number[]>,
  other: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const both = new Map(one);
  for (const [text, rules] of other) both.set(text, [...(both.get(text) ?? []), ...rules]);
  return both;
}

/** Any character may be written as `\\u0041`; three others that occur in texts have escapes of their own. */
function escapesOf(texts: readonly string[]): readonly string[] {
  const own = ['/', '"', '\\'].filter((character) => texts.some((text) => text.includes(character)));
  return ['\\u', ...own.map((character) => `\\${character}`)];
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
};

/** Shorter texts are in every other request. */
const MIN_LENGTH = 3;

function anchorsOfValue(leaf: Leaf, zone: Zone): Anchors | undefined {
  const { required } = leaf.operator;
  if (required === undefined || leaf.isNegated) return undefined;
  const reach = reachOf(leaf.chain);
  if (reach === 'none') return undefined;
  const texts = reach === 'text' ? required.anyOf : required.anyOf.map((text) => longestStep(text, /[/\\]/));
  if (zone !== 'BODY_ARGS_NAMES') return anchorsAt(VALUES[zone], texts);
  const isStart = leaf.operator.type === 'equals' || leaf.operator.type === 'startsWith';
  return anchorsOfField(texts, isStart && reach === 'text', 12);
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
  if (zone !== 'BODY_ARGS' && zone !== 'BODY_ARGS_NAMES') return anchorsAt(place, texts);
  return anchorsOfField(
    texts,
    leaf.selectors.every(({ kind }) => kind === 'name'),
    10,
  );
}

/**
 * Of names in a body. In JSON a name is the path to a leaf, of which only the steps are in the body; `isStart`: names
 * begin with the texts, so that those without `json` are of no body that is.
 */
function anchorsOfField(texts: readonly string[], isStart: boolean, score: number): Anchors | undefined {
  const isJsons = !isStart || texts.some((text) => text.toLowerCase().startsWith('json'));
  return anchorsAt(
    [isJsons ? 'body' : 'fields', score],
    texts.map((text) => longestStep(text, /\./)),
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
