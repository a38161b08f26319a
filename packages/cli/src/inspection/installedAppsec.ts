// The appsec-rules of hub folders as one detector: those that are installed, and those of the folders that the
// configuration names.

import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  appsecDetector,
  AppsecRules,
  Hub,
  isNamedBy,
  loadAppsecConfig,
  loadAppsecRules,
  type AppsecRule,
  type AppsecTreatment,
  type ContentDetector,
  type ItemFile,
  type WrittenCodes,
} from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import { dataFilesOf } from '../hub/collectItems.ts';
import { readHubFolder } from '../hub/hubFolder.ts';

/** Where appsec-rules are; plain data, so that it can be handed to a worker. */
export interface AppsecPlaces {
  /** Folders laid out as CrowdSec's hub is. */
  readonly hubFolders: readonly string[];
  /** What to take of them, by name; empty: everything. */
  readonly hubItems: readonly string[];
  /** Of this one everything is taken. */
  readonly installedIn?: string;
}

export interface InstalledAppsec {
  readonly rules: ReadonlyArray<{ readonly rule: AppsecRule; readonly treatment: AppsecTreatment }>;
  /** Undefined when there is no rule that can be read. */
  readonly detector: ContentDetector | undefined;
  /** What configs say that bouncers are answered; of several the last one counts. */
  readonly codes: WrittenCodes;
  readonly problems: readonly Problem[];
}

/** Rules that a hub without a config would let stop requests, though their authors still try them out. */
const OUT_OF_BAND = ['*/experimental-*'];

/** Reads the rules; of equals the first folder's wins, and a folder that is not there has none. */
export function installedAppsec({ hubFolders, hubItems, installedIn }: AppsecPlaces): InstalledAppsec {
  const installed = installedIn === undefined ? [] : [installedIn];
  const folders = [...hubFolders, ...installed].filter((folder) => existsSync(folder));
  const problems: Problem[] = [];
  const items = itemsOf(new Hub(folders.map(readHubFolder)), hubItems, new Hub(installed.map(readHubFolder)));
  const dataFile = dataFilesOf(folders.map((folder) => path.join(folder, 'data')));
  const loaded = loadAppsecRules(items.filter(isRule), { dataFile });
  problems.push(...loaded.problems);
  const configs = items
    .filter((item) => !isRule(item))
    .flatMap((item) => loadAppsecConfig(item, problems) ?? []);
  const codes = Object.assign({}, ...configs.map((config) => config.codes)) as WrittenCodes; // of such
  if (loaded.rules.length === 0) return { rules: [], detector: undefined, codes, problems };
  const outOfBand = configs.length === 0 ? OUT_OF_BAND : configs.flatMap((config) => config.outOfBand);
  // As in CrowdSec, the config that is read last has the last word.
  const treatmentOf = ({ name }: { readonly name: string }): AppsecTreatment =>
    configs.findLast(({ inBand }) => isNamedBy(inBand, name))?.remediation ??
    (isNamedBy(outOfBand, name) ? 'allow' : 'ban');
  const rules = loaded.rules.map((rule) => ({ rule, treatment: treatmentOf(rule) }));
  return { rules, detector: appsecDetector(new AppsecRules(loaded.rules), treatmentOf), codes, problems };
}

/** Rules and configs, each once. What is wished for and not there is the engine's to tell. */
function itemsOf(all: Hub, wishes: readonly string[], installed: Hub): readonly ItemFile[] {
  const everything = (hub: Hub): readonly ItemFile[] =>
    KINDS.flatMap((kind) => hub.names(kind).map((name) => hub.item(kind, name)!)); // it has just been named
  const chosen =
    wishes.length === 0 ? everything(all) : [...all.select(wishes, []), ...everything(installed)];
  const items = new Map<string, ItemFile>();
  for (const item of chosen) {
    const key = `${item.kind}:${item.name}`;
    if (KINDS.some((kind) => kind === item.kind) && !items.has(key)) items.set(key, item);
  }
  return [...items.values()];
}

const KINDS = ['appsec-rules', 'appsec-configs'] as const;

function isRule({ kind }: ItemFile): boolean {
  return kind === 'appsec-rules';
}
