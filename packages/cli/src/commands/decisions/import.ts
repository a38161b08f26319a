import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { Option, type Command } from 'commander';
import type { Decision } from '@parapet/kinds';
import { plain } from '@parapet/reports';
import type { Store } from '@parapet/store';
import type { CommandContext, ExitCode } from '../../context.ts';
import type { ListFormat, ListItem } from '../../lists/item.ts';
import { detectFormat, readList } from '../../lists/read-list.ts';
import { parsePeriod, periodOption } from '../../period.ts';
import { runVerb, UsageError } from '../../run-verb.ts';
import { answer } from '../../output.ts';
import { addStoreOptions, whenItCounts, withStore, type StoreOptions } from '../../store-options.ts';
import {
  makeOperatorCheck,
  makeSpareCheck,
  makeTarget,
  operatorsSince,
  type SpareCheck,
} from '../../target.ts';

interface ImportOptions extends StoreOptions {
  readonly format?: ListFormat;
  readonly name?: string;
  readonly duration: string;
  readonly type: string;
  readonly scope?: string;
  readonly replace?: true;
  readonly force?: true;
  readonly dryRun?: true;
}

/** What lines without their own have. */
interface Defaults {
  readonly name: string;
  readonly durationMs: number;
  readonly spares: SpareCheck;
}

interface Outcome {
  lines: number;
  added: number;
  ended: number;
  allowlisted: number;
  replaced: number;
  readonly problems: Array<{ readonly line: number; readonly problem: string }>;
  problemCount: number;
}

/** Rows of one transaction: an engine that writes at the same time waits for one, not for the whole list. */
const BATCH = 1000;
const SHOWN_PROBLEMS = 20;

export function registerImport(decisions: Command, context: CommandContext): void {
  const command = decisions
    .command('import')
    .description('add the decisions of a list: plain values, CSV or JSON, also .gz, also from CrowdSec')
    .argument('<file>', 'the list, or - for standard input')
    .addOption(
      new Option('--format <format>', 'by default found out from the name and content').choices([
        'csv',
        'json',
        'plain',
      ]),
    )
    .option(
      '--name <name>',
      'name of the list, the reason of lines without one (default: the name of the file)',
    )
    .option('--duration <time>', 'for lines without one', '24h')
    .option('--type <type>', 'what to do, for lines without one', 'ban')
    .option('--scope <scope>', 'for lines without one (default: ip or range, from the value)')
    .option('--replace', 'then end the decisions that earlier imports under this name made')
    .option('--force', 'also private, own and very wide targets, and operators')
    .option('--dry-run', 'only check the list');
  addStoreOptions(command)
    .addHelpText(
      'after',
      `
Lines with an error are named with their number and left out; the exit code is then 1.

Examples:
  parapet decisions import drop.txt --name spamhaus-drop --duration 36h --replace
  parapet decisions import bans.csv --dry-run
  cscli decisions list -o json | parapet decisions import -`,
    )
    .action((file: string, options: ImportOptions) =>
      runVerb(context, () => importList(context, file, options)),
    );
}

async function importList(context: CommandContext, file: string, options: ImportOptions): Promise<ExitCode> {
  const durationMs = periodOption('--duration', options.duration);
  const name = options.name ?? (file === '-' ? 'import' : path.basename(file));
  const own = makeSpareCheck(context);
  let lockOut: SpareCheck = () => undefined;
  const spares: SpareCheck =
    options.force === true ? () => undefined : (target) => own(target) ?? lockOut(target);
  const label = file === '-' ? 'stdin' : file;
  const outcome: Outcome = {
    lines: 0,
    added: 0,
    ended: 0,
    allowlisted: 0,
    replaced: 0,
    problems: [],
    problemCount: 0,
  };
  const decisions = decisionsOf(context, file, options, { name, durationMs, spares }, outcome);
  if (options.dryRun === true) {
    for await (const decision of decisions) outcome.added += decision === undefined ? 0 : 1;
  } else {
    await withStore(context, options, 'maker', async (store) => {
      const now = context.now();
      lockOut = makeOperatorCheck(await store.listOperators(operatorsSince(now)), now);
      await addAll(context, store, decisions, options.replace === true ? name : undefined, outcome);
    });
  }
  for (const { line, problem } of outcome.problems) {
    await context.err.write(`${plain(label)}:${line}: ${plain(problem)}\n`);
  }
  if (outcome.problemCount > SHOWN_PROBLEMS) {
    await context.err.write(`… and ${outcome.problemCount - SHOWN_PROBLEMS} more lines with errors\n`);
  }
  await report(context, options, outcome);
  return outcome.problemCount > 0 || outcome.added + outcome.allowlisted === 0 ? 1 : 0;
}

async function addAll(
  context: CommandContext,
  store: Store,
  decisions: AsyncIterable<Decision | undefined>,
  replacedName: string | undefined,
  outcome: Outcome,
): Promise<void> {
  const [newest] = await store.listDecisions({}, { limit: 1, newestFirst: true });
  let batch: Decision[] = [];
  const add = async (): Promise<void> => {
    const { added, allowlisted } = await store.addDecisions(batch);
    outcome.added += added;
    outcome.allowlisted += allowlisted.length;
    batch = [];
    if (context.err.isTerminal)
      await context.err.write(`\r${outcome.lines} lines read, ${outcome.added} added`);
  };
  try {
    for await (const decision of decisions) {
      if (decision !== undefined) batch.push(decision);
      if (batch.length >= BATCH) await add();
    }
    if (batch.length > 0) await add();
  } catch (error) {
    if (outcome.added > 0) await context.err.write(`${outcome.added} were added before this happened:\n`);
    throw error;
  }
  if (context.err.isTerminal) await context.err.write('\r\u001B[K');
  // Only after the new ones are in: nobody on the list is let in for a moment in between.
  if (replacedName !== undefined && newest !== undefined && outcome.added > 0) {
    outcome.replaced = await store.liftEach(
      { origin: 'list', scenario: replacedName, upTo: newest.number },
      { by: context.userName, reason: 'replaced by a newer import', onLifted: () => {} },
    );
  }
}

async function* decisionsOf(
  context: CommandContext,
  file: string,
  options: ImportOptions,
  defaults: Defaults,
  outcome: Outcome,
): AsyncGenerator<Decision | undefined> {
  const bytes = openList(context, file);
  const { format, chunks } =
    options.format === undefined
      ? await detectFormat(file, bytes)
      : { format: options.format, chunks: bytes };
  for await (const item of readList(chunks, format)) {
    outcome.lines += 1;
    const made = 'problem' in item ? item : makeDecision(context.now(), item, options, defaults);
    if ('id' in made) {
      yield made;
    } else if (made.problem === ENDED) {
      outcome.ended += 1;
    } else {
      outcome.problemCount += 1;
      if (outcome.problems.length < SHOWN_PROBLEMS) {
        outcome.problems.push({ line: item.line, problem: made.problem });
      }
    }
  }
}

const ENDED = 'has ended';

function makeDecision(
  now: Date,
  item: ListItem,
  options: ImportOptions,
  defaults: Defaults,
): Decision | { readonly problem: string } {
  const made = makeTarget(item.scope ?? options.scope, item.value);
  if ('problem' in made) return made;
  const spare = defaults.spares(made.target);
  if (spare !== undefined) return { problem: spare };
  const end = endOf(item, now, defaults.durationMs);
  if (end === undefined) return { problem: `${item.expiresAt ?? item.duration} is no length of time` };
  if (end <= now) return { problem: ENDED };
  return {
    id: randomUUID(),
    target: made.target,
    remediation: item.type ?? options.type,
    startAt: now,
    expiresAt: end,
    scenario: options.name ?? item.reason ?? defaults.name,
    origin: 'list',
    mode: 'live',
  };
}

function endOf(item: ListItem, now: Date, defaultMs: number): Date | undefined {
  if (item.expiresAt !== undefined) {
    const end = new Date(item.expiresAt);
    return Number.isNaN(end.getTime()) ? undefined : end;
  }
  // What another engine has just let go is written with a duration below zero.
  if (item.duration?.startsWith('-') === true) return now;
  const ms = item.duration === undefined ? defaultMs : parsePeriod(item.duration);
  return ms === undefined ? undefined : new Date(now.getTime() + ms);
}

async function* openList(context: CommandContext, file: string): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* context.stdin;
    return;
  }
  const stream = fs.createReadStream(path.resolve(context.folder, file));
  try {
    if (file.endsWith('.gz')) {
      const gunzip = createGunzip();
      // pipe does not hand on errors: a file that is not there would be waited for without end.
      stream.once('error', (error) => gunzip.destroy(error)).pipe(gunzip);
      yield* gunzip;
    } else {
      yield* stream;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError('E_CLI_CANNOT_READ', `${file} cannot be read: ${message}`);
  }
}

async function report(context: CommandContext, options: ImportOptions, outcome: Outcome): Promise<void> {
  const { lines, added, allowlisted, ended, replaced, problemCount } = outcome;
  const dryRun = options.dryRun === true;
  const parts = [
    dryRun ? `${added} could be added` : `${added} added`,
    ...(allowlisted > 0 ? [`${allowlisted} left out because they are allowlisted`] : []),
    ...(ended > 0 ? [`${ended} had ended`] : []),
    ...(replaced > 0 ? [`${replaced} of earlier imports ended`] : []),
    ...(problemCount > 0 ? [`${problemCount} with errors left out`] : []),
  ];
  await answer(context, options, {
    json: () => ({
      ...{ lines, added, allowlisted, ended, replaced, dryRun },
      ...{ errors: problemCount, problems: outcome.problems },
    }),
    raw: () => [[added, allowlisted, ended, replaced, problemCount].map(String)],
    human: async () => {
      const when = added > 0 && !dryRun ? `${await whenItCounts(context, options)}\n` : '';
      return `${lines} entries read: ${parts.join(', ')}.\n${when}`;
    },
  });
}
