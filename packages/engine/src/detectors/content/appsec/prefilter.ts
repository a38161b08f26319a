// Which of many rules can match a request at all. Of every rule one leaf is chosen that has to be true whenever the
// rule is, and of that leaf a text that has to be in the request: in its target, among its headers, in its body. Each
// of these is read once for all rules, so that a request with none of the texts costs little however many there are.
//
// What a rule compares is the place's text with escapes undone, perhaps twice, in one case or the other; looked for
// is therefore the text in lower case, in the place as sent and in every further reading of it.

import { LiteralSet } from '../../../patterns/index.ts';
import { isAscii, unescapeUrl } from './bytes.ts';
import { ByteSearch, undoPercent } from './byteSearch.ts';
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
  /** Of `values`: in the header of this name, or in any when it is empty. */
  readonly header?: string;
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
  /** Of names of headers, whole ones and texts inside them. */
  readonly #names: NameIndex;
  /** Texts in values, by the header's name; those under the empty name are looked for in all. */
  readonly #values: ReadonlyMap<string, TextIndex>;
  readonly #cookie: TextIndex;
  /** For bodies that are JSON, and for all others. */
  readonly #json: BodyIndex;
  readonly #fields: BodyIndex;

  constructor(rules: readonly AppsecRule[]) {
    const always: number[] = [];
    const places = new Map<Place, Map<string, number[]>>();
    const values = new Map<string, Map<string, number[]>>();
    for (const [rule, { root }] of rules.entries()) {
      const anchors = anchorsOf(root);
      if (anchors === undefined) always.push(rule);
      for (const { place, text, header } of anchors?.anyOf ?? []) {
        const texts = header === undefined ? of(places, place) : of(values, header);
        const list = texts.get(text);
        if (list === undefined) texts.set(text, [rule]);
        else list.push(rule);
      }
    }
    this.#always = always;
    this.#target = new TextIndex(of(places, 'target'));
    this.#names = new NameIndex(of(places, 'header'), new TextIndex(of(places, 'headers')));
    this.#values = new Map([...values].map(([header, texts]) => [header, new TextIndex(texts)]));
    this.#cookie = new TextIndex(of(places, 'cookie'));
    this.#json = new BodyIndex(of(places, 'body'));
    this.#fields = new BodyIndex(bothOf(of(places, 'body'), of(places, 'fields')));
  }

  /** The places of the rules that may match, ascending; all others do not. */
  candidates(view: RequestView): readonly number[] {
    const found = new Found(this.#always);
    this.#target.look(view.rawTarget, found, view.needsRewrite ? view.target : undefined);
    const everywhere = this.#values.get('');
    for (const [name, value] of view.headers) {
      const rules = this.#names.rulesOf(name);
      if (rules.length > 0) found.add(rules);
      if (name === 'cookie') this.#cookie.look(value, found);
      this.#values.get(name)?.look(value, found);
      everywhere?.look(value, found);
    }
    const { body } = view;
    if (body !== undefined && body.length > 0) {
      if (view.isJson) this.#json.look(body, found, true);
      else this.#fields.look(body, found, false);
    }
    return found.ascending();
  }
}

function of<K>(map: Map<K, Map<string, number[]>>, key: K): Map<string, number[]> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, (inner = new Map()));
  return inner;
}

function bothOf(
  one: ReadonlyMap<string, readonly number[]>,
  other: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const both = new Map(one);
  for (const [text, rules] of other) both.set(text, [...(both.get(text) ?? []), ...rules]);
  return both;
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

class TextIndex {
  readonly #size: number;
  readonly #set: LiteralSet;
  readonly #rulesOf: readonly (readonly number[])[];

  constructor(rulesOf: ReadonlyMap<string, readonly number[]>) {
    this.#size = rulesOf.size;
    this.#set = new LiteralSet([...rulesOf.keys()]);
    this.#rulesOf = [...rulesOf.values()];
  }

  /** Looks in the text, in another one where given, and in what is left of both as escapes are undone. */
  look(text: string, found: Found, other?: string): void {
    if (this.#size === 0) return;
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
    const literals = this.#set.indexesIn(text);
    for (let i = 0; i < literals.length; i++) found.add(this.#rulesOf[literals[i]!]!);
  }
}

/** Clients send the same names again and again: what a name comes to is kept. */
class NameIndex {
  readonly #whole: ReadonlyMap<string, readonly number[]>;
  readonly #inside: TextIndex;
  readonly #kept = new Map<string, readonly number[]>();

  constructor(whole: ReadonlyMap<string, readonly number[]>, inside: TextIndex) {
    this.#whole = whole;
    this.#inside = inside;
  }

  rulesOf(name: string): readonly number[] {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const found = new Found(this.#whole.get(name) ?? []);
    this.#inside.look(name, found);
    const rules = found.ascending();
    if (this.#kept.size < MAX_NAMES && name.length < MAX_NAME) this.#kept.set(name, rules);
    return rules;
  }
}

/** A client that sends names nobody else does gets no more than this of the memory. */
const MAX_NAMES = 500;
const MAX_NAME = 64;

/** A body is looked through as bytes: as sent, with the escapes of JSON undone, and with percent escapes undone. */
class BodyIndex {
  readonly #size: number;
  readonly #search: ByteSearch;
  readonly #rulesOf: readonly (readonly number[])[];
  /** How characters of the texts may be escaped in JSON. */
  readonly #escapes: readonly string[];

  constructor(rulesOf: ReadonlyMap<string, readonly number[]>) {
    const texts = [...rulesOf.keys()];
    this.#size = texts.length;
    this.#search = new ByteSearch(texts);
    this.#rulesOf = [...rulesOf.values()];
    this.#escapes = escapesOf(texts);
  }

  look(body: Uint8Array, found: Found, isJson: boolean): void {
    if (this.#size === 0) return;
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#lookIn(bytes, found);
    if (!isJson || !this.#escapes.some((escape) => bytes.includes(escape, 0, 'latin1'))) return;
    this.#lookIn(Buffer.from(unescape(bytes.toString('latin1')), 'latin1'), found);
  }

  #lookIn(bytes: Uint8Array, found: Found): void {
    const onFound = (text: number): void => found.add(this.#rulesOf[text]!);
    this.#search.find(bytes, onFound);
    if (!bytes.includes(0x25)) return;
    const into = new Uint8Array(bytes.length);
    let reading = undoPercent(bytes, into);
    for (let round = 1; reading !== undefined; round++) {
      this.#search.find(reading, onFound);
      // What is undone is never longer, so from the second time on it may be written over itself.
      reading = round < MAX_READINGS ? undoPercent(reading, reading) : undefined;
    }
  }
}

/** Any character may be written as `\\u0041`; three others that occur in texts have escapes of their own. */
function escapesOf(texts: readonly string[]): readonly string[] {
  const own = ['/', '"', '\\'].filter((character) => texts.some((text) => text.includes(character)));
  return ['\\u', ...own.map((character) => `\\${character}`)];
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
  if (zone === 'HEADERS') return anchorsOfHeader(leaf, texts);
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

/** Where headers are named, in those alone. */
function anchorsOfHeader({ selectors }: Leaf, texts: readonly string[]): Anchors | undefined {
  const names = selectors.flatMap((one) => (one.kind === 'name' ? [one.name] : []));
  const anchors = anchorsAt(['values', names.length === 0 ? 10 : 16], texts);
  if (anchors === undefined) return undefined;
  const headers = names.length === 0 || names.length < selectors.length ? [''] : names;
  const anyOf = headers.flatMap((header) => anchors.anyOf.map((anchor): Anchor => ({ ...anchor, header })));
  return { anyOf, score: anchors.score };
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

/** Blank and plus are each other's escape, and letters beyond ASCII change their bytes with their case: both are not looked for. */
function anchorsAt(
  place: readonly [place: Place, score: number] | undefined,
  texts: readonly string[],
  minLength = MIN_LENGTH,
): Anchors | undefined {
  if (place === undefined || texts.length === 0) return undefined;
  const shortest = Math.min(...texts.map((text) => text.length));
  if (shortest < minLength || texts.some((text) => /[ +]/.test(text) || !isAscii(text))) return undefined;
  const anyOf = texts.map((text): Anchor => ({ place: place[0], text: text.toLowerCase() }));
  const isEverywhere = texts.some((text) => IN_MULTIPART.has(text.toLowerCase()));
  return { anyOf, score: (isEverywhere ? 0 : place[1]) + Math.min(shortest, 12) };
}

/** Words of every multipart body. */
const IN_MULTIPART: ReadonlySet<string> = new Set([
  'content',
  'disposition',
  'form-data',
  'name',
  'filename',
]);

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
