// The rules for AI crawlers as robots.txt (RFC 9309), and the same in sentences as comments. The site's own robots.txt
// comes first. A crawler that has a group of its own obeys no other, so a group that only asks it to go slowly repeats
// what the site says to everybody (RFC 9309 2.2.1).

import { ruleOf, type CrawlerPolicySettings, type CrawlerRule } from './crawlerPolicy.ts';
import { CRAWLERS, type CrawlerPurpose, type CrawlerRow } from './crawlers.table.ts';

/** Seconds between two pages, for those that heed it. */
const CRAWL_DELAY = 10;

const PURPOSES: Readonly<Record<CrawlerPurpose, string>> = {
  training: 'Crawlers that collect texts to train AI models',
  search: 'Crawlers that make an index for AI answers',
  user: 'Programs that fetch a page when a person asks an AI for it',
  undocumented: 'Crawlers for AI whose operators do not say what for',
};

const RULES: Readonly<Record<CrawlerRule, string>> = {
  allow: 'are welcome',
  slow: 'are asked to come slowly',
  cached: 'are asked to come slowly, and get pages that are at hand',
  challenge: 'are not welcome',
  block: 'are not welcome',
};

/** Returns robots.txt: what the site says itself, then the rules for AI crawlers. */
export function robotsText(settings: CrawlerPolicySettings, ownText: string = ''): string {
  const own = parseGroups(ownText);
  const shut: string[] = [];
  const slow: string[] = [];
  const slowWithGroup: string[] = [];
  for (const row of CRAWLERS) {
    const rule = ruleOf(settings, row);
    if (rule === 'block' || rule === 'challenge') shut.push(row.name);
    else if (rule !== 'allow' && row.isOnlyInRobots !== true)
      (own.agents.has(row.name.toLowerCase()) ? slowWithGroup : slow).push(row.name);
  }
  const delay = `Crawl-delay: ${CRAWL_DELAY}`;
  const parts = [
    ...(ownText.trim() === '' ? [] : [ownText.trimEnd()]),
    sentences(settings),
    ...group(shut, ['Disallow: /']),
    ...group(slowWithGroup, [delay]),
    ...group(slow, [delay, ...(own.everybody.length === 0 ? ['Allow: /'] : own.everybody)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sentences(settings: CrawlerPolicySettings): string {
  const lines = ['# AI crawlers on this site:'];
  for (const [purpose, who] of Object.entries(PURPOSES)) {
    const rule = settings.purposes[purpose as CrawlerPurpose]; // the keys of the table are all purposes
    lines.push(`# ${who} ${RULES[rule]}.`);
  }
  for (const row of CRAWLERS) {
    const own = settings.names[row.name];
    if (own !== undefined && own !== settings.purposes[row.purpose]) lines.push(exception(row, own));
  }
  return lines.join('\n');
}

function exception({ name, operator }: CrawlerRow, rule: CrawlerRule): string {
  return `# Except ${name} (${operator}): crawlers of this name ${RULES[rule]}.`;
}

function group(names: readonly string[], rules: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [[...names.map((name) => `User-agent: ${name}`), ...rules].join('\n')];
}

interface Groups {
  /** Who has a group, in lower case. */
  readonly agents: ReadonlySet<string>;
  /** The rules for all who have none. */
  readonly everybody: readonly string[];
}

function parseGroups(text: string): Groups {
  const agents = new Set<string>();
  const everybody: string[] = [];
  let isForAll = false;
  let isInHead = false;
  for (const line of text.split(/\r\n?|\n/)) {
    const match = /^\s*([A-Za-z-]+)\s*:\s*([^#]*)/.exec(line);
    if (match === null) continue;
    const key = match[1]!.toLowerCase();
    const value = match[2]!.trim();
    if (key === 'user-agent') {
      if (!isInHead) isForAll = false;
      isInHead = true;
      if (value === '*') isForAll = true;
      else agents.add(value.toLowerCase());
    } else if (key === 'allow' || key === 'disallow') {
      isInHead = false;
      if (isForAll) everybody.push(`${key === 'allow' ? 'Allow' : 'Disallow'}: ${value}`);
    }
    // Sitemap stands outside of groups, and a crawl delay is our own word.
    else if (key !== 'sitemap') isInHead = false;
  }
  return { agents, everybody };
}
