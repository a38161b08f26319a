import { describe, expect, it } from 'vitest';
import { newSite } from './run.ts';

const CONFIG = `gateway:
  ai_crawlers:
    training: block
    names: { CCBot: allow }
    robots_file: own.txt
`;

describe('robots', () => {
  it('adds the rules of the configuration to the robots.txt of the site', async () => {
    const site = newSite();
    site.write('parapet.yaml', CONFIG);
    site.write('own.txt', 'User-agent: *\nDisallow: /admin/\n');
    const { out, code } = await site.run('robots');
    expect(code).toBe(0);
    expect(out).toMatch(/^User-agent: \*\nDisallow: \/admin\/\n/);
    expect(out).toContain('User-agent: GPTBot\n');
    expect(out).not.toContain('User-agent: CCBot\n');
    expect(out).toMatch(/\nDisallow: \/\n$/);
  });

  it('lists who is known, and what is done with each', async () => {
    const site = newSite();
    site.write('parapet.yaml', CONFIG.replace(/ +robots_file.*\n/, ''));
    expect((await site.run('robots --list')).out).toMatch(/GPTBot +OpenAI +training +refused/);
    const { crawlers } = JSON.parse((await site.run('robots --json')).out);
    expect(crawlers).toContainEqual({
      name: 'CCBot',
      operator: 'Common Crawl',
      purpose: 'training',
      rule: 'allow',
      publishedAt: 'https://index.commoncrawl.org/ccbot.json',
    });
  });

  it('says which name or file is wrong', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'gateway: { ai_crawlers: { names: { GPTBott: block } } }\n');
    const wrong = await site.run('robots');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain("Did you mean 'GPTBot'?");
    site.write('parapet.yaml', '');
    expect((await site.run('robots --file absent.txt')).err).toContain('absent.txt cannot be read: ENOENT');
  });
});
