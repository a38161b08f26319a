// The door of the patterns: regular expressions of the outside world, grok, and sets of both and of literals.

export { Grok, GrokLibrary } from './grok.ts';
export { LiteralSet } from './literalSet.ts';
export { compilePattern, Pattern } from './pattern.ts';
export { PatternSet } from './patternSet.ts';
export { nearestName } from './nearestName.ts';
