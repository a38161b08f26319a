// What is usual at each time of the week, from the counts of past minutes. The shape of a working day and of a day at
// the weekend are medians over such days, and how busy each day of the week is, is a median over its weeks: an attack
// or a crowd in the time of learning is outvoted by the other days. Slots of half an hour, and straight lines between
// their middles. What comes at the same minute of most days, as a job does, is usual at that minute.

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
/** Of fewer than this, a median says little: it is 0 where every third day has one. */
const SPARSE = 8;
/** Of all days, the share that may be without a job that is usual. */
const WITHOUT_JOB = 0.35;
/** Fewer are no job, but chance. */
const LEAST_OF_JOB = 10;

export class Week {
  /** Requests a minute, by slot of the week. */
  readonly rates: Float64Array;
  /** What comes beside them, by minute of the day; undefined where nothing does. */
  readonly jobs: Float64Array | undefined;
  readonly #times: TimesUsual;

  constructor(rates: Float64Array, times: TimesUsual = asUsual, jobs?: Float64Array) {
    this.rates = rates;
    this.#times = times;
    this.jobs = jobs;
  }

  /** Returns what counts of minutes, from `firstMinute` (since the epoch) on, say about a week. */
  static learn(counts: ArrayLike<number>, firstMinute: number, times: TimesUsual = asUsual): Week {
    const jobs = jobsOf(counts, firstMinute);
    const days = daysOf(counts, firstMinute, times, jobs);
    const rates = new Float64Array(WEEK_DAYS * SLOTS);
    if (days.length === 0) {
      rates.fill(meanOf(counts));
      return new Week(rates, times);
    }
    const typical = Math.max(1e-6, levelOfDays(days));
    for (const isWeekend of [false, true]) {
      const alike = days.filter((day) => isWeekendDay(day.weekday) === isWeekend);
      const shapes = alike.length >= 2 ? alike : days;
      const shape = smooth(Array.from({ length: SLOTS }, (_, slot) => shareOf(shapes, slot)));
      const kinLevel = levelOfDays(shapes) / typical;
      for (let weekday = 0; weekday < WEEK_DAYS; weekday++) {
        if (isWeekendDay(weekday) !== isWeekend) continue;
        const own = alike.filter((day) => day.weekday === weekday);
        const trust = own.length / (own.length + KIN_WEEKS);
        const level =
          own.length === 0 ? kinLevel : (trust * levelOfDays(own)) / typical + (1 - trust) * kinLevel;
        for (let slot = 0; slot < SLOTS; slot++)
          rates[weekday * SLOTS + slot] = (shape[slot]! * level * typical) / SLOT_MINUTES;
      }
    }
    return new Week(rates, times, jobs);
  }

  /** Returns how many requests are to be expected in a minute, counted since the epoch. */
  at(minute: number): number {
    const place = (minute + 0.5 + EPOCH_WEEKDAY * MINUTES) / SLOT_MINUTES - 0.5;
    const before = Math.floor(place);
    const share = place - before;
    const size = this.rates.length;
    const low = this.rates[((before % size) + size) % size]!;
    const high = this.rates[(((before + 1) % size) + size) % size]!;
    const usual = (low + (high - low) * share) * this.#times(minute);
    return this.jobs === undefined ? usual : usual + this.jobs[minute % MINUTES]!;
  }
}

interface Day {
  readonly weekday: number;
  readonly slots: Float64Array;
  readonly total: number;
}

/** How busy days are: in the middle, and in the mean where little comes. */
function levelOfDays(days: readonly Day[]): number {
  const totals = days.map(({ total }) => total);
  const middle = median(totals);
  return middle < SPARSE ? meanOf(totals) : middle;
}

/** What share of a day comes in a slot. */
function shareOf(days: readonly Day[], slot: number): number {
  const middle = median(days.map(({ slots, total }) => slots[slot]! / Math.max(total, 1)));
  if (median(days.map(({ slots }) => slots[slot]!)) >= SPARSE) return Math.max(0, middle);
  const all = days.reduce((sum, { total }) => sum + total, 0);
  return days.reduce((sum, { slots }) => sum + slots[slot]!, 0) / Math.max(1, all);
}

/** What most days have in one minute beside the minutes around it. */
function jobsOf(counts: ArrayLike<number>, firstMinute: number): Float64Array | undefined {
  const skipped = (MINUTES - (firstMinute % MINUTES)) % MINUTES;
  const days = Math.floor((counts.length - skipped) / MINUTES);
  if (days < LEAST_DAYS_OF_JOB) return undefined;
  // Of each minute, what the days have beside it, one behind the other.
  const beside = new Float64Array(MINUTES * days);
  const around = new Float64Array(SLOT_MINUTES);
  for (let day = 0; day < days; day++)
    for (let from = 0; from < MINUTES; from += SLOT_MINUTES) {
      const first = skipped + day * MINUTES + from;
      for (let i = 0; i < SLOT_MINUTES; i++) around[i] = counts[first + i]!;
      const middle = quantileWithin(around, 0.5);
      const chance = LEAST_OF_JOB + 4 * Math.sqrt(middle);
      for (let i = 0; i < SLOT_MINUTES; i++) {
        const more = counts[first + i]! - middle;
        beside[(from + i) * days + day] = more > chance ? more : 0;
      }
    }
  let jobs: Float64Array | undefined;
  for (let minute = 0; minute < MINUTES; minute++) {
    const usual = quantileWithin(beside.subarray(minute * days, (minute + 1) * days), WITHOUT_JOB);
    if (usual <= 0) continue;
    jobs ??= new Float64Array(MINUTES);
    jobs[minute] = usual;
  }
  return jobs;
}

/** With fewer, chance would have jobs. */
const LEAST_DAYS_OF_JOB = 4;

function daysOf(
  counts: ArrayLike<number>,
  firstMinute: number,
  times: TimesUsual,
  jobs: Float64Array | undefined,
): Day[] {
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
      const count = Math.max(0, counts[i]! - (jobs?.[minute] ?? 0));
      slots[Math.floor(minute / SLOT_MINUTES)]! += count / times(firstMinute + i);
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
