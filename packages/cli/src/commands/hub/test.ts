// `parapet hub test`: do parsers, scenarios and appsec-rules still say what their tests expect?

import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { plain } from '@parapet/reports';
import type { CommandContext, ExitCode } from '../../context.ts';
import { OWN_ITEMS_FOLDER } from '../../hub/hubFolder.ts';
import { installedFolder } from '../../hub/collectItems.ts';
import { findHubAbove, findTests } from '../../hub/testing/findTests.ts';
import { runTests, type NamedResult } from '../../hub/testing/runTests.ts';
import { openGeo, type RunSettings } from '../../hub/testing/testRunner.ts';
import { readHubFolder } from '../../hub/hubFolder.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { answer } from '../../output.ts';
import { addStoreOptions, dataDirOf, type StoreOptions } from '../../store-options.ts';

interface TestOptions extends StoreOptions {
  readonly hub?: string;
  readonly data?: readonly string[];
  readonly geoCity?: string;
  readonly geoAsn?: string;
}

const SHOWN_LINES = 10;

export function registerTest(hub: Command, context: CommandContext): void {
  addStoreOptions(
    hub
      .command('test')
      .description('run hub tests: every assertion has to be true')
      .argument('<dir...>', 'a test (a folder with config.yaml) or a folder of tests')
      .option('--hub <dir>', 'the hub with the items (default: the nearest folder above that is one)')
      .addOption(
        new Option('--data <dir>', 'where data files are, before those of the hub').argParser(
          (value: string, list: readonly string[] | undefined) => [...(list ?? []), value],
        ),
      )
      .option('--geo-city <file>', 'GeoLite2-City.mmdb, for tests that need it')
      .option('--geo-asn <file>', 'GeoLite2-ASN.mmdb, for tests that need it'),
  )
    .addHelpText(
      'after',
      `
Exit code: 0 all passed or were skipped, 1 a test failed, 2 a folder could not be read.

Examples:
  parapet hub test ./tests
  parapet hub test ./tests/my-parser --hub ./hub --json`,
    )
    .action((folders: readonly string[], options: TestOptions) =>
      runVerb(context, () => testAll(context, folders, options)),
    );
}

async function testAll(
  context: CommandContext,
  folders: readonly string[],
  options: TestOptions,
): Promise<ExitCode> {
  const at = (file: string): string => path.resolve(context.folder, file);
  const startedAt = context.now().getTime();
  const results: NamedResult[] = [];
  const installed = installedFolder(await dataDirOf(context, options));
  const sets = folders.map((folder) => ({
    tests: findTests(at(folder)),
    settings: settingsOf(context, at(folder), installed, options),
  }));
  for (const { settings } of sets) checkSettings(settings);
  const total = sets.reduce((sum, { tests }) => sum + tests.length, 0);
  for (const { tests, settings } of sets) {
    const before = results.length;
    results.push(
      ...(await runTests(tests, settings, (done, name) => progress(context, before + done, total, name))),
    );
  }
  if (context.err.isTerminal) await context.err.write('\r\u001B[K');
  await print(context, options, results, context.now().getTime() - startedAt);
  return results.some(({ result }) => result.outcome === 'failed') ? 1 : 0;
}

function settingsOf(
  context: CommandContext,
  folder: string,
  installed: string,
  options: TestOptions,
): RunSettings {
  const at = (file: string): string => path.resolve(context.folder, file);
  const hub = options.hub === undefined ? (findHubAbove(folder) ?? installed) : at(options.hub);
  const hubFolders = [hub, OWN_ITEMS_FOLDER].filter((one) => one !== installed || existsSync(one));
  return {
    hubFolders,
    dataFolders: [...(options.data ?? []).map(at), ...hubFolders.map((one) => path.join(one, 'data'))],
    ...(options.geoCity === undefined ? {} : { geoCity: at(options.geoCity) }),
    ...(options.geoAsn === undefined ? {} : { geoAsn: at(options.geoAsn) }),
    nowMs: context.now().getTime(),
  };
}

/** What cannot be read is told before the first test, not by each of them. */
function checkSettings(settings: RunSettings): void {
  const hub = settings.hubFolders[0]!;
  try {
    const { paths } = readHubFolder(hub);
    if (paths.length === 0) throw new Error('it has no parsers, scenarios or collections');
  } catch (error) {
    throw new UsageError(
      'E_HUB_FOLDER',
      `The hub folder ${hub} cannot be used: ${(error as Error).message}`, // both throw Errors
      'Name a folder that has parsers/, scenarios/ or collections/ with --hub.',
    );
  }
  try {
    openGeo(settings);
  } catch (error) {
    throw new UsageError(
      'E_GEO_UNREADABLE',
      `A database of places cannot be used: ${(error as Error).message}`, // node:fs and GeoLookup throw Errors
      'Name GeoLite2-City.mmdb with --geo-city and GeoLite2-ASN.mmdb with --geo-asn.',
    );
  }
}

async function progress(context: CommandContext, done: number, total: number, name: string): Promise<void> {
  if (!context.err.isTerminal) return;
  const text = `${done}/${total} ${plain(name)}`.slice(0, context.err.columns - 1);
  await context.err.write(`\r\u001B[K${text}`);
}

async function print(
  context: CommandContext,
  options: TestOptions,
  results: readonly NamedResult[],
  tookMs: number,
): Promise<void> {
  const passed: string[] = [];
  const failed: { name: string; reasons: readonly string[] }[] = [];
  const skipped: { name: string; reason: string }[] = [];
  let assertions = 0;
  for (const { name, result } of results) {
    switch (result.outcome) {
      case 'passed':
        passed.push(name);
        assertions += result.assertions;
        break;
      case 'failed':
        failed.push({ name, reasons: result.reasons });
        break;
      case 'skipped':
        skipped.push({ name, reason: result.reason });
        break;
    }
  }
  await answer(context, options, {
    json: () => ({
      passed,
      failed: failed.map(({ name, reasons }) => ({ name, reason: reasons.join('\n') })),
      skipped,
    }),
    raw: () => [
      ...passed.map((name) => ['passed', name, '']),
      ...failed.map(({ name, reasons }) => ['failed', name, reasons.join(' | ')]),
      ...skipped.map(({ name, reason }) => ['skipped', name, reason]),
    ],
    human: () =>
      [
        ...skipped.map(({ name, reason }) => `skipped ${plain(name)}: ${plain(reason)}\n`),
        ...failed.map(failureText),
        `${passed.length} passed (${assertions} assertions), ${failed.length} failed, ${skipped.length} skipped, in ${(tookMs / 1000).toFixed(1)} s\n`,
      ].join(''),
  });
}

function failureText({
  name,
  reasons,
}: {
  readonly name: string;
  readonly reasons: readonly string[];
}): string {
  const shown = reasons.slice(0, SHOWN_LINES).map((reason) => `          ${plain(reason)}\n`);
  const more = reasons.length - shown.length;
  const rest = more === 0 ? '' : `          … and ${more} more; --json shows all of them\n`;
  return `FAILED  ${plain(name)}\n${shown.join('')}${rest}`;
}
