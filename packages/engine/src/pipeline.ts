// The main path: a line becomes an event, is poured into the buckets that it concerns, and what overflows
// becomes alerts and decisions. Everything that a stage needs has been loaded before (load.ts); nothing here
// opens a file, asks the time or draws a random number.

import type { Alert, Decision, LineOrigin } from '@parapet/kinds';
import type { Allowlist, DecisionSet, Profiles } from './decisions/index.ts';
import type { BucketManager, Overflow } from './detectors/buckets/index.ts';
import type { SelfInflicted } from './detectors/index.ts';
import type { PerimeterDetector } from './detectors/perimeter/index.ts';
import type { Event, ParserSet, ParserTrace } from './events/index.ts';
import type { Finding, Judge, TrafficShare, Verdict } from './verdicts/index.ts';

/** The stages, loaded. */
export interface Stages {
  readonly event: Event;
  readonly parsers: ParserSet;
  readonly buckets: BucketManager;
  readonly perimeter: PerimeterDetector | undefined;
  /** Drops events that our own bans have caused; undefined in a replay, where nobody enforces. */
  readonly selfInflicted: SelfInflicted | undefined;
  readonly traffic: TrafficShare;
  readonly judge: Judge;
  readonly profiles: Profiles;
  readonly decisions: DecisionSet;
  readonly allowlist: Allowlist;
}

/** Who is told what happens. All are called before `process` returns; the event is only lent. */
export interface Listener {
  onEvent?(event: Event): void;
  onUnparsed?(raw: string, origin: LineOrigin): void;
  onVerdict?(verdict: Verdict): void;
  onAlert?(alert: Alert, decisions: readonly Decision[]): void;
  onFinding?(finding: Finding): void;
}

export interface PipelineCounts {
  lines: number;
  parsed: number;
  whitelisted: number;
  /** Answers of ours to an address that we had banned. */
  selfInflicted: number;
}

export class Pipeline {
  readonly stages: Stages;
  readonly counts: PipelineCounts = { lines: 0, parsed: 0, whitelisted: 0, selfInflicted: 0 };
  readonly #listener: Listener;
  readonly #pourAgain = (event: Event): readonly Overflow[] =>
    this.stages.buckets.pour(event, event.readAtMs);

  constructor(stages: Stages, listener: Listener) {
    this.stages = stages;
    this.#listener = listener;
  }

  /** Has every step of the parsers told: for `explain` and for hub tests. */
  watchParsers(trace: ParserTrace): void {
    this.stages.parsers.trace = trace;
  }

  /** Takes one line through all stages. `nowMs` is when it was read. */
  process(raw: string, origin: LineOrigin, nowMs: number): void {
    const { event, parsers, buckets, perimeter, selfInflicted, traffic } = this.stages;
    const { counts } = this;
    counts.lines++;
    event.resetTo(raw, origin, nowMs);
    if (!parsers.parse(event)) {
      this.#listener.onUnparsed?.(raw, origin);
      return;
    }
    counts.parsed++;
    this.#listener.onEvent?.(event);
    traffic.observe(event, event.timeMs);
    if (event.whitelisted) {
      counts.whitelisted++;
      return;
    }
    if (selfInflicted?.isOwnAnswer(event, event.timeMs) === true) {
      counts.selfInflicted++;
      return;
    }
    this.#judge(buckets.pour(event, nowMs));
    if (perimeter !== undefined) this.#judge(perimeter.observe(event));
  }

  /** Tells the time when no line comes: buckets that count for a fixed time, and decisions, end by it. */
  advance(nowMs: number): readonly Decision[] {
    this.#judge(this.stages.buckets.advance(nowMs));
    return this.stages.decisions.expire(nowMs);
  }

  /** Ends: buckets that count for a fixed time and whose time is up overflow now. */
  stop(): void {
    this.#judge(this.stages.buckets.stop());
  }

  #judge(overflows: readonly Overflow[]): void {
    if (overflows.length === 0) return;
    const { judge } = this.stages;
    for (const verdict of judge.judgeAll(overflows, this.#pourAgain)) {
      this.#listener.onVerdict?.(verdict);
      for (const alert of verdict.alerts) this.#decide(alert);
    }
    for (const finding of judge.takeFindings()) this.#listener.onFinding?.(finding);
  }

  #decide(alert: Alert): void {
    const { profiles, decisions } = this.stages;
    const made: Decision[] = [];
    for (const decision of profiles.decide(alert).decisions) {
      const added = decisions.add(decision);
      if (added.outcome !== 'covered') made.push(added.decision);
    }
    this.#listener.onAlert?.(alert, made);
  }
}
