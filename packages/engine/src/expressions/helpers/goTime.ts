// Times in text, as Go's package time reads and writes them. Log lines and hub items speak in Go layouts, and
// a date that Go refuses must be refused here too: the next layout on the list is then tried.

import { daysIn, daysSinceEpoch, isLeap, MONTHS, WEEKDAYS } from './goCalendar.ts';
import { compileLayout, type LayoutElement, type OffsetElement } from './goLayout.ts';
import { wholeSeconds, type GoInstant } from './goTimeText.ts';

export {
  formatGoTime,
  formatInstantRfc3339Nano,
  formatRfc3339,
  formatRfc3339Nano,
  type GoInstant,
} from './goTimeText.ts';

/** Returns the instant as milliseconds since the epoch, or undefined when the text does not fit the layout. */
export function parseGoTime(layout: string, text: string): number | undefined {
  return parseGoInstant(layout, text)?.ms;
}

/**
 * Returns the instant, or undefined when the text does not fit the layout. A zone given by an abbreviation
 * counts as UTC, as in Go on a machine that runs in UTC.
 */
export function parseGoInstant(layout: string, text: string): GoInstant | undefined {
  const reading = new Reading(text);
  for (const step of compileLayout(layout)) {
    const isTaken =
      step.kind === 'literal'
        ? reading.skip(step.text)
        : reading.take(step.element, step.digits, step.isFractionNext);
    if (!isTaken) return undefined;
  }
  return reading.isAtEnd ? reading.instant() : undefined;
}

/** Returns the instant with another year, as Go's AddDate does: 29 February may become 1 March. */
export function withYear(instant: GoInstant, year: number): GoInstant {
  const local = new Date((wholeSeconds(instant) + instant.offsetSeconds) * 1000);
  const time = local.getUTCHours() * 3600 + local.getUTCMinutes() * 60 + local.getUTCSeconds();
  const seconds =
    daysSinceEpoch(year, local.getUTCMonth() + 1, local.getUTCDate()) * 86_400 + time - instant.offsetSeconds;
  return { ...instant, ms: seconds * 1000 + instant.nanoseconds / 1e6, year };
}

const MONTHS_LOWER: readonly string[] = MONTHS.map((name) => name.toLowerCase());
const MONTHS_LOWER_SHORT: readonly string[] = MONTHS_LOWER.map((name) => name.slice(0, 3));
const WEEKDAYS_LOWER: readonly string[] = WEEKDAYS.map((name) => name.toLowerCase());
const WEEKDAYS_LOWER_SHORT: readonly string[] = WEEKDAYS_LOWER.map((name) => name.slice(0, 3));

class Reading {
  readonly #text: string;
  #at = 0;
  #year = 0;
  #month = -1;
  #day = -1;
  #yearDay = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanoseconds = 0;
  #half: 'am' | 'pm' | undefined;
  #offsetSeconds: number | undefined;
  #zone = '';
  // Written as such, which outweighs a numeric offset beside it.
  #isUtc = false;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  // A run of spaces in the layout stands for any number of spaces, none at the end of the text.
  skip(literal: string): boolean {
    for (let i = 0; i < literal.length; i++) {
      if (literal[i] === ' ') {
        if (!this.isAtEnd && this.#text[this.#at] !== ' ') return false;
        while (literal[i + 1] === ' ') i++;
        while (this.#text[this.#at] === ' ') this.#at++;
      } else if (this.#text[this.#at++] !== literal[i]) {
        return false;
      }
    }
    return true;
  }

  take(element: LayoutElement, digits: number, isFractionNext: boolean): boolean {
    switch (element) {
      case 'year4':
        return (this.#year = this.#fixed(4)) >= 0;
      case 'year2': {
        const year = this.#fixed(2);
        this.#year = year >= 69 ? year + 1900 : year + 2000;
        return year >= 0;
      }
      case 'month':
      case 'month2':
        this.#month = this.#oneOrTwo(element === 'month2');
        return this.#month >= 1 && this.#month <= 12;
      case 'monthShort':
        return (this.#month = this.#name(MONTHS_LOWER_SHORT) + 1) > 0;
      case 'monthLong':
        return (this.#month = this.#name(MONTHS_LOWER) + 1) > 0;
      case 'weekdayShort':
        return this.#name(WEEKDAYS_LOWER_SHORT) >= 0;
      case 'weekdayLong':
        return this.#name(WEEKDAYS_LOWER) >= 0;
      case 'dayPadded':
      case 'day':
      case 'day2':
        if (element === 'dayPadded') this.#spaces(1);
        return (this.#day = this.#oneOrTwo(element === 'day2')) >= 0;
      case 'yearDayPadded':
      case 'yearDay3':
        if (element === 'yearDayPadded') this.#spaces(2);
        return (this.#yearDay = this.#upToThree(element === 'yearDay3')) >= 0;
      case 'hour24':
        this.#hour = this.#oneOrTwo(false);
        return this.#hour >= 0 && this.#hour < 24;
      case 'hour12':
      case 'hour12x2':
        this.#hour = this.#oneOrTwo(element === 'hour12x2');
        return this.#hour >= 0 && this.#hour <= 12;
      case 'minute':
      case 'minute2':
        this.#minute = this.#oneOrTwo(element === 'minute2');
        return this.#minute >= 0 && this.#minute < 60;
      case 'second':
      case 'second2':
        return this.#takeSecond(element === 'second2', isFractionNext);
      case 'PM':
      case 'pm':
        return this.#takeHalf(element);
      case 'fractionFixed':
        return this.#takeFraction(digits);
      case 'fractionLoose':
        return !this.#isFraction() || this.#takeFraction(this.#digitRun(this.#at + 1));
      case 'zone':
        return this.#takeZone();
      case '-0700':
      case '-070000':
      case '-07':
      case '-07:00':
      case '-07:00:00':
      case 'Z0700':
      case 'Z070000':
      case 'Z07':
      case 'Z07:00':
      case 'Z07:00:00':
        return this.#takeOffset(element);
    }
  }

  instant(): GoInstant | undefined {
    const date = this.#date();
    if (date === undefined) return undefined;
    let hour = this.#hour;
    if (this.#half === 'pm' && hour < 12) hour += 12;
    if (this.#half === 'am' && hour === 12) hour = 0;
    const writtenOffset = this.#isUtc ? 0 : this.#offsetSeconds;
    const seconds = date * 86_400 + hour * 3600 + this.#minute * 60 + this.#second - (writtenOffset ?? 0);
    // An abbreviation changes how Go shows the instant, but not the instant.
    const offsetSeconds = writtenOffset ?? offsetOfZone(this.#zone);
    return {
      ms: seconds * 1000 + this.#nanoseconds / 1e6,
      nanoseconds: this.#nanoseconds,
      offsetSeconds,
      year: this.#year,
    };
  }

  // Days since the epoch; undefined when there is no such day.
  #date(): number | undefined {
    if (this.#yearDay < 0) {
      const month = Math.max(1, this.#month);
      const day = this.#day < 0 ? 1 : this.#day;
      if (day < 1 || day > daysIn(this.#year, month)) return undefined;
      return daysSinceEpoch(this.#year, month, day);
    }
    const days = isLeap(this.#year) ? 366 : 365;
    if (this.#yearDay < 1 || this.#yearDay > days) return undefined;
    const date = daysSinceEpoch(this.#year, 1, 1) + this.#yearDay - 1;
    const asDate = new Date(date * 86_400_000);
    if (this.#month >= 0 && this.#month !== asDate.getUTCMonth() + 1) return undefined;
    if (this.#day >= 0 && this.#day !== asDate.getUTCDate()) return undefined;
    return date;
  }

  // A fraction after the seconds is read even where the layout has none.
  #takeSecond(isTwoDigits: boolean, isFractionNext: boolean): boolean {
    this.#second = this.#oneOrTwo(isTwoDigits);
    if (this.#second < 0 || this.#second >= 60) return false;
    return isFractionNext || !this.#isFraction() || this.#takeFraction(this.#digitRun(this.#at + 1));
  }

  #isFraction(): boolean {
    const mark = this.#text[this.#at];
    return (mark === '.' || mark === ',') && isDigit(this.#text, this.#at + 1);
  }

  #takeFraction(digits: number): boolean {
    const mark = this.#text[this.#at];
    if (mark !== '.' && mark !== ',') return false;
    const end = this.#at + 1 + digits;
    if (end > this.#text.length) return false;
    const text = this.#text.slice(this.#at + 1, Math.min(end, this.#at + 10));
    if (!/^\d+$/.test(text)) return false;
    this.#nanoseconds = Number(text.padEnd(9, '0'));
    this.#at = end;
    return true;
  }

  #takeHalf(element: 'PM' | 'pm'): boolean {
    const text = this.#text.slice(this.#at, this.#at + 2);
    if (text !== element && text !== (element === 'PM' ? 'AM' : 'am')) return false;
    this.#half = text === element ? 'pm' : 'am';
    this.#at += 2;
    return true;
  }

  #takeOffset(element: OffsetElement): boolean {
    if (element[0] === 'Z' && this.#text[this.#at] === 'Z') {
      this.#at++;
      this.#isUtc = true;
      return true;
    }
    const sign = this.#text[this.#at];
    if (sign !== '+' && sign !== '-') return false;
    this.#at++;
    const hours = this.#fixed(2);
    let total = hours * 3600;
    let rest = element.slice(3);
    for (const unit of [60, 1]) {
      if (rest === '') break;
      if (rest[0] === ':' && this.#text[this.#at++] !== ':') return false;
      rest = rest.slice(rest[0] === ':' ? 3 : 2);
      const amount = this.#fixed(2);
      // 60 and 24 are let through, as some people write them.
      if (amount < 0 || amount > 60) return false;
      total += amount * unit;
    }
    if (hours < 0 || hours > 24) return false;
    this.#offsetSeconds = sign === '-' ? -total : total;
    return true;
  }

  #takeZone(): boolean {
    if (this.#text.startsWith('UTC', this.#at)) {
      this.#at += 3;
      this.#isUtc = true;
      return true;
    }
    const length = zoneLength(this.#text.slice(this.#at, this.#at + 12));
    this.#zone = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return length > 0;
  }

  #spaces(count: number): void {
    for (let i = 0; i < count && this.#text[this.#at] === ' '; i++) this.#at++;
  }

  #name(names: readonly string[]): number {
    for (const [i, name] of names.entries()) {
      if (this.#text.slice(this.#at, this.#at + name.length).toLowerCase() === name) {
        this.#at += name.length;
        return i;
      }
    }
    return -1;
  }

  #fixed(length: number): number {
    let value = 0;
    for (let i = 0; i < length; i++, this.#at++) {
      if (!isDigit(this.#text, this.#at)) return -1;
      value = value * 10 + this.#text.charCodeAt(this.#at) - 48;
    }
    return value;
  }

  #oneOrTwo(isTwoDigits: boolean): number {
    const isTwo = isDigit(this.#text, this.#at + 1);
    return isTwoDigits && !isTwo ? -1 : this.#fixed(isTwo ? 2 : 1);
  }

  #upToThree(isThreeDigits: boolean): number {
    const length = Math.min(3, this.#digitRun(this.#at));
    return length === 0 || (isThreeDigits && length < 3) ? -1 : this.#fixed(length);
  }

  #digitRun(from: number): number {
    let end = from;
    while (isDigit(this.#text, end)) end++;
    return end - from;
  }
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

// How much of the text is a zone abbreviation: three to five capitals, `GMT-3`, `+03`.
function zoneLength(text: string): number {
  if (text.startsWith('ChST') || text.startsWith('MeST')) return 4;
  if (text.startsWith('GMT')) return 3 + signedHoursLength(text.slice(3));
  if (text[0] === '+' || text[0] === '-') return signedHoursLength(text);
  let capitals = 0;
  while (capitals < 6 && /[A-Z]/.test(text.charAt(capitals))) capitals++;
  if (capitals === 3) return 3;
  if (capitals === 4) return text[3] === 'T' || text.startsWith('WITA') ? 4 : 0;
  return capitals === 5 && text[4] === 'T' ? 5 : 0;
}

function signedHoursLength(text: string): number {
  const match = /^[+-](\d+)/.exec(text);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
}

function offsetOfZone(zone: string): number {
  const hours = /^GMT([+-]\d+)$/.exec(zone)?.[1];
  return hours === undefined ? 0 : Number(hours) * 3600;
}
