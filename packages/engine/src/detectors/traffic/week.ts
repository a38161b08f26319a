// What is usual at each time of the week, from the counts of past minutes. The shape of a working day and of a day at
// the weekend are medians over such days, and how busy each day of the week is, is a median over its weeks: an attack
// or a crowd in the time of learning is outvoted by the other days. Slots of half an hour, and straight lines between
// their middles.

import { asUsual, type TimesUsual } from './calendar.ts';

const MINUTES = 1440;
const SLOT_MINUTES = 30;
const SLOTS = MINUTES / SLOT_MINUTES;
const WEEK_DAYS = 7;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 4;
/** A day of which less was seen says nothing about days. */
const SEEN_MINUTES = MINUTES * 0.9;
/** So many weeks of one weekday count as much as what days of its kind have in common. */
const KIN_WEEKS = 2;

export class Week {
  /** Requests a minute, by slot of the week. */
  readonly rates: Float64Array;
  readonly #times: TimesUsual;

  constructor(rates: Float64Array, times: TimesUsual = asUsual) {
    this.rates = rates;
    this.#times = times;
  }

  /** Returns what counts of minutes, from `firstMinute` (since the epoch) on, say about a week. */
  static learn(counts: ArrayLike<number>, firstMinute: number, times: TimesUsual = asUsual): Week {
    const days = daysOf(counts, firstMinute, times);
    const rates = new Float64Array(WEEK_DAYS * SLOTS);
    if (days.length === 0) {
      rates.fill(meanOf(counts));
      return new Week(rates, times);
    }
    const typical = Math.max(1e-6, median(days.map(({ total }) => total)));
    for (const isWeekend of [false, true]) {
      const alike = days.filter((day) => isWeekendDay(day.weekday) === isWeekend);
      const shapes = alike.length >= 2 ? alike : days;
      const shape = smooth(
        Array.from({ length: SLOTS }, (_, slot) =>
          Math.max(0, median(shapes.map(({ slots, total }) => slots[slot]! / Math.max(total, 1)))),
        ),
      );
      const kinLevel = median(shapes.map(({ total }) => total / typical));
      for (let weekday = 0; weekday < WEEK_DAYS; weekday++) {
        if (isWeekendDay(weekday) !== isWeekend) continue;
        const own = alike.filter((day) => day.weekday === weekday).map(({ total }) => total / typical);
        const trust = own.length / (own.length + KIN_WEEKS);
        const level = own.length === 0 ? kinLevel : trust * median(own) + (1 - trust) * kinLevel;
        for (let slot = 0; slot < SLOTS; slot++)
          rates[weekday * SLOTS + slot] = (shape[slot]! * level * typical) / SLOT_MINUTES;
      }
    }
    return new Week(rates, times);
  }

  /** Returns how many requests are to be expected in a minute, counted since the epoch. */
  at(minute: number): number {
    const place = (minute + 0.5 + EPOCH_WEEKDAY * MINUTES) / SLOT_MINUTES - 0.5;
    const before = Math.floor(place);
    const share = place - before;
    const size = this.rates.length;
    const low = this.rates[((before % size) + size) % size]!;
    const high = this.rates[(((before + 1) % size) + size) % size]!;
    return (low + (high - low) * share) * this.#times(minute);
  }
}

interface Day {
  readonly weekday: number;
  readonly slots: Float64Array;
  readonly total: number;
}

function daysOf(counts: ArrayLike<number>, firstMinute: number, times: TimesUsual): Day[] {
  const days: Day[] = [];
  const firstDay = Math.floor(firstMinute / MINUTES);
  const lastDay = Math.floor((firstMinute + counts.length - 1) / MINUTES);
  for (let day = firstDay; day <= lastDay; day++) {
    const slots = new Float64Array(SLOTS);
    let seen = 0;
    for (let minute = 0; minute < MINUTES; minute++) {
      const i = day * MINUTES + minute - firstMinute;
      if (i < 0 || i >= counts.length) continue;
      seen++;
      slots[Math.floor(minute / SLOT_MINUTES)]! += counts[i]! / times(firstMinute + i);
    }
    // The robust total of a day: a flood of some hours must not make the day's other hours look small.
    if (seen >= SEEN_MINUTES)
      days.push({
        weekday: (day + EPOCH_WEEKDAY) % WEEK_DAYS,
        slots,
        total: slots.reduce((a, b) => a + b, 0),
      });
  }
  return withoutFloods(days);
}

/** Takes out of each day what is far beyond the same time of other days. */
function withoutFloods(days: readonly Day[]): Day[] {
  const usual = Array.from({ length: SLOTS }, (_, slot) => median(days.map(({ slots }) => slots[slot]!)));
  return days.map((day) => {
    const level = levelOf(day, usual);
    const slots = day.slots.map((count, slot) => {
      const mean = Math.max(usual[slot]! * level, 1);
      return Math.min(count, Math.max(mean * FLOOD_RATIO, mean + 6 * Math.sqrt(mean)));
    });
    return { ...day, slots, total: slots.reduce((sum, count) => sum + count, 0) };
  });
}

const FLOOD_RATIO = 2;

/** How busy a day was beside the usual of each slot, slot by slot, so that a flood in some slots does not count. */
function levelOf(day: Day, usual: readonly number[]): number {
  const ratios = usual.map((count, slot) => (count > 0 ? day.slots[slot]! / count : 1));
  return Math.max(median(ratios), 0.05);
}

function isWeekendDay(weekday: number): boolean {
  return weekday === 0 || weekday === 6;
}

/** Half of each slot's weight is its own. */
function smooth(values: readonly number[]): number[] {
  const { length } = values;
  return values.map(
    (value, i) => value / 2 + values[(i + 1) % length]! / 4 + values[(i + length - 1) % length]! / 4,
  );
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Returns the value below which the share of the values lies; 0 for none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  return quantileWithin(Float64Array.from(values), share);
}

/** The same, without a copy: the values change their places. */
export function quantileWithin(values: Float64Array, share: number): number {
  const last = values.length - 1;
  if (last < 0) return 0;
  const place = share * last;
  const low = Math.floor(place);
  const value = select(values, low);
  if (place === low) return value;
  let next = Number.POSITIVE_INFINITY;
  for (let i = low + 1; i <= last; i++) if (values[i]! < next) next = values[i]!;
  return value + (next - value) * (place - low);
}

/** So many parts in vain, and the rest is sorted: no values make it slow. */
const MOST_PARTS = 60;

/** Puts the value where it would be if all were sorted, smaller ones before and greater ones behind (Hoare, 1961). */
function select(values: Float64Array, place: number): number {
  let from = 0;
  let to = values.length - 1;
  for (let part = 0; from < to; part++) {
    if (part > MOST_PARTS) {
      values.subarray(from, to + 1).sort();
      break;
    }
    const pivot = middleOf(values[from]!, values[(from + to) >> 1]!, values[to]!);
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (place <= j) to = j;
    else if (place >= i) from = i;
    else break;
  }
  return values[place]!;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
