import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrawlerPolicySettings } from '../../src/crawlers/crawlerPolicy.ts';
import { robotsText } from '../../src/crawlers/robots.ts';

const SETTINGS: CrawlerPolicySettings = {
  purposes: { training: 'block', search: 'slow', user: 'allow', undocumented: 'allow' },
  names: { Amazonbot: 'allow' },
  impostors: 'challenge',
  ranges: {},
};
const DRUPAL =
  'User-agent: *\nDisallow: /admin/\nAllow: /core/*.css$\n\nUser-agent: PetalBot\nDisallow: /x\n';

/** The rules that hold for a crawler: its own groups, or those for everybody (RFC 9309 2.2.1). */
function rulesFor(text: string, name: string): readonly string[] {
  const rules = new Map<string, string[]>();
  let agents: string[] = [];
  let isInHead = false;
  for (const line of text.split('\n')) {
    const [key = '', value = ''] = line.split(': ');
    if (key === 'User-agent') {
      agents = isInHead ? [...agents, value] : [value];
      isInHead = true;
    } else if (/^[A-Z]/.test(key)) {
      isInHead = false;
      for (const agent of agents) rules.set(agent, [...(rules.get(agent) ?? []), line]);
    }
  }
  return rules.get(name) ?? rules.get('*') ?? [];
}

describe('robots.txt', () => {
  it('shuts out whom the owner does not want, under every name that is heeded', () => {
    const text = robotsText(SETTINGS);
    expect(rulesFor(text, 'GPTBot')).toEqual(['Disallow: /']);
    expect(rulesFor(text, 'Google-Extended')).toEqual(['Disallow: /']);
    expect(rulesFor(text, 'Amazonbot')).toEqual([]);
    expect(rulesFor(text, 'Googlebot')).toEqual([]);
  });

  it('keeps what the site says itself, and repeats it for those who are only to go slowly', () => {
    const text = robotsText(SETTINGS, DRUPAL);
    expect(text.startsWith(DRUPAL.trimEnd())).toBe(true);
    expect(rulesFor(text, 'Googlebot')).toEqual(['Disallow: /admin/', 'Allow: /core/*.css$']);
    expect(rulesFor(text, 'PerplexityBot')).toEqual([
      'Crawl-delay: 10',
      'Disallow: /admin/',
      'Allow: /core/*.css$',
    ]);
    // The site has a group for this one, which stays the whole of what it may.
    expect(rulesFor(text, 'PetalBot')).toEqual(['Disallow: /x', 'Crawl-delay: 10']);
  });

  it('says in sentences what it asks for', () => {
    const text = robotsText(SETTINGS);
    expect(text).toContain('# Crawlers that collect texts to train AI models are not welcome.');
    expect(text).toContain('# Except Amazonbot (Amazon): crawlers of this name are welcome.');
  });

  it('takes any text for the site’s own', () => {
    fc.assert(
      fc.property(fc.string(), (own) => {
        expect(robotsText(SETTINGS, own)).toContain('User-agent: GPTBot');
      }),
    );
  });
});
