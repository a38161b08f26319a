// What the dashboard shows of bots: who came, what each cost, and what the owner wants done with it.

import { CRAWLER_GROUPS, crawlerKey, type BotRow, type BotsView } from '@parapet/dashboard';
import { CRAWLERS, ruleOf, type CrawlerPolicySettings, type CrawlerRow } from '@parapet/enforcement';
import type { LiveConfig } from '../config/liveConfig.ts';
import { crawlerPolicyOf, robotsOf } from './aiCrawlers.ts';
import type { BotCounts, BotSum, CountedBot } from './botCounts.ts';

const SECTION = 'gateway.ai_crawlers';

/** Returns the page; `folder` is what paths in the configuration are relative to. */
export function botsView(
  counts: BotCounts,
  live: Pick<LiveConfig, 'current' | 'chosen'>,
  folder: string,
  nowMs: number,
): BotsView {
  const written = live.current.gateway.ai_crawlers;
  const policy = crawlerPolicyOf(written);
  const counted = counts.list(nowMs);
  const seen = new Set(counted.map(({ kind, name }) => `${kind} ${name}`));
  const hidden = (name: string, span: 'day' | 'week'): number =>
    counted.find((one) => one.kind === 'hidden' && one.name === name)?.[span].requests ?? 0;
  const week = (name: string): number => hidden(name, 'week');
  const isChosen = (who: string): boolean => live.chosen(crawlerKey(who)) !== undefined;
  return {
    bots: counted.flatMap((one) => (one.kind === 'hidden' ? [] : [botRow(one.kind, one, policy, isChosen)])),
    absent: CRAWLERS.filter(({ name }) => !seen.has(`ai ${name}`)).map((row) => ({
      name: row.name,
      ...aboutCrawler(row, policy, isChosen),
    })),
    groups: CRAWLER_GROUPS.map((who) => ({
      ...{ who, place: `${SECTION}.${who}`, isChosen: isChosen(who) },
      rule: who === 'impostors' ? policy.impostors : policy.purposes[who],
    })),
    hidden: {
      ...{ costly: week('costly'), watched: week('watched') },
      ...{ asked: week('captcha'), passed: week('passed') },
      costlyDay: hidden('costly', 'day') + hidden('watched', 'day'),
    },
    robots: robotsOf(written, folder, undefined),
    isRobotsServed: written.serve_robots,
    nowMs,
  };
}

function botRow(
  kind: BotRow['kind'],
  bot: CountedBot,
  policy: CrawlerPolicySettings,
  isChosen: (who: string) => boolean,
): BotRow {
  const { name, lastMs, day, week } = bot;
  const crawler = CRAWLERS.find((row) => row.name === name);
  const common = { kind, name, lastMs, day: shown(day), week: shown(week) };
  if (kind === 'ai' && crawler !== undefined)
    return { ...common, ...aboutCrawler(crawler, policy, isChosen) };
  if (kind !== 'impostor' || crawler === undefined) return common;
  return { ...common, operator: crawler.operator, rule: policy.impostors, place: `${SECTION}.impostors` };
}

function aboutCrawler(
  row: CrawlerRow,
  policy: CrawlerPolicySettings,
  isChosen: (who: string) => boolean,
): Pick<BotRow, 'operator' | 'purpose' | 'rule' | 'place' | 'isChosen'> {
  const { name, operator, purpose } = row;
  const key = policy.names[name] === undefined ? purpose : `names.${name}`;
  return {
    ...{ operator, purpose, rule: ruleOf(policy, row) },
    ...{ place: `${SECTION}.${key}`, isChosen: isChosen(name) },
  };
}

function shown({ requests, stopped, siteMs }: BotSum): BotRow['day'] {
  return { requests, stopped, ...(siteMs === undefined ? {} : { siteMs: Math.round(siteMs) }) };
}
