// A parser node at run time, and what happens when an event meets it. The order is CrowdSec's and matters:
// filter, whitelist, grok with its statics, stash, sub-nodes, statics, onsuccess.

import type { Event } from './event.ts';
import type { EventFrame } from './variable.ts';
import type { Grok } from '../patterns/index.ts';
import { WritableObject } from './target.ts';
import type { Whitelist } from './whitelist.ts';

/** Says whether an event passes; a filter that fails at run time does not pass. */
export type Predicate = (frame: EventFrame) => boolean;

/** Writes to the event. False when the event has to be dropped: the value was of no type that can be written. */
export type Static = (frame: EventFrame) => boolean;

export interface GrokStep {
  readonly grok: Grok;
  /** By index in `grok.names`. */
  readonly slots: readonly number[];
  /** The text the pattern is applied to; undefined when the event has no such field. */
  readonly subject: (frame: EventFrame) => string | undefined;
  readonly statics: readonly Static[];
}

export interface ParserNode {
  /** Sub-nodes without a name of their own are `child-` and their parent's name. */
  readonly name: string;
  readonly filter: Predicate | undefined;
  readonly whitelist: Whitelist | undefined;
  readonly grok: GrokStep | undefined;
  readonly stashes: readonly ((frame: EventFrame) => void)[];
  readonly nodes: readonly ParserNode[];
  readonly statics: readonly Static[];
  /** onsuccess: next_stage. */
  readonly movesOn: boolean;
}

/** What a node made of an event. `dropped` ends the event's way: it stays unparsed. */
export type Outcome = 'ok' | 'ko' | 'dropped';

/** What a node needs of the set it belongs to. */
export interface StageOrder {
  /** Returns the stage after this one, or the same one when it is the last. */
  next(stage: string): string;
  /** Called after each sub-node when someone watches. */
  readonly onSubNode: ((node: string, success: boolean, depth: number) => void) | undefined;
}

/** Runs a node on the event of the frame. */
export function runNode(node: ParserNode, frame: EventFrame, order: StageOrder, depth: number): Outcome {
  if (node.filter !== undefined && !node.filter(frame)) return 'ko';

  const event = frame.evt;
  const { whitelist, grok } = node;
  let isWhitelisted = false;
  if (whitelist !== undefined && whitelist.holds(frame)) {
    isWhitelisted = true;
    if (!event.whitelisted) {
      event.whitelisted = true;
      event.whitelistReason = whitelist.reason;
      if (event.overflow instanceof WritableObject) event.overflow.setField('Whitelisted', true);
    }
  }

  let hasMatched = false;
  if (grok !== undefined) {
    hasMatched = applyGrok(grok, frame);
    if (hasMatched && !applyStatics(grok.statics, frame)) return 'dropped';
  }
  let isOk = grok === undefined || hasMatched;
  if (isOk) for (const stash of node.stashes) stash(frame);

  for (const child of node.nodes) {
    const outcome = runNode(child, frame, order, depth + 1);
    if (outcome === 'dropped') return outcome;
    order.onSubNode?.(child.name, outcome === 'ok', depth + 1);
    if (outcome === 'ok') {
      isOk = true;
      if (node.movesOn) break;
    } else if (!hasMatched) {
      // A node that matched by itself stays successful; any other is what its last sub-node was.
      isOk = false;
    }
  }
  if (!isOk) return 'ko';

  if ((isWhitelisted || whitelist === undefined) && !applyStatics(node.statics, frame)) return 'dropped';
  if (node.movesOn) event.stage = order.next(event.stage);
  return 'ok';
}

function applyGrok(step: GrokStep, frame: EventFrame): boolean {
  const subject = step.subject(frame);
  if (subject === undefined) return false;
  const captures = step.grok.exec(subject);
  if (captures === null) return false;
  const { slots } = step;
  const event: Event = frame.evt;
  event.setAll(slots, captures);
  // A pattern that names nothing counts as one that did not match.
  return slots.length > 0;
}

function applyStatics(statics: readonly Static[], frame: EventFrame): boolean {
  for (const apply of statics) if (!apply(frame)) return false;
  return true;
}
