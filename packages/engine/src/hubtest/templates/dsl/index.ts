// The door of the templates' expressions.

export { evaluate, type Variables } from './evaluate.ts';
export { callsFunction, type DslContext } from './functions.ts';
export { parseExpression } from './parseExpression.ts';
export { DslError, textOf, type DslValue } from './value.ts';
