// `parapet report`: the week in plain words, on the screen, as a page, on paper, or over a channel; and what was seen,
// in forms that other programs read.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { type Language, LANGUAGES } from '@parapet/kinds';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { writeWhole } from '../io/writeWhole.ts';
import { zoneOf } from '../notifications/channels.ts';
import { sendNow, sentText } from '../notifications/sendNow.ts';
import { answer } from '../output.ts';
import { momentOption } from '../period.ts';
import {
  exportAlerts,
  EXPORTS,
  findBrowser,
  printPdf,
  reportHtml,
  reportText,
  weekMessage,
  type ExportFormat,
} from '../report/files.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { addStoreOptions, withStore, type StoreOptions } from '../store-options.ts';

interface WeekOptions extends StoreOptions {
  readonly html?: string;
  readonly pdf?: string;
  readonly send?: readonly string[];
  readonly language?: Language;
}

interface ExportOptions extends StoreOptions {
  readonly as: ExportFormat;
  readonly since: string;
  readonly to?: string;
}

export function register(program: Command, context: CommandContext): void {
  const report = program
    .command('report')
    .description('the week in plain words, and exports for other programs: week, export');
  addStoreOptions(
    report
      .command('week')
      .description('tell what the last seven days brought')
      .option('--html <file>', 'write it as a page')
      .option('--pdf <file>', 'print it with Chromium, which has to be on this machine')
      .option('--send <channel...>', 'send it over these channels of the configuration, now')
      .addOption(
        new Option('--language <language>', 'as the configuration says unless given').choices(LANGUAGES),
      ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet report week\n  parapet report week --language de --pdf week.pdf\n  parapet report week --send owner\n\nExit code 1 when a message did not arrive.',
    )
    .action((options: WeekOptions) => runVerb(context, () => week(context, options)));
  addStoreOptions(
    report
      .command('export')
      .description('write alerts as CSV, as JSON, or as STIX 2.1 for threat intelligence platforms')
      .addOption(new Option('--as <format>', 'in which form').choices(EXPORTS).default('csv'))
      .option('--since <time>', 'from then on: 24h, 7d, 2026-03-01', '7d')
      .option('--to <file>', 'into this file rather than to standard output'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  parapet report export --since 30d > alerts.csv\n  parapet report export --as stix --to bundle.json',
    )
    .action((options: ExportOptions) => runVerb(context, () => exportTo(context, options)));
}

async function week(context: CommandContext, options: WeekOptions): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  const { notifications } = config;
  const { link, language } = notifications;
  const message = await withStore(context, options, 'reader', (store) => weekMessage(store, context.now()));
  const setting = {
    language: options.language ?? language,
    zone: zoneOf(notifications),
    ...(link === undefined ? {} : { link }),
  };
  const written: string[] = [];
  if (options.html !== undefined) written.push(write(context, options.html, reportHtml(message, setting)));
  if (options.pdf !== undefined) {
    const browser = findBrowser(context.env);
    if (browser === undefined)
      throw new UsageError(
        'E_REPORT_BROWSER',
        'There is no Chromium on this machine to print with',
        'Install it, name it in $CHROMIUM, or use --html and print the page yourself.',
      );
    written.push(write(context, options.pdf, await printPdf(browser, reportHtml(message, setting))));
  }
  const sent =
    options.send === undefined ? [] : await sendNow(context, options, config, options.send, message);
  await answer(context, options, {
    json: () => ({ ...('week' in message ? message.week : {}), written, sent }),
    raw: () => reportText(message, setting),
    human: () =>
      written.length + sent.length === 0
        ? reportText(message, setting)
        : [...written.map((file) => `Written: ${file}\n`), ...sent.map(sentText)].join(''),
  });
  return sent.every(({ outcome }) => outcome === 'delivered') ? 0 : 1;
}

async function exportTo(context: CommandContext, options: ExportOptions): Promise<ExitCode> {
  const until = context.now();
  const since = momentOption('--since', options.since, until);
  const text = await withStore(context, options, 'reader', (store) =>
    exportAlerts(store, options.as, since, until),
  );
  if (options.to === undefined) await context.out.write(text);
  else await context.out.write(`Written: ${write(context, options.to, text)}\n`);
  return 0;
}

function write(context: CommandContext, file: string, content: string | Uint8Array): string {
  try {
    writeWhole(path.resolve(context.folder, file), content);
    return file;
  } catch (error) {
    throw new UsageError(
      'E_PAGE_UNWRITABLE',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
