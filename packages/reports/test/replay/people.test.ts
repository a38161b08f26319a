import { describe, expect, it } from 'vitest';
import { ReplayCollector } from '../../src/replay/collector.ts';
import type { Assessment } from '../../src/replay/people.ts';
import { makeAlert, makeDecision, T0 } from '../samples.ts';

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
const SITE = 'https://example.org';

type Step = [atSeconds: number, path: string, status: string, referrer?: string, user?: string];

/** Replays the steps from one address, lets the alert happen, and returns the judgement of the source. */
function judge(
  steps: readonly Step[],
  alert: Parameters<typeof makeAlert>[0] = {},
  userAgent = BROWSER,
): Assessment {
  const collector = new ReplayCollector();
  for (const [at, path, status, referrer = '-', user = '-'] of steps) {
    collector.event({
      atMs: T0 + at * 1000,
      source: '203.0.113.7',
      status,
      path,
      referrer,
      userAgent,
      user,
    });
  }
  collector.alert(makeAlert(alert));
  collector.decision(makeDecision());
  const summary = collector.finish({ files: [], lines: steps.length, parsed: steps.length, seconds: 1 });
  return summary.sources[0]!.assessment;
}

/** A visit: each page with two assets that it links to, a pause between pages. */
function browse(pages: readonly string[], startAt = 0): Step[] {
  return pages.flatMap((page, i): Step[] => {
    const at = startAt + i * 25;
    const from = i === 0 ? '-' : SITE + pages[i - 1]!;
    return [
      [at, page, '200', from],
      [at + 1, `/themes/style-${i}.css`, '200', SITE + page],
      [at + 1, `/themes/script-${i}.js?v=1`, '200', SITE + page],
    ];
  });
}

describe('the judgement of who looks like a person', () => {
  it('sees a visitor who browses as a person, although a dead menu led to an alert', () => {
    const visit = browse(['/', '/news', '/about', '/contact', '/team']);
    const dead = Array.from({ length: 3 }, (_, i): Step => [200 + i * 9, `/old-${i}`, '404', `${SITE}/team`]);
    const result = judge([...visit, ...dead]);
    expect(result.verdict).toBe('probably a person');
    expect(result.reasons.map((reason) => reason.text)).toContain(
      'loaded style sheets, scripts and images as browsers do (10)',
    );
  });

  it('sees an editor who mistyped the password as a person', () => {
    const login = Array.from({ length: 6 }, (_, i): Step => [
      i * 10,
      '/user/login',
      '200',
      `${SITE}/user/login`,
    ]);
    const result = judge(
      [...browse(['/']), ...login, [80, '/admin/content', '200'], [95, '/node/7/edit', '200']],
      {
        scenario: 'parapet/drupal-login-bf',
        labels: { behavior: 'http:bruteforce' },
        eventsCount: 6,
      },
    );
    expect(result.verdict).toBe('probably a person');
  });

  it('sees a scanner as automated whatever browser it claims to be', () => {
    const scan = Array.from({ length: 30 }, (_, i): Step => [i / 5, `/probe-${i}.php`, '404']);
    const result = judge(scan);
    expect(result.verdict).toBe('automated');
    expect(result.reasons[0]!.speaksFor).toBe('program');
  });

  it('sees a scanner that fetches some assets first as automated', () => {
    const cover: Step[] = [
      [0, '/a.css', '200'],
      [0, '/b.js', '200'],
      [0, '/c.png', '200'],
    ];
    const scan = Array.from({ length: 40 }, (_, i): Step => [i / 10, `/x${i}/.env`, '404']);
    expect(judge([...cover, ...scan], { scenario: 'crowdsecurity/http-sensitive-files' }).verdict).toBe(
      'automated',
    );
  });

  it('sees tools and crawlers that say so as automated', () => {
    expect(judge([[0, '/', '200']], {}, 'sqlmap/1.7').verdict).toBe('automated');
    expect(
      judge([[0, '/', '200']], {}, 'Mozilla/5.0 (compatible; SomeBot/2.1; +http://bot.example)').verdict,
    ).toBe('automated');
  });

  it('leaves an office with both people and an attacker behind one address unclear or a person, never automated', () => {
    const office = browse(['/', '/news', '/about', '/team', '/news', '/jobs']);
    const signedIn: Step[] = [
      [200, '/admin/content', '200', `${SITE}/jobs`, 'alice'],
      [220, '/node/3/edit', '200', `${SITE}/admin/content`, 'alice'],
    ];
    const scan = Array.from({ length: 30 }, (_, i): Step => [300 + i / 5, `/probe-${i}.php`, '404']);
    const result = judge([...office, ...signedIn, ...scan], { scenario: 'crowdsecurity/http-sqli-probing' });
    expect(result.verdict).not.toBe('automated');
    expect(new Set(result.reasons.map((reason) => reason.speaksFor)).size).toBe(2);
  });

  it('does not take a feed reader that names the feed as its own referrer for someone who follows links', () => {
    const feed = Array.from({ length: 40 }, (_, i): Step => [i * 900, '/rss.xml', '200', `${SITE}/rss.xml`]);
    expect(judge(feed, {}, 'Some Reader/1.11').verdict).toBe('unclear');
  });

  it('says unclear when there is next to nothing to judge by', () => {
    expect(judge([[0, '/', '200']]).verdict).toBe('unclear');
    expect(judge([]).verdict).toBe('unclear');
  });

  it('sees many failed logins on many accounts as automated', () => {
    const events = ['root', 'admin', 'test', 'git', 'pi'].map((user) => ({
      at: new Date(T0),
      meta: [['target_user', user] as const],
    }));
    const result = judge([], { scenario: 'crowdsecurity/ssh-bf', events, eventsCount: 40, labels: {} });
    expect(result.verdict).toBe('automated');
  });
});
