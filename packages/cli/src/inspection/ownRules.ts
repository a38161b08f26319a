// Content rules that the owner of a site has written: files of docs/content-rules.md, or folders of them.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { loadRules, type ContentRule, type RuleFile } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';

export interface OwnRules {
  readonly rules: readonly ContentRule[];
  readonly problems: readonly Problem[];
}

const NONE: OwnRules = { rules: [], problems: [] };

/**
 * Reads the rules, in the order of the places and of the names in folders. What cannot be read, and each rule with a
 * mistake or with a pattern that could take long, is a problem and left out.
 */
export function readOwnRules(places: readonly string[]): OwnRules {
  if (places.length === 0) return NONE;
  const problems: Problem[] = [];
  const files = places.flatMap((place) => filesAt(place, problems));
  const loaded = loadRules(files);
  return { rules: loaded.rules, problems: [...problems, ...loaded.problems] };
}

function filesAt(place: string, problems: Problem[]): readonly RuleFile[] {
  try {
    if (!statSync(place).isDirectory()) return [{ file: place, text: readFileSync(place, 'utf8') }];
    const names = readdirSync(place)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted();
    if (names.length === 0) problems.push(unreadable(place, `${place} holds no rules`, HINT_EMPTY));
    return names.flatMap((name) => filesAt(path.join(place, name), problems));
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException; // node:fs throws these
    const message = code === 'ENOENT' ? `There is no ${place}` : `${place} cannot be read: ${code}`;
    problems.push(unreadable(place, message, HINT_PATH));
    return [];
  }
}

function unreadable(file: string, message: string, hint: string): Problem {
  return { code: 'E_RULES_UNREADABLE', file, line: 0, column: 0, message, hint };
}

const HINT_PATH =
  'Look at inspection.rules: paths are relative to the folder the command is given in, and the gateway must be allowed to read them';
const HINT_EMPTY = 'Files of rules end in .yaml';
