import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { crawlerPolicyOf } from '../../src/up/aiCrawlers.ts';
import { BotCounts, type BotVisit } from '../../src/up/botCounts.ts';
import { botsView } from '../../src/up/botDesk.ts';
import { programName } from '../../src/up/programNames.ts';

const NOW_MS = Date.UTC(2026, 2, 1, 12, 30);
const HOUR_MS = 3_600_000;
const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const GPTBOT =
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)';
const OF_GOOGLE = '66.249.64.7';
const OF_OPENAI = '20.171.206.9';
const ELSEWHERE = '203.0.113.9';

const written = { ...DEFAULT_CONFIG.gateway.ai_crawlers, training: 'block' as const };
const config = { ...DEFAULT_CONFIG, gateway: { ...DEFAULT_CONFIG.gateway, ai_crawlers: written } };

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parapet-bots-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function countsIn(dataDir: string): BotCounts {
  return new BotCounts(dataDir, crawlerPolicyOf(written));
}

function visit(rawAgent: string, rawIp: string, more: Partial<BotVisit> = {}): BotVisit {
  return { rawAgent, rawIp, action: '', record: '', siteMs: Number.NaN, atMs: NOW_MS, ...more };
}

describe('the bots of a site', () => {
  it('are who they say they are only from addresses of their operators', () => {
    const counts = countsIn(folder());
    counts.count(visit(GOOGLEBOT, OF_GOOGLE));
    counts.count(visit(GOOGLEBOT, ELSEWHERE));
    counts.count(visit(GPTBOT, OF_OPENAI));
    counts.count(visit(GPTBOT, ELSEWHERE));
    counts.count(visit('curl/8.5.0', ELSEWHERE));
    counts.count(visit(CHROME, ELSEWHERE));
    const found = counts.list(NOW_MS).map(({ kind, name }) => `${kind} ${name}`);
    expect(found.toSorted()).toEqual([
      ...['ai GPTBot', 'impostor GPTBot', 'impostor Googlebot', 'program curl', 'search Googlebot'],
    ]);
  });

  it('cost what the site worked for them, where that was measured', () => {
    const counts = countsIn(folder());
    counts.count(visit(GPTBOT, OF_OPENAI, { siteMs: 120 }));
    counts.count(visit(GPTBOT, OF_OPENAI, { siteMs: 80, atMs: NOW_MS - 30 * HOUR_MS }));
    counts.count(visit(GPTBOT, OF_OPENAI, { action: 'ban' }));
    counts.count(visit(GPTBOT, OF_OPENAI, { siteMs: 9, atMs: NOW_MS - 200 * HOUR_MS }));
    counts.count(visit('curl/8.5.0', ELSEWHERE));
    expect(counts.list(NOW_MS)).toMatchObject([
      {
        name: 'GPTBot',
        day: { requests: 2, stopped: 1, siteMs: 120 },
        week: { requests: 3, stopped: 1, siteMs: 200 },
      },
      { name: 'curl', week: { requests: 1, siteMs: undefined } },
    ]);
  });

  it('are remembered, and a file that cannot be read begins anew', () => {
    const dataDir = folder();
    const counts = countsIn(dataDir);
    counts.count(visit(GPTBOT, OF_OPENAI, { siteMs: 5 }));
    counts.save(NOW_MS);
    expect(countsIn(dataDir).list(NOW_MS)).toEqual(counts.list(NOW_MS));
    expect(countsIn(dataDir).list(NOW_MS + 169 * HOUR_MS)).toEqual([]);
    for (const text of ['', '{}', '[7]', '[{"hours": 7}]']) {
      writeFileSync(path.join(dataDir, 'bot-counts.json'), text);
      expect(countsIn(dataDir).list(NOW_MS)).toEqual([]);
    }
  });

  it('fill no memory with names that strangers make up', () => {
    const counts = countsIn(folder());
    for (let i = 0; i < 1000; i++) counts.count(visit(`Made${i}/1`, ELSEWHERE));
    const rows = counts.list(NOW_MS);
    expect(rows.length).toBeLessThanOrEqual(401);
    expect(rows[0]).toMatchObject({ name: '…', week: { requests: 600 } });
  });

  it('stand on their page with what is done with each and where that is written', () => {
    const counts = countsIn(folder());
    counts.count(visit(GPTBOT, OF_OPENAI));
    counts.count(visit(GPTBOT, ELSEWHERE));
    counts.count(visit(CHROME, ELSEWHERE, { action: 'captcha', record: 'costly-pages' }));
    counts.count(visit(CHROME, ELSEWHERE, { action: 'observed', record: 'costly-pages' }));
    counts.count(visit(CHROME, ELSEWHERE, { action: 'passed' }));
    const view = botsView(counts, { current: config, chosen: () => undefined }, '.', NOW_MS);
    const place = 'gateway.ai_crawlers';
    expect(view.bots).toMatchObject([
      { kind: 'ai', operator: 'OpenAI', purpose: 'training', rule: 'block', place: `${place}.training` },
      { kind: 'impostor', rule: 'challenge', place: `${place}.impostors` },
    ]);
    expect(view.hidden).toEqual({ costly: 1, watched: 1, costlyDay: 2, asked: 1, passed: 1 });
    expect(view.absent.find(({ name }) => name === 'GPTBot')).toBeUndefined();
    expect(view.absent.find(({ name }) => name === 'ClaudeBot')).toMatchObject({ rule: 'block' });
    expect(view.robots).toContain('GPTBot');
  });
});

describe('a program', () => {
  it.each([
    ['python-requests/2.31.0', 'python-requests'],
    ['Go-http-client/1.1', 'Go-http-client'],
    ['', '-'],
    ['Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 'AhrefsBot'],
    ['Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/131.0 Safari/537.36', 'HeadlessChrome'],
    ['Mozilla/5.0 Macintosh UptimeRobotMonitor', 'UptimeRobotMonitor'],
    [CHROME, undefined],
    ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)', undefined],
  ])('that sends %j is called %j', (agent, name) => {
    expect(programName(agent)).toBe(name);
  });

  it('has a short name whatever it sends', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', 'Mozilla/5.0 ', 'Mozilla/5.0 (compatible; '),
        (text, begin) => {
          expect((programName(begin + text) ?? '').length).toBeLessThanOrEqual(62);
        },
      ),
    );
  });
});
