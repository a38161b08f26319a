// Looks at everything that decides whether Parapet can do its work here.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expandGlob, isGlob, readAcquisition } from '@parapet/engine';
import { formatProblem, type Problem } from '@parapet/kinds';
import { checkConfig, type CheckedConfig } from '../config/checkConfig.ts';
import { DEFAULT_CONFIG } from '../config/defaults.ts';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { prepareFrom, type EngineOptions } from '../engine/prepareEngine.ts';
import { SimulationFile } from '../engine/simulationFile.ts';
import { installedAt } from '../hub/collectItems.ts';
import { realFiles } from '../io/files.ts';
import { UsageError } from '../run-verb.ts';
import { isGatewayAsked } from '../up/gatewayAsked.ts';
import { splitType } from '../up/openSources.ts';
import type { Card, Level } from './card.ts';
import { checkGateway } from './gateway.ts';
import { LogProbe } from './logs.ts';
import { checkDataDir, checkEngine, checkRuntime, checkStore } from './machine.ts';
import { checkNodes } from './nodes.ts';
import { checkTraffic } from './traffic.ts';

export interface DoctorOptions extends EngineOptions {
  readonly log?: readonly string[];
}

export interface Diagnosis {
  readonly cards: readonly Card[];
  readonly checked: CheckedConfig;
  readonly dataDir: string;
}

const ORDER: readonly Level[] = ['critical', 'important', 'recommended', 'fine'];
const GEO_PACKAGE = '@ip-location-db/geo-whois-asn-country-mmdb';
const MOST_PROBLEMS = 8;
const MOST_LOGS = 50;

/** Returns what was found, the worst first. Changes nothing. */
export async function diagnose(context: CommandContext, options: DoctorOptions): Promise<Diagnosis> {
  const probe = new LogProbe();
  const checked = await checkConfig(context, options, probe.listener);
  const config = checked.config ?? DEFAULT_CONFIG;
  const engine = checked.engine ?? prepareFrom(context, DEFAULT_CONFIG, options, 'replay', probe.listener);
  const { dataDir } = engine;
  const running = await checkEngine(dataDir);
  const gateway = await checkGateway(dataDir);
  const store = await checkStore(context, dataDir);
  const cards: Card[] = [
    ...(await checkRuntime(context)),
    ...(await checkDataDir(dataDir)),
    running.card,
    ...gateway,
    store,
    ...(store.level === 'fine' ? await checkNodes(context, dataDir, running.engine) : []),
    ...configCards(checked),
    ...simulationCards(context, config, dataDir),
    ...itemCards(config, dataDir, engine.parserCount, engine.scenarios.length),
    ...geoCards(config),
    ...checkTraffic(dataDir, running.engine !== undefined, context.now().getTime()),
  ];
  const logs = await logsOf(context, options.log ?? [], config);
  if (logs.length === 0 && gateway.length === 0 && !isGatewayAsked(config, {}))
    cards.push(noLogCard(config, running.engine !== undefined));
  const nowMs = context.now().getTime();
  for (const { file, shown, type } of logs.slice(0, MOST_LOGS))
    cards.push(...(await probe.check(file, shown, type, engine, nowMs)));
  if (logs.length > MOST_LOGS)
    cards.push({
      level: 'fine',
      topic: 'log',
      says: `${logs.length - MOST_LOGS} more logs were not looked at`,
    });
  return {
    cards: cards.toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level)),
    checked,
    dataDir,
  };
}

interface Log {
  readonly file: string;
  readonly shown: string;
  readonly type: string | undefined;
}

async function logsOf(
  context: CommandContext,
  given: readonly string[],
  config: Config,
): Promise<readonly Log[]> {
  const named = [
    ...given.map(splitType),
    ...config.logs.map(({ file, type }) => ({ file, type: type === 'auto' ? undefined : type })),
    ...config.acquisition.flatMap((name) => {
      const full = path.resolve(context.folder, name);
      let text: string;
      try {
        text = readFileSync(full, 'utf8');
      } catch {
        return []; // the check of the configuration has said so
      }
      return readAcquisition(full, text, context.env, []).flatMap((one) =>
        one.source === 'file' ? one.patterns.map((file) => ({ file, type: one.labels.type })) : [],
      );
    }),
  ];
  const logs: Log[] = [];
  for (const { file, type } of named) {
    if (file === '-') continue;
    const full = path.resolve(context.folder, file);
    if (!isGlob(file)) {
      logs.push({ file: full, shown: file, type });
      continue;
    }
    const paths = (await expandGlob(realFiles, full)).filter((one) => !one.endsWith('.gz'));
    if (paths.length === 0) logs.push({ file: full, shown: file, type });
    for (const one of paths) logs.push({ file: one, shown: one, type });
  }
  return logs;
}

function noLogCard(config: Config, isRunning: boolean): Card {
  if (config.acquisition.length > 0)
    return { level: 'fine', topic: 'log', says: 'Lines come from journald or syslog; no file is read' };
  return {
    level: isRunning ? 'recommended' : 'critical',
    topic: 'log',
    says: isRunning
      ? 'The engine watches logs that no configuration names, so they were not looked at'
      : 'No log is configured: there is nothing to watch',
    fix: 'Name it here: parapet doctor --log FILE   (or let parapet init write a configuration)',
  };
}

function configCards({ file, isAbsent, config, problems }: CheckedConfig): readonly Card[] {
  // Logs have cards of their own.
  const told = problems.filter(({ code }) => code !== 'E_LOG_ABSENT' && code !== 'E_LOG_UNREADABLE');
  if (told.length === 0) {
    const says = isAbsent ? 'There is no parapet.yaml; everything is at its default' : `${file} is fine`;
    return [{ level: 'fine', topic: 'configuration', says }];
  }
  const cards = told.slice(0, MOST_PROBLEMS).map((problem) => problemCard(problem, config === undefined));
  if (told.length > MOST_PROBLEMS) {
    const says = `${told.length - MOST_PROBLEMS} more problems with the configuration and the items`;
    cards.push({ level: 'important', topic: 'configuration', says, fix: 'See all: parapet config check' });
  }
  return cards;
}

function problemCard(problem: Problem, isFatal: boolean): Card {
  const { hint, ...rest } = problem;
  return {
    level: isFatal ? 'critical' : 'important',
    topic: 'configuration',
    says: formatProblem(rest),
    fix: hint ?? 'Mend it; parapet config check shows what is left.',
  };
}

function simulationCards(context: CommandContext, config: Config, dataDir: string): readonly Card[] {
  let file: SimulationFile;
  try {
    file = SimulationFile.open(context, config, dataDir);
  } catch (error) {
    if (error instanceof UsageError) return []; // the check of the configuration has said so
    throw error;
  }
  if (!file.isGlobal) return [];
  return [
    {
      level: 'important',
      topic: 'configuration',
      says: 'All scenarios are simulated: attackers are seen, and nobody is banned',
      fix: 'When what they would have done was right: parapet simulation disable --global',
    },
  ];
}

function itemCards(config: Config, dataDir: string, parsers: number, scenarios: number): readonly Card[] {
  const says = `${parsers} parsers and ${scenarios} scenarios are loaded`;
  if (scenarios === 0) {
    const fix = 'Set hub.own_items in parapet.yaml to true, or install some: parapet hub install --help';
    return [{ level: 'critical', topic: 'items', says: 'No scenario is loaded: nothing is ever found', fix }];
  }
  const cards: Card[] = [{ level: 'fine', topic: 'items', says }];
  if (config.hub.folders.length === 0 && installedAt(dataDir) === undefined)
    cards.push({
      level: 'recommended',
      topic: 'items',
      says: "Only Parapet's own scenarios are used; the CrowdSec hub has some for single CVEs and other software",
      fix: 'See: parapet hub install --help',
    });
  return cards;
}

function geoCards({ geo }: Config): readonly Card[] {
  if (geo.city !== undefined || geo.country !== undefined)
    return [{ level: 'fine', topic: 'geo', says: 'Countries of addresses are known' }];
  return [
    {
      level: 'recommended',
      topic: 'geo',
      says: 'Countries of addresses are not known: no database is configured',
      fix: `An openly licensed one: npm install ${GEO_PACKAGE}, then in parapet.yaml  geo: { country: node_modules/${GEO_PACKAGE}/geo-whois-asn-country.mmdb }`,
    },
  ];
}
