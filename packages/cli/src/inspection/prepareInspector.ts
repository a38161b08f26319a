// Puts the inspector together for a command or a gateway: the files that are shipped, and what the configuration
// says. Everybody who inspects does it through this, so that all give the same verdict.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ContentModel,
  contentStages,
  createInspector,
  INSPECTION_DEFAULTS,
  loadRules,
  SiteWatcher,
  type ContentRule,
  type CountingInspector,
  type InspectionSettings,
  type RuleFile,
  type SiteStage,
} from '@parapet/engine';
import type { WorkerInspector, WorkerLearning } from '@parapet/gateway';
import { readRuleModes, type RuleMode } from '@parapet/kinds';
import { OWN_ITEMS_FOLDER } from '../hub/hubFolder.ts';
import { readOwnRules } from './ownRules.ts';
import { installedAppsec, type AppsecPlaces, type InstalledAppsec } from './installedAppsec.ts';

const MODEL_FILE: string = path.join(OWN_ITEMS_FOLDER, 'content', 'model.bin');
const RULES_FOLDER: string = path.join(OWN_ITEMS_FOLDER, 'content-rules');

/** What is told to an inspector: the settings, and where rules are. */
export interface InspectorSettings extends InspectionSettings {
  readonly appsec?: AppsecPlaces;
  /** Files and folders of the owner's own content rules. */
  readonly ownRules?: readonly string[];
  /** What was chosen for single rules, by name. */
  readonly chosen?: Readonly<Record<string, RuleMode>>;
}

/** Returns the inspector of a worker, which learns what is normal for each site. */
export function prepareLearningInspector(
  settings: InspectorSettings,
  { onFault, ...learning }: WorkerLearning,
  appsec: InstalledAppsec | undefined = appsecOf(settings),
): WorkerInspector {
  const watcher = new SiteWatcher(learning);
  const inspector = prepareInspector(settings, onFault, watcher, appsec);
  return {
    inspect: (request) => inspector.inspect(request),
    follow: (request) => inspector.follow?.(request),
    ended: (exchange, end) => watcher.ended(exchange, end),
    know: ({ site, topic, value }) => {
      switch (topic) {
        case 'normal':
          return watcher.setNormal(site, Buffer.from(String(value), 'base64'));
        case 'rules':
          watcher.setRules(site, value);
          return undefined;
        case 'modes':
          inspector.setModes(readRuleModes(value));
          return undefined;
        case 'policy':
          // That of the guard around it.
          return undefined;
      }
    },
  };
}

/** Returns the inspector; `onFault` hears of errors of its own, whose requests pass. */
export function prepareInspector(
  settings: InspectorSettings = INSPECTION_DEFAULTS,
  onFault?: (error: unknown) => void,
  site?: SiteStage,
  appsec: InstalledAppsec | undefined = appsecOf(settings),
): CountingInspector {
  return createInspector(
    {
      ...contentStages(
        contentRules(settings.ownRules),
        ContentModel.read(readFileSync(MODEL_FILE)),
        appsec?.detector === undefined ? [] : [appsec.detector],
      ),
      settings,
      modes: readRuleModes(settings.chosen),
      ...(site === undefined ? {} : { site }),
    },
    onFault,
  );
}

function appsecOf({ appsec }: InspectorSettings): InstalledAppsec | undefined {
  return appsec === undefined ? undefined : installedAppsec(appsec);
}

/** The shipped rules and the owner's; one of the owner's takes the place of the shipped one that has its name. */
export function contentRules(places: readonly string[] = []): readonly ContentRule[] {
  const own = readOwnRules(places).rules;
  const names = new Set(own.map(({ name }) => name));
  const shipped = loadRules(readRules(), true).rules.filter(({ name }) => !names.has(name));
  return [...shipped, ...own];
}

/** Our own; that they have no problems is tested. */
function readRules(): readonly RuleFile[] {
  return readdirSync(RULES_FOLDER)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => ({ file: name, text: readFileSync(path.join(RULES_FOLDER, name), 'utf8') }));
}
