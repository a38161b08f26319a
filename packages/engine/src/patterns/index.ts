// The door of the patterns: regular expressions of the outside world, and grok.

export { Grok, GrokLibrary, type AddResult, type GrokResult, type PatternFileProblem } from './grok.ts';
export type { RequiredLiterals } from './literals.ts';
export { compilePattern, Pattern, type CompileResult, type PatternError } from './pattern.ts';
export type { Safety } from './safety.ts';
