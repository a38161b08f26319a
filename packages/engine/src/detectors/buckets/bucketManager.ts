// Pours events into buckets and says which have had enough: CrowdSec's semantics, single-threaded and with
// time as an argument. Per scenario and groupby value there is one bucket. With the clock `event` (replay),
// time is what the log says, and a bucket's end is noticed when a later event of its key comes; the sweep
// that frees memory only takes buckets that none of the last events, nor one ten minutes older, could have
// found alive. With the clock `wall` (live), time is what the caller says, and buckets end on time.

import { Event, type EventSchema } from '../../events/index.ts';
import { posterior } from './bayesian.ts';
import { Blackhole } from './blackhole.ts';
import { BucketTable } from './bucketTable.ts';
import { describeOverflow, originOf, type FullBucket } from './describe.ts';
import type { BucketFrame, BucketView } from './environment.ts';
import { detach, EvidenceKeeper, type Evidence, type ReadAgain } from './evidence.ts';
import { BucketFaults } from './faults.ts';
import { EveryFilter, type FilterIndex } from './filterIndex.ts';
import { parseRfc3339 } from './goTime.ts';
import type { KeptEvent } from './keptEvent.ts';
import { leakRate, mayTake, tokensAt, type LeakRate } from './limiter.ts';
import type { Overflow } from './overflow.ts';
import type { Scenario } from './scenario.ts';
import { NO_TIME_YET, versionsOf, type BucketTime, type SavedBuckets } from './savedBuckets.ts';
import { EvidenceReader, EvidenceWriter } from './savedEvidence.ts';

export interface BucketOptions {
  /** In load order, which is the order they are evaluated in. */
  readonly scenarios: readonly Scenario[];
  readonly schema: EventSchema;
  readonly clock: 'event' | 'wall';
  readonly filterIndex?: FilterIndex;
  /** Parses a line once more; absent where that might not give the same. */
  readonly readAgain?: ReadAgain;
  /** Scenarios that only show what they would do. */
  readonly isSimulated?: (scenario: string) => boolean;
}

export interface ScenarioCounts {
  readonly scenario: string;
  readonly live: number;
  readonly poured: number;
  /** Overflows that left the bucket, not those that a filter or blackhole swallowed. */
  readonly overflowed: number;
}

/** Logs may be this much out of order without any difference to what overflows. */
const LATENESS_MS = 600_000;
/**
 * The sweep goes by the earliest time of this many events or more: a line from the far future ends nothing, and
 * a log that goes back in time, such as an older file after a newer one, keeps its buckets.
 */
const SWEEP_EVERY = 512;
const NONE: readonly Overflow[] = [];

/** A scenario with what its buckets share. */
interface Rule {
  readonly scenario: Scenario;
  readonly number: number;
  /** Name and hash, and a number if there are several such: tells whether it is the same in another load. */
  readonly version: string;
  readonly rows: Map<string, number>;
  /** Undefined when nothing limits. */
  readonly rate: LeakRate | undefined;
  readonly blackhole: Blackhole | undefined;
  readonly simulated: boolean;
  /** Its expressions may write to the event, so that the line alone does not tell what the alert has to. */
  readonly changesEvents: boolean;
  poured: number;
  overflowed: number;
}

export class BucketManager {
  readonly faults: BucketFaults = new BucketFaults();
  readonly #clock: 'event' | 'wall';
  readonly #rules: readonly Rule[];
  readonly #filters: FilterIndex;
  readonly #table = new BucketTable();
  readonly #evidence: EvidenceKeeper;
  readonly #frame: Frame;
  #out: Overflow[] = [];
  readonly #time: BucketTime = { ...NO_TIME_YET };
  #lastText = '';
  #lastTextMs = Number.NaN;
  /** Evidence of the event being poured, made when the first bucket wants it. */
  #packed: Evidence | undefined;
  #kept: KeptEvent | undefined;
  #isChanged = false;

  constructor(options: BucketOptions) {
    this.#clock = options.clock;
    this.#frame = { evt: new Event(options.schema), bucket: undefined, signal: undefined };
    this.#evidence = new EvidenceKeeper(options.schema, options.readAgain);
    this.#filters = options.filterIndex ?? new EveryFilter(options.scenarios, this.faults);
    const versions = versionsOf(options.scenarios);
    this.#rules = options.scenarios.map((scenario, number) => ({
      scenario,
      number,
      version: versions[number]!,
      rows: new Map(),
      rate: scenario.capacity === -1 ? undefined : leakRate(scenario.leakSpeedMs, scenario.capacity),
      blackhole: scenario.blackholeMs === undefined ? undefined : new Blackhole(scenario.blackholeMs),
      simulated: options.isSimulated?.(scenario.name) ?? false,
      changesEvents: changesEvents(scenario),
      poured: 0,
      overflowed: 0,
    }));
  }

  /** How many buckets there are, dead ones that have not been swept away included. */
  get size(): number {
    return this.#table.size;
  }

  counts(): readonly ScenarioCounts[] {
    return this.#rules.map(({ scenario, rows, poured, overflowed }) => ({
      scenario: scenario.name,
      live: rows.size,
      poured,
      overflowed,
    }));
  }

  /**
   * Pours an event into every bucket it concerns and returns the overflows, also those of buckets whose time
   * was up before. `nowMs` is the wall clock; the clock `event` does not look at it.
   */
  pour(event: Event, nowMs: number): readonly Overflow[] {
    const atMs = this.#clock === 'wall' ? nowMs : this.#eventTime(event);
    if (!Number.isNaN(atMs)) this.#moveTo(atMs);
    const frame = this.#frame;
    frame.evt = event;
    const matching = this.#filters.matching(frame);
    if (matching.length > 0) {
      this.#packed = undefined;
      this.#kept = undefined;
      this.#isChanged = matching.some((number) => this.#rules[number]!.changesEvents);
      for (const number of matching) this.#pourInto(this.#rules[number]!, frame, atMs);
    }
    return this.#takeOut();
  }

  /**
   * Tells the time when there is no event to tell it; returns the overflows of buckets whose time is up. In a
   * replay only the log says what time it is, and this does nothing.
   */
  advance(nowMs: number): readonly Overflow[] {
    if (this.#clock === 'wall') this.#moveTo(nowMs);
    return this.#takeOut();
  }

  /** Forgets all buckets; those that count for a fixed time, and whose time is up, overflow. */
  stop(nowMs: number = this.#time.latestMs): readonly Overflow[] {
    const { ends } = this.#table;
    if (nowMs > this.#time.latestMs) this.#time.latestMs = nowMs;
    while (ends.size > 0) {
      const row = ends.pop();
      if (this.#endOf(row) <= this.#time.latestMs) this.#end(row);
      else this.#remove(row);
    }
    return this.#takeOut();
  }

  /** What `restore` takes; it is only lent, and to be written down before the next event. */
  save(): SavedBuckets {
    const writer = new EvidenceWriter((scenario) =>
      this.#rules.findIndex((rule) => rule.scenario === scenario),
    );
    const table = this.#table.save(writer.numberOf);
    return {
      // Most of a hub's scenarios concern other sites: nothing was ever poured into them.
      rules: new Map(
        this.#rules
          .filter(({ poured }) => poured > 0)
          .map(({ number, version, poured, overflowed, blackhole }) => [
            number,
            { version, poured, overflowed, blackhole: blackhole?.size === 0 ? undefined : blackhole?.save() },
          ]),
      ),
      table,
      evidence: writer.pieces,
      packing: this.#evidence.save(writer.pieces.filter((piece) => typeof piece === 'string')),
      time: this.#time,
    };
  }

  /** Takes over what another manager saved, before the first event; scenarios that were changed start anew. */
  restore({ rules, table, evidence, packing, time }: SavedBuckets): void {
    const byVersion = new Map(this.#rules.map((rule) => [rule.version, rule]));
    const ruleOf = (number: number): Rule | undefined => byVersion.get(rules.get(number)?.version ?? '');
    this.#evidence.restore(packing);
    for (const [number, { poured, overflowed, blackhole }] of rules) {
      const rule = ruleOf(number);
      if (rule === undefined) continue;
      rule.poured = poured;
      rule.overflowed = overflowed;
      if (blackhole !== undefined) rule.blackhole?.restore(blackhole);
    }
    const reader = new EvidenceReader((number) => ruleOf(number)?.scenario);
    this.#table.restore(
      table,
      (number) => ruleOf(number)?.number,
      evidence.map((piece) => reader.piece(piece)),
      (row) => this.#rules[this.#table.scenario[row]!]!.rows.set(this.#table.keys[row]!, row),
    );
    Object.assign(this.#time, time);
  }

  #takeOut(): readonly Overflow[] {
    if (this.#out.length === 0) return NONE;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #eventTime(event: Event): number {
    const text = event.marshaledTime;
    if (text !== this.#lastText) {
      this.#lastText = text;
      this.#lastTextMs = parseRfc3339(text);
    }
    return this.#lastTextMs;
  }

  #moveTo(atMs: number): void {
    if (atMs > this.#time.latestMs) this.#time.latestMs = atMs;
    if (this.#clock === 'wall') {
      this.#sweep(this.#time.latestMs);
      return;
    }
    if (atMs < this.#time.earliestMs) this.#time.earliestMs = atMs;
    if (++this.#time.sinceSweep < SWEEP_EVERY) return;
    this.#sweep(Math.min(this.#time.earliestMs, this.#time.earlierMs) - LATENESS_MS);
    this.#time.earlierMs = this.#time.earliestMs;
    this.#time.earliestMs = Infinity;
    this.#time.sinceSweep = 0;
  }

  /** Ends the buckets whose time is up, and frees the rows of those that ended before. */
  #sweep(untilMs: number): void {
    const { ends, count } = this.#table;
    // On the wall clock a bucket ends at its time; an event of the log at just that time still finds it alive.
    const isOver = (ms: number): boolean => (this.#clock === 'wall' ? ms <= untilMs : ms < untilMs);
    while (isOver(ends.nextAt)) {
      const row = ends.pop();
      const endMs = this.#endOf(row);
      if (count[row] === 0) this.#remove(row);
      else if (isOver(endMs)) this.#end(row);
      else ends.push(endMs, row);
    }
  }

  #end(row: number): void {
    const rule = this.#rules[this.#table.scenario[row]!]!;
    if (rule.scenario.isTimed && this.#table.count[row]! > 0) this.#overflow(rule, row, this.#endOf(row));
    this.#remove(row);
  }

  #remove(row: number): void {
    this.#rules[this.#table.scenario[row]!]!.rows.delete(this.#table.keys[row]!);
    this.#table.remove(row);
  }

  #endOf(row: number): number {
    const { first, last, scenario } = this.#table;
    const { isTimed, lifetimeMs } = this.#rules[scenario[row]!]!.scenario;
    return (isTimed ? first[row]! : last[row]!) + lifetimeMs;
  }

  #pourInto(rule: Rule, frame: Frame, atMs: number): void {
    const { scenario } = rule;
    const { faults } = this;
    const key =
      scenario.groupBy === undefined
        ? ''
        : faults.text(scenario, 'groupby', scenario.groupBy, frame, undefined);
    if (key === undefined) return;
    if (scenario.type === 'trigger') {
      this.#trigger(rule, key, frame, Number.isNaN(atMs) ? frame.evt.readAtMs : atMs);
      return;
    }
    const row = this.#aliveRow(rule, key, atMs);
    let distinct: string | undefined;
    if (scenario.distinct !== undefined) {
      distinct = faults.text(scenario, 'distinct', scenario.distinct, frame, '');
      if (distinct !== undefined && row !== undefined && this.#table.hasDistinct(row, distinct)) return;
    }
    if (
      scenario.cancelOn !== undefined &&
      faults.isTrue(scenario, 'cancel_on', scenario.cancelOn, frame) === true
    ) {
      if (row !== undefined) this.#table.clear(row);
      return;
    }
    this.#fill(
      rule,
      row ?? this.#newRow(rule, key, Number.isNaN(atMs) ? frame.evt.readAtMs : atMs),
      frame,
      atMs,
      distinct,
    );
  }

  /** The row of a key; a bucket whose time was up when this event happened has ended before. */
  #aliveRow(rule: Rule, key: string, atMs: number): number | undefined {
    const row = rule.rows.get(key);
    if (row === undefined || this.#table.count[row] === 0) return row;
    const endMs = this.#endOf(row);
    if (!(atMs > endMs)) return row;
    if (rule.scenario.isTimed) this.#overflow(rule, row, endMs);
    this.#table.clear(row);
    return row;
  }

  #newRow(rule: Rule, key: string, atMs: number): number {
    const ownKey = detach(key);
    const row = this.#table.add(rule.number, ownKey, atMs + rule.scenario.lifetimeMs);
    rule.rows.set(ownKey, row);
    return row;
  }

  #fill(rule: Rule, row: number, frame: Frame, atMs: number, distinct: string | undefined): void {
    const { scenario } = rule;
    const table = this.#table;
    if (distinct !== undefined) table.addDistinct(row, detach(distinct));
    let isTooMuch = false;
    // CrowdSec replays no event whose time it does not know, but asks the conditions all the same.
    if (!Number.isNaN(atMs)) {
      if (table.count[row] === 0) table.born[row] = frame.evt.identity;
      isTooMuch = !this.#takeToken(rule, row, atMs) && scenario.type !== 'conditional';
      table.last[row] = atMs;
      table.count[row]!++;
      rule.poured++;
      table.enqueue(row, this.#evidenceFor(scenario, frame.evt), scenario.queueLimit);
      if (scenario.scope.expression !== undefined) {
        table.enqueueScope(row, this.#scopeValue(scenario, frame), scenario.queueLimit);
      }
    }
    if (table.count[row]! === 0) return;
    if (isTooMuch || this.#isConditionMet(rule, row, frame)) {
      this.#overflow(rule, row, table.last[row]!);
      table.clear(row);
    }
  }

  /** Takes a token if there is one. The first event finds the bucket full of them. */
  #takeToken({ rate }: Rule, row: number, atMs: number): boolean {
    const { first, last, tokens, count } = this.#table;
    const isFirst = count[row] === 0;
    if (isFirst) first[row] = atMs;
    if (rate === undefined) return true;
    const available = isFirst ? rate.burst : tokensAt(rate, tokens[row]!, last[row]!, atMs);
    if (!mayTake(rate, available)) return false;
    tokens[row] = available - 1;
    return true;
  }

  #isConditionMet(rule: Rule, row: number, frame: Frame): boolean {
    const { scenario } = rule;
    const { condition, bayesian } = scenario;
    if (condition === undefined && bayesian === undefined) return false;
    frame.bucket = this.#view(rule, row, Number.NaN);
    let isMet =
      condition !== undefined && this.faults.isTrue(scenario, 'condition', condition, frame) === true;
    if (!isMet && bayesian !== undefined) {
      const fallen = this.#table.guillotine(row, bayesian.conditions.length);
      const probability = posterior(bayesian.prior, bayesian.conditions, fallen, (each) =>
        this.faults.isTrue(scenario, 'bayesian_conditions', each.condition, frame),
      );
      isMet = probability > bayesian.threshold;
    }
    frame.bucket = undefined;
    return isMet;
  }

  #evidenceFor(scenario: Scenario, event: Event): Evidence {
    if (scenario.readsQueue) return (this.#kept ??= this.#evidence.keep(event));
    return (this.#packed ??= this.#isChanged ? this.#evidence.pack(event) : this.#evidence.note(event));
  }

  /** The event that is being poured, as an alert tells it. */
  #present(scenario: Scenario, event: Event): KeptEvent {
    return this.#evidence.read(scenario.readsQueue ? this.#evidence.keep(event) : this.#evidence.pack(event));
  }

  #scopeValue(scenario: Scenario, frame: Frame): string | undefined {
    const { expression } = scenario.scope;
    return expression === undefined ? undefined : this.faults.text(scenario, 'scope', expression, frame, '');
  }

  #view(rule: Rule, row: number, overflowMs: number): FullBucket {
    const { first, last, count, keys, born } = this.#table;
    const table = this.#table;
    const evidence = this.#evidence;
    let queue: readonly KeptEvent[] | undefined;
    return {
      scenario: rule.scenario,
      key: keys[row]!,
      totalCount: count[row]!,
      firstMs: first[row]!,
      lastMs: last[row]!,
      overflowMs,
      get origin() {
        return originOf(born[row]!, this.firstMs);
      },
      // Read when it is asked for: many conditions only look at the event.
      get queue() {
        return (queue ??= table.queue(row).map((each) => evidence.read(each)));
      },
      scopeValues: table.scopeValues(row),
    };
  }

  #trigger(rule: Rule, key: string, frame: Frame, atMs: number): void {
    const { scenario } = rule;
    rule.poured++;
    if (scenario.overflowFilter === undefined && rule.blackhole?.swallows(key, atMs) === true) return;
    const bucket: FullBucket = {
      scenario,
      key,
      // Without a time of its own it has that of being read, which the next reading of the line has not.
      origin: originOf(frame.evt.identity, frame.evt.marshaledTime === '' ? 0 : atMs),
      totalCount: 1,
      firstMs: atMs,
      lastMs: atMs,
      overflowMs: atMs,
      queue: [this.#present(scenario, frame.evt)],
      scopeValues: [this.#scopeValue(scenario, frame)],
    };
    this.#letOut(rule, bucket, scenario.overflowFilter === undefined);
  }

  #overflow(rule: Rule, row: number, overflowMs: number): void {
    const hasFilter = rule.scenario.overflowFilter !== undefined;
    if (!hasFilter && rule.blackhole?.swallows(this.#table.keys[row]!, overflowMs) === true) return;
    this.#letOut(rule, this.#view(rule, row, overflowMs), !hasFilter);
  }

  /** The filter comes before the blackhole: what it refuses silences nothing. */
  #letOut(rule: Rule, bucket: FullBucket, isPastBlackhole: boolean): void {
    const { scenario } = rule;
    const described = describeOverflow(bucket, rule.simulated, this.#clock === 'event');
    const overflow = described.ok ? described.overflow : undefined;
    if (!described.ok) this.faults.count(scenario, 'source', described.reason);
    const filter = scenario.overflowFilter;
    if (filter !== undefined) {
      const { evt } = this.#frame;
      const answer = this.faults.isTrue(scenario, 'overflow_filter', filter, {
        evt,
        bucket,
        signal: overflow,
      });
      if (answer === false) return;
    }
    if (!isPastBlackhole && rule.blackhole?.swallows(bucket.key, bucket.overflowMs) === true) return;
    if (overflow === undefined || overflow.alerts.length === 0) return;
    rule.overflowed++;
    this.#out.push(overflow);
  }
}

interface Frame extends BucketFrame {
  evt: Event;
  bucket: BucketView | undefined;
  signal: Overflow | undefined;
}

function changesEvents({ filter, groupBy, distinct, cancelOn }: Scenario): boolean {
  return [filter, groupBy, distinct, cancelOn].some((program) => program !== undefined && !program.isPure);
}
