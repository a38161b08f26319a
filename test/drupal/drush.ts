// Drush, where the Drupal at PARAPET_DRUPAL_ROOT has it beside it.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { DrupalSite } from './drupalSite.ts';

const DRUSH = '../vendor/drush/drush/drush.php';

/** Why there is none, for the name of what is skipped; nothing when there is. */
export const noDrush: string = fs.existsSync(path.join(process.env['PARAPET_DRUPAL_ROOT'] ?? '', DRUSH))
  ? ''
  : ' (skipped: the Drupal at PARAPET_DRUPAL_ROOT has no Drush)';

export interface Ran {
  readonly status: number | null;
  readonly text: string;
}

/** Runs a command of Drush in a site; where there is no Drush, nothing runs that needs it. */
export function runDrush(site: DrupalSite, ...args: readonly string[]): Ran {
  const web = site.php('echo DRUPAL_ROOT;');
  const { status, stdout, stderr } = spawnSync('php', [path.join(web, DRUSH), `--root=${web}`, ...args], {
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}
