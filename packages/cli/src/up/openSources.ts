// The sources of a running engine: logs named on the command line and in the configuration, and what CrowdSec's
// acquisition files name. Each keeps its cursors under a name of its own, so that adding one disturbs none.

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  fileOrigins,
  followJournal,
  followStream,
  listenSyslog,
  readAcquisition,
  tailFiles,
  type Acquisition,
  type LineSource,
} from '@parapet/engine';
import type { Problem } from '@parapet/kinds';
import type { Config } from '../config/schema.ts';
import type { CommandContext } from '../context.ts';
import { realClock } from '../io/clock.ts';
import { realFiles } from '../io/files.ts';
import { realNetwork } from '../io/network.ts';
import { realSpawn } from '../io/processes.ts';
import { UsageError } from '../run-verb.ts';

export interface OpenedSources {
  readonly sources: readonly LineSource[];
  /** As they are to be named to people. */
  readonly names: readonly string[];
  /** Resolves when it is known from where each log is read: what is written to it from then on is seen. */
  readonly arePlaced: Promise<unknown>;
}

export interface SourceOptions {
  /** `--log FILE[=TYPE]`, as written. */
  readonly logs: readonly string[];
  readonly config: Config;
  readonly cursors: ReadonlyMap<string, unknown>;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Problem) => void;
  readonly onNote: (note: string) => void;
  readonly fromBeginning: boolean;
  /** There are sources beside these, so that it is no mistake to name no log. */
  readonly hasOthers: boolean;
}

/** Opens all sources. Throws a UsageError when there is none, or when a file that is named is a folder. */
export function openSources(context: CommandContext, options: SourceOptions): OpenedSources {
  const problems: Problem[] = [];
  const acquisitions = readAcquisitions(context, options.config, problems).filter(
    (one) => one.source !== 'appsec',
  );
  for (const problem of problems) options.onProblem(problem);

  const logs = [
    ...options.config.logs.map(({ file, type }) => ({ file, type: type === 'auto' ? undefined : type })),
    ...options.logs.map(splitType),
  ];
  if (logs.length + acquisitions.length === 0 && !options.hasOthers) {
    throw new UsageError(
      'E_NO_SOURCE',
      'There is no log to watch',
      'Name one: parapet up --log /var/log/nginx/access.log   (or write logs: into parapet.yaml: parapet init)',
    );
  }
  const sources: LineSource[] = [];
  const placed: Promise<void>[] = [];
  const names: string[] = [];
  for (const { file, type } of logs) {
    if (file === '-') {
      sources.push(
        followStream({
          originOf: (lines) => ({
            ...fileOrigins(type === undefined ? {} : { type })('standard input', lines),
            module: 'stdin',
          }),
          chunks: buffers(context.stdin),
          clock: realClock,
        }),
      );
    } else {
      const full = path.resolve(context.folder, file);
      if (statSync(full, { throwIfNoEntry: false })?.isDirectory() === true) {
        const hint = `Name the logs in it, in quotes: --log '${path.join(file, '*.log')}'`;
        throw new UsageError('E_LOG_UNREADABLE', `${file} is a folder`, hint);
      }
      const labels = type === undefined ? {} : { type };
      sources.push(tail(full, [full], labels, () => false, { ...options, onPlaced: awaited(placed) }));
    }
    names.push(file === '-' ? 'standard input' : file);
  }
  for (const [index, acquisition] of acquisitions.entries()) {
    // The others have no place of their own to begin at.
    const onPlaced = acquisition.source === 'file' ? awaited(placed) : () => {};
    sources.push(open(acquisition, `acquisition ${index}`, { ...options, onPlaced }));
    names.push(nameOf(acquisition));
  }
  return { sources, names, arePlaced: Promise.all(placed) };
}

/** Returns what the acquisition files of the configuration name. */
export function readAcquisitions(
  context: CommandContext,
  config: Config,
  problems: Problem[] = [],
): readonly Acquisition[] {
  return config.acquisition.flatMap((file) => {
    const full = path.resolve(context.folder, file);
    return [...readAcquisition(full, readFileSync(full, 'utf8'), context.env, problems)];
  });
}

type PlacedOptions = SourceOptions & { readonly onPlaced: () => void };

/** Adds something that has to happen, and returns what to call when it has. */
function awaited(all: Promise<void>[]): () => void {
  let happened = (): void => {};
  all.push(new Promise((resolve) => (happened = resolve)));
  return () => happened();
}

type LineAcquisition = Exclude<Acquisition, { readonly source: 'appsec' }>;

function tail(
  source: string,
  patterns: readonly string[],
  labels: Readonly<Record<string, string>>,
  isExcluded: (path: string) => boolean,
  options: PlacedOptions,
): LineSource {
  return tailFiles({
    source,
    patterns,
    isExcluded,
    originOf: fileOrigins(labels, (file, detected) => options.onNote(`${file}: ${detected.sentence}`)),
    cursors: options.cursors,
    startAt: options.fromBeginning ? 'beginning' : 'end',
    files: realFiles,
    clock: realClock,
    signal: options.signal,
    onProblem: options.onProblem,
    onPlaced: options.onPlaced,
  });
}

function open(acquisition: LineAcquisition, source: string, options: PlacedOptions): LineSource {
  const { signal, onProblem, cursors } = options;
  const { labels } = acquisition;
  switch (acquisition.source) {
    case 'file':
      return tail(source, acquisition.patterns, labels, acquisition.isExcluded, options);
    case 'journalctl':
      return followJournal({
        source,
        filters: acquisition.filters,
        labels,
        cursors,
        spawn: realSpawn,
        clock: realClock,
        signal,
        onProblem,
      });
    case 'syslog':
      return listenSyslog({ ...acquisition, network: realNetwork, clock: realClock, signal, onProblem });
  }
}

function nameOf(acquisition: LineAcquisition): string {
  if (acquisition.name !== undefined) return acquisition.name;
  switch (acquisition.source) {
    case 'file':
      return acquisition.patterns.join(', ');
    case 'journalctl':
      return `journal ${acquisition.filters.join(' ')}`;
    case 'syslog':
      return `syslog ${acquisition.transport} ${acquisition.address}:${acquisition.port}`;
  }
}

/** `FILE=TYPE`; a `=` that is followed by a path separator belongs to the file. */
export function splitType(written: string): { readonly file: string; readonly type: string | undefined } {
  const match = /^(.+)=([\w.-]+)$/.exec(written);
  if (match === null || existsSync(written)) return { file: written, type: undefined };
  return { file: match[1]!, type: match[2] === 'auto' ? undefined : match[2]! };
}

async function* buffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
