// The door of the expression language: expr-lang as CrowdSec's hub uses it, compiled once to closures.

export { childrenOf, type Node } from './ast.ts';
export { compileAst, compileExpression, type Expression } from './compile.ts';
export type { Environment, HelperFunction, MemberGetter, Variable } from './environment.ts';
export { EvaluationError, type ExpressionError } from './errors.ts';
export { parseExpression } from './parse.ts';
export { AnyMap, Float, GoDuration, GoTime, HostObject, ValueMap, type Value } from './value.ts';
export { FilterSet } from './filterSet.ts';
