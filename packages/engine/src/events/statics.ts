// Statics: what a parser writes to the event. Most copy a field or write a constant, so each is compiled to
// the cheapest closure that does it. A value that is empty is never written.

import type { MapReader } from '../items/index.ts';
import type { ExpressionCompiler, TextOf } from './compile.ts';
import type { Enricher } from './enrich.ts';
import type { Bag, Event } from './event.ts';
import type { Static } from './node.ts';
import { bagSetter, targetSetter, type Setter } from './target.ts';

/** Enrichments by the name that statics call them by. */
export type Enrichers = ReadonlyMap<string, Enricher>;

/** Reads and compiles the list of statics at `statics`. */
export function readStatics(
  owner: MapReader,
  node: string,
  compiler: ExpressionCompiler,
  enrichers: Enrichers,
): readonly Static[] {
  return owner
    .maps('statics')
    .map((reader) => readStatic(reader, node, compiler, enrichers))
    .filter((compiled) => compiled !== undefined);
}

/** What is done with a value once there is one; it may be empty only for ParseDate. */
type Write = (event: Event, value: string) => void;

function readStatic(
  reader: MapReader,
  node: string,
  compiler: ExpressionCompiler,
  enrichers: Enrichers,
): Static | undefined {
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
  const write =
    method === ''
      ? targetWrite(reader, target, node, compiler)
      : methodWrite(method, node, compiler, enrichers);
  if (write === undefined) return undefined;
  const mayBeEmpty = method === 'ParseDate';
  if (value !== '') return constant(write, value);
  const isPlain = method === '' && target?.kind === 'bag';
  const copy = isPlain ? slotCopy(source, target.bag, target.name, compiler) : undefined;
  if (copy !== undefined) return copy;
  const expression = compiler.expression(reader, 'expression', source);
  if (expression === undefined) return undefined;
  return computed(write, compiler.text(expression, node), mayBeEmpty, node, compiler);
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
  if (target.kind === 'bag') return bagSetter(compiler.schema, target.bag, target.name);
  const { faults } = compiler;
  const message = `Events have no field '${target.path}' that a static may set`;
  const setter: Setter = targetSetter(compiler.schema, target.path) ?? (() => false);
  return (event, value) => {
    if (!setter(event, value)) faults.count('E_PARSER_TARGET', node, message);
  };
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
    return () => faults.count('E_PARSER_ENRICHMENT', node, `There is no method '${method}'`);
  }
  return (event, value) => {
    try {
      enricher(value, event);
    } catch (error) {
      faults.count('E_PARSER_ENRICHMENT', node, error);
    }
  };
}

function constant(write: Write, value: string): Static {
  return (frame) => {
    write(frame.evt, value);
    return true;
  };
}

/** `expression: evt.Parsed.x` to a bag, by far the most frequent static: from slot to slot. */
function slotCopy(source: string, bag: Bag, name: string, compiler: ExpressionCompiler): Static | undefined {
  const match = /^\s*evt\.(Meta|Parsed|Enriched)\.([A-Za-z_]\w*)\s*$/.exec(source);
  if (match === null) return undefined;
  // The pattern admits only the names of the bags.
  const from = compiler.schema.slot(match[1] as Bag, match[2]!);
  const to = compiler.schema.slot(bag, name);
  return (frame) => {
    const event = frame.evt;
    const value = event.values[from];
    if (value !== undefined && value !== '') event.set(to, value);
    return true;
  };
}

function computed(
  write: Write,
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
