// The judgement on a real access log (elastic/examples, 10,000 lines of a personal site, 2015).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { assess, type Verdict } from '../../src/replay/people.ts';
import { SourceTable } from '../../src/replay/source-table.ts';

const shared = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');
const COMBINED =
  /^(\S+) \S+ (\S+) \[(\d+)\/May\/2015:(\d+):(\d+):(\d+) [^"]*"\S+ (\S*)[^"]*" (\d+) \S+ "(.*?)" "(.*?)"/;
const MIN_REQUESTS = 15;

function readLog(): string[] {
  try {
    return gunzipSync(readFileSync(path.join(shared, 'data/logs/elastic-apache.log.gz')))
      .toString()
      .split('\n');
  } catch {
    return [];
  }
}

const lines = readLog();

function judgeAll(): Array<{ verdict: Verdict; userAgent: string; requests: number }> {
  const table = new SourceTable(10_000);
  const sources = new Set<string>();
  for (const line of lines) {
    const match = COMBINED.exec(line);
    if (match === null) continue;
    const [, source, user, day, hour, minute, second, url, status, referrer, userAgent] = match;
    const atMs = Date.UTC(2015, 4, Number(day), Number(hour), Number(minute), Number(second));
    const fields = { source: source!, user: user!, path: url!, status: status!, referrer: referrer! };
    table.count({ ...fields, userAgent: userAgent!, atMs });
    sources.add(source!);
  }
  return [...sources]
    .map((source) => table.countsOf(source))
    .filter((counts) => counts.requests >= MIN_REQUESTS)
    .map((counts) => ({
      verdict: assess({ ...counts, hostileActs: [], failedLogins: 0, accountsTried: 0 }).verdict,
      userAgent: counts.userAgent,
      requests: counts.requests,
    }));
}

describe.skipIf(lines.length === 0)(
  'the judgement on a real log (skipped where the shared data is absent)',
  () => {
    const judged = judgeAll();

    it('takes no self-declared crawler, feed reader or tool for a person', () => {
      const programs = judged.filter(({ userAgent }) =>
        /bot|spider|slurp|feed|rss|chef|yandex/i.test(userAgent),
      );
      expect(programs.length).toBeGreaterThan(10);
      expect(programs.filter(({ verdict }) => verdict === 'probably a person')).toEqual([]);
    });

    it('takes most of those who claim a browser for people (53 of 60 when this was written)', () => {
      const browsers = judged.filter(
        ({ userAgent }) => /Firefox\/|Chrome\/|Safari\//.test(userAgent) && !/bot|\+http/i.test(userAgent),
      );
      const people = browsers.filter(({ verdict }) => verdict === 'probably a person').length;
      expect(browsers.length).toBeGreaterThan(40);
      expect(people / browsers.length).toBeGreaterThan(0.85);
    });
  },
);
