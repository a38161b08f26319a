// The door of the rules: reading them, and asking them about a request.

export { loadRules, type LoadedRules, type RuleFile } from './readRule.ts';
export { STRENGTHS, type ContentRule, type RuleExample, type RuleFinding, type RulePlace } from './rule.ts';
export { RuleSet } from './ruleSet.ts';
