// The configuration's section as inspectors want it: the gateway's workers and `parapet inspect` have it from here.

import path from 'node:path';
import type { InspectionSettings } from '@parapet/engine';
import type { RuleMode } from '@parapet/kinds';
import type { Config } from '../config/schema.ts';
import { readChosenModes } from '../engine/chosenModes.ts';
import { installedAt } from '../hub/collectItems.ts';
import type { AppsecPlaces } from './installedAppsec.ts';

export interface InspectionFor extends InspectionSettings {
  readonly appsec: AppsecPlaces;
  readonly ownRules: readonly string[];
  /** What was chosen for single rules, by name. */
  readonly chosen: Readonly<Record<string, RuleMode>>;
  /** So much of a body is read before anything is forwarded. */
  readonly bodyBytes: number;
}

/** Returns the configuration with the hub folders and items that options name beside it. */
export function withHubOptions(
  config: Config,
  options: { readonly hub?: readonly string[]; readonly with?: readonly string[] },
): Config {
  const folders = [...config.hub.folders, ...(options.hub ?? [])];
  const items = [...config.hub.items, ...(options.with ?? [])];
  return { ...config, hub: { ...config.hub, folders, items } };
}

/** `folder`: what paths in the configuration are relative to. */
export function inspectionFor(
  { inspection, hub }: Pick<Config, 'inspection' | 'hub'>,
  folder: string,
  dataDir: string,
): InspectionFor {
  const installedIn = installedAt(dataDir);
  return {
    appsec: {
      hubFolders: hub.folders.map((one) => path.resolve(folder, one)),
      hubItems: hub.items,
      ...(installedIn === undefined ? {} : { installedIn }),
    },
    ownRules: inspection.rules.map((one) => path.resolve(folder, one)),
    chosen: Object.fromEntries(readChosenModes(dataDir)),
    falsePositivesPerMillion: inspection.false_positives_per_million,
    bodyBytes: inspection.body_bytes,
  };
}
