// What somebody who runs a site has chosen for a single rule, whatever the configuration says of all of them.

/** `observe`: what it would do is told, and not done. */
export const RULE_MODES = ['off', 'observe', 'enforce'] as const;
export type RuleMode = (typeof RULE_MODES)[number];

/** By the name of the rule; rules that nobody chose for are not in it. */
export type RuleModes = ReadonlyMap<string, RuleMode>;

/** Returns the choices of an object of names and modes; what is no choice is left out. */
export function readRuleModes(value: unknown): RuleModes {
  const modes = new Map<string, RuleMode>();
  if (typeof value !== 'object' || value === null) return modes;
  for (const [name, written] of Object.entries(value)) {
    const mode = RULE_MODES.find((one) => one === written);
    if (mode !== undefined) modes.set(name, mode);
  }
  return modes;
}
