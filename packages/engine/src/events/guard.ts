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
  const guardReads = split === undefined ? undefined : discreteReads(split.first, compiler);
  if (split === undefined || guardReads === undefined) {
    return { guard: undefined, rest: compiler.predicate(whole, node), restReads: compiler.slotsRead(whole) };
  }
  return {
    guard: { reads: guardReads, test: compiler.predicate(split.first, node) },
    rest: compiler.predicate(split.rest, node),
    restReads: compiler.slotsRead(split.rest),
  };
}

/** The first operand of an outermost `&&`, and what remains. */
function splitConjunction(
  { ast }: EventExpression,
  compiler: ExpressionCompiler,
): { first: EventExpression; rest: EventExpression } | undefined {
  if (ast.kind !== 'logical' || ast.operator !== '&&') return undefined;
  const [firstNode, ...restNodes] = ast.operands;
  const [onlyNode] = restNodes;
  if (firstNode === undefined || onlyNode === undefined) return undefined;
  const restNode = restNodes.length === 1 ? onlyNode : { ...ast, start: onlyNode.start, operands: restNodes };
  const first = compiler.part(firstNode);
  const rest = compiler.part(restNode);
  return first === undefined || rest === undefined ? undefined : { first, rest };
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
