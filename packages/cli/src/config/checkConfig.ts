// Reads the configuration and everything that it names, and collects what is wrong instead of stopping at the
// first: what cannot be read is left out, and the rest is loaded as an engine would.

import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expandGlob, GeoLookup, isGlob, readAcquisition, type Listener } from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import type { CommandContext } from '../context.ts';
import { prepareFrom, type EngineOptions, type PreparedEngine } from '../engine/prepareEngine.ts';
import { readOwnRules } from '../inspection/ownRules.ts';
import { inspectionFor } from '../inspection/settings.ts';
import { realFiles } from '../io/files.ts';
import { resolveChannels } from '../notifications/channels.ts';
import { readSettings } from '../telemetry/settings.ts';
import { UsageError } from '../run-verb.ts';
import { DEFAULT_CONFIG } from './defaults.ts';
import { readConfigText } from './loadConfig.ts';
import { configPositions, readConfig } from './readConfig.ts';
import type { Config } from './schema.ts';

export interface CheckedConfig {
  readonly file: string;
  readonly isAbsent: boolean;
  readonly problems: readonly Problem[];
  /** Undefined when the file itself is wrong. What it names and cannot be read is left out. */
  readonly config: Config | undefined;
  /** Undefined when none could be made. */
  readonly engine: PreparedEngine | undefined;
}

/** Returns every problem; throws a UsageError only when the configuration that was named cannot be read. */
export async function checkConfig(
  context: CommandContext,
  options: EngineOptions,
  listener: Listener = {},
): Promise<CheckedConfig> {
  const { file, text } = readConfigText(context, options.config);
  const problems: Problem[] = [];
  const written = text === undefined ? DEFAULT_CONFIG : readConfig(file, text, problems);
  if (written === undefined) return { file, isAbsent: false, problems, config: undefined, engine: undefined };
  const names = new Names(context, file, text ?? '', problems);
  await names.checkLogs(written);
  names.checkChannels(written);
  names.checkTelemetry(written);
  const config = names.readable(written);
  let engine: PreparedEngine | undefined;
  try {
    engine = prepareFrom(context, config, options, 'replay', listener);
    problems.push(...engine.problems.map((problem) => names.placed(problem)));
    problems.push(...readOwnRules(inspectionFor(config, context.folder, engine.dataDir).ownRules).problems);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { code, message, hint } = error;
    problems.push({ code, file, line: 0, column: 0, message, ...(hint === '' ? {} : { hint }) });
  }
  return { file, isAbsent: text === undefined, problems, config, engine };
}

/** What the configuration names outside itself. */
class Names {
  readonly #context: CommandContext;
  readonly #file: string;
  readonly #positionOf: ReturnType<typeof configPositions>;
  readonly #problems: Problem[];

  constructor(context: CommandContext, file: string, text: string, problems: Problem[]) {
    this.#context = context;
    this.#file = file;
    this.#positionOf = configPositions(text);
    this.#problems = problems;
  }

  /** Gives a problem of the engine with something that stands in the configuration its place there. */
  placed(problem: Problem): Problem {
    if (problem.file !== 'perimeter') return problem;
    return this.#problem(['perimeter', 'patterns', String(problem.line - 1)], problem);
  }

  async checkLogs(config: Config): Promise<void> {
    for (const [index, { file }] of config.logs.entries()) {
      if (file === '-') continue;
      const where = ['logs', String(index), 'file'];
      const paths = isGlob(file)
        ? await expandGlob(realFiles, path.resolve(this.#context.folder, file))
        : [file];
      if (paths.length === 0) this.#complain(where, 'E_LOG_ABSENT', `No file matches ${file}`, HINT_LOG);
      for (const one of paths) this.#canOpen(one, where, 'E_LOG_ABSENT', 'E_LOG_UNREADABLE', HINT_LOG);
    }
  }

  checkChannels({ notifications }: Config): void {
    const hint = 'Nobody is told over this channel';
    for (const { index, key, message } of resolveChannels(notifications, this.#context).faults)
      this.#complain(['notifications', 'channels', String(index), key], 'E_NOTIFY_SECRET', message, hint);
  }

  checkTelemetry({ opentelemetry }: Config): void {
    const read = readSettings(opentelemetry, this.#context);
    if (read.kind !== 'fault') return;
    const { code, message, key } = read.fault;
    const where = ['opentelemetry', ...(key === undefined ? [] : [key])];
    this.#complain(where, code, message, 'Nothing goes to the collector until then');
  }

  /** Returns the configuration without the files that cannot be used; each is a problem. */
  readable(config: Config): Config {
    for (const [index, name] of config.acquisition.entries()) {
      const where = ['acquisition', String(index)];
      if (!this.#canOpen(name, where)) continue;
      const full = path.resolve(this.#context.folder, name);
      readAcquisition(full, readFileSync(full, 'utf8'), this.#context.env, this.#problems);
    }
    const { profiles, simulation, perimeter, geo, hub, ...rest } = config;
    const { drupal_settings: drupal, ...ownPerimeter } = perimeter;
    const keep = <K extends string>(key: K, value: string | undefined, where: readonly string[]) =>
      // The key that was asked for is the only one there can be.
      (value !== undefined && this.#canOpen(value, where) ? { [key]: value } : {}) as Partial<
        Record<K, string>
      >;
    return {
      ...rest,
      ...keep('profiles', profiles, ['profiles']),
      ...keep('simulation', simulation, ['simulation']),
      perimeter: {
        ...ownPerimeter,
        ...keep('drupal_settings', drupal, ['perimeter', 'drupal_settings']),
      },
      geo: Object.fromEntries(Object.entries(geo).filter(([kind, name]) => this.#isDatabase(kind, name))),
      hub: {
        ...hub,
        folders: hub.folders.filter((name, index) => this.#isFolder(name, ['hub', 'folders', String(index)])),
      },
    };
  }

  #isDatabase(kind: string, name: string | undefined): boolean {
    if (name === undefined) return false;
    const where = ['geo', kind];
    if (!this.#canOpen(name, where)) return false;
    try {
      const bytes = readFileSync(path.resolve(this.#context.folder, name));
      // The reader looks at the bytes when it is made, and throws when they are something else.
      new GeoLookup(kind === 'asn' ? { asn: bytes } : { city: bytes });
      return true;
    } catch {
      this.#complain(where, 'E_GEO_DATABASE', `${name} is no MMDB database`, 'Download it again');
      return false;
    }
  }

  #isFolder(name: string, where: readonly string[]): boolean {
    const stats = statSync(path.resolve(this.#context.folder, name), { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) return true;
    const hint = 'Name a folder that has parsers/, scenarios/ or collections/';
    this.#complain(where, 'E_HUB_FOLDER', `${name} is no folder`, hint);
    return false;
  }

  #canOpen(
    name: string,
    where: readonly string[],
    absent = 'E_FILE_UNREADABLE',
    refused = 'E_FILE_UNREADABLE',
    hint = 'Check the path: it is relative to the folder the command is given in',
  ): boolean {
    const full = path.resolve(this.#context.folder, name);
    try {
      if (statSync(full).isDirectory()) {
        this.#complain(where, refused, `${name} is a folder`, hint);
        return false;
      }
      closeSync(openSync(full, 'r'));
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException; // node:fs throws these
      if (code === 'ENOENT') this.#complain(where, absent, `There is no file ${name}`, hint);
      else this.#complain(where, refused, `${name} cannot be read: ${code ?? 'unknown reason'}`, hint);
      return false;
    }
  }

  #complain(where: readonly string[], code: string, message: string, hint: string): void {
    this.#problems.push(this.#problem(where, { code, message, hint }));
  }

  #problem(
    where: readonly string[],
    { code, message, hint }: { readonly code: string; readonly message: string; readonly hint?: string },
  ): Problem {
    const { line, column } = this.#positionOf(where) ?? { line: 0, column: 0 };
    return { code, file: this.#file, line, column, message, ...(hint === undefined ? {} : { hint }) };
  }
}

const HINT_LOG = 'Check the path, and that this user may read it (the group adm may, on Debian)';
