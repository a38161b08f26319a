// The main path: a line becomes an event, is poured into the buckets that it concerns, and what overflows
// becomes alerts and decisions. Everything that a stage needs has been loaded before (load.ts); nothing here
// opens a file, asks the time or draws a random number.

import type { Alert, Decision, LineMeta, LineOrigin } from '@parapet/kinds';
import { decodeState, encodeState, type EngineState } from './checkpoint.ts';
import type { Allowlist, AllowlistItem, DecisionSet, Profiles } from './decisions/index.ts';
import type { BucketManager, Overflow } from './detectors/buckets/index.ts';
import type { SelfInflicted } from './detectors/index.ts';
import type { PerimeterDetector } from './detectors/perimeter/index.ts';
import type { Event, ParserSet, ParserTrace } from './events/index.ts';
import type { Stash } from './expressions/helpers/stash.ts';
import type { LineNumbers } from './lineNumbers.ts';
import type {
  Finding,
  Judge,
  OperatorRule,
  OperatorSighting,
  TrafficShare,
  Verdict,
} from './verdicts/index.ts';

/** The stages, loaded. */
export interface Stages {
  readonly event: Event;
  readonly lineNumbers: LineNumbers;
  readonly stash: Stash;
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
  readonly operators: OperatorRule;
}

/** Who is told what happens. All are called before `process` returns; the event is only lent. */
export interface Listener {
  onEvent?(event: Event): void;
  onUnparsed?(raw: string, origin: LineOrigin): void;
  onVerdict?(verdict: Verdict): void;
  /** `covered` are the decisions that were in force already and last longer than what was asked for. */
  onAlert?(alert: Alert, decisions: readonly Decision[], covered: readonly Decision[]): void;
  /** `lifted` are the decisions that were in force on what has turned out to be no visitor. */
  onFinding?(finding: Finding, lifted: readonly Decision[]): void;
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
  #listener: Listener;
  #look: ((event: Event) => void) | undefined;
  readonly #pourAgain = (event: Event): readonly Overflow[] =>
    this.stages.buckets.pour(event, event.readAtMs);

  constructor(stages: Stages, listener: Listener) {
    this.stages = stages;
    this.#listener = listener;
  }

  /**
   * Takes an alert that another machine has made. Never-rules and profiles have their say as for an own one, unless
   * it brings decisions of its own: those an operator made there, and they are taken as they are.
   */
  ingest(alert: Alert, given: readonly Decision[] = []): void {
    if (given.length === 0) this.#decide(this.stages.judge.judgeForeign(alert));
    else this.#take(alert, given);
    this.#tellFindings();
  }

  /** Has each event looked at before anybody else sees it: what is found there is written into its fields. */
  inspectWith(look: (event: Event) => void): void {
    this.#look = look;
  }

  /** Has every step of the parsers told: for `explain` and for hub tests. */
  watchParsers(trace: ParserTrace): void {
    this.stages.parsers.trace = trace;
  }

  /** Takes one line through all stages. `nowMs` is when it was read. */
  process(raw: string, origin: LineOrigin, nowMs: number, meta?: LineMeta): void {
    const { event, lineNumbers, parsers, buckets, perimeter, selfInflicted, traffic } = this.stages;
    const { counts } = this;
    counts.lines++;
    event.resetTo(raw, origin, nowMs, meta);
    const progress = lineNumbers.next(origin.src);
    event.identity = progress.base + progress.lines;
    if (!parsers.parse(event)) {
      this.#listener.onUnparsed?.(raw, origin);
      return;
    }
    counts.parsed++;
    event.tellMeta();
    this.#look?.(event);
    if (event.marshaledTime !== '') progress.timeMs = event.timeMs;
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

  /**
   * Takes lines through all stages for nothing, so that everything is compiled before somebody waits for an answer:
   * the first line of a process was measured to take 125 ms, and 3 ms after this. Nobody is told, what is decided is
   * lifted, and nothing is counted; the lines must be of addresses that nobody has.
   */
  rehearse(lines: readonly string[], origin: LineOrigin, nowMs: number): void {
    const listener = this.#listener;
    const counts = { ...this.counts };
    const made: Decision[] = [];
    this.#listener = { onAlert: (_, decisions) => void made.push(...decisions) };
    for (const raw of lines) this.process(raw, origin, nowMs);
    for (const { id } of made) this.lift(id);
    this.#listener = listener;
    Object.assign(this.counts, counts);
  }

  /** Tells the time when no line comes: buckets that count for a fixed time, and decisions, end by it. */
  advance(nowMs: number): readonly Decision[] {
    this.#judge(this.stages.buckets.advance(nowMs));
    this.#tellFindings();
    return this.stages.decisions.expire(nowMs);
  }

  /** Ends: buckets that count for a fixed time and whose time is up overflow now. */
  stop(): void {
    this.#judge(this.stages.buckets.stop());
  }

  /**
   * Everything that later results depend on, but for decisions and the allowlist, as bytes to be stored in one
   * transaction with the cursors of the lines that have been processed.
   */
  saveState(): Uint8Array {
    const { buckets, perimeter, traffic, stash, lineNumbers } = this.stages;
    return encodeState({
      buckets: buckets.save(),
      perimeter: perimeter?.save(),
      traffic: traffic.save(),
      stash: stash.save(),
      sources: lineNumbers.save(),
      counts: { ...this.counts },
    });
  }

  /**
   * Goes on where the pipeline that saved this stood; to be called before the first line. Buckets of scenarios that
   * were changed since start anew. Returns false when the state is damaged or of another version: then begin with a
   * pipeline that was loaded anew, for this one may have taken over a part.
   */
  restoreState(saved: unknown): boolean {
    const state = decodeState(saved);
    if (state === undefined) return false;
    try {
      this.#takeOver(state);
      return true;
    } catch {
      return false; // a state of another shape under the same version must not keep the engine from starting
    }
  }

  #takeOver(state: EngineState): void {
    const { buckets, perimeter, traffic, stash, lineNumbers } = this.stages;
    buckets.restore(state.buckets);
    if (state.perimeter !== undefined) perimeter?.restore(state.perimeter);
    traffic.restore(state.traffic);
    stash.restore(state.stash);
    lineNumbers.restore(state.sources);
    Object.assign(this.counts, state.counts);
  }

  /**
   * Takes over the decisions in force, after a restart. `alertsSince` are the ids of the alerts stored after the
   * state was saved: lines that are read again lead to them once more, and they are neither told nor decided on a
   * second time.
   */
  resumeDecisions(decisions: Iterable<Decision>, alertsSince: Iterable<string> = []): void {
    for (const decision of decisions) this.stages.decisions.add(decision);
    this.stages.decisions.expect(alertsSince);
  }

  /** Forgets a decision that was lifted. */
  lift(id: string): Decision | undefined {
    return this.stages.decisions.lift(id);
  }

  /** Replaces the allowlist; returns the decisions that entries which are new have lifted. */
  setAllowlist(items: Iterable<AllowlistItem>, nowMs: number): readonly Decision[] {
    const { allowlist, decisions } = this.stages;
    return allowlist.replace(items, nowMs).flatMap(({ range }) => decisions.liftWithin(range));
  }

  /** Someone whom the site trusts was seen: nothing is decided on the address for some hours. */
  sawOperator(sighting: OperatorSighting): void {
    this.stages.operators.saw(sighting);
  }

  /** All trust was ended. */
  forgetOperators(): void {
    this.stages.operators.forgetAll();
  }

  #judge(overflows: readonly Overflow[]): void {
    if (overflows.length === 0) return;
    const { judge } = this.stages;
    for (const verdict of judge.judgeAll(overflows, this.#pourAgain)) {
      this.#listener.onVerdict?.(verdict);
      for (const alert of verdict.alerts) this.#decide(alert);
    }
    this.#tellFindings();
  }

  /** A proxy may be found out after it was decided on: the decision would lock out everybody behind it. */
  #tellFindings(): void {
    const { judge, decisions } = this.stages;
    for (const finding of judge.takeFindings()) {
      const lifted = decisions.liftTarget({ scope: 'ip', value: finding.ip });
      this.#listener.onFinding?.(finding, lifted);
    }
  }

  #decide(alert: Alert): void {
    const { profiles, decisions } = this.stages;
    if (decisions.hasCome(alert.id)) return;
    this.#take(alert, profiles.decide(alert).decisions);
  }

  #take(alert: Alert, given: readonly Decision[]): void {
    const { decisions } = this.stages;
    const made: Decision[] = [];
    const covered: Decision[] = [];
    for (const decision of given) {
      const added = decisions.add(decision);
      (added.outcome === 'covered' ? covered : made).push(added.decision);
    }
    this.#listener.onAlert?.(alert, made, covered);
  }
}
