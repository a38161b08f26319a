// Nodes that depend on nothing but a few fields of the event (where is this address? what are the path and the
// arguments of this request?) are run once for each combination of their values; for other events with the same
// values, what they wrote is written again.

import { Event, type EventSchema } from './event.ts';
import { memoOf } from './memo.ts';
import { runNode, type Outcome, type ParserNode, type StageOrder } from './node.ts';
import type { EventFrame } from './variable.ts';

/** What a node and all below it read and write, by slot. */
export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** The field that a pattern takes apart, if there is one: it has the most different values. */
  readonly subject: number | undefined;
}

/** The footprint of several parts, or undefined when one of them reads or writes something else. */
export function joinFootprints(parts: readonly (Footprint | undefined)[]): Footprint | undefined {
  const reads = new Set<number>();
  const writes = new Set<number>();
  let subject: number | undefined;
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const slot of part.reads) reads.add(slot);
    for (const slot of part.writes) writes.add(slot);
    subject ??= part.subject;
  }
  return { reads: [...reads], writes: [...writes], subject };
}

/** Does what the node would do. */
export type Effect = (frame: EventFrame) => Outcome;

/** Combinations that are remembered for one value of the field that leads. */
const MAX_VARIANTS = 12;

/**
 * After so many events it is seen whether remembering pays, which it does if most of them were remembered. Where
 * it does not, the node is run for as many events as `PAUSE` says, and then it is tried again.
 */
const TRIED = 4096;
const PAUSE = 8 * TRIED;

/** Lists of written fields that are shared. */
const MAX_SHAPES = 256;

interface Variant {
  /** By place in the inputs, of which the first leads and is the same for all variants that lie together. */
  readonly given: readonly (string | undefined)[];
  readonly outcome: Outcome;
  /** Shared with all variants that write the same fields. */
  readonly slots: readonly number[];
  readonly texts: readonly string[];
}

/** Returns the effect of a node whose footprint is known; undefined when it has to be run for every event. */
export function effectOf(
  node: ParserNode,
  footprint: Footprint | undefined,
  schema: EventSchema,
): Effect | undefined {
  if (footprint === undefined || node.movesOn) return undefined;
  const { reads, writes } = footprint;
  // What is written before it is read is no input, but telling that apart is not worth it: such a field is
  // nearly always absent when the node begins, and then it is an input like any other.
  const lead = footprint.subject ?? reads.find((slot) => !writes.includes(slot));
  if (lead === undefined) return undefined;
  const inputs = [lead, ...reads.filter((slot) => slot !== lead)];
  const find = runner(node, inputs, schema);
  let events = 0;
  let misses = 0;
  let paused = 0;
  const variantsOf = memoOf(schema, lead).question((): Variant[] => []);
  return (frame) => {
    if (paused > 0) {
      paused--;
      return runNode(node, frame, ALONE, 0);
    }
    if (++events === TRIED) {
      if (misses * 2 > TRIED) paused = PAUSE;
      events = 0;
      misses = 0;
    }
    const event = frame.evt;
    const { values } = event;
    const variants = variantsOf(values[lead], undefined);
    let variant: Variant | undefined;
    for (let v = 0; v < variants.length; v++) {
      if (isSame(variants[v]!.given, inputs, values)) {
        variant = variants[v];
        break;
      }
    }
    if (variant === undefined) {
      variant = find(values);
      misses++;
      if (variants.length < MAX_VARIANTS) variants.push(variant);
    }
    event.setAll(variant.slots, variant.texts);
    return variant.outcome;
  };
}

function isSame(
  given: readonly (string | undefined)[],
  inputs: readonly number[],
  values: readonly (string | undefined)[],
): boolean {
  for (let i = 1; i < inputs.length; i++) if (values[inputs[i]!] !== given[i]) return false;
  return true;
}

/** Nodes that have an effect move no event on. */
const ALONE: StageOrder = { next: (stage) => stage, onSubNode: undefined };

/** Runs the node on an event that has nothing but the inputs, and notes what it wrote, in order. */
function runner(
  node: ParserNode,
  inputs: readonly number[],
  schema: EventSchema,
): (values: readonly (string | undefined)[]) => Variant {
  const event = new Event(schema);
  const { origin } = event;
  const known = new Map<string, readonly number[]>();
  return (values) => {
    event.resetTo('', origin, 0);
    const given = inputs.map((slot) => values[slot]);
    for (const [i, slot] of inputs.entries()) if (given[i] !== undefined) event.set(slot, given[i]);
    const outcome = runNode(node, { evt: event }, ALONE, 0);
    const slots = event.touched
      .slice(0, event.touchedCount)
      .filter((slot) => event.values[slot] !== given[inputs.indexOf(slot)] || !inputs.includes(slot));
    const texts = slots.map((slot) => event.values[slot]!);
    const key = slots.join();
    const shared = known.get(key) ?? slots;
    if (shared === slots && known.size < MAX_SHAPES) known.set(key, slots);
    return { given, outcome, slots: shared, texts };
  };
}
