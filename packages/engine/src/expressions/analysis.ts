// What can be told about an expression without evaluating it, for the index that decides which scenarios an
// event can match.

export { conjuncts } from './conjuncts.ts';
export { isPure, readsOf } from './reads.ts';
export { requiredLiterals, type RequiredLiterals } from './requiredLiterals.ts';
