// What was chosen in the dashboard for single rules: scenarios, content rules, AppSec rules. It stands in a file of the
// data directory, over what the configuration and simulation.yaml say, and counts at once.

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readRuleModes, type RuleMode, type RuleModes } from '@parapet/kinds';
import { writeWhole } from '../io/writeWhole.ts';

export class ChosenModes {
  readonly #dataDir: string;
  #modes: RuleModes;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#modes = readChosenModes(dataDir);
  }

  /** Undefined when nobody chose for the rule. */
  of(name: string): RuleMode | undefined {
    return this.#modes.get(name);
  }

  all(): Readonly<Record<string, RuleMode>> {
    return Object.fromEntries(this.#modes);
  }

  /** Chooses, or takes the choice back; throws when the file cannot be written, and then nothing is changed. */
  choose(name: string, mode: RuleMode | undefined): void {
    // Another process may have chosen since.
    const modes = new Map(readChosenModes(this.#dataDir));
    if (mode === undefined) modes.delete(name);
    else modes.set(name, mode);
    mkdirSync(this.#dataDir, { recursive: true, mode: 0o750 });
    const sorted = Object.fromEntries([...modes].toSorted(([one], [other]) => (one < other ? -1 : 1)));
    writeWhole(fileIn(this.#dataDir), `${JSON.stringify(sorted, undefined, 2)}\n`);
    this.#modes = modes;
  }
}

/** Returns what is in the file; nothing when there is none, or none that can be read: all rules do what they did. */
export function readChosenModes(dataDir: string): RuleModes {
  try {
    return readRuleModes(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch {
    return new Map();
  }
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'rule-modes.json');
}
