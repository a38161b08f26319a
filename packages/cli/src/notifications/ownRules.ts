// Rules that were made in the dashboard. They stand beside those of the configuration, in a file of the data
// directory, and count at once: the desk asks for them each time that it has something to tell.

import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SEVERITIES, type QuietHours, type Rule } from '@parapet/notify';
import { z } from 'zod';
import { writeWhole } from '../io/writeWhole.ts';

const MOST_RULES = 100;

const ownRule = z.strictObject({
  id: z.string(),
  channels: z.array(z.string()).min(1).readonly(),
  severity: z.enum(SEVERITIES),
  about: z
    .array(z.enum(['attacks', 'appeals', 'health']))
    .min(1)
    .readonly(),
  scenarios: z.array(z.string()).readonly(),
  inQuietHours: z.boolean(),
});
const ownRules = z.array(ownRule);

export type OwnRule = z.infer<typeof ownRule>;

export class OwnRules {
  readonly #file: string;
  #rules: readonly OwnRule[];

  /** Reads what is there; a file that cannot be read is said and left alone until a rule is made. */
  constructor(folder: string, onNote: (text: string) => void) {
    this.#file = path.join(folder, 'rules.json');
    this.#rules = readRules(this.#file, onNote);
  }

  list(): readonly OwnRule[] {
    return this.#rules;
  }

  /** In the words of the desk; rules for channels that are gone tell nobody. */
  rules(quiet: QuietHours | undefined): readonly Rule[] {
    return this.#rules.map(({ channels, severity, about, scenarios, inQuietHours }) => ({
      ...{ channels, severity, about, scenarios, sites: [], backToNormal: true, escalate: undefined },
      quiet: inQuietHours ? undefined : quiet,
    }));
  }

  /** Returns the rule; undefined when there are as many as there may be. */
  add(given: Omit<OwnRule, 'id'>): OwnRule | undefined {
    if (this.#rules.length >= MOST_RULES) return undefined;
    const rule = { ...given, id: randomUUID() };
    this.#save([...this.#rules, rule]);
    return rule;
  }

  /** Returns whether there was one. */
  remove(id: string): boolean {
    const left = this.#rules.filter((rule) => rule.id !== id);
    if (left.length === this.#rules.length) return false;
    this.#save(left);
    return true;
  }

  #save(rules: readonly OwnRule[]): void {
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    writeWhole(this.#file, `${JSON.stringify(rules, undefined, 2)}\n`, 0o600);
    this.#rules = rules;
  }
}

function readRules(file: string, onNote: (text: string) => void): readonly OwnRule[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    return ownRules.parse(JSON.parse(text));
  } catch {
    onNote(`The rules that were made in the dashboard cannot be read: ${file}`);
    return [];
  }
}
