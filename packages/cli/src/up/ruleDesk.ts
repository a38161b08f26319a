// What the dashboard shows of rules and does with them: all that are in force, what another mode would have changed,
// and a request to try them on.

import path from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import type { Replayed, RuleChoice, RuleDesk, RuleRow, TestedView } from '@parapet/dashboard';
import { PERIMETER_SCENARIO, thresholdsFor, weigh, type ContentFinding } from '@parapet/engine';
import { learningKey, siteSecret, type SiteKnowledgeMessage, type WorkerInspector } from '@parapet/gateway';
import type { RuleMode } from '@parapet/kinds';
import { familyOf, scenarioTitle } from '@parapet/reports';
import type { Store, StoredInspection } from '@parapet/store';
import type { Config } from '../config/schema.ts';
import type { ChosenModes } from '../engine/chosenModes.ts';
import type { PreparedEngine } from '../engine/prepareEngine.ts';
import { installedFolder } from '../hub/collectItems.ts';
import { OWN_ITEMS_FOLDER } from '../hub/hubFolder.ts';
import { installedAppsec } from '../inspection/installedAppsec.ts';
import { markParts } from '../inspection/markParts.ts';
import { readPasted } from '../inspection/pastedRequest.ts';
import { contentRules, prepareLearningInspector } from '../inspection/prepareInspector.ts';
import { inspectionFor } from '../inspection/settings.ts';
import { TRAFFIC_SCENARIOS } from '../traffic/alertOf.ts';
import { crawlerPolicyOf, isAnyRuled } from './aiCrawlers.ts';
import { siteFinder } from './siteFinder.ts';

export interface RuleDeskSurroundings {
  readonly engine: Pick<PreparedEngine, 'scenarios' | 'isSimulated' | 'chosen' | 'dataDir'>;
  /** With the hub folders that options name. */
  readonly config: Config;
  /** As it counts now. */
  readonly current: () => Config;
  readonly folder: string;
  readonly store: Store;
  readonly nowMs: () => number;
  /** Whether anybody looks into requests: a gateway, or servers that ask. */
  readonly isInspecting: boolean;
  /** What is known of sites, as workers are told. */
  readonly knowledge: () => Iterable<SiteKnowledgeMessage>;
  /** Told when a rule's mode was chosen. */
  readonly onChosen: () => void;
}

type Case = Replayed['cases'][number];

const MOST_CASES = 20_000;
const READ_AT_ONCE = 1000;
/** Rules and model are megabytes that are needed while somebody tries out requests. */
const KEPT_MS = 300_000;

export function ruleDesk(surroundings: RuleDeskSurroundings): RuleDesk {
  const { engine, config, current, folder, store } = surroundings;
  const { chosen, dataDir } = engine;
  const settings = inspectionFor(config, folder, dataDir);
  // Read when somebody first looks; what is installed meanwhile counts from the engine's next start, here as well.
  let rows: readonly Omit<RuleRow, 'mode' | 'chosen'>[] | undefined;
  const all = (): NonNullable<typeof rows> => (rows ??= rowsOf(surroundings, settings));
  const kept = keptFor(KEPT_MS, () => inspectorOf(surroundings, settings));
  // As workers know it at this moment.
  const tester = (): WorkerInspector => {
    const inspector = kept();
    for (const message of surroundings.knowledge()) inspector.know(message);
    inspector.know({ site: '', topic: 'modes', value: Object.fromEntries(chosen.all()) });
    return inspector;
  };
  return {
    list: async () =>
      [...policiesOf(current()), ...all()].map((row) => {
        const choice = row.kind === 'policy' ? undefined : chosen.of(row.name);
        return {
          ...row,
          mode: effective(row, choice, config),
          ...(choice === undefined ? {} : { chosen: choice }),
        };
      }),
    speaksAs: (policy) => (policy === 'traffic' ? TRAFFIC_SCENARIOS : []),
    choose: (name, mode) => {
      chosen.choose(name, mode);
      surroundings.onChosen();
    },
    preview: async (name, mode, since) => {
      const row = all().find((one) => one.name === name && one.kind !== 'policy');
      if (row === undefined) return undefined;
      if (row.kind === 'scenario') {
        const scenario = engine.scenarios.find((one) => one.name === name);
        return scenarioReplay(store, name, scenario?.remediation ?? true, mode, since);
      }
      const wasOff = effective(row, chosen.of(name), config) === 'off';
      return contentReplay(store, name, mode, wasOff, chosen, settings, since);
    },
    test: (text) => tested(text, current, tester),
  };
}

function rowsOf(
  { engine, config, isInspecting }: RuleDeskSurroundings,
  settings: ReturnType<typeof inspectionFor>,
): readonly Omit<RuleRow, 'mode' | 'chosen'>[] {
  const supplierOf = (file: string): RuleRow['supplier'] => {
    const isIn = (place: string): boolean => path.resolve(file).startsWith(path.resolve(place) + path.sep);
    if (isIn(OWN_ITEMS_FOLDER)) return 'parapet';
    const hubs = [installedFolder(engine.dataDir), ...settings.appsec.hubFolders];
    return hubs.some(isIn) ? 'hub' : 'own';
  };
  const scenarios = engine.scenarios.map((scenario) => ({
    ...{ name: scenario.name, kind: 'scenario' as const },
    text: scenario.description === '' ? scenarioTitle(scenario.name, scenario.labels) : scenario.description,
    topic: familyOf(scenario.name, scenario.labels)?.key ?? '',
    supplier: supplierOf(scenario.file),
    usual: engine.isSimulated(scenario.name) ? ('observe' as const) : ('enforce' as const),
  }));
  const perimeter = {
    ...{ name: PERIMETER_SCENARIO, kind: 'scenario' as const, supplier: 'parapet' as const },
    text: 'Asking for what this site never had and only scanners look for',
    topic: familyOf(PERIMETER_SCENARIO, {})?.key ?? '',
    usual: engine.isSimulated(PERIMETER_SCENARIO) ? ('observe' as const) : ('enforce' as const),
  };
  const own = new Set(settings.ownRules.map((place) => path.resolve(place)));
  const isOwn = (file: string): boolean =>
    [...own].some((place) => file === place || file.startsWith(place + path.sep));
  const content = contentRules(settings.ownRules).map((rule) => ({
    ...{ name: rule.name, kind: 'content' as const, text: rule.text, topic: rule.class },
    supplier: isOwn(rule.file) ? ('own' as const) : ('parapet' as const),
    usual: 'enforce' as const,
  }));
  const appsec = installedAppsec(settings.appsec).rules.map(({ rule, treatment }) => ({
    ...{ name: rule.name, kind: 'appsec' as const, text: rule.description, topic: rule.class },
    supplier: 'hub' as const,
    usual: treatment === 'allow' ? ('observe' as const) : ('enforce' as const),
  }));
  const named = new Map(
    [
      ...(config.perimeter.enabled ? [perimeter] : []),
      ...scenarios,
      ...(isInspecting ? [...content, ...appsec] : []),
    ].map((row) => [`${row.kind} ${row.name}`, row]),
  );
  return [...named.values()];
}

/** Parts of Parapet with a mode of their own; the page has words for each name. */
function policiesOf({ inspection, traffic, gateway }: Config): readonly Omit<RuleRow, 'mode' | 'chosen'>[] {
  const common = { kind: 'policy', text: '', topic: '', supplier: 'parapet' } as const;
  const isRuled = isAnyRuled(crawlerPolicyOf(gateway.ai_crawlers));
  return [
    { ...common, name: 'inspection', usual: inspection.mode, place: 'inspection.mode' },
    { ...common, name: 'traffic', usual: traffic.mode, place: 'traffic.mode' },
    {
      ...{ ...common, name: 'costly_pages', usual: gateway.costly_pages.mode },
      place: 'gateway.costly_pages.mode',
    },
    {
      ...{ ...common, name: 'ai_crawlers', usual: isRuled ? 'enforce' : 'off' },
      place: 'gateway.ai_crawlers',
    },
  ];
}

/** A rule on content does no more than inspection as a whole is allowed to. */
function effective(
  { kind, usual }: Pick<RuleRow, 'kind' | 'usual'>,
  choice: RuleMode | undefined,
  { inspection }: Config,
): RuleRow['mode'] {
  const own = choice ?? usual;
  if (kind === 'scenario' || kind === 'policy' || own === 'off') return own;
  return inspection.mode === 'enforce' ? own : inspection.mode;
}

/** What a scenario has found is in its alerts, whether it acted or only told. */
async function scenarioReplay(
  store: Store,
  scenario: string,
  remedies: boolean,
  mode: RuleChoice,
  since: Date,
): Promise<Replayed> {
  if (!remedies) return { does: 'tells', unit: 'alerts', cases: [] };
  const alerts = await store.listAlerts(
    { scenario, since, simulated: mode === 'enforce' },
    { newestFirst: true, limit: MOST_CASES },
  );
  return {
    ...{ does: mode === 'enforce' ? 'stop' : 'spare', unit: 'alerts' },
    cases: alerts
      .filter(({ spared, remediation }) => spared === undefined && remediation)
      .map(({ source, knownAt, message }) => ({
        ...{ ip: source.ip ?? source.value, atMs: knownAt.getTime(), what: message },
      })),
  };
}

/** What a content rule has found is in the records of requests: they are weighed again with it, and without. */
async function contentReplay(
  store: Store,
  name: string,
  mode: RuleChoice,
  wasOff: boolean,
  chosen: ChosenModes,
  settings: ReturnType<typeof inspectionFor>,
  since: Date,
): Promise<Replayed> {
  const thresholds = thresholdsFor(settings);
  const stops = ({ reasons }: StoredInspection, own: RuleMode | undefined): boolean => {
    const firm = reasons.filter(
      ({ detector }) => ((detector === name ? own : chosen.of(detector)) ?? 'enforce') === 'enforce',
    );
    return weigh(firm as readonly ContentFinding[], thresholds).action !== 'pass'; // reasons are findings
  };
  const cases: Case[] = [];
  let hasSpoken = false;
  for (let before: number | undefined; ;) {
    const records = await store.inspections.list(
      { since, ...(before === undefined ? {} : { before }) },
      { newestFirst: true, limit: READ_AT_ONCE },
    );
    for (const record of records) {
      if (record.isVouched || !record.reasons.some(({ detector }) => detector === name)) continue;
      hasSpoken = true;
      if (stops(record, mode) !== stops(record, chosen.of(name)))
        cases.push({
          ...{ ip: record.ip, atMs: record.at.getTime(), what: `${record.method} ${record.path}` },
        });
    }
    before = records.at(-1)?.number;
    if (records.length < READ_AT_ONCE) break;
    // In between, the engine has other things to do.
    await pause();
  }
  if (wasOff && !hasSpoken) return { does: 'unseen', unit: 'requests', cases };
  return { does: mode === 'enforce' ? 'stop' : 'spare', unit: 'requests', cases };
}

function inspectorOf(
  { engine, nowMs }: RuleDeskSurroundings,
  settings: ReturnType<typeof inspectionFor>,
): WorkerInspector {
  const secret = siteSecret(engine.dataDir);
  return prepareLearningInspector(settings, {
    ...{ nowMs, keyOf: (site) => learningKey(secret, site), newRecordId: () => '00000000' },
    // Nothing is learned of what is only tried out.
    ...{ onSample: () => {}, onRecord: () => {}, onFault: () => {} },
  });
}

function tested(text: string, current: () => Config, tester: () => WorkerInspector): TestedView | undefined {
  const request = readPasted(text);
  if (request === undefined) return undefined;
  const host = request.headers.find(([name]) => name === 'host')?.[1] ?? '';
  const site = siteFinder(current)(host);
  const found = tester().inspect({ ...request, site: site.name });
  return {
    ...{ method: request.method, target: request.rawTarget, action: found.action, score: found.score },
    isEnforced: site.mode === 'enforce' && found.isObserved !== true,
    reasons: found.reasons.map(({ detector, class: one, text: says, weight, foundIn }) => ({
      ...{ detector, class: one, text: says, weight, excerpt: foundIn.excerpt },
      where: `${foundIn.placement} ${foundIn.name}`.trim(),
    })),
    parts: markParts(
      text,
      found.reasons.filter(({ weight }) => weight > 0).map(({ foundIn }) => foundIn.excerpt),
    ),
  };
}

/** Returns what makes the thing when it is needed and forgets it when nobody has needed it for a while. */
function keptFor<T>(ms: number, make: () => T): () => T {
  let kept: T | undefined;
  let timer: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => (kept = undefined), ms).unref();
    return (kept ??= make());
  };
}
