// `parapet inspections learned` and `forget`: what the engine has learned of a site's requests. Names of parameters and
// routes were written by strangers and reach a terminal only through `plain` and tables.

import type { Command } from 'commander';
import { restoreTemplates, SiteLearner, type LearnedParameter, type Template } from '@parapet/engine';
import type { Forgettable } from '@parapet/kinds';
import { formatInstant, plain, renderTable } from '@parapet/reports';
import type { Store } from '@parapet/store';
import type { CommandContext, ExitCode } from '../context.ts';
import { limitOption } from '../limit.ts';
import { runVerb, UsageError } from '../run-verb.ts';
import { answer } from '../output.ts';
import { addStoreOptions, whenItCounts, withStore, type StoreOptions } from '../store-options.ts';

interface LearnedOptions extends StoreOptions {
  readonly site?: string;
  readonly route?: string;
  readonly parameter?: string;
  readonly limit: string;
}

interface ForgetOptions extends StoreOptions {
  readonly site?: string;
  readonly all?: true;
  readonly normal?: true;
  readonly templates?: true;
  readonly parameter?: string;
  readonly route?: string;
  readonly template?: string;
}

/** What was learned of one site. */
interface Learned {
  readonly site: string;
  readonly parameters: readonly LearnedParameter[];
  readonly templates: readonly Template[];
}

export function registerLearned(inspections: Command, context: CommandContext): void {
  addStoreOptions(
    inspections
      .command('learned')
      .description('show what is normal for a site, and the templates that attacks have left')
      .option('--site <name>', 'of this site of the configuration (default: of all)')
      .option('--route <route>', 'parameters of this route, such as /node/*/edit; * is any')
      .option('--parameter <name>', 'parameters of this name')
      .option('--limit <count>', 'at most so many parameters, the most used; 0 for all', '50'),
  )
    .addHelpText(
      'after',
      `
An engine that runs writes down what it has learned once a minute.

Examples:
  parapet inspections learned
  parapet inspections learned --site main --parameter 'body[]'`,
    )
    .action((options: LearnedOptions) => runVerb(context, () => learned(context, options)));
  addStoreOptions(
    inspections
      .command('forget')
      .description('have what was learned of a site forgotten; what people said (feedback) stays')
      .option('--site <name>', 'of this site; not needed where there is one')
      .option('--all', 'everything')
      .option('--normal', 'what is normal: all parameters')
      .option('--parameter <name>', 'one parameter, as `learned` shows it')
      .option('--route <route>', 'with --parameter: only that of this route')
      .option('--templates', 'all templates that nobody has confirmed')
      .option('--template <id>', 'one of them'),
  )
    .addHelpText(
      'after',
      `
Examples:
  parapet inspections forget --parameter filter --route /report
  parapet inspections forget --site shop --all`,
    )
    .action((options: ForgetOptions) => runVerb(context, () => forget(context, options)));
}

async function learned(context: CommandContext, options: LearnedOptions): Promise<ExitCode> {
  const limit = limitOption(options.limit);
  return withStore(context, options, 'reader', async (store) => {
    const sites = options.site === undefined ? await store.inspections.sites() : [options.site];
    const all = await Promise.all(sites.map((site) => readLearned(store, site)));
    const found = all
      .map((one) => ({ ...one, parameters: chosen(one.parameters, options) }))
      .filter(({ parameters, templates }) => parameters.length + templates.length > 0);
    await answer(context, options, {
      json: () => found.map(learnedJson),
      raw: () => found.flatMap(rawOf),
      human: () =>
        found.length === 0
          ? 'Nothing was learned yet.\n'
          : found.map((one) => textOf(context, one, limit)).join(''),
    });
    return found.length === 0 ? 1 : 0;
  });
}

async function readLearned(store: Store, site: string): Promise<Learned> {
  const normal = await store.inspections.knowledge(site, 'normal');
  const templates = await store.inspections.knowledge(site, 'templates');
  const restored = normal === undefined ? undefined : SiteLearner.restore(normal);
  return {
    site,
    parameters: restored?.ok === true ? restored.learner.list() : [],
    templates: templates === undefined ? [] : restoreTemplates(templates),
  };
}

function chosen(
  parameters: readonly LearnedParameter[],
  { route, parameter }: LearnedOptions,
): readonly LearnedParameter[] {
  return parameters.filter(
    (one) =>
      (route === undefined || one.route === route) && (parameter === undefined || one.name === parameter),
  );
}

function textOf(
  context: CommandContext,
  { site, parameters, templates }: Learned,
  limit: number | undefined,
): string {
  const { columns, hasColor } = context.out;
  const table = { columns, color: hasColor };
  const shown = parameters.slice(0, limit);
  const known = parameters.filter(({ isKnown }) => isKnown).length;
  let text = site === '' ? '' : `Site ${plain(site)}\n\n`;
  if (shown.length > 0) {
    const rows = shown.map((one) => [
      one.route,
      `${one.place} ${one.name}`,
      one.isKnown ? 'yes' : 'not yet',
      String(Math.round(one.values)),
      one.types.map(({ type, share }) => `${type} ${Math.round(share * 100)} %`).join(', '),
      one.alphabet.join(' '),
      String(one.typicalLength),
    ]);
    text += `${renderTable(PARAMETER_COLUMNS, rows, table)}\n`;
    text += `${parameters.length} parameters, ${known} of them known well enough to count.\n`;
    if (parameters.length > shown.length)
      text += `${shown.length} are shown, the most used; --limit 0 shows all.\n`;
  }
  if (templates.length > 0) {
    const rows = templates.map((one) => [
      one.id,
      one.class,
      one.recordId,
      formatInstant(new Date(one.madeAtMs)),
      String(one.uses),
      one.offBecause === undefined ? 'yes' : `no: ${one.offBecause}`,
    ]);
    text += `${text === '' ? '' : '\n'}${renderTable(TEMPLATE_COLUMNS, rows, table)}\n`;
  }
  return `${text}\n`;
}

const PARAMETER_COLUMNS = [
  { title: 'route', maxWidth: 30 },
  { title: 'parameter', maxWidth: 30 },
  { title: 'known' },
  { title: 'values', align: 'right' as const },
  { title: 'types', maxWidth: 40 },
  { title: 'characters', maxWidth: 30 },
  { title: 'length', align: 'right' as const },
];
const TEMPLATE_COLUMNS = [
  { title: 'template' },
  { title: 'class' },
  { title: 'record' },
  { title: 'made' },
  { title: 'seen again', align: 'right' as const },
  { title: 'in force', maxWidth: 50 },
];

/** Without the shapes, which nobody can read. */
function learnedJson({ site, parameters, templates }: Learned): object {
  return {
    site,
    parameters,
    templates: templates.map(({ id, class: one, recordId, madeAtMs, usedAtMs, uses, by, offBecause }) => ({
      ...{ id, class: one, recordId, by, uses },
      madeAt: new Date(madeAtMs).toISOString(),
      usedAt: new Date(usedAtMs).toISOString(),
      inForce: offBecause === undefined,
      ...(offBecause === undefined ? {} : { offBecause }),
    })),
  };
}

function rawOf({ site, parameters, templates }: Learned): readonly (readonly string[])[] {
  return [
    ...parameters.map((one) => [
      ...['parameter', site, one.route, one.place, one.name],
      ...[String(one.isKnown), one.values.toFixed(1)],
    ]),
    ...templates.map((one) => [
      ...['template', site, one.id, one.class, one.recordId],
      String(one.offBecause === undefined),
    ]),
  ];
}

async function forget(context: CommandContext, options: ForgetOptions): Promise<ExitCode> {
  const what = forgettable(options);
  return withStore(context, options, 'changer', async (store) => {
    const site = await siteOf(store, options.site);
    const { parameters, templates } = await readLearned(store, site);
    if (what.kind === 'parameter') {
      const { name, route } = what;
      const isThere = parameters.some(
        (one) => one.name === name && (route === undefined || one.route === route),
      );
      if (!isThere) return nothing(context, `Nothing was learned of a parameter ${name} there.`);
    }
    if (what.kind === 'template' && !templates.some(({ id }) => id === what.id))
      return nothing(context, `There is no template ${what.id}.`);
    await store.inspections.askToForget(site, what);
    await answer(context, options, {
      json: () => ({ site, forget: what }),
      raw: () => [['forget', site, what.kind]],
      human: async () => {
        const named = site === '' ? '' : ` of the site ${plain(site)}`;
        return `${WORDS[what.kind]}${named} will be forgotten. ${await whenItCounts(context, options)}\n`;
      },
    });
    return 0;
  });
}

const WORDS = {
  everything: 'Everything that was learned',
  normal: 'What is normal for the requests',
  templates: 'The unconfirmed templates',
  parameter: 'What was learned of the parameter',
  template: 'The template',
} as const;

async function nothing(context: CommandContext, sentence: string): Promise<ExitCode> {
  await context.err.write(`${plain(sentence)}\n`);
  return 1;
}

function forgettable(options: ForgetOptions): Forgettable {
  const { all, normal, templates, parameter, route, template } = options;
  const wishes: Forgettable[] = [
    ...(all === true ? [{ kind: 'everything' as const }] : []),
    ...(normal === true ? [{ kind: 'normal' as const }] : []),
    ...(templates === true ? [{ kind: 'templates' as const }] : []),
    ...(template === undefined ? [] : [{ kind: 'template' as const, id: template }]),
    ...(parameter === undefined
      ? []
      : [{ kind: 'parameter' as const, name: parameter, ...(route === undefined ? {} : { route }) }]),
  ];
  const [what] = wishes;
  if (what === undefined || wishes.length > 1)
    throw new UsageError(
      'E_CLI_FORGET',
      what === undefined ? 'It is not said what is to be forgotten' : 'Several things are to be forgotten',
      'Give one of --all, --normal, --templates, --parameter NAME, --template ID',
    );
  return what;
}

async function siteOf(store: Store, named: string | undefined): Promise<string> {
  const sites = await store.inspections.sites();
  const known = sites.map((one) => (one === '' ? "''" : one)).join(', ');
  if (named !== undefined && sites.includes(named)) return named;
  if (named === undefined && sites.length === 1) return sites[0]!;
  throw new UsageError(
    'E_CLI_SITE_UNKNOWN',
    named === undefined ? 'It is not said of which site' : `Nothing was learned of a site ${named}`,
    sites.length === 0 ? 'Nothing was learned of any site yet' : `Give one with --site: ${known}`,
  );
}
