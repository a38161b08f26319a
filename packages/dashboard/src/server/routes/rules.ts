// Every rule that is in force: to look at, to try a request on, and to change, with what the change would have meant.

import { explainReason } from '@parapet/reports';
import { z } from 'zod';
import {
  RULE_CHOICES,
  type ChangeEffectView,
  type RuleChangedView,
  type RulePreviewView,
  type RuleRow,
  type RulesView,
} from '../../wirePages.ts';
import { peopleSince } from '../incidents/radar.ts';
import type { Replayed, RuleDesk } from '../options.ts';
import { absent, Problem } from '../problem.ts';
import { callerOf, get, offsetOf, post, type Asked, type Route } from '../route.ts';
import { note } from '../access/session.ts';

const ROWS = 50;
const EXAMPLES = 5;
const DAY_MS = 86_400_000;
export const WEEK_MS: number = 7 * DAY_MS;

const name = z.string().min(1).max(200);
const mode = z.enum(RULE_CHOICES);

export const RULE_ROUTES: readonly Route[] = [
  get('/rules', 'viewer', async (asked) => ({ body: await rules(asked) })),
  post(
    '/rules/preview',
    'operator',
    z.strictObject({ name, mode }),
    async (asked) => ({ body: await preview(asked, asked.body.name, asked.body.mode) }),
    'all',
  ),
  post(
    '/rules/mode',
    'operator',
    // `usual` takes the choice back. People among those who would be stopped are looked at first, so it is said twice.
    z.strictObject({ name, mode: z.enum([...RULE_CHOICES, 'usual']), force: z.boolean().default(false) }),
    (asked) => choose(asked, asked.body),
    'all',
  ),
  post(
    '/rules/test',
    'analyst',
    z.strictObject({ text: z.string().min(1).max(50_000) }),
    async ({ options, body }) => {
      const tested = (await options.rules()).test(body.text);
      if (tested === undefined)
        throw new Problem(422, 'E_DASHBOARD_REQUEST', 'write an address, a path, or a whole HTTP request');
      return { body: tested };
    },
    'all',
  ),
];

async function rules(asked: Asked<undefined>): Promise<RulesView> {
  const { options, ruleHits, query } = asked;
  const desk = await options.rules();
  const all = await desk.list();
  await ruleHits.refresh();
  const counted = await Promise.all(all.map((rule) => withHits(asked, desk, rule)));
  const kind = query.get('kind') ?? '';
  const words = (query.get('q') ?? '').trim().toLowerCase();
  const found = counted
    .filter((rule) => kind === '' || rule.kind === kind)
    .filter(
      (rule) =>
        words === '' ||
        [rule.name, rule.text, rule.topic, rule.mode].some((text) => text.toLowerCase().includes(words)),
    )
    .toSorted((one, other) => weekOf(other) - weekOf(one));
  const from = offsetOf(query);
  return {
    rules: found.slice(from, from + ROWS),
    total: found.length,
    counts: countsOf(all),
    nowMs: options.now().getTime(),
  };
}

/** Policies are few and come first; then what spoke most. */
function weekOf({ kind, week = 0 }: RuleRow): number {
  return kind === 'policy' ? Infinity : week;
}

function countsOf(all: readonly RuleRow[]): RulesView['counts'] {
  const counts = { scenario: 0, content: 0, appsec: 0, policy: 0 };
  for (const { kind } of all) counts[kind] += 1;
  return counts;
}

async function withHits(asked: Asked<undefined>, desk: RuleDesk, rule: RuleRow): Promise<RuleRow> {
  const { options, ruleHits } = asked;
  switch (rule.kind) {
    case 'policy':
      return { ...rule, ...(await policyHits(asked, desk, rule.name)) };
    case 'content':
      return { ...rule, ...ruleHits.of(rule.name), text: explainReason(rule.text, asked.language) };
    case 'appsec':
      return { ...rule, ...ruleHits.of(rule.name) };
    case 'scenario':
      return { ...rule, ...(await alertHits(options, [rule.name])) };
  }
}

async function alertHits(
  { store, now }: Asked<undefined>['options'],
  scenarios: readonly string[],
): Promise<{ readonly day: number; readonly week: number }> {
  const since = async (scenario: string, ms: number): Promise<number> =>
    store.countAlerts({ scenario, since: new Date(now().getTime() - ms) });
  let [day, week] = [0, 0];
  for (const scenario of scenarios) {
    const ofWeek = await since(scenario, WEEK_MS);
    week += ofWeek;
    if (ofWeek > 0) day += await since(scenario, DAY_MS);
  }
  return { day, week };
}

/** How often a part of Parapet spoke; nothing where nobody counts, or not by site. */
async function policyHits(
  { options, reach }: Asked<undefined>,
  { speaksAs }: RuleDesk,
  name: string,
): Promise<Pick<RuleRow, 'day' | 'week'>> {
  if (name === 'inspection') {
    const since = (ms: number): Promise<number> =>
      options.store.inspections.count({ since: new Date(options.now().getTime() - ms) });
    return { day: await since(DAY_MS), week: await since(WEEK_MS) };
  }
  const scenarios = speaksAs(name);
  if (scenarios.length > 0) return alertHits(options, scenarios);
  if (reach !== 'all') return {};
  const { bots, hidden } = await options.bots();
  if (name === 'costly_pages') return { day: hidden.costlyDay, week: hidden.costly + hidden.watched };
  if (name !== 'ai_crawlers') return {};
  const ruled = bots.filter(({ kind }) => kind === 'ai' || kind === 'impostor');
  const stopped = (of: 'day' | 'week'): number => ruled.reduce((all, one) => all + one[of].stopped, 0);
  return { day: stopped('day'), week: stopped('week') };
}

async function preview(
  { options }: Pick<Asked<unknown>, 'options'>,
  rule: string,
  wanted: RulePreviewView['mode'],
): Promise<RulePreviewView> {
  const since = new Date(options.now().getTime() - WEEK_MS);
  const replayed = await (await options.rules()).preview(rule, wanted, since);
  if (replayed === undefined) throw absent();
  return { name: rule, mode: wanted, ...(await changeEffect(options, since, replayed)) };
}

/** Returns what would have ended otherwise since then, and who of them may be a person. */
export async function changeEffect(
  options: Asked<unknown>['options'],
  since: Date,
  { does, unit, cases }: Replayed,
): Promise<ChangeEffectView> {
  const people = await peopleSince(options, since);
  const ips = new Set(cases.map(({ ip }) => ip));
  const shown = cases.map((one) => ({ ...one, isPerson: people.has(one.ip) }));
  return {
    ...{ does, unit, times: cases.length, addresses: ips.size },
    people: [...ips].filter((ip) => people.has(ip)).length,
    examples: shown
      .toSorted((one, other) => Number(other.isPerson) - Number(one.isPerson) || other.atMs - one.atMs)
      .slice(0, EXAMPLES),
  };
}

/** Who would stop people has to say that they were looked at. */
export function refusePeople({ does, people }: ChangeEffectView): void {
  if (does === 'stop' && people > 0)
    throw new Problem(409, 'E_DASHBOARD_PEOPLE', 'it would have stopped people', { n: people });
}

async function choose(
  asked: Asked<unknown>,
  given: {
    readonly name: string;
    readonly mode: (typeof RULE_CHOICES)[number] | 'usual';
    readonly force: boolean;
  },
): Promise<{ readonly body: RuleChangedView }> {
  const { options, ip } = asked;
  const desk = await options.rules();
  const find = async (): Promise<RuleRow | undefined> =>
    (await desk.list()).find((rule) => rule.name === given.name && rule.kind !== 'policy');
  const rule = await find();
  if (rule === undefined) throw absent();
  if (given.mode === 'enforce' && !given.force) refusePeople(await preview(asked, given.name, given.mode));
  const before = rule.chosen ?? 'usual';
  desk.choose(given.name, given.mode === 'usual' ? undefined : given.mode);
  await note(options, {
    ...{ who: callerOf(asked).user.name, ip, act: 'rules.mode', target: given.name },
    details: { before, mode: given.mode },
  });
  options.feed.tell({ kind: 'changed', what: 'rules' });
  return { body: { name: given.name, before, mode: (await find())?.mode ?? rule.mode } };
}
