// Go's time package as far as expressions see it: methods of times and durations, dates as text.

import { formatDuration, parseDuration } from '@parapet/kinds';
import { EvaluationError } from './errors.ts';
import { MONTHS, WEEKDAYS } from './helpers/goCalendar.ts';
import { formatGoTime } from './helpers/goTime.ts';
import { goType, toInt, toText } from './operations.ts';
import { Float, GoDuration, GoTime, HostObject, type Value } from './value.ts';

/** A number with a name: time.Weekday and time.Month. */
export class NamedNumber extends HostObject {
  readonly number: number;
  readonly goType: string;
  readonly #name: string;
  constructor(goTypeName: string, number: number, name: string) {
    super();
    this.goType = goTypeName;
    this.number = number;
    this.#name = name;
  }
  field(): undefined {
    return undefined;
  }
  method(name: string): (() => Value) | undefined {
    return name === 'String' ? () => this.#name : undefined;
  }
  override toString(): string {
    return this.#name;
  }
}

/** A time zone. A moment in it is the same moment: only UTC is kept, so methods of a time count in UTC. */
export class Location extends HostObject {
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  field(): undefined {
    return undefined;
  }
  method(name: string): (() => Value) | undefined {
    return name === 'String' ? () => this.name : undefined;
  }
  /** Minutes east of UTC at a moment. */
  offsetMinutes(ms: number): number {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: this.name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(ms);
    const part = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find((found) => found.type === type)?.value ?? 0);
    const local = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000);
  }
}

type Method<T> = (self: T, args: readonly Value[], at: number) => Value;

const dateOf = (time: GoTime): Date => new Date(time.ms);
const startOfYear = (time: GoTime): number => Date.UTC(dateOf(time).getUTCFullYear(), 0, 1);
const DAY_MS = 86_400_000;

/** The methods of time.Time, by name. Those that need a time zone other than UTC are not there. */
const TIME_METHODS: ReadonlyMap<string, Method<GoTime>> = new Map<string, Method<GoTime>>([
  ['Year', (time) => dateOf(time).getUTCFullYear()],
  ['Month', (time) => named('time.Month', dateOf(time).getUTCMonth() + 1, MONTHS, 1)],
  ['Day', (time) => dateOf(time).getUTCDate()],
  ['Hour', (time) => dateOf(time).getUTCHours()],
  ['Minute', (time) => dateOf(time).getUTCMinutes()],
  ['Second', (time) => dateOf(time).getUTCSeconds()],
  ['Nanosecond', (time) => Math.round((((time.ms % 1000) + 1000) % 1000) * 1e6)],
  ['Weekday', (time) => named('time.Weekday', dateOf(time).getUTCDay(), WEEKDAYS, 0)],
  ['YearDay', (time) => Math.floor((time.ms - startOfYear(time)) / DAY_MS) + 1],
  ['Unix', (time) => Math.floor(time.ms / 1000)],
  ['UnixMilli', (time) => Math.floor(time.ms)],
  ['UnixMicro', (time) => Math.floor(time.ms * 1000)],
  ['UnixNano', (time) => Math.floor(time.ms * 1e6)],
  ['IsZero', (time) => time.ms === ZERO_TIME_MS],
  ['UTC', (time) => time],
  ['Sub', (time, args, at) => new GoDuration(time.ms - timeArgument(args, at).ms)],
  ['Add', (time, args, at) => new GoTime(time.ms + durationArgument(args, at).ms)],
  ['After', (time, args, at) => time.ms > timeArgument(args, at).ms],
  ['Before', (time, args, at) => time.ms < timeArgument(args, at).ms],
  ['Equal', (time, args, at) => time.ms === timeArgument(args, at).ms],
  ['Compare', (time, args, at) => Math.sign(time.ms - timeArgument(args, at).ms)],
  ['AddDate', (time, args, at) => addDate(time, args, at)],
  ['Truncate', (time, args, at) => truncateTime(time, durationArgument(args, at).ms)],
  ['String', formatTime],
  ['Format', (time, [layout], at) => formatGoTime(toText(layout ?? null, at), time.ms)],
]);

const DURATION_METHODS: ReadonlyMap<string, Method<GoDuration>> = new Map<string, Method<GoDuration>>([
  ['Hours', (duration) => new Float(duration.ms / 3_600_000)],
  ['Minutes', (duration) => new Float(duration.ms / 60_000)],
  ['Seconds', (duration) => new Float(duration.ms / 1000)],
  ['Milliseconds', (duration) => Math.trunc(duration.ms)],
  ['Microseconds', (duration) => Math.trunc(duration.ms * 1e3)],
  ['Nanoseconds', (duration) => Math.round(duration.ms * 1e6)],
  ['Abs', (duration) => new GoDuration(Math.abs(duration.ms))],
  ['String', (duration) => formatDuration(duration.ms)],
]);

/** Judged by the name: methods of times and durations, and getters. Others, such as SetMeta, change things. */
export function isPureMethod(name: string): boolean {
  return TIME_METHODS.has(name) || DURATION_METHODS.has(name) || /^(Get|Is|Has)[A-Z]/.test(name);
}

/** Calls a method of any value. */
export function callMethod(self: Value, name: string, args: readonly Value[], at: number): Value {
  if (self instanceof HostObject) {
    const method = self.method(name);
    if (method !== undefined) return method(args);
  } else if (self instanceof GoTime) {
    const method = TIME_METHODS.get(name);
    if (method !== undefined) return method(self, args, at);
  } else if (self instanceof GoDuration) {
    const method = DURATION_METHODS.get(name);
    if (method !== undefined) return method(self, args, at);
  }
  throw new EvaluationError(`cannot fetch ${name} from ${goType(self)}`, at);
}

/** Year 1, which is the zero time in Go. */
const ZERO_TIME_MS = -62_135_596_800_000;

function named(goTypeName: string, number: number, names: readonly string[], first: number): NamedNumber {
  return new NamedNumber(goTypeName, number, names[number - first] ?? '');
}

function timeArgument(args: readonly Value[], at: number): GoTime {
  const [time] = args;
  if (time instanceof GoTime) return time;
  throw new EvaluationError(`a time.Time was expected, not ${goType(time ?? null)}`, at);
}

function durationArgument(args: readonly Value[], at: number): GoDuration {
  const [duration] = args;
  if (duration instanceof GoDuration) return duration;
  // A constant without a type is nanoseconds where a duration is expected.
  if (typeof duration === 'number') return new GoDuration(duration / 1e6);
  throw new EvaluationError(`a time.Duration was expected, not ${goType(duration ?? null)}`, at);
}

function addDate(time: GoTime, args: readonly Value[], at: number): GoTime {
  const [years = 0, months = 0, days = 0] = args.map((arg) => toInt(arg, at));
  const date = dateOf(time);
  const moved = Date.UTC(
    date.getUTCFullYear() + years,
    date.getUTCMonth() + months,
    date.getUTCDate() + days,
  );
  return new GoTime(moved + (((time.ms % DAY_MS) + DAY_MS) % DAY_MS));
}

function truncateTime(time: GoTime, ms: number): GoTime {
  if (ms <= 0) return time;
  const sinceZero = time.ms - ZERO_TIME_MS;
  return new GoTime(ZERO_TIME_MS + Math.floor(sinceZero / ms) * ms);
}

/** As Go prints a time in UTC: `2006-01-02 15:04:05.5 +0000 UTC`. */
export function formatTime(time: GoTime): string {
  return formatGoTime('2006-01-02 15:04:05.999999999 -0700 MST', time.ms);
}

/** 2^63 nanoseconds, some 292 years. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/** The builtin `duration`. */
export function durationFrom(text: string, at: number): GoDuration {
  const ms = parseDuration(text);
  if (ms === undefined || Math.abs(ms) > MAX_DURATION_MS) {
    throw new EvaluationError(`time: invalid duration "${text}"`, at);
  }
  return new GoDuration(ms);
}

/** The builtin `timezone`. */
export function locationFrom(name: string, at: number): Location {
  try {
    return new Location(
      new Intl.DateTimeFormat('en-US', { timeZone: name === '' ? 'UTC' : name }).resolvedOptions().timeZone,
    );
  } catch (cause) {
    throw new EvaluationError(`unknown time zone ${name}`, at, { cause });
  }
}
