// What people choose for crawlers and for sites: first what it would have meant in the last seven days, then the choice,
// which counts at once and can be taken back.

import { z } from 'zod';
import {
  CRAWLER_GROUPS,
  CRAWLER_RULES,
  INSPECTION_MODES,
  type BotRow,
  type ChosenView,
  type CrawlerPreviewView,
  type SitePreviewView,
  type SiteRow,
} from '../../wirePages.ts';
import { note } from '../access/session.ts';
import type { Replayed } from '../options.ts';
import { absent, Problem } from '../problem.ts';
import { callerOf, get, post, type Asked, type Route } from '../route.ts';
import { crawlerKey, siteKey } from '../rules/choiceKeys.ts';
import { changeEffect, refusePeople, WEEK_MS } from './rules.ts';

const MOST_CASES = 20_000;
const READ_AT_ONCE = 1000;
const BOTS_SHOWN = 5;

const who = z.string().min(1).max(64);
const what = z.enum(['mode', 'inspection']);
const mode = z.enum(INSPECTION_MODES);
const site = z.string().min(1).max(200);

export const POLICY_ROUTES: readonly Route[] = [
  get('/settings', 'operator', async ({ options }) => ({ body: await options.settings() }), 'all'),
  post(
    '/settings',
    'admin',
    // Empty takes the choice back.
    z.strictObject({ key: z.string().min(1).max(200), value: z.string().trim().max(100) }),
    async (asked) => {
      const { key, value } = asked.body;
      const row = (await asked.options.settings()).settings.find((one) => one.key === key);
      if (row === undefined || row.kind === 'fixed') throw absent();
      if (value !== '' && !asked.options.choices.allows(key, value))
        throw new Problem(422, `E_DASHBOARD_SETTING_${row.kind.toUpperCase()}`, `${key} cannot be that`);
      const body = await choose(asked, key, value === '' ? 'usual' : value, {
        ...{ act: 'settings', target: key },
      });
      return { body };
    },
    'all',
  ),
  post(
    '/bots/preview',
    'operator',
    z.strictObject({ who, rule: z.enum(CRAWLER_RULES) }),
    async (asked) => ({ body: await crawlerPreview(asked, asked.body) }),
    'all',
  ),
  post(
    '/bots/rule',
    'operator',
    // `usual` takes the choice back.
    z.strictObject({ who, rule: z.enum([...CRAWLER_RULES, 'usual']) }),
    async (asked) => {
      const body = await choose(asked, crawlerKey(asked.body.who), asked.body.rule, {
        ...{ act: 'bots.rule', target: asked.body.who },
      });
      return { body };
    },
    'all',
  ),
  post('/sites/preview', 'operator', z.strictObject({ site, what, mode }), async (asked) => ({
    body: await sitePreview(asked, asked.body),
  })),
  post(
    '/sites/mode',
    'operator',
    z.strictObject({
      ...{ site, what, mode: z.enum([...INSPECTION_MODES, 'usual']) },
      force: z.boolean().default(false),
    }),
    async (asked) => {
      const { body: given } = asked;
      await siteOf(asked, given.site);
      if (given.mode === 'enforce' && !given.force)
        refusePeople(await sitePreview(asked, { ...given, mode: given.mode }));
      const body = await choose(asked, siteKey(given.site, given.what), given.mode, {
        ...{ act: `sites.${given.what}`, target: given.site, site: given.site },
      });
      return { body };
    },
  ),
];

async function choose(
  asked: Asked<unknown>,
  key: string,
  value: string,
  entry: { readonly act: string; readonly target: string; readonly site?: string },
): Promise<ChosenView> {
  const { options, ip } = asked;
  const { choices } = options;
  if (value !== 'usual' && !choices.allows(key, value)) throw absent();
  const before = choices.chosen(key) ?? 'usual';
  choices.choose(key, value === 'usual' ? undefined : value);
  const details = { before, mode: value };
  await note(options, { ...entry, who: callerOf(asked).user.name, ip, details });
  options.feed.tell({ kind: 'changed', what: 'rules' });
  return { before };
}

async function crawlerPreview(
  { options }: Asked<unknown>,
  given: Pick<CrawlerPreviewView, 'who' | 'rule'>,
): Promise<CrawlerPreviewView> {
  if (!options.choices.allows(crawlerKey(given.who), given.rule)) throw absent();
  const { bots } = await options.bots();
  const hit = bots
    .filter((bot) => isMeant(bot, given.who))
    .map(({ name, week }) => ({ name, ...week }))
    .toSorted((one, other) => other.requests - one.requests);
  const measured = hit.flatMap(({ siteMs }) => siteMs ?? []);
  return {
    ...given,
    bots: hit.slice(0, BOTS_SHOWN).map(({ name, requests }) => ({ name, requests })),
    requests: hit.reduce((sum, { requests }) => sum + requests, 0),
    ...(measured.length === 0 ? {} : { siteMs: measured.reduce((sum, ms) => sum + ms, 0) }),
  };
}

/** One with a rule of its own is not touched by that of its group. */
function isMeant({ kind, name, purpose, place = '' }: BotRow, given: string): boolean {
  const group = CRAWLER_GROUPS.find((one) => one === given);
  if (group === undefined) return kind === 'ai' && name === given;
  if (group === 'impostors') return kind === 'impostor';
  return kind === 'ai' && purpose === group && place === crawlerKey(group);
}

async function siteOf({ options }: Asked<unknown>, name: string): Promise<SiteRow> {
  const found = (await options.sites()).sites.find((one) => one.name === name && one.isServed);
  if (found === undefined)
    throw new Problem(404, 'E_DASHBOARD_SITE', 'there is no such site', { site: name });
  return found;
}

interface SiteChange {
  readonly site: string;
  readonly what: 'mode' | 'inspection';
  readonly mode: (typeof INSPECTION_MODES)[number];
}

async function sitePreview(asked: Asked<unknown>, change: SiteChange): Promise<SitePreviewView> {
  const { options } = asked;
  if (!options.choices.allows(siteKey(change.site, change.what), change.mode)) throw absent();
  const row = await siteOf(asked, change.site);
  const since = new Date(options.now().getTime() - WEEK_MS);
  const effect = await changeEffect(options, since, await replayed(options.store, row, change, since));
  if (change.what === 'inspection') return effect;
  return {
    ...effect,
    decisions: await options.store.countDecisions({ activeAt: options.now(), mode: 'live' }),
  };
}

/** What inspection found in requests is weighed as it was: what was told would be done, or what was done only told. */
async function replayed(
  store: Asked<unknown>['options']['store'],
  row: SiteRow,
  change: SiteChange,
  since: Date,
): Promise<Replayed> {
  const acts = row.mode === 'enforce' && row.inspection === 'enforce';
  const mode = change.what === 'mode' ? change.mode : row.mode;
  const inspection = change.what === 'mode' ? row.inspection : change.mode;
  const cases: Replayed['cases'][number][] = [];
  const isStopping = mode === 'enforce' && inspection === 'enforce';
  if (acts === isStopping) return { does: 'tells', unit: 'requests', cases };
  let seen = 0;
  for (let before: number | undefined; seen < MOST_CASES;) {
    const records = await store.inspections.list(
      { since, ...(before === undefined ? {} : { before }) },
      { newestFirst: true, limit: READ_AT_ONCE },
    );
    for (const { site: of, action, isEnforced, isVouched, ip, at, method, path } of records)
      if (of === row.name && action !== 'pass' && !isVouched && isEnforced !== isStopping)
        cases.push({ ip, atMs: at.getTime(), what: `${method} ${path}` });
    seen += records.length;
    before = records.at(-1)?.number;
    if (records.length < READ_AT_ONCE) break;
  }
  if (row.inspection === 'off' && cases.length === 0) return { does: 'unseen', unit: 'requests', cases };
  return { does: isStopping ? 'stop' : 'spare', unit: 'requests', cases };
}
