// Where the readers of query, body and headers put what they find: keeps the order, applies the limits, and adds the
// other readings of each value.

import type { FieldKind, Placement } from '@parapet/kinds';
import { Effort } from '../effort.ts';
import type { Anomaly, Glance, View } from '../parts.ts';
import {
  attend,
  COLD,
  HEAT_PIECE,
  isWord,
  heatOf,
  hotPieces,
  lengthOf,
  SHORT_TEXT,
  type OpenPart,
  type Watch,
} from './attention.ts';
import { excerptOf, suspicionOf } from './excerpt.ts';
import type { DecodeLimits } from './limits.ts';
import { HAS_WIDE, isUnusualName, traitsFrom, traitsOf } from './traits.ts';
import { mayUnwrap, NO_VIEWS, viewsOf } from './views.ts';

/** Past `limits.parts` so many of the most suspicious values still stand alone; the others share one excerpt. */
const KEPT_ALONE = 31;
/** The same where a watch tells of each how hot it is: what is cold is not among them. */
const KEPT_WARM = 128;
const REST_LENGTH = 16_384;
const LONGEST_NAME = 256;
/** PHP reads 1000 parameters and drops the others. */
const MOST_LATE = 1024;
/** From so many parts on, what is added again is not looked at again. */
const FEW_PARTS = 64;
const RECENT_MASK = 255;
/** Of a value for which there is hardly room any more so many characters are kept, and as many of its other readings. */
const LEAST_ROOM = 1024;
/** Of a longer one that comes after the limits an excerpt is kept. */
const LONGEST_LATE = 1024;
/** One of the query, one of the body and some of cookies. */
const MOST_RESTS = 8;

interface Late {
  readonly placement: Placement;
  readonly name: string;
  readonly value: string;
  readonly suspicion: number;
}

export class Collector {
  readonly parts: OpenPart[] = [];
  readonly anomalies: Anomaly[] = [];
  /** These two as in `RequestParts`; the second is known when all is finished. */
  bodyFrom: number | undefined;
  isHeadSkimmed = false;
  readonly effort: Effort = new Effort();
  readonly #limits: DecodeLimits;
  /** Of each part the heat of its value, where it is known. */
  readonly #heats: (number | undefined)[] = [];
  readonly #mostLate: number;
  /** Some of the parts that came last, by length and ends of what they hold. */
  readonly #recent: (OpenPart | undefined)[] = [];
  #late: Late[] = [];
  readonly #rests: Late[] = [];
  #rest = '';
  #added = 0;
  /** Values that are not more suspicious than this are not kept any more. */
  #lateFrom = COLD;
  readonly #watch: Watch | undefined;
  /** Whether nobody looks at a part before all are there. */
  #isPostponed = false;

  constructor(limits: DecodeLimits, watch?: Watch) {
    this.#limits = limits;
    this.#mostLate = watch === undefined ? KEPT_ALONE : KEPT_WARM;
    this.#watch = watch;
  }

  /**
   * Adds a value with its other readings; `lenient` is what a decoder sees that takes overlong characters, `traits` are
   * those of the value, where they are known.
   */
  add(
    placement: Placement,
    name: string,
    value: string,
    kind: FieldKind = 'text',
    lenient?: string,
    traits?: number,
  ): void {
    this.#added++;
    if (lenient === undefined && this.#isRepeated(placement, name, value, kind)) return;
    if (lenient !== undefined)
      this.note('overlong-utf8', placement, name, isOnlyOverlong(value, lenient) ? 'refuse' : 'note');
    if (this.#isLate()) {
      this.#addLate(placement, name, lenient ?? value, lenient === undefined ? traits : undefined);
      return;
    }
    const isExcerpt = value.length > this.#limits.valueLength;
    this.#push(
      placement,
      name,
      isExcerpt ? this.#excerpt(value, this.#limits.valueLength) : value,
      kind,
      lenient,
      isExcerpt,
      isExcerpt ? undefined : traits,
    );
  }

  /** Adds a value that is known to have no other readings. */
  addPlain(placement: Placement, name: string, value: string, kind: FieldKind): void {
    this.#added++;
    if (this.#isLate()) this.#addLate(placement, name, value, undefined);
    else {
      this.effort.spendOnPart(true, value.length, 0, 0);
      this.#keep(placement, name, value, NO_VIEWS, kind, false, this.#look(value));
    }
  }

  /** Whether a value with these traits would not be kept, as it is a word behind many values; then it counts as added. */
  isWordTooMany(value: string, traits: number | undefined): boolean {
    if (!this.#isLate() || this.#watch === undefined || !isWord(value, traits)) return false;
    this.#added++;
    return true;
  }

  /** Whether so much was added that readers are to stop and give what they have not read to `addRest`. */
  isFull(): boolean {
    return this.#added > this.#limits.parts + MOST_LATE || !this.effort.mayDecode;
  }

  /** Adds text that was not taken apart any more. */
  addRest(placement: Placement, text: string): void {
    const name = 'rest';
    this.note('too-many-parts', placement, name, 'note');
    this.effort.spendOnPassing(text.length);
    if (this.#watch !== undefined) {
      for (const { value, heat } of hotPieces(text, placement === 'json', this.#watch))
        this.#keepLate({ placement, name, value, suspicion: heat });
      return;
    }
    if (this.#rests.length < MOST_RESTS) {
      this.#rests.push({ placement, name, value: excerptOf(text, REST_LENGTH), suspicion: 0 });
    } else this.#addLate(placement, name, text, undefined);
  }

  /** Adds the name of a parameter as a part of its own when it holds what names do not. */
  addName(name: string, rawName: string = name): void {
    if (isUnusualName(rawName)) this.add('name', name, rawName);
  }

  /** Adds an anomaly; one of a code and placement is enough, so that many of one kind hide no other. */
  note(code: string, placement: Placement, name: string, severity: Anomaly['severity']): void {
    for (const known of this.anomalies) {
      if (known.code === code && known.placement === placement && known.severity === severity) return;
    }
    if (this.anomalies.length < 64) this.anomalies.push({ code, placement, name, severity });
  }

  /** A mark to go back to when what looked like JSON turns out to be none. */
  mark(): { readonly parts: number; readonly anomalies: number } {
    return { parts: this.parts.length, anomalies: this.anomalies.length };
  }

  goBackTo(mark: ReturnType<Collector['mark']>): void {
    this.parts.length = mark.parts;
    this.anomalies.length = mark.anomalies;
  }

  /** To be called once, when all has been added: gives what came after the limit. */
  finish(): void {
    this.#addRests();
    const watch = this.#watch;
    if (watch === undefined) return;
    const { parts, effort } = this;
    const from = this.bodyFrom ?? parts.length;
    // Nothing that is found changes what becomes of a request that is refused.
    const isRefused = this.anomalies.some(({ severity }) => severity === 'refuse');
    this.isHeadSkimmed = attend({ parts, from: 0, to: from, watch, isRefused, effort });
    if (from < parts.length)
      attend({ parts, from, to: parts.length, watch, isRefused, effort, known: this.#heats });
  }

  /** Whether what is added now waits for all others, and only the hottest of it becomes parts. */
  #isLate(): boolean {
    return this.parts.length >= this.#limits.parts || !this.effort.mayDecode;
  }

  /** To be called before a body of so many bytes is read: of a long one it is decided in the end what is looked at. */
  beginBody(length: number): void {
    this.bodyFrom = this.parts.length;
    this.#isPostponed = length > SHORT_TEXT;
  }

  /** Nothing when it is too early to look. */
  #look(text: string): Glance | undefined {
    return this.#isPostponed ? undefined : this.#watch?.glance(text);
  }

  #excerpt(text: string, limit: number): string {
    if (text.length <= limit) return text;
    this.effort.spendOnPassing(text.length);
    return excerptOf(text, limit, this.#watch?.heats(text, HEAT_PIECE));
  }

  #addRests(): void {
    this.#sortOutLate();
    for (const { placement, name, value } of this.#rests) {
      this.#push(placement, name, value, 'text', undefined, true);
    }
    if (this.#late.length === 0) return;
    this.note('too-many-parts', 'body', '', 'note');
    for (const { placement, name, value, suspicion } of this.#late.toSorted(hotterFirst)) {
      if (this.effort.charactersLeft(true) === 0) break;
      this.#heats[this.parts.length] = suspicion;
      this.#push(placement, name, value, 'text', undefined, false);
    }
    if (this.#rest !== '') this.#push('body', '', this.#rest, 'text', undefined, true);
    this.#late = [];
    this.#rest = '';
  }

  #push(
    placement: Placement,
    name: string,
    value: string,
    kind: FieldKind,
    lenient: string | undefined,
    isExcerpt: boolean,
    known?: number,
  ): void {
    const isLate = this.#isLate();
    const room = Math.max(LEAST_ROOM, this.effort.charactersLeft(isLate));
    const shown = value.length > room ? this.#excerpt(value, room) : value;
    const glance = this.#look(shown);
    let traits = known;
    traits ??= glance === undefined || shown !== value ? traitsOf(value) : traitsFrom(glance.signs, value);
    if (this.#isPostponed && isWord(shown, traits)) this.#heats[this.parts.length] = 0;
    const other =
      lenient === undefined || isExcerpt ? lenient && excerptOf(lenient, this.#limits.valueLength) : lenient;
    const bits = traits | (lenient === undefined ? 0 : HAS_WIDE);
    const isPlain = lenient === undefined && !mayUnwrap(shown, bits);
    const roomOfViews = Math.max(LEAST_ROOM, this.effort.charactersLeftForViews(isLate, shown.length));
    const views = isPlain ? NO_VIEWS : viewsOf(shown, bits, other, roomOfViews);
    this.effort.spendOnPart(isPlain, shown.length, views.length, lengthOf('', views));
    this.#keep(placement, name, shown, views, kind, isExcerpt || shown !== value, glance);
  }

  #keep(
    placement: Placement,
    name: string,
    value: string,
    views: readonly View[],
    kind: FieldKind,
    isExcerpt: boolean,
    glance: Glance | undefined,
  ): void {
    const focus = undefined;
    const part: OpenPart = {
      placement,
      name: shortName(name),
      value,
      views,
      kind,
      isExcerpt,
      focus,
      glance,
    };
    if (this.parts.push(part) > FEW_PARTS) this.#recent[slotOf(name, value)] = part;
  }

  /** Whether the same stands there already, as it does very often in bodies that were made long on purpose. */
  #isRepeated(placement: Placement, name: string, value: string, kind: FieldKind): boolean {
    if (this.parts.length <= FEW_PARTS) return false;
    const recent = this.#recent[slotOf(name, value)];
    if (recent === undefined || recent.value !== value || recent.name !== name) return false;
    return recent.placement === placement && recent.kind === kind;
  }

  #addLate(placement: Placement, name: string, value: string, traits: number | undefined): void {
    const watch = this.#watch;
    this.effort.spendOnPassing(value.length);
    const heats = value.length > LONGEST_LATE ? watch?.heats(value, HEAT_PIECE) : undefined;
    let suspicion = Math.max(0, ...(heats ?? []));
    if (watch === undefined) suspicion = suspicionOf(value);
    else if (heats === undefined) suspicion = heatOf(value, traits, watch);
    if (watch !== undefined && suspicion <= this.#lateFrom) return;
    this.#keepLate({ placement, name, value: excerptOf(value, LONGEST_LATE, heats), suspicion });
  }

  // Sorted out now and then: of twice as many as are kept, those that are too cold go.
  #keepLate(late: Late): void {
    if (this.#late.push(late) >= 2 * this.#mostLate) this.#sortOutLate();
  }

  #sortOutLate(): void {
    if (this.#late.length <= this.#mostLate) return;
    const left = new Set(this.#late.toSorted(hotterFirst).slice(0, this.#mostLate));
    for (const late of this.#late) {
      if (left.has(late)) continue;
      this.#lateFrom = Math.max(this.#lateFrom, late.suspicion);
      if (this.#watch === undefined) this.#keepRest(late.value);
    }
    this.#late = this.#late.filter((late) => left.has(late));
  }

  #keepRest(value: string): void {
    if (this.#rest.length < REST_LENGTH)
      this.#rest += (this.#rest === '' ? '' : '\n') + excerptOf(value, LONGEST_LATE);
  }
}

// Text in an old character set has bytes that look overlong and others that look like nothing at all; an overlong
// character in UTF-8 leaves two or more marks side by side, a broken one leaves one.
function isOnlyOverlong(value: string, lenient: string): boolean {
  return !lenient.includes('\ufffd') && value.includes('\ufffd\ufffd');
}

function hotterFirst(one: Late, other: Late): number {
  return other.suspicion - one.suspicion;
}

function slotOf(name: string, value: string): number {
  return (
    (name.length * 31 + value.length * 7 + value.charCodeAt(0) + value.charCodeAt(value.length - 1) * 3) &
    RECENT_MASK
  );
}

// What is in a long name is a part of its own.
function shortName(name: string): string {
  return name.length <= LONGEST_NAME ? name : name.slice(0, LONGEST_NAME);
}
