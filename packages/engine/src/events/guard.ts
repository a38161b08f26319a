// Splits the filter of a top-level node into a guard, which reads nothing but fields of few values, and the
// rest. `evt.Parsed.program == 'teleport' && UnmarshalJSON(…) in ['', nil]` has the guard before the `&&`.

import type { MapReader } from '../items/index.ts';
import type { EventExpression, ExpressionCompiler } from './compile.ts';
import type { Predicate } from './node.ts';
import type { DiscreteField, Guard } from './stage.ts';
import { eventVariable, type EventFrame } from './variable.ts';

/** Fields that take few values in the life of an engine; labels of the line are, too. */
const DISCRETE = new Set([
  'Type',
  'Line.Module',
  'Parsed.program',
  'Parsed.logsource',
  'Parsed.Channel',
  'Parsed.EventID',
  'Parsed.Source',
  'Parsed.cef_device_vendor',
  'Parsed.cef_device_product',
  'Meta.service',
  'Meta.log_type',
  'Meta.http_verb',
  'Meta.sub_type',
  'Meta.stage_log',
]);

export interface SplitFilter {
  readonly guard: Guard | undefined;
  readonly rest: Predicate | undefined;
  /** The slots that decide the rest; undefined when other things do. */
  readonly restReads: readonly number[] | undefined;
}

/** Compiles a node's filter; undefined when it is bad, which is then a problem of the file. */
export function splitFilter(
  reader: MapReader,
  source: string,
  node: string,
  compiler: ExpressionCompiler,
): SplitFilter | undefined {
  const whole = compiler.expression(reader, 'filter', source);
  if (whole === undefined) return undefined;
  const reads = discreteReads(whole, compiler);
  if (reads !== undefined) {
    return { guard: { reads, test: compiler.predicate(whole, node) }, rest: undefined, restReads: [] };
  }
  const split = splitConjunction(whole, compiler);
  if (split === undefined) {
    return { guard: undefined, rest: compiler.predicate(whole, node), restReads: compiler.slotsRead(whole) };
  }
  return {
    guard: { reads: split.reads, test: compiler.predicate(split.first, node) },
    rest: compiler.predicate(split.rest, node),
    restReads: compiler.slotsRead(split.rest),
  };
}

/** The operands that an outermost `&&` begins with and that read fields of few values only, and what remains. */
function splitConjunction(
  { ast }: EventExpression,
  compiler: ExpressionCompiler,
): { first: EventExpression; reads: readonly DiscreteField[]; rest: EventExpression } | undefined {
  if (ast.kind !== 'logical' || ast.operator !== '&&') return undefined;
  const { operands } = ast;
  const part = (from: number, to: number): EventExpression | undefined => {
    const [only, ...others] = operands.slice(from, to);
    if (only === undefined) return undefined;
    const isOne = others.length === 0;
    return compiler.part(isOne ? only : { ...ast, start: only.start, operands: [only, ...others] });
  };
  // All of them would have been discrete as a whole.
  for (let count = operands.length - 1; count > 0; count--) {
    const first = part(0, count);
    const reads = first && discreteReads(first, compiler);
    const rest = part(count, operands.length);
    if (first !== undefined && reads !== undefined && rest !== undefined) return { first, reads, rest };
  }
  return undefined;
}

/** The fields an expression reads, if it is pure and reads only such as take few values. */
function discreteReads(
  expression: EventExpression,
  compiler: ExpressionCompiler,
): readonly DiscreteField[] | undefined {
  if (!expression.isPure) return undefined;
  const variable = eventVariable<EventFrame>(compiler.schema);
  const fields: DiscreteField[] = [];
  for (const name of expression.reads) {
    if (!DISCRETE.has(name) && !/^Line\.Labels\.\w+$/.test(name)) return undefined;
    const path = name.split('.');
    const getter = variable.member(path);
    if (getter === undefined) return undefined;
    const [bag = '', field = ''] = path;
    const slot = bag === 'Parsed' || bag === 'Meta' ? compiler.schema.slot(bag, field) : -1;
    fields.push({ name, slot, getter });
  }
  return fields;
}
