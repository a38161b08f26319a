// `parapet robots`: robots.txt with the rules for AI crawlers that the configuration has, and a list of these crawlers.

import path from 'node:path';
import type { Command } from 'commander';
import { CRAWLERS, ruleOf, type CrawlerRule } from '@parapet/enforcement';
import { renderTable } from '@parapet/reports';
import { withKeptChoices } from '../config/liveConfig.ts';
import { loadConfig } from '../config/loadConfig.ts';
import type { CommandContext, ExitCode } from '../context.ts';
import { addOutputOptions, answer, type OutputOptions } from '../output.ts';
import { runVerb } from '../run-verb.ts';
import { crawlerPolicyOf, robotsOf } from '../up/aiCrawlers.ts';

interface RobotsOptions extends OutputOptions {
  readonly config?: string;
  readonly file?: string;
  readonly list?: true;
}

export function register(program: Command, context: CommandContext): void {
  addOutputOptions(
    program
      .command('robots')
      .description('robots.txt with the rules for AI crawlers, as the configuration has them')
      .option('--config <file>', 'the configuration (default: parapet.yaml here, if it is there)')
      .option('--file <robots.txt>', "the site's own robots.txt, to which the rules are added")
      .option('--list', 'the crawlers that are known, with their purpose and what is done with each'),
  )
    .addHelpText(
      'after',
      `
What is done with each is written in parapet.yaml, under gateway.ai_crawlers.

Examples:
  parapet robots --file web/robots.txt > robots.txt
  parapet robots --list`,
    )
    .action((options: RobotsOptions) => runVerb(context, () => robots(context, options)));
}

async function robots(context: CommandContext, options: RobotsOptions): Promise<ExitCode> {
  const { config } = await loadConfig(context, options.config);
  const dataDir = path.resolve(context.folder, context.env['PARAPET_DATA_DIR'] ?? config.data_dir);
  const written = withKeptChoices(config, dataDir).gateway.ai_crawlers;
  const policy = crawlerPolicyOf(written);
  const text = robotsOf(written, context.folder, options.file);
  const crawlers = CRAWLERS.map((row) => ({
    name: row.name,
    operator: row.operator,
    purpose: row.purpose,
    rule: ruleOf(policy, row),
    publishedAt: row.publishedAt ?? null,
  }));
  const isList = options.list === true;
  await answer(context, options, {
    json: () => ({ robots: text, crawlers }),
    raw: () =>
      isList
        ? crawlers.map(({ name, operator, purpose, rule }) => [name, operator, purpose, rule])
        : text
            .trimEnd()
            .split('\n')
            .map((line) => [line]),
    human: () => (isList ? tableOf(crawlers, context) : text),
  });
  return 0;
}

interface Listed {
  readonly name: string;
  readonly operator: string;
  readonly purpose: string;
  readonly rule: CrawlerRule;
}

const IS: Readonly<Record<CrawlerRule, string>> = {
  allow: 'let in',
  slow: 'slowed down',
  cached: 'given cached pages only',
  challenge: 'challenged',
  block: 'refused',
};

function tableOf(crawlers: readonly Listed[], { out }: CommandContext): string {
  const columns = ['crawler', 'operator', 'purpose', 'is'].map((title) => ({ title }));
  const rows = crawlers.map(({ name, operator, purpose, rule }) => [name, operator, purpose, IS[rule]]);
  return `${renderTable(columns, rows, { columns: out.columns, color: out.hasColor })}\n`;
}
