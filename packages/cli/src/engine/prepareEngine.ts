// Puts an engine together for a command: the items of the installed hub and of folders, the configuration's
// profiles, simulation, perimeter and allowlist, and the databases of places.

import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { Option, type Command } from 'commander';
import {
  GeoLookup,
  loadPipeline,
  PERIMETER_DEFAULTS,
  readPerimeterSettings,
  type Listener,
  type Loaded,
  type PerimeterSettings,
} from '@parapet/engine';
import { formatProblem, parseIpOrCidr, type Problem } from '@parapet/kinds';
import { loadConfig } from '../config/loadConfig.ts';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { collectItems } from '../hub/collectItems.ts';
import { UsageError } from '../run-verb.ts';
import { LiveConfig } from '../config/liveConfig.ts';
import { openChosenModes, type ChosenModes } from './chosenModes.ts';

export interface EngineOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly hub?: readonly string[];
  readonly with?: readonly string[];
  readonly ownItems: boolean;
}

/** Adds the options that say what an engine is made of. */
export function addEngineOptions(command: Command): Command {
  return command
    .option('--config <file>', 'the configuration (default: parapet.yaml in this folder, if there is one)')
    .addOption(
      new Option('--hub <dir>', 'load items from a folder laid out as the CrowdSec hub is').argParser(
        collect,
      ),
    )
    .addOption(
      new Option(
        '--with <name>',
        'of these folders, load only this collection or item (may be given several times)',
      ).argParser(collect),
    )
    .option('--no-own-items', "load none of Parapet's own parsers and scenarios");
}

function collect(value: string, list: readonly string[] | undefined): readonly string[] {
  return [...(list ?? []), value];
}

/** Where simulation.yaml is in the data directory. */
export const SIMULATION_FILE = 'simulation.yaml';

export interface PreparedEngine extends Loaded {
  readonly config: Config;
  readonly dataDir: string;
  /** What was chosen for single rules; scenarios do it from the next time they speak. */
  readonly chosen: ChosenModes;
  /** The configuration with what was chosen over it. */
  readonly live: LiveConfig;
}

/** Loads all that the options ask for. Problems are returned; only what makes an engine impossible is thrown. */
export async function prepareEngine(
  context: CommandContext,
  options: EngineOptions,
  mode: 'live' | 'replay',
  listener: Listener,
): Promise<PreparedEngine> {
  const { config } = await loadConfig(context, options.config);
  return prepareFrom(context, config, options, mode, listener);
}

/** The same from a configuration that was read before. */
export function prepareFrom(
  context: CommandContext,
  config: Config,
  options: EngineOptions,
  mode: 'live' | 'replay',
  listener: Listener,
): PreparedEngine {
  const problems: Problem[] = [];
  const at = (file: string): string => path.resolve(context.folder, file);
  const dataDir = at(options.dataDir ?? context.env['PARAPET_DATA_DIR'] ?? config.data_dir);
  const collected = collectItems(
    {
      dataDir,
      folders: [...config.hub.folders, ...(options.hub ?? [])].map(at),
      with: [...config.hub.items, ...(options.with ?? [])],
      ownItems: options.ownItems && config.hub.own_items,
    },
    problems,
  );
  const { profiles } = config;
  const simulation = simulationFile(context, config, dataDir);
  const perimeter = perimeterSettings(context, config, options.ownItems, problems);
  const chosen = openChosenModes(dataDir);
  const loaded = loadPipeline(
    {
      items: collected.items,
      dataFile: collected.dataFile,
      ...(profiles === undefined ? {} : { profiles: readText(at(profiles)) }),
      ...(simulation === undefined ? {} : { simulation: readText(simulation) }),
      chosen: (scenario) => chosen.of(scenario),
      grokFiles: config.hub.grok_files.map((file) => readText(at(file))),
      ...(perimeter === undefined ? {} : { perimeter }),
      allowlist: config.allowlist.map((value) => ({ value, comment: 'parapet.yaml' })),
      ...geoOf(config, at),
      mode,
      idSalt: mode === 'live' ? `${hostname()} ${dataDir}` : '',
      hostname: hostname(),
      nowMs: () => context.now().getTime(),
    },
    listener,
  );
  return {
    ...loaded,
    problems: [...problems, ...loaded.problems],
    config,
    dataDir,
    chosen,
    live: new LiveConfig(config, dataDir),
  };
}

/** The simulation.yaml that is used: the one that is named, or the one in the data directory if it is there. */
export function simulationFile(context: CommandContext, config: Config, dataDir: string): string | undefined {
  if (config.simulation !== undefined) return path.resolve(context.folder, config.simulation);
  const file = path.join(dataDir, SIMULATION_FILE);
  return existsSync(file) ? file : undefined;
}

/** Writes problems for people, the first ones whole and the rest counted. */
export async function printProblems(context: CommandContext, problems: readonly Problem[]): Promise<void> {
  if (problems.length === 0) return;
  const { plain } = await import('@parapet/reports');
  for (const problem of problems.slice(0, 20)) await context.err.write(`${plain(formatProblem(problem))}\n`);
  if (problems.length > 20)
    await context.err.write(`… and ${problems.length - 20} more: parapet config check\n`);
}

/** Which missing paths only scanners ask for; undefined when the perimeter is off. */
export function perimeterSettings(
  context: CommandContext,
  config: Config,
  ownItems: boolean,
  problems: Problem[] = [],
): PerimeterSettings | undefined {
  const { perimeter } = config;
  if (!perimeter.enabled || !ownItems) return undefined;
  if (perimeter.drupal_settings !== undefined) {
    const { file, text } = readText(path.resolve(context.folder, perimeter.drupal_settings));
    return readPerimeterSettings(file, text, problems);
  }
  return {
    patterns: perimeter.patterns ?? PERIMETER_DEFAULTS.patterns,
    allowlist: perimeter.allowlist.flatMap((value) => parseIpOrCidr(value.trim()) ?? []),
    floodThreshold: perimeter.flood_threshold,
    floodWindowMs: perimeter.flood_window * 1000,
  };
}

function geoOf(config: Config, at: (file: string) => string): { readonly geo?: GeoLookup } {
  const { city, country, asn } = config.geo;
  const places = city ?? country;
  if (places === undefined && asn === undefined) return {};
  const bytes = (file: string): Buffer => {
    try {
      return readFileSync(at(file));
    } catch (error) {
      throw new UsageError('E_GEO_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`);
    }
  };
  const databases = {
    ...(places === undefined ? {} : { city: bytes(places) }),
    ...(asn === undefined ? {} : { asn: bytes(asn) }),
  };
  try {
    return { geo: new GeoLookup(databases) };
  } catch (error) {
    const file = [places, asn].filter((one) => one !== undefined).join(' and ');
    throw new UsageError('E_GEO_DATABASE', `${file}: ${(error as Error).message}`); // it throws Errors
  }
}

function readText(file: string): { readonly file: string; readonly text: string } {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new UsageError('E_FILE_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`);
  }
}
