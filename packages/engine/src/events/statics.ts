// Statics: what a parser writes to the event. Most copy a field or write a constant, so each is compiled to
// the cheapest closure that does it. A value that is empty is never written.

import type { MapReader } from '../items/index.ts';
import type { ExpressionCompiler, TextOf } from './compile.ts';
import type { Footprint } from './effect.ts';
import type { Enricher } from './enrich.ts';
import type { Bag, Event, EventSchema } from './event.ts';
import type { Static } from './node.ts';
import { targetSetter, type Setter } from './target.ts';

/** Enrichments by the name that statics call them by. */
export type Enrichers = ReadonlyMap<string, Enricher>;

/** A static, and what is known about it. */
export interface CompiledStatic {
  readonly apply: Static;
  /** The slots that decide what it writes; undefined when other things do. */
  readonly reads: readonly number[] | undefined;
  /** The slots it may write; undefined when it may write elsewhere. */
  readonly writes: readonly number[] | undefined;
  /** Set when all it does is to write this to its slot. */
  readonly source?: Source;
  /** A method that never finds anything. */
  readonly isIdle?: boolean;
}

/** A constant text, or the slot that is copied unless it is empty. */
type Source = { readonly text: string } | { readonly slot: number };

/** Reads and compiles the list of statics at `statics`. */
export function readStatics(
  owner: MapReader,
  node: string,
  compiler: ExpressionCompiler,
  enrichers: Enrichers,
): readonly CompiledStatic[] {
  return owner
    .maps('statics')
    .map((reader) => readStatic(reader, node, compiler, enrichers))
    .filter((compiled) => compiled !== undefined);
}

/** What is done with a value once there is one; it may be empty only for ParseDate. */
interface Write {
  readonly write: (event: Event, value: string) => void;
  readonly slots: readonly number[] | undefined;
  readonly isIdle?: boolean;
}

function readStatic(
  reader: MapReader,
  node: string,
  compiler: ExpressionCompiler,
  enrichers: Enrichers,
): CompiledStatic | undefined {
  const value = reader.string('value') ?? '';
  const source = reader.string('expression') ?? '';
  const method = reader.string('method') ?? '';
  const target = readTarget(reader);
  reader.refuseOtherKeys('a static');
  if (value === '' && source === '') {
    reader.complain(
      'E_STATIC_WITHOUT_VALUE',
      'The static has neither a value nor an expression',
      "Add 'value: …' or 'expression: …'",
    );
    return undefined;
  }
  const written =
    method === ''
      ? targetWrite(reader, target, node, compiler)
      : methodWrite(method, node, compiler, enrichers);
  if (written === undefined) return undefined;
  const { write, slots: writes, isIdle } = written;
  if (isIdle !== true) for (const slot of writes ?? []) compiler.written.add(slot);
  const [to] = writes ?? [];
  const isOfBag = method === '' && to !== undefined;
  if (value !== '') {
    const constantly = { apply: constant(write, value), reads: [], writes };
    return isOfBag ? { ...constantly, source: { text: value } } : constantly;
  }
  const expression = compiler.expression(reader, 'expression', source);
  if (expression === undefined) return undefined;
  const reads = compiler.slotsRead(expression);
  const [from] = reads ?? [];
  const copied = isOfBag && from !== undefined && compiler.isPlain(expression);
  const apply = computed(write, compiler.text(expression, node), method === 'ParseDate', node, compiler);
  if (copied) return { apply, reads, writes, source: { slot: from } };
  return isIdle === true ? { apply, reads, writes, isIdle } : { apply, reads, writes };
}

/** What a static reads and writes, if that can be told. */
export function footprintOf({ reads, writes }: CompiledStatic): Footprint | undefined {
  return reads === undefined || writes === undefined ? undefined : { reads, writes, subject: undefined };
}

/**
 * The slots of Enriched that statics copy from, if they do nothing else and ask nobody who could know: as long as
 * nothing else writes those slots, the statics write nothing.
 */
export function idleSources(
  statics: readonly CompiledStatic[],
  schema: EventSchema,
): readonly number[] | undefined {
  const sources: number[] = [];
  for (const { source, isIdle } of statics) {
    const slot = source !== undefined && 'slot' in source ? source.slot : -1;
    if (slot >= 0 && schema.names[slot]!.startsWith('Enriched.')) sources.push(slot);
    else if (isIdle !== true) return undefined;
  }
  return statics.length === 0 ? undefined : sources;
}

/** The statics as nodes run them: neighbours that only copy slots and write constants become one loop. */
export function fuse(statics: readonly CompiledStatic[]): readonly Static[] {
  const fused: Static[] = [];
  let run: { readonly source: Source; readonly to: number }[] = [];
  const endRun = (): void => {
    if (run.length > 0) fused.push(writeAll(run));
    run = [];
  };
  for (const { apply, source, writes } of statics) {
    const [to] = writes ?? [];
    if (source !== undefined && to !== undefined) {
      run.push({ source, to });
    } else {
      endRun();
      fused.push(apply);
    }
  }
  endRun();
  return fused;
}

function writeAll(run: readonly { readonly source: Source; readonly to: number }[]): Static {
  const targets = run.map(({ to }) => to);
  // By static: the slot to copy, or -1 and the constant.
  const slots = run.map(({ source }) => ('slot' in source ? source.slot : -1));
  const texts = run.map(({ source }) => ('text' in source ? source.text : ''));
  return (frame) => {
    const event = frame.evt;
    for (let i = 0; i < targets.length; i++) {
      const slot = slots[i]!;
      const value = slot < 0 ? texts[i] : event.values[slot];
      if (value !== undefined && value !== '') event.set(targets[i]!, value);
    }
    return true;
  };
}

type Target = { kind: 'bag'; bag: Bag; name: string } | { kind: 'path'; path: string };

/** The first of these that is given counts. */
function readTarget(reader: MapReader): Target | undefined {
  const parsed = reader.string('parsed') ?? '';
  const meta = reader.string('meta') ?? '';
  const enriched = reader.string('enriched') ?? '';
  const path = reader.string('target') ?? '';
  if (parsed !== '') return { kind: 'bag', bag: 'Parsed', name: parsed };
  if (meta !== '') return { kind: 'bag', bag: 'Meta', name: meta };
  if (enriched !== '') return { kind: 'bag', bag: 'Enriched', name: enriched };
  // `target: evt.Meta.log_type` is `meta: log_type` in other words.
  const [, bag, name] = /^(?:evt\.)?(Parsed|Meta|Enriched)\.([^.]+)$/.exec(path) ?? [];
  if (bag !== undefined && name !== undefined) return { kind: 'bag', bag: bag as Bag, name }; // the pattern admits bags only
  return path === '' ? undefined : { kind: 'path', path };
}

function targetWrite(
  reader: MapReader,
  target: Target | undefined,
  node: string,
  compiler: ExpressionCompiler,
): Write | undefined {
  if (target === undefined) {
    reader.complain(
      'E_STATIC_WITHOUT_TARGET',
      'The static does not say where its value goes',
      "Add 'meta', 'parsed', 'enriched', 'target' or 'method'",
    );
    return undefined;
  }
  if (target.kind === 'bag') {
    const slot = compiler.schema.slot(target.bag, target.name);
    return { write: (event, value) => event.set(slot, value), slots: [slot] };
  }
  const { faults } = compiler;
  const message = `Events have no field '${target.path}' that a static may set`;
  const setter: Setter = targetSetter(compiler.schema, target.path) ?? (() => false);
  const write = (event: Event, value: string): void => {
    if (!setter(event, value)) faults.count('E_PARSER_TARGET', node, message);
  };
  return { write, slots: undefined };
}

function methodWrite(
  method: string,
  node: string,
  compiler: ExpressionCompiler,
  enrichers: Enrichers,
): Write {
  const enricher = enrichers.get(method);
  const { faults } = compiler;
  if (enricher === undefined) {
    const message = `There is no method '${method}'`;
    return { write: () => faults.count('E_PARSER_ENRICHMENT', node, message), slots: [] };
  }
  const write = (event: Event, value: string): void => {
    try {
      enricher.enrich(value, event);
    } catch (error) {
      faults.count('E_PARSER_ENRICHMENT', node, error);
    }
  };
  return { write, slots: enricher.writes, isIdle: enricher.isIdle === true };
}

function constant(write: Write['write'], value: string): Static {
  return (frame) => {
    write(frame.evt, value);
    return true;
  };
}

function computed(
  write: Write['write'],
  text: TextOf,
  mayBeEmpty: boolean,
  node: string,
  compiler: ExpressionCompiler,
): Static {
  const { faults } = compiler;
  return (frame) => {
    const value = text(frame);
    if (value === false) {
      faults.count('E_PARSER_STATIC_TYPE', node, 'The expression of a static gives no text');
      return false;
    }
    if (value === null) return true;
    if (value !== undefined && value !== '') write(frame.evt, value);
    else if (mayBeEmpty) write(frame.evt, '');
    return true;
  };
}
