// The configuration as it is in force, and where each value comes from.

import path from 'node:path';
import { stringify } from 'yaml';
import { configPositions } from './readConfig.ts';
import type { Config } from './schema.ts';

export interface Setting {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** `parapet.yaml:3`, `default` or the name of a variable. */
  readonly from: string;
}

/** What lets somebody in; all other secrets stand in files and variables, and the configuration has their names. */
const SECRET = /(^|_)token$/;

/** Returns every setting that has a value, in the order of the schema; of a secret, only that it is there. */
export function settingsOf(
  config: Config,
  file: string,
  text: string | undefined,
  dataDirFrom?: { readonly value: string; readonly from: string },
): readonly Setting[] {
  const positionOf = configPositions(text ?? '');
  const settings: Setting[] = [];
  const visit = (value: unknown, keys: readonly string[]): void => {
    if (value === undefined) return;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, below] of Object.entries(value)) visit(below, [...keys, key]);
      return;
    }
    if (keys[0] === 'data_dir' && dataDirFrom !== undefined) {
      settings.push({ path: keys, ...dataDirFrom });
      return;
    }
    const at = positionOf(keys);
    const shown = SECRET.test(keys.at(-1)!) ? '<secret>' : value;
    settings.push({ path: keys, value: shown, from: at ? `${path.basename(file)}:${at.line}` : 'default' });
  };
  visit(config, []);
  return settings;
}

/** Returns the settings as YAML that can be read again (but for secrets), each with a comment that says where it comes from. */
export function renderSettings(settings: readonly Setting[]): string {
  let yaml = '';
  let open: readonly string[] = [];
  for (const { path: keys, value, from } of settings) {
    const parents = keys.slice(0, -1);
    for (const [depth, key] of parents.entries()) {
      if (open[depth] === key) continue;
      yaml += `${'  '.repeat(depth)}${key}:\n`;
      open = parents.slice(0, depth + 1);
    }
    open = parents;
    yaml += renderOne(keys.at(-1)!, value, from, '  '.repeat(parents.length));
  }
  return yaml;
}

function renderOne(key: string, value: unknown, from: string, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    const items = stringify(value, { lineWidth: 0 }).trimEnd().replaceAll(/^/gm, `${indent}  `);
    return `${indent}${key}: # ${from}\n${items}\n`;
  }
  const flow = stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
  const text = flow.includes('\n') ? JSON.stringify(value) : flow;
  return `${indent}${key}: ${text} # ${from}\n`;
}
