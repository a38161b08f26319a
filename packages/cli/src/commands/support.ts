// `parapet support dump`: one file for whoever is asked for help: versions, settings, health and counts. No line of
// a log, no secret, and no address unless it is asked for.

import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { formatInstant, plain } from '@parapet/reports';
import { openStore, requireStore, StoreError } from '@parapet/store';
import { DEFAULT_CONFIG } from '../config/defaults.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { diagnose, type DoctorOptions } from '../doctor/diagnose.ts';
import { addEngineOptions } from '../engine/prepareEngine.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { withoutReceivers } from '../notifications/channels.ts';
import { Redaction } from '../redaction.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { countStore } from '../storeCounts.ts';
import { VERSION } from '../version.ts';

interface DumpOptions extends DoctorOptions {
  readonly withAddresses?: true;
}

export function register(program: Command, context: CommandContext): void {
  const support = program.command('support').description('what to send along when you ask for help');
  const dump = support
    .command('dump')
    .description('write one JSON file with versions, settings, health and counts; no log lines, no secrets')
    .argument('[file]', 'where to; - is standard output (default: parapet-support-<date>.json)')
    .option('--with-addresses', 'keep IP addresses, host names of them and e-mail addresses')
    .option(
      '--log <file[=type]>',
      'look at this log too; may be given several times',
      (value: string, list?: readonly string[]) => [...(list ?? []), value],
    )
    .option(
      '--data-dir <dir>',
      'where the store is (default: $PARAPET_DATA_DIR, or .parapet in this folder)',
    );
  addEngineOptions(dump)
    .addHelpText('after', '\nRead the file before you send it: it is made to be read.')
    .action((file: string | undefined, options: DumpOptions) =>
      runVerb(context, () => writeDump(context, file, options)),
    );
}

async function writeDump(
  context: CommandContext,
  named: string | undefined,
  options: DumpOptions,
): Promise<ExitCode> {
  const { cards, checked, dataDir } = await diagnose(context, options);
  const config = checked.config ?? DEFAULT_CONFIG;
  const { engine } = checked;
  const redaction = new Redaction({ home: os.homedir(), keepsAddresses: options.withAddresses === true });
  const dump = {
    writtenAt: context.now().toISOString(),
    // These hold numbers with dots, which are no addresses.
    versions: {
      parapet: VERSION,
      node: process.versions.node,
      v8: process.versions.v8,
      system: `${process.platform} ${process.arch} ${os.release()}`,
    },
    machine: {
      processors: os.availableParallelism(),
      memoryMib: Math.round(os.totalmem() / 1_048_576),
    },
    ...redaction.clean({
      configuration: {
        isValid: checked.config !== undefined,
        isAbsent: checked.isAbsent,
        values: withoutReceivers(config),
      },
      loaded: {
        parsers: engine?.parserCount ?? 0,
        scenarios: engine?.scenarios.map(({ name }) => name) ?? [],
      },
      health: cards.map(({ level, topic, says, fix }) => ({
        level,
        topic,
        says,
        ...(fix === undefined ? {} : { fix }),
      })),
      problems: checked.problems,
      store: await countsOf(context, dataDir),
    }),
  };
  const text = `${JSON.stringify(dump, undefined, 2)}\n`;
  if (named === '-') {
    await context.out.write(text);
    return 0;
  }
  const day = formatInstant(context.now()).slice(0, 10);
  const file = path.resolve(context.folder, named ?? `parapet-support-${day}.json`);
  try {
    writeWhole(file, text, 0o600);
  } catch (error) {
    throw new UsageError('E_FILE_UNWRITABLE', `${file} cannot be written: ${(error as Error).message}`); // node:fs throws Errors
  }
  const without = options.withAddresses === true ? '' : ', and IP addresses';
  await context.out.write(
    `Wrote ${plain(file)}: versions, settings, health and counts. Log lines and secrets${without} were left out; read it before you send it.\n`,
  );
  return 0;
}

async function countsOf(context: CommandContext, dataDir: string): Promise<unknown> {
  try {
    requireStore(dataDir);
    const store = await openStore({ dataDir, role: 'reader', now: context.now });
    try {
      const { alerts, alertsByScenario, decisions, activeBy } = await countStore(store, context.now());
      return {
        alerts,
        alertsByScenario: Object.fromEntries(alertsByScenario),
        decisions,
        decisionsInForce: Object.fromEntries(activeBy),
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { error: error.code };
  }
}
