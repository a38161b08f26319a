// The configuration with what was chosen in the dashboard over it. Few keys can be chosen, each of one that counts at
// once; whatever is chosen is kept in choices.json of the data directory, by the key that stands in parapet.yaml. A
// site is meant by its name: `gateway.sites.shop.mode`.

import path from 'node:path';
import { CRAWLER_RULES, CRAWLERS } from '@parapet/enforcement';
import { KeptChoices, readChoices } from '../io/keptChoices.ts';
import type { Config } from './schema.ts';

/** The site that has no section of its own. */
export const MAIN_SITE = 'main';

type Choices = ReadonlyMap<string, string>;
type AiCrawlers = Config['gateway']['ai_crawlers'];

const SITE_MODE = /^gateway\.sites\.(.+)\.mode$/;
const SITE_INSPECTION = /^inspection\.sites\.(.+)\.mode$/;
const CRAWLER = /^gateway\.ai_crawlers\.(?:names\.(.+)|(training|search|user|undocumented|impostors))$/;
const SITE_MODES: readonly string[] = ['observe', 'enforce'];
const INSPECTION_MODES: readonly string[] = ['off', 'learn', 'observe', 'enforce'];

/** Returns the values that the key may have; undefined for one that nobody chooses. */
export function choicesOf(key: string): readonly string[] | undefined {
  if (SITE_MODE.test(key)) return SITE_MODES;
  if (SITE_INSPECTION.test(key)) return INSPECTION_MODES;
  const crawler = CRAWLER.exec(key);
  if (crawler === null) return undefined;
  const [, name] = crawler;
  return name === undefined || CRAWLERS.some((row) => row.name === name) ? CRAWLER_RULES : undefined;
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
  const siteModes = byName(choices, SITE_MODE);
  const main = siteModes.get(MAIN_SITE);
  return {
    ...config,
    gateway: {
      ...gateway,
      ...(main === undefined ? {} : { mode: asMode(main) }),
      sites: gateway.sites.map((site) => {
        const mode = siteModes.get(site.name);
        return mode === undefined ? site : { ...site, mode: asMode(mode) };
      }),
      ai_crawlers: crawlersWith(gateway.ai_crawlers, choices),
    },
    inspection: { ...inspection, sites: inspectionWith(config, byName(choices, SITE_INSPECTION)) },
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
  // Keys and values are those of `choicesOf`.
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
    // The values are those of `choicesOf`.
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
      (entry): entry is [string, string] => choicesOf(entry[0])?.includes(String(entry[1])) === true,
    ),
  );
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'choices.json');
}
