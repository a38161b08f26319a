// The door of the patterns: regular expressions of the outside world, grok, and sets of both and of literals.

export { Grok, GrokLibrary, type AddResult, type GrokResult, type PatternFileProblem } from './grok.ts';
export type { RequiredLiterals } from './literals.ts';
export { LiteralSet, type LiteralSetOptions } from './literalSet.ts';
export { compilePattern, Pattern, type CompileResult, type PatternError } from './pattern.ts';
export { PatternSet } from './patternSet.ts';
export type { Safety } from './safety.ts';
