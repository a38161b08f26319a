// `parapet feedback`: whether a finding was an attack. "No attack" makes a narrow exception, after a look at what else
// it would let through; "attack" leaves a template and lowers the threshold; both can be undone.
import type { Command } from 'commander';
import { isInForce, previewOf, type LetThrough } from '@parapet/engine';
import type { InspectionFeedback, RecordedFinding } from '@parapet/kinds';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { NewFeedback, Store, StoredInspection } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { periodOption } from '../period.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';
import { feedbackSentence, findInspection, inspectionsTable, recordIdOf } from './inspections.ts';

interface SayOptions extends StoreOptions {
  readonly comment?: string;
  readonly expires?: string;
}

interface NoAttackOptions extends SayOptions {
  readonly preview?: true;
  readonly yes?: true;
}

interface ListOptions extends StoreOptions {
  readonly all?: true;
}

/** Of recent findings, so many are looked through for the preview. */
const PREVIEWED = 10_000;
const SHOWN = 10;

export function register(program: Command, context: CommandContext): void {
  const feedback = program
    .command('feedback')
    .description('say whether a finding was an attack: no-attack, attack, list, undo');
  addStoreOptions(
    feedback
      .command('no-attack')
      .description('make an exception for what was found, and for its like')
      .argument('<record>', 'the 8 characters of the block page, or of `parapet inspections list`')
      .option('--preview', 'only show what the exception would let through')
      .option('--yes', 'make it although it lets other findings through')
      .option('--expires <time>', 'the exception ends after so long: 30d, 12h')
      .option('--comment <text>', 'why, for the list'),
  )
    .addHelpText(
      'after',
      `
The exception is for this route, parameter and class, and for values that are no more suspicious and
have nothing in them that this one does not have.

Examples:
  parapet feedback no-attack 1a2b3c4d --preview
  parapet feedback no-attack 1a2b3c4d --comment "our editors write about SQL" --expires 90d

Exit codes: 0 made or shown, 1 not made, 2 wrong usage.`,
    )
    .action((record: string, options: NoAttackOptions) =>
      runVerb(context, () => noAttack(context, record, options)),
    );
  addStoreOptions(
    feedback
      .command('attack')
      .description('recognise what was found in all its forms, and look harder where it was')
      .argument('<record>', 'the 8 characters of the block page, or of `parapet inspections list`')
      .option('--expires <time>', 'it counts for so long: 30d, 12h')
      .option('--comment <text>', 'why, for the list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet feedback attack 1a2b3c4d')
    .action((record: string, options: SayOptions) =>
      runVerb(context, () => attack(context, record, options)),
    );
  addStoreOptions(
    feedback
      .command('list')
      .description('show what was said and counts, the newest last')
      .option('--all', 'also what was undone or has expired'),
  )
    .addHelpText('after', '\nExamples:\n  parapet feedback list\n  parapet feedback list --all --json')
    .action((options: ListOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    feedback
      .command('undo')
      .description('take back what was said: it counts no more')
      .argument('<number...>', 'numbers from the list'),
  )
    .addHelpText('after', '\nExamples:\n  parapet feedback undo 3')
    .action((numbers: readonly string[], options: StoreOptions) =>
      runVerb(context, () => undo(context, numbers, options)),
    );
}

async function noAttack(context: CommandContext, text: string, options: NoAttackOptions): Promise<ExitCode> {
  const id = recordIdOf(text);
  const isPreview = options.preview === true;
  const expiresAt = expiryOf(context, options);
  return withStore(context, options, isPreview ? 'reader' : 'changer', async (store) => {
    const record = await findInspection(store, id);
    if (record === undefined) return unknown(context, id);
    const said: NewFeedback = { ...sayingOn(context, record, options), kind: 'no-attack', ...expiresAt };
    if (!isPreview) await refuseTwice(context, store, said);
    const recent = await store.inspections.list(
      { site: record.site },
      { newestFirst: true, limit: PREVIEWED },
    );
    const preview = previewOf({ ...said, number: 0 }, recent);
    const isMade = !isPreview && (options.yes === true || preview.length === 0);
    const made = isMade ? await store.inspections.addFeedback(said) : undefined;
    const now = context.now();
    await answer(context, options, {
      json: () => ({
        ...feedbackJson(made ?? { ...said, number: 0 }, now),
        number: made?.number ?? null,
        isMade,
        letThrough: preview.map(({ record: other, isWhole }) => ({ record: other.id, isWhole })),
      }),
      raw: () =>
        made === undefined ? preview.map(({ record: other }) => [other.id, other.path]) : [rawOf(made, now)],
      human: async () => {
        const end =
          made !== undefined
            ? `The exception is made (#${made.number}). ${await whenItCounts(context, options)} To take it back: parapet feedback undo ${made.number}\n`
            : isPreview
              ? ''
              : 'It was not made: look at these first, then add --yes.\n';
        return `${exceptionText(said.route, said.findings)}${previewText(context, preview, recent.length)}${end}`;
      },
    });
    return isPreview || isMade ? 0 : 1;
  });
}

function exceptionText(route: string, findings: readonly RecordedFinding[]): string {
  const lines = findings.map(
    ({ placement, name, class: one }) => `  ${one} in ${placement} ${plain(name)} of ${plain(route)}\n`,
  );
  return `An exception for values that are no more suspicious than this one, and have nothing in them that it does not have:\n${lines.join('')}`;
}

function previewText(context: CommandContext, preview: readonly LetThrough[], looked: number): string {
  if (preview.length === 0)
    return `None of the other ${looked - 1} recent findings would have been let through.\n`;
  const wholly = preview.filter(({ isWhole }) => isWhole).map(({ record }) => record);
  const partly = preview.length - wholly.length;
  const rest = partly === 0 ? '' : `In ${partly} more, something else would still have been found.\n`;
  const more = wholly.length > SHOWN ? `… and ${wholly.length - SHOWN} more.\n` : '';
  return `It would also have let through ${wholly.length} of the other ${looked - 1} recent findings:\n${
    wholly.length === 0 ? '' : inspectionsTable(context, wholly.slice(0, SHOWN))
  }${more}${rest}`;
}

async function attack(context: CommandContext, text: string, options: SayOptions): Promise<ExitCode> {
  const id = recordIdOf(text);
  const expiresAt = expiryOf(context, options);
  return withStore(context, options, 'changer', async (store) => {
    const record = await findInspection(store, id);
    if (record === undefined) return unknown(context, id);
    const said: NewFeedback = { ...sayingOn(context, record, options), kind: 'attack', ...expiresAt };
    await refuseTwice(context, store, said);
    const made = await store.inspections.addFeedback(said);
    await answer(context, options, {
      json: () => feedbackJson(made, context.now()),
      raw: () => [rawOf(made, context.now())],
      human: async () => {
        const where = made.findings.map(({ placement, name }) => `${placement} ${plain(name)}`).join(', ');
        return `Noted (#${made.number}): its like is recognised anywhere, and less is needed to stop a request with it in ${where} of ${plain(made.route)}. ${await whenItCounts(context, options)} To take it back: parapet feedback undo ${made.number}\n`;
      },
    });
    return 0;
  });
}

async function list(context: CommandContext, options: ListOptions): Promise<ExitCode> {
  const now = context.now();
  return withStore(context, options, 'reader', async (store) => {
    const found = await store.inspections.listFeedback(options.all === true ? {} : { inForceAt: now });
    await answer(context, options, {
      json: () => found.map((one) => feedbackJson(one, now)),
      raw: () => found.map((one) => rawOf(one, now)),
      human: () => (found.length === 0 ? 'Nothing was said.\n' : table(context, found)),
    });
    return found.length === 0 ? 1 : 0;
  });
}

function table(context: CommandContext, found: readonly InspectionFeedback[]): string {
  const now = context.now();
  const rows = found.map((one) => [
    String(one.number),
    one.kind === 'attack' ? 'attack' : 'no attack',
    one.recordId,
    one.findings.map(({ class: each, placement, name }) => `${each} in ${placement} ${name}`).join(', '),
    one.route,
    one.by,
    formatInstant(one.at),
    stateOf(one, now),
    one.comment,
  ]);
  const columns = [
    { title: '#', align: 'right' as const },
    { title: 'said' },
    { title: 'record' },
    { title: 'what', maxWidth: 50 },
    { title: 'route', maxWidth: 40 },
    { title: 'by' },
    { title: 'when' },
    { title: 'state' },
    { title: 'why', maxWidth: 40 },
  ];
  return `${renderTable(columns, rows, { columns: context.out.columns, color: context.out.hasColor })}\n`;
}

async function undo(
  context: CommandContext,
  numbers: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  const wanted = numbers.map(numberOf);
  const undone: InspectionFeedback[] = [];
  await withStore(context, options, 'changer', async (store) => {
    for (const number of wanted) {
      const one = await store.inspections.undoFeedback(number, context.userName);
      if (one === undefined) await context.err.write(`There is nothing to undo under ${number}.\n`);
      else undone.push(one);
    }
  });
  const now = context.now();
  await answer(context, options, {
    json: () => undone.map((one) => feedbackJson(one, now)),
    raw: () => undone.map((one) => rawOf(one, now)),
    human: async () =>
      undone.length === 0
        ? ''
        : `${undone.map(feedbackSentence).join('\n')}\n${await whenItCounts(context, options)}\n`,
  });
  return undone.length < wanted.length ? 1 : 0;
}

async function unknown(context: CommandContext, id: string): Promise<ExitCode> {
  await context.err.write(`There is no record ${id}.\n`);
  return 1;
}

function sayingOn(
  context: CommandContext,
  { id, site, route, findings, network }: StoredInspection,
  { comment = '' }: SayOptions,
): Omit<NewFeedback, 'kind'> {
  if (findings.length === 0) {
    throw new UsageError(
      'E_FEEDBACK_NOTHING',
      `Nothing in record ${id} can be learned from`,
      'It was refused for how it is written, which no honest client does, or another one passed it on damaged.',
    );
  }
  const by = context.userName;
  return {
    recordId: id,
    site,
    route,
    findings,
    network,
    at: context.now(),
    by,
    comment: comment.slice(0, 500),
  };
}

/** The same said twice would count twice, and both at once would mean neither. */
async function refuseTwice(context: CommandContext, store: Store, said: NewFeedback): Promise<void> {
  const before = await store.inspections.listFeedback({
    recordId: said.recordId,
    inForceAt: context.now(),
  });
  const [one] = before;
  if (one === undefined) return;
  throw new UsageError(
    'E_FEEDBACK_SAID',
    `Of record ${said.recordId} something is said already: ${feedbackSentence(one)}`,
    `To say something else, take that back first: parapet feedback undo ${one.number}`,
  );
}

function expiryOf(context: CommandContext, { expires }: SayOptions): { expiresAt?: Date } {
  if (expires === undefined) return {};
  return { expiresAt: new Date(context.now().getTime() + periodOption('--expires', expires)) };
}

function numberOf(text: string): number {
  const match = /^#?(\d{1,15})$/.exec(text);
  if (match !== null) return Number(match[1]);
  throw new UsageError('E_CLI_ID', `${text} is no number`, 'Take the number from `parapet feedback list`.');
}

function stateOf(one: InspectionFeedback, now: Date): string {
  if (one.undone !== undefined) return 'undone';
  if (!isInForce(one, now.getTime())) return 'expired';
  return one.expiresAt === undefined ? 'counts' : `until ${formatInstant(one.expiresAt)}`;
}

/** What programs get: without the shapes, which nobody can read. */
function feedbackJson({ findings, network: _network, ...said }: InspectionFeedback, now: Date): object {
  return {
    ...said,
    findings: findings.map(({ shape: _shape, ...finding }) => finding),
    isInForce: isInForce({ ...said, findings, network: 0 }, now.getTime()),
  };
}

function rawOf(one: InspectionFeedback, now: Date): readonly string[] {
  const { number, kind, recordId, site, route, at, by, comment } = one;
  return [String(number), kind, recordId, site, route, at.toISOString(), by, stateOf(one, now), comment];
}
