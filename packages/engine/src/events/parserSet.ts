// The parsers of one kind (log parsers, or post-overflow parsers): stages in order of their names, and the way
// of an event through them. An event is parsed when some node of every stage succeeded and moved it on.

import type { Event } from './event.ts';
import type { Faults } from './faults.ts';
import { runNode, type StageOrder } from './node.ts';
import { Stage, type StageNode } from './stage.ts';

/** Watches events on their way: for `explain` and for hub tests. */
export interface ParserTrace {
  /**
   * After each node that an event met, whether or not its filter let it in. `depth` is 0 for the nodes that
   * CrowdSec's own dump records; sub-nodes come before the node they are part of. The event is the live one:
   * take copies.
   */
  onNode(stage: string, node: string, success: boolean, event: Event, depth: number): void;
}

export class ParserSet {
  /** Set it to watch. */
  trace: ParserTrace | undefined;
  readonly faults: Faults;
  readonly #stages: readonly Stage[];
  readonly #frame: { evt: Event };
  readonly #order: StageOrder = { next: (stage) => this.#next(stage), onSubNode: undefined };

  /** `event` is any event of the schema that the nodes were compiled with; it is only held, never read. */
  constructor(nodes: readonly (StageNode & { readonly stage: string })[], event: Event, faults: Faults) {
    const names = [...new Set(nodes.map(({ stage }) => stage))].toSorted();
    this.#stages = names.map(
      (name) =>
        new Stage(
          name,
          nodes.filter(({ stage }) => stage === name),
        ),
    );
    this.#frame = { evt: event };
    this.faults = faults;
  }

  get stages(): readonly string[] {
    return this.#stages.map(({ name }) => name);
  }

  /** How many top-level nodes are loaded. */
  get size(): number {
    return this.#stages.reduce((sum, { nodes }) => sum + nodes.length, 0);
  }

  /** Parses the event in place and says whether it got through all stages. Never throws. */
  parse(event: Event): boolean {
    const stages = this.#stages;
    if (event.stage === '' && stages.length > 0) event.stage = stages[0]!.name;
    const frame = this.#frame;
    frame.evt = event;
    for (let index = 0; index < stages.length; index++) {
      const stage = stages[index]!;
      if (event.stage !== stage.name) {
        if (this.#indexOf(event.stage) > index) continue;
        return false;
      }
      try {
        if (!this.#parseStage(stage, event)) return false;
      } catch (error) {
        // A pattern or a method met its limits: this line is lost, the next one is not.
        this.faults.count('E_PARSER_PATTERN', stage.name, error);
        return false;
      }
    }
    return true;
  }

  /** Parses an event whose line was parsed before; nobody who watches hears of it. */
  parseAgain(event: Event): void {
    const { trace } = this;
    this.trace = undefined;
    this.parse(event);
    this.trace = trace;
  }

  #parseStage(stage: Stage, event: Event): boolean {
    const frame = this.#frame;
    const { trace } = this;
    const order = trace === undefined ? this.#order : this.#tracedOrder(stage, event, trace);
    let candidates = stage.candidates(frame);
    let isOk = false;
    let next = 0;
    for (let at = 0; at < candidates.length;) {
      const index = candidates[at]!;
      const node = stage.nodes[index]!;
      if (trace === undefined && stage.idle[index]!) {
        at++;
        continue;
      }
      if (trace !== undefined) reportSkipped(stage, next, index, event, trace);
      const effect = trace === undefined ? stage.effects[index] : undefined;
      const outcome = effect?.(frame) ?? runNode(node, frame, order, 0);
      if (outcome === 'dropped') return false;
      trace?.onNode(stage.name, node.name, outcome === 'ok', event, 0);
      next = index + 1;
      if (outcome === 'ok') {
        isOk = true;
        if (node.movesOn) return true;
      }
      // A sub-node, or a static that sets the stage, moved it.
      if (event.stage !== stage.name) return isOk;
      const after = stage.candidates(frame);
      at = after === candidates ? at + 1 : after.findIndex((candidate) => candidate > index);
      if (at < 0) break;
      candidates = after;
    }
    if (trace !== undefined) reportSkipped(stage, next, stage.nodes.length, event, trace);
    // Idle nodes write nothing, but one of them may be all that the stage has to say yes.
    return (
      isOk ||
      candidates.some((index) => stage.idle[index] && runNode(stage.nodes[index]!, frame, order, 0) === 'ok')
    );
  }

  #tracedOrder(stage: Stage, event: Event, trace: ParserTrace): StageOrder {
    return {
      next: (from) => this.#next(from),
      onSubNode: (node, success, depth) => trace.onNode(stage.name, node, success, event, depth),
    };
  }

  #indexOf(stage: string): number {
    return this.#stages.findIndex(({ name }) => name === stage);
  }

  /** Of an unknown stage: the first one, as in CrowdSec. */
  #next(stage: string): string {
    return this.#stages[this.#indexOf(stage) + 1]?.name ?? stage;
  }
}

/** The index spared these nodes; whoever watches hears that they did not succeed. */
function reportSkipped(stage: Stage, from: number, to: number, event: Event, trace: ParserTrace): void {
  for (let i = from; i < to; i++) trace.onNode(stage.name, stage.nodes[i]!.name, false, event, 0);
}
