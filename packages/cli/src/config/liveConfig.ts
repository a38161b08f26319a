// The configuration with what was chosen in the dashboard over it. Few keys can be chosen, each of one that counts at
// once; whatever is chosen is kept in choices.json of the data directory, by the key that stands in parapet.yaml. A
// site is meant by its name: `gateway.sites.shop.mode`.

import path from 'node:path';
import { CRAWLER_RULES, CRAWLERS } from '@parapet/enforcement';
import { LANGUAGES } from '@parapet/kinds';
import { isZone } from '@parapet/notify';
import { KeptChoices, readChoices } from '../io/keptChoices.ts';
import { MAIN_SITE } from './gatewaySchema.ts';
import type { Config } from './schema.ts';

type Choices = ReadonlyMap<string, string>;
type AiCrawlers = Config['gateway']['ai_crawlers'];

const SITE_MODE = /^gateway\.sites\.(.+)\.mode$/;
const SITE_INSPECTION = /^inspection\.sites\.(.+)\.mode$/;
const CRAWLER = /^gateway\.ai_crawlers\.(?:names\.(.+)|(training|search|user|undocumented|impostors))$/;
const SITE_TITLE = /^gateway\.sites\.(.+)\.title$/;
const LANGUAGE = 'notifications.language';
const TIME_ZONE = 'notifications.time_zone';
const QUIET_HOURS = 'notifications.quiet_hours';
const RETENTION = 'retention.alerts';
const NO_QUIET = 'off';

/** What can be chosen, and which values each may have. */
const CHOOSABLE: ReadonlyArray<readonly [key: RegExp | string, isAllowed: (value: string) => boolean]> = [
  [SITE_MODE, (value) => value === 'observe' || value === 'enforce'],
  [SITE_INSPECTION, (value) => ['off', 'learn', 'observe', 'enforce'].includes(value)],
  [SITE_TITLE, (value) => /^[^\p{C}]{1,100}$/u.test(value) && value.trim() !== ''],
  [CRAWLER, (value) => (CRAWLER_RULES as readonly string[]).includes(value)],
  [LANGUAGE, (value) => (LANGUAGES as readonly string[]).includes(value)],
  [TIME_ZONE, isZone],
  [QUIET_HOURS, (value) => value === NO_QUIET || readHours(value) !== undefined],
  [RETENTION, (value) => ['168h', '720h', '2160h', '4320h', '8760h'].includes(value)],
];

/** Whether the value may be chosen for the key; of a key that nobody chooses, none may. */
export function allowsChoice(key: string, value: string): boolean {
  const crawler = CRAWLER.exec(key)?.[1];
  if (crawler !== undefined && !CRAWLERS.some(({ name }) => name === crawler)) return false;
  return CHOOSABLE.some(
    ([one, isAllowed]) => (typeof one === 'string' ? one === key : one.test(key)) && isAllowed(value),
  );
}

/** Under which key the title of a site is chosen. */
export function siteTitleKey(site: string): string {
  return `gateway.sites.${site}.title`;
}

/** Reads `22:00-07:00`. */
function readHours(text: string): { readonly from: string; readonly to: string } | undefined {
  const [, from, to] = /^((?:[01]?\d|2[0-3]):[0-5]\d)-((?:[01]?\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

export class LiveConfig {
  /** As it is written. */
  readonly written: Config;
  readonly #choices: KeptChoices<string>;
  #current: Config;

  constructor(written: Config, dataDir: string) {
    this.written = written;
    this.#choices = new KeptChoices(fileIn(dataDir), readKnown);
    this.#current = withChoices(written, this.#choices.all());
  }

  /** What counts now; the same object until somebody chooses. */
  get current(): Config {
    return this.#current;
  }

  /** Undefined where nobody chose. */
  chosen(key: string): string | undefined {
    return this.#choices.of(key);
  }

  /** Chooses, or takes it back; throws when it cannot be kept, and then nothing is changed. */
  choose(key: string, value: string | undefined): void {
    this.#choices.choose(key, value);
    this.#current = withChoices(this.written, this.#choices.all());
  }
}

/** Returns the configuration as it counts for a process that starts now. */
export function withKeptChoices(config: Config, dataDir: string): Config {
  return withChoices(config, readChoices(fileIn(dataDir), readKnown));
}

function withChoices(config: Config, choices: Choices): Config {
  if (choices.size === 0) return config;
  const { gateway, inspection } = config;
  const modes = byName(choices, SITE_MODE);
  const titles = byName(choices, SITE_TITLE);
  const about = (site: string): { readonly mode?: Config['gateway']['mode']; readonly title?: string } => {
    const [mode, title] = [modes.get(site), titles.get(site)];
    return {
      ...(mode === undefined ? {} : { mode: asMode(mode) }),
      ...(title === undefined ? {} : { title }),
    };
  };
  return {
    ...config,
    retention: { ...config.retention, alerts: choices.get(RETENTION) ?? config.retention.alerts },
    notifications: notificationsWith(config.notifications, choices),
    gateway: {
      ...gateway,
      ...about(MAIN_SITE),
      sites: gateway.sites.map((site) => ({ ...site, ...about(site.name) })),
      ai_crawlers: crawlersWith(gateway.ai_crawlers, choices),
    },
    inspection: { ...inspection, sites: inspectionWith(config, byName(choices, SITE_INSPECTION)) },
  };
}

function notificationsWith(
  { quiet_hours: quiet, ...written }: Config['notifications'],
  choices: Choices,
): Config['notifications'] {
  const language = LANGUAGES.find((one) => one === choices.get(LANGUAGE));
  const zone = choices.get(TIME_ZONE);
  const chosen = choices.get(QUIET_HOURS);
  const hours = readHours(chosen ?? '');
  const wanted =
    hours !== undefined
      ? { except: 'critical' as const, ...quiet, ...hours }
      : chosen === NO_QUIET
        ? undefined
        : quiet;
  return {
    ...written,
    ...(language === undefined ? {} : { language }),
    ...(zone === undefined ? {} : { time_zone: zone }),
    ...(wanted === undefined ? {} : { quiet_hours: wanted }),
  };
}

function crawlersWith(written: AiCrawlers, choices: Choices): AiCrawlers {
  const changed: Record<string, string> = {};
  const names: Record<string, string> = { ...written.names };
  for (const [key, value] of choices) {
    const [, name, purpose] = CRAWLER.exec(key) ?? [];
    if (name !== undefined) names[name] = value;
    if (purpose !== undefined) changed[purpose] = value;
  }
  // Keys and values are those of `allowsChoice`.
  return { ...written, ...changed, names } as AiCrawlers;
}

function inspectionWith(
  { gateway, inspection }: Config,
  chosen: ReadonlyMap<string, string>,
): Config['inspection']['sites'] {
  // A site that has left the configuration must not keep the gateway from starting.
  const known = new Set([...gateway.sites.map(({ name }) => name), MAIN_SITE]);
  const others = inspection.sites.filter(({ name }) => !chosen.has(name));
  const own = [...chosen]
    .filter(([name]) => known.has(name))
    // The values are those of `allowsChoice`.
    .map(([name, mode]) => ({ name, mode: mode as Config['inspection']['mode'] }));
  return [...others, ...own];
}

function byName(choices: Choices, key: RegExp): ReadonlyMap<string, string> {
  return new Map(
    [...choices].flatMap(([one, value]) => {
      const name = key.exec(one)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    }),
  );
}

function asMode(mode: string): Config['gateway']['mode'] {
  return mode === 'observe' ? 'observe' : 'enforce';
}

function readKnown(value: unknown): Choices {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && allowsChoice(entry[0], entry[1]),
    ),
  );
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'choices.json');
}
