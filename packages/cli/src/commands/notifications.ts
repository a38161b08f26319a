// `parapet notifications`: who is told over which channel, whether messages arrive, and what became of them.

import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import type { Command } from 'commander';
import { acknowledgedFile, readDeliveryLog, type DeliveryRecord, type Message } from '@parapet/notify';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import { findEngine } from '@parapet/store';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { limitOption } from '../limit.ts';
import { channelRows } from '../notifications/channelRows.ts';
import { notificationsFolder } from '../notifications/openNotifications.ts';
import { OwnRules } from '../notifications/ownRules.ts';
import { sendNow, sentText } from '../notifications/sendNow.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, dataDirOf, type StoreOptions } from '../store-options.ts';

interface LogOptions extends StoreOptions {
  readonly limit: string;
  readonly failed?: true;
}

interface TestOptions extends StoreOptions {
  readonly all?: true;
}

export function register(program: Command, context: CommandContext): void {
  const notifications = program
    .command('notifications')
    .description('who is told of what: list, test, log, ack');
  addStoreOptions(
    notifications
      .command('list')
      .description('show the channels, what each is told, and whether messages wait'),
  )
    .addHelpText('after', '\nExamples:\n  parapet notifications list\n  parapet notifications list -o json')
    .action((options: StoreOptions) => runVerb(context, () => list(context, options)));
  addStoreOptions(
    notifications
      .command('test')
      .description('send a test message over channels, now, and say whether it arrived')
      .argument('[name...]', 'names from the list')
      .option('--all', 'over all channels'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet notifications test owner\n  parapet notifications test --all\n\nExit code 1 when one did not arrive.',
    )
    .action((names: readonly string[], options: TestOptions) =>
      runVerb(context, () => test(context, names, options)),
    );
  addStoreOptions(
    notifications
      .command('log')
      .description('show what became of messages, the newest last')
      .option('--limit <count>', 'at most so many, the newest; 0 for all', '30')
      .option('--failed', 'only what did not arrive'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet notifications log\n  parapet notifications log --failed --limit 0',
    )
    .action((options: LogOptions) => runVerb(context, () => log(context, options)));
  addStoreOptions(
    notifications
      .command('ack')
      .description('say that you take care of an attack: nobody else is told that it goes on')
      .argument('<attack...>', 'the number in the message'),
  )
    .addHelpText('after', '\nExamples:\n  parapet notifications ack 1b4e28ba')
    .action((names: readonly string[], options: StoreOptions) =>
      runVerb(context, () => acknowledge(context, names, options)),
    );
}

async function list(context: CommandContext, options: StoreOptions): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  const folder = notificationsFolder(await dataDirOf(context, options));
  const rows = channelRows(context, config, folder, new OwnRules(folder, () => {}).rules(undefined));
  await answer(context, options, {
    json: () => rows,
    raw: () =>
      rows.map(({ name, type, place, waiting: count, last }) => [
        ...[name, type, place, String(count), last?.outcome ?? ''],
      ]),
    human: () =>
      rows.length === 0
        ? 'Nobody is told of anything: parapet.yaml has no notifications.channels.\n'
        : `${renderTable(
            [
              { title: 'name' },
              { title: 'type' },
              { title: 'where', maxWidth: 40 },
              { title: 'told', maxWidth: 50 },
              { title: 'waiting', align: 'right' },
              { title: 'last' },
            ],
            rows.map(({ name, type, place, told, waiting: count, fault, last }) => [
              ...[name, type, plain(place), told, String(count)],
              plain(fault === undefined ? lastOf(last) : `cannot be used: ${fault}`),
            ]),
            { columns: context.out.columns, color: context.out.hasColor },
          )}\n`,
  });
  return rows.length === 0 || rows.some(({ fault }) => fault !== undefined) ? 1 : 0;
}

async function test(
  context: CommandContext,
  names: readonly string[],
  options: TestOptions,
): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  const wanted = options.all === true ? config.notifications.channels.map(({ name }) => name) : names;
  if (wanted.length === 0)
    throw new UsageError(
      'E_NOTIFY_CHANNEL',
      'No channel was named',
      'Name one of `parapet notifications list`, or --all.',
    );
  const message: Message = {
    ...{ id: randomUUID(), kind: 'test', severity: 'low', site: '', atMs: context.now().getTime() },
  };
  const records = await sendNow(context, options, config, wanted, message);
  const isFine = records.every(({ outcome }) => outcome === 'delivered');
  await answer(context, options, {
    json: () => records,
    raw: () => records.map((one) => [one.channel, one.target, one.outcome, one.answer]),
    human: () => records.map(sentText).join(''),
  });
  return isFine ? 0 : 1;
}

async function log(context: CommandContext, options: LogOptions): Promise<ExitCode> {
  const folder = notificationsFolder(await dataDirOf(context, options));
  const limit = limitOption(options.limit) ?? Number.POSITIVE_INFINITY;
  const all = readDeliveryLog(folder, options.failed === true ? Number.POSITIVE_INFINITY : limit);
  const found =
    options.failed === true ? all.filter(({ outcome }) => outcome !== 'delivered').slice(-limit) : all;
  const fieldsOf = ({ at, ...one }: DeliveryRecord, when: (at: string) => string): readonly string[] => [
    ...[when(at), one.channel, one.target, one.outcome, String(one.tries), one.title, one.answer],
  ];
  await answer(context, options, {
    json: () => found,
    raw: () => found.map((one) => fieldsOf(one, (at) => at)),
    human: () =>
      found.length === 0
        ? 'Nothing has been sent yet.\n'
        : `${renderTable(
            [
              { title: 'when' },
              { title: 'channel' },
              { title: 'to', maxWidth: 30 },
              { title: 'outcome' },
              { title: 'tries', align: 'right' },
              { title: 'says', maxWidth: 60 },
              { title: 'answer', maxWidth: 50 },
            ],
            found.map((one) => fieldsOf(one, (at) => formatInstant(new Date(at))).map(plain)),
            { columns: context.out.columns, color: context.out.hasColor },
          )}\n`,
  });
  return found.length === 0 ? 1 : 0;
}

async function acknowledge(
  context: CommandContext,
  names: readonly string[],
  options: StoreOptions,
): Promise<ExitCode> {
  for (const name of names)
    if (!/^[\da-f]{8}(-[\da-f-]{27})?$/.test(name))
      throw new UsageError(
        'E_NOTIFY_ATTACK',
        `${name} names no attack`,
        'It has 8 letters and digits and stands in the message.',
      );
  const dataDir = await dataDirOf(context, options);
  const engine = await findEngine(dataDir);
  const folder = notificationsFolder(dataDir);
  if (engine === undefined || !existsSync(folder)) {
    await context.err.write('No engine is running here: nobody will be told that an attack goes on.\n');
    return 1;
  }
  appendFileSync(acknowledgedFile(folder), names.map((name) => `${name}\n`).join(''), { mode: 0o600 });
  await answer(context, options, {
    json: () => ({ acknowledged: names }),
    raw: () => names.map((name) => ['acknowledged', name]),
    human: () => 'Nobody else is told that it goes on; those who were told hear when it is over.\n',
  });
  return 0;
}

function lastOf(record: DeliveryRecord | undefined): string {
  return record === undefined ? 'never used' : `${record.outcome}, ${formatInstant(new Date(record.at))}`;
}
