// What was chosen in the dashboard for single rules: scenarios, content rules, AppSec rules. It stands over what the
// configuration and simulation.yaml say, and counts at once.

import path from 'node:path';
import { readRuleModes, type RuleMode, type RuleModes } from '@parapet/kinds';
import { KeptChoices, readChoices } from '../io/keptChoices.ts';

export type ChosenModes = KeptChoices<RuleMode>;

export function openChosenModes(dataDir: string): ChosenModes {
  return new KeptChoices(fileIn(dataDir), readRuleModes);
}

/** Returns what is chosen at this moment; nothing when the file cannot be read: all rules do what they did. */
export function readChosenModes(dataDir: string): RuleModes {
  return readChoices(fileIn(dataDir), readRuleModes);
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'rule-modes.json');
}
