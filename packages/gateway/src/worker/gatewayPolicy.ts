// What the engine tells workers of choices that people make while the gateway runs: what may be done on each site, what
// is done with crawlers for AI, and robots.txt made of it. It takes the place of what the configuration said.

import {
  CRAWLER_RULES,
  type CrawlerPolicySettings,
  type CrawlerRule,
  type GuardSettings,
} from '@parapet/enforcement';

export interface GatewayPolicy {
  readonly sites: ReadonlyArray<{
    readonly name: string;
    /** On pages that visitors see; empty where it is not named there. */
    readonly title: string;
    readonly mode: 'observe' | 'enforce';
    readonly inspection: 'off' | 'learn' | 'observe' | 'enforce';
  }>;
  /** Absent where all are let in. */
  readonly aiCrawlers?: CrawlerPolicySettings;
  /** Absent where the site answers itself. */
  readonly robots?: string;
}

const MODES = ['observe', 'enforce'] as const;
const INSPECTION = ['off', 'learn', 'observe', 'enforce'] as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Fields = Readonly<Record<string, unknown>>;

/** Reads what came over the link; undefined when it is none, and then all stays as it is. */
export function readGatewayPolicy(value: unknown): GatewayPolicy | undefined {
  if (!isFields(value) || !Array.isArray(value['sites'])) return undefined;
  const aiCrawlers = readCrawlers(value['aiCrawlers']);
  const robots = value['robots'];
  return {
    sites: value['sites'].flatMap((site: unknown) => readSite(site) ?? []),
    ...(aiCrawlers === undefined ? {} : { aiCrawlers }),
    ...(typeof robots === 'string' ? { robots } : {}),
  };
}

/** Returns the settings of the configuration with what was chosen; sites that it does not name stay as they are. */
export function settingsUnder({ sites, aiCrawlers }: GatewayPolicy, settings: GuardSettings): GuardSettings {
  const chosen = new Map(sites.map((site) => [site.name, site]));
  const changed: Mutable<GuardSettings> = {
    ...settings,
    sites: settings.sites.map((site) => ({ ...site, ...chosen.get(site.name) })),
  };
  delete changed.aiCrawlers;
  return aiCrawlers === undefined ? changed : { ...changed, aiCrawlers };
}

function readSite(value: unknown): GatewayPolicy['sites'][number] | undefined {
  if (!isFields(value) || typeof value['name'] !== 'string') return undefined;
  const mode = MODES.find((one) => one === value['mode']);
  const inspection = INSPECTION.find((one) => one === value['inspection']);
  const title = typeof value['title'] === 'string' ? value['title'] : value['name'];
  return mode === undefined || inspection === undefined
    ? undefined
    : { name: value['name'], title, mode, inspection };
}

function readCrawlers(value: unknown): CrawlerPolicySettings | undefined {
  if (!isFields(value) || !isFields(value['purposes'])) return undefined;
  const { training, search, user, undocumented } = value['purposes'];
  const { names, ranges } = value;
  return {
    purposes: {
      ...{ training: readRule(training), search: readRule(search), user: readRule(user) },
      undocumented: readRule(undocumented),
    },
    names: isFields(names)
      ? Object.fromEntries(Object.entries(names).map(([name, rule]) => [name, readRule(rule)]))
      : {},
    impostors: readRule(value['impostors']),
    ranges: isFields(ranges)
      ? Object.fromEntries(
          Object.entries(ranges).map(([name, list]) => [name, Array.isArray(list) ? list.map(String) : []]),
        )
      : {},
  };
}

function readRule(value: unknown): CrawlerRule {
  return CRAWLER_RULES.find((rule) => rule === value) ?? 'allow';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
