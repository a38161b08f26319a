// Which places of a long request are read closely. A scout tells quickly how much each place looks like an attack; the
// hottest come first: of what is hot as much is read as fits some milliseconds, of what is lukewarm, as nearly all
// prose is, as much as a short request has. Padding in front of an attack or around it changes neither. The parts stay
// whole; `focus` says what of them is to be read.

import type { Effort } from '../effort.ts';
import { plainName, type Glance, type Part, type View } from '../parts.ts';
import { HAS_UNUSUAL, traitsOf } from './traits.ts';

/** Who is asked about texts while a request is taken apart. */
export interface Watch {
  /** What of all that rules and the model look for is in a text. */
  glance(text: string): Glance;
  /** How much work it is for rules and model to read a text in which this was seen, in units of an effort. */
  work(text: string, glance: Glance): number;
  /** How much the hottest place of a text looks like an attack, in log-odds of a coarse model; 0 for most texts. */
  heat(text: string): number;
  /** The same of each piece of a text, of so many characters. */
  heats(text: string, pieceLength: number): readonly number[];
}

/** A watch is asked for the heat of so many characters at a time. */
export const HEAT_PIECE = 256;
/** So much text of a request is read as a whole. */
export const SHORT_TEXT = 8192;
/** From here on a place is hot: of attacks all but one in a hundred, of honest values one in a hundred. */
const HOT = 1.5;
/** Up to here nothing of a long request is read. */
export const COLD = 0.25;
/** Characters of hot places that are read in one request, with what is beside them. */
const HOT_TEXT = 12_288;
/** The same where nothing depends on it. */
const REFUSED_TEXT = 4096;
/** The same of others. */
const LUKEWARM_TEXT = 4096;
/** Of a longer text only the hottest pieces are read. */
const LONGEST_WHOLE = 768;
/** Read on both sides of a piece. */
const BESIDE = 96;
/** Of a text of which pieces are read, so much of both ends is read: some attacks are one only there. */
const END = 48;

/** Pieces of the rest of a body that share its attention with values. */
const MOST_OF_REST = 64;
const MOST_LUKEWARM: number = LUKEWARM_TEXT / HEAT_PIECE;
/** A longer word may be one in base64. */
const LONGEST_WORD = 16;

/** A text with fewer literals of rules is read at no great cost. */
const FEW_LITERALS = 8;

/** A part of which it is still to be decided what is read. */
export type OpenPart = { -readonly [Key in keyof Part]: Part[Key] };
type OpenView = { -readonly [Key in keyof View]: View[Key] };

/** A piece of a text of a part, or all of it. */
interface Place {
  readonly part: number;
  /** Which of the part's views; -1 for its value. */
  readonly view: number;
  readonly start: number;
  readonly end: number;
  readonly isWhole: boolean;
  readonly heat: number;
}

/** Decides what of some parts of a request is read; true when that is not all of it. */
export function attend(request: Attended): boolean {
  const { parts, from, to, effort } = request;
  if (!isLong(parts, from, to)) {
    const work = workOfAll(request);
    if (work <= effort.readingLeft(to < parts.length)) {
      effort.spendOnReading(work);
      return false;
    }
  }
  readHottest(request);
  return true;
}

/** Whether so much text is in the parts, as far as anybody is asked about them, that not all of it is read. */
function isLong(parts: readonly Part[], from: number, to: number): boolean {
  let length = 0;
  for (let index = from; index < to; index++) {
    const { glance, value, views } = parts[index]!;
    if (glance === undefined || views.length > 0 || glance.literals.length > 0)
      length += lengthOf(value, views);
  }
  return length > SHORT_TEXT;
}

/** Takes a glance at all that nobody has looked at yet, and tells how much work it is to read it. */
function workOfAll({ parts, from, to, watch }: Attended): number {
  let work = 0;
  for (let index = from; index < to; index++) {
    const part = parts[index]!;
    part.glance ??= watch.glance(part.value);
    if (part.views.length > 0 || part.glance.literals.length >= FEW_LITERALS) work += workOf(part, watch);
  }
  return work;
}

/** How much work it is to read what is to be read of a part. */
function workOf(part: OpenPart, watch: Watch): number {
  const { value, focus = value, views } = part;
  part.glance ??= watch.glance(focus);
  let work = watch.work(focus, part.glance);
  for (const view of views as readonly OpenView[])
    // nobody else has the part yet
    work += watch.work(view.text, (view.glance ??= watch.glance(view.text)));
  return work;
}

/** How hot a text with these traits is; a word or a number never is. */
export function heatOf(text: string, traits: number | undefined, watch: Watch): number {
  return isWord(text, traits) ? 0 : watch.heat(text);
}

/** Whether a text is so short and plain that it has no heat. */
export function isWord(text: string, traits: number | undefined): boolean {
  return text.length <= LONGEST_WORD && ((traits ?? traitsOf(text)) & HAS_UNUSUAL) === 0;
}

/** Some parts of a request. */
export interface Attended {
  readonly parts: readonly OpenPart[];
  readonly from: number;
  readonly to: number;
  readonly watch: Watch;
  readonly effort: Effort;
  /** How hot the value of each part is, where somebody has asked. */
  readonly known?: readonly (number | undefined)[];
  /** Whether the request is refused in any case, and so much has to be read only as says why else. */
  readonly isRefused: boolean;
}

/** Gives each of these parts the focus that is left for it, the hottest first, and takes a glance at that. */
function readHottest(request: Attended): void {
  const { parts, from, to, watch, effort } = request;
  const nothing = watch.glance('');
  const ofPart = new Map<number, Place[]>();
  for (const place of hottest(placesOf(request), request)) {
    const own = ofPart.get(place.part);
    if (own === undefined) ofPart.set(place.part, [place]);
    else own.push(place);
  }
  let left = effort.readingLeft(to < parts.length);
  for (const [index, places] of ofPart) {
    if (left <= 0) {
      ofPart.delete(index);
      continue;
    }
    const work = focusOn(parts[index]!, places, watch, left);
    left -= work;
    effort.spendOnReading(work);
  }
  for (let index = from; index < to; index++) {
    if (ofPart.has(index)) continue;
    const part = parts[index]!;
    part.focus = '';
    part.views = NO_VIEWS;
    part.glance = nothing;
  }
}

const NO_VIEWS: readonly View[] = [];

/** Lets a part be read at its hottest places, at as many of them as there is effort for, and tells how much work that is. */
function focusOn(part: OpenPart, places: readonly Place[], watch: Watch, left: number): number {
  const { views } = part;
  for (let count = places.length; ; count >>= 1) {
    setFocus(part, views, places.slice(0, count));
    const work = workOf(part, watch);
    if (work <= left || count === 1) return work;
  }
}

/** Characters of a value and its other readings. */
export function lengthOf(value: string, views: readonly View[]): number {
  let length = value.length;
  for (const { text } of views) length += text.length;
  return length;
}

function placesOf({ parts, from, to, watch, known = [] }: Attended): Place[] {
  const places: Place[] = [];
  for (let part = from; part < to; part++) {
    const { kind, value, views } = parts[part]!;
    if (kind === 'number') continue;
    addPlaces(places, part, -1, value, watch, known[part]);
    for (const [view, { text }] of views.entries()) addPlaces(places, part, view, text, watch);
  }
  return places;
}

function addPlaces(
  places: Place[],
  part: number,
  view: number,
  text: string,
  watch: Watch,
  known?: number,
): void {
  if (text.length <= LONGEST_WHOLE) {
    const heat = known ?? heatOf(text, undefined, watch);
    if (heat > COLD) places.push({ part, view, start: 0, end: text.length, isWhole: true, heat });
    return;
  }
  for (const [piece, heat] of watch.heats(text, HEAT_PIECE).entries()) {
    if (heat <= COLD) continue;
    const start = piece * HEAT_PIECE;
    const end = Math.min(text.length, start + HEAT_PIECE);
    places.push({ part, view, start, end, isWhole: false, heat });
  }
}

function hottest(places: Place[], { parts, isRefused }: Attended): readonly Place[] {
  const most = isRefused ? REFUSED_TEXT : HOT_TEXT;
  places.sort((one, other) => other.heat - one.heat);
  const chosen: Place[] = [];
  const seen = new Set<string>();
  let hotText = 0;
  let text = 0;
  for (const place of places) {
    const isHot = place.heat >= HOT && hotText < most;
    if (!isHot && (isRefused || text >= LUKEWARM_TEXT)) break;
    // What stands there many times, which is how bodies are padded with attacks, is read once.
    const key = contentOf(place, parts[place.part]!);
    if (seen.has(key)) continue;
    seen.add(key);
    const length = place.end - place.start + (place.isWhole ? 0 : 2 * BESIDE);
    if (isHot) hotText += length;
    else text += length;
    chosen.push(place);
  }
  return chosen;
}

/** The same for places in which readers find the same. */
function contentOf({ view, start, end, isWhole }: Place, part: Part): string {
  const all = view < 0 ? part.value : part.views[view]!.text;
  const text = isWhole ? all : all.slice(Math.max(0, start - BESIDE), end + BESIDE);
  return `${part.placement} ${part.kind} ${plainName(part)} ${view < 0} ${text}`;
}

function setFocus(part: OpenPart, views: readonly View[], places: readonly Place[]): void {
  const ofValue = places.filter(({ view }) => view < 0);
  part.focus = focusOf(part.value, ofValue);
  part.views = views.flatMap(({ text, decodings }, index): View[] => {
    const own = places.filter((place) => place.view === index);
    return own.length === 0 ? [] : [{ text: focusOf(text, own), decodings }];
  });
  part.glance = undefined;
}

/** The places with what is beside them, and both ends of the text; all of a text of which most is read. */
function focusOf(text: string, places: readonly Place[]): string {
  if (places.length === 0) return '';
  const { length } = text;
  if (places[0]!.isWhole) return text;
  const sorted = places.toSorted((one, other) => one.start - other.start);
  let focus = '';
  let reached = 0;
  const add = (from: number, to: number): void => {
    const start = Math.max(from, reached);
    if (start >= to) return;
    focus += (start > reached ? '\n' : '') + text.slice(start, to);
    reached = to;
  };
  add(0, END);
  for (const { start, end } of sorted) add(start - BESIDE, Math.min(length, end + BESIDE));
  add(length - END, length);
  return focus;
}

/** A piece of a text that was not taken apart. */
export interface HotPiece {
  readonly value: string;
  readonly heat: number;
}

/** The hottest pieces of the rest of a body, each of which may hold what is hidden behind many values. */
export function hotPieces(text: string, isJson: boolean, watch: Watch): readonly HotPiece[] {
  const places: { readonly start: number; readonly heat: number }[] = [];
  for (const [piece, heat] of watch.heats(text, HEAT_PIECE).entries())
    if (heat > COLD) places.push({ start: piece * HEAT_PIECE, heat });
  const sorted = places.sort((one, other) => other.heat - one.heat).slice(0, MOST_OF_REST);
  // No more of what is lukewarm is read in any case.
  const read = sorted.filter(({ heat }, index) => heat >= HOT || index < MOST_LUKEWARM);
  return read.map(({ start, heat }) => {
    const value = text.slice(Math.max(0, start - BESIDE), start + HEAT_PIECE + BESIDE);
    // The marks of JSON between two values are what attacks end a value with.
    return { value: isJson ? value.replace(/["{}[\],:]{2,}/g, ' ') : value, heat };
  });
}
