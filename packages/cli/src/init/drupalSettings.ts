// Finds perimeter.settings.yml in a folder of exported Drupal configuration, or in a Drupal that has one.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readPerimeterSettings } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';

const NAME = 'perimeter.settings.yml';
/** Where sites keep their exported configuration, seen from the project and from the document root. */
const FOLDERS = [
  '.',
  'config/sync',
  '../config/sync',
  'config/default',
  'sites/default/config/sync',
  'web/sites/default/config/sync',
];

export interface DrupalSettings {
  readonly file: string;
  readonly patterns: number;
  readonly problems: readonly Problem[];
}

/** Returns the settings that are used, or undefined when the folder has none. */
export function findDrupalSettings(folder: string): DrupalSettings | undefined {
  for (const below of FOLDERS) {
    const file = path.join(folder, below, NAME);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    const problems: Problem[] = [];
    const { patterns } = readPerimeterSettings(file, text, problems);
    return { file, patterns: patterns.length, problems };
  }
  return undefined;
}
