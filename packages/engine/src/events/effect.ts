// Nodes whose whole effect is decided by one field (where is this address?) are run once for each of its
// values; for other events with the same value what they wrote is written again.

import { Event, type EventSchema } from './event.ts';
import { memoOf } from './memo.ts';
import { runNode, type Outcome, type ParserNode, type StageOrder } from './node.ts';
import type { CompiledStatic } from './statics.ts';
import type { EventFrame } from './variable.ts';

/** Does what the node would do; undefined when this event is not like others and the node has to be run. */
export type Effect = (frame: EventFrame) => Outcome | undefined;

interface Remembered {
  readonly outcome: Outcome;
  readonly slots: readonly number[];
  readonly texts: readonly string[];
}

/** Returns the effect of a node that does nothing but statics, if one field decides it; undefined otherwise. */
export function effectOf(
  node: ParserNode,
  filterReads: readonly number[] | undefined,
  statics: readonly CompiledStatic[],
  schema: EventSchema,
): Effect | undefined {
  const hasMore = node.grok !== undefined || node.whitelist !== undefined || node.stashes.length > 0;
  if (hasMore || node.nodes.length > 0 || node.movesOn || filterReads === undefined) return undefined;
  const reads = new Set(filterReads);
  const writes = new Set<number>();
  for (const { reads: staticReads, writes: staticWrites } of statics) {
    if (staticReads === undefined || staticWrites === undefined) return undefined;
    for (const slot of staticReads) reads.add(slot);
    for (const slot of staticWrites) writes.add(slot);
  }
  const input = [...reads].find((slot) => !writes.has(slot));
  if (input === undefined) return undefined;
  // All else that the node reads must be absent, so that only the input and what it writes itself count. That
  // is how events come to such a node: `evt.Enriched.IsoCode` is there only after `method: GeoIpCity`.
  reads.delete(input);
  const absent = [...reads];
  const find = finder(node, input, schema);
  const ask = memoOf(schema, input).question((value) => find(value));
  return (frame) => {
    const event = frame.evt;
    const { values } = event;
    for (let i = 0; i < absent.length; i++) if (values[absent[i]!] !== undefined) return undefined;
    const { outcome, slots, texts } = ask(values[input], undefined);
    for (let i = 0; i < slots.length; i++) event.set(slots[i]!, texts[i]!);
    return outcome;
  };
}

/** Runs the node on an event that has nothing but the one field. */
function finder(
  node: ParserNode,
  input: number,
  schema: EventSchema,
): (value: string | undefined) => Remembered {
  const event = new Event(schema);
  const origin = event.origin;
  const order: StageOrder = { next: (stage) => stage, onSubNode: undefined };
  return (value) => {
    event.resetTo('', origin, 0);
    if (value !== undefined) event.set(input, value);
    const outcome = runNode(node, { evt: event }, order, 0);
    const slots = event.touched.slice(0, event.touchedCount).filter((slot) => slot !== input);
    return { outcome, slots, texts: slots.map((slot) => event.values[slot]!) };
  };
}
