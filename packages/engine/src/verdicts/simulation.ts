// simulation.yaml: which scenarios only show what they would do. `simulation` is the rule for all, `exclusions`
// names the scenarios that do the opposite.

import type { Problem } from '@parapet/kinds';
import { readDocuments } from '../items/index.ts';

export interface Simulation {
  readonly all: boolean;
  readonly exclusions: ReadonlySet<string>;
}

export const NO_SIMULATION: Simulation = { all: false, exclusions: new Set() };

export function isSimulated({ all, exclusions }: Simulation, scenario: string): boolean {
  return exclusions.has(scenario) ? !all : all;
}

/** Returns what the file says; with a problem in it, that nothing is simulated. */
export function loadSimulation(
  file: string,
  text: string,
): { readonly simulation: Simulation; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const root = readDocuments(file, text, problems)[0]?.root;
  if (root === undefined) return { simulation: NO_SIMULATION, problems };
  const all = root.boolean('simulation') ?? false;
  const exclusions = new Set(root.strings('exclusions'));
  root.refuseOtherKeys('simulation.yaml');
  return { simulation: problems.length > 0 ? NO_SIMULATION : { all, exclusions }, problems };
}
