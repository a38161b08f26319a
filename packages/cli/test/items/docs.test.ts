// What the pages about our items say is what the items do.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PERIMETER_DEFAULTS } from '@parapet/engine';
import { configSchema } from '../../src/config/schema.ts';
import { replay } from './ownEngine.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

function page(name: string): string {
  return readFileSync(path.join(ROOT, 'docs', name), 'utf8');
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1]!,
  );
}

test('the table of scenarios is made from their YAML', () => {
  const run = spawnSync(process.execPath, [path.join(ROOT, 'scripts/scenario-table.mjs'), '--check']);
  expect(run.stderr.toString()).toBe('');
  expect(run.status).toBe(0);
});

describe('perimeter.md', () => {
  test('shows settings that are valid', () => {
    const found = blocks(page('perimeter.md'), 'yaml');
    expect(found).toHaveLength(2);
    for (const block of found) expect(() => configSchema.parse(parse(block))).not.toThrow();
  });

  test('names the twelve patterns', () => {
    for (const pattern of PERIMETER_DEFAULTS.patterns)
      expect(page('perimeter.md')).toContain(`\`${pattern}\``);
  });
});

describe('drupal-logs.md', () => {
  test('shows lines that are failed logins of alice', () => {
    const found = blocks(page('drupal-logs.md'), 'log');
    expect(found).toHaveLength(2);
    for (const block of found) {
      let meta: Record<string, string> = {};
      const onEvent = (event: { entries(bag: 'Meta'): Iterable<readonly [string, string]> }): void => {
        meta = Object.fromEntries(event.entries('Meta'));
      };
      const { unparsed } = replay(block.split('\n'), 'drupal', { onEvent });
      expect(unparsed).toEqual([]);
      expect(meta).toMatchObject({
        drupal_event: 'login-failed',
        target_user: 'alice',
        source_ip: '203.0.113.5',
      });
    }
  });

  test('shows a format of nginx that is read', () => {
    const line =
      '203.0.113.5 - - [04/May/2026:10:00:00 +0000] "GET / HTTP/2.0" 200 5 "-" "x" rt=0.2 urt=0.1 cache="HIT" dyn="MISS" rid=a host=example.org';
    expect(replay([line], 'nginx').unparsed).toEqual([]);
  });
});

test('an alert of the perimeter tells pattern, path, referrer and user agent', () => {
  const { alerts } = replay(
    [
      '203.0.113.5 - - [04/May/2026:10:00:00 +0000] "GET /wp-login.php?x=1 HTTP/1.1" 404 5 "https://r.example/" "agent 7"',
      '<133>May  4 10:00:00 web1 drupal: https://example.org|1777888800|page not found|203.0.113.6|https://example.org/a.aspx|https://r.example/|0||/a.aspx',
    ],
    (line) => (line.startsWith('<') ? 'drupal' : 'nginx'),
  );
  const told = alerts
    .filter(({ scenario }) => scenario === 'parapet/perimeter')
    .map((alert) => Object.fromEntries(alert.events.at(-1)!.meta));
  expect(told).toMatchObject([
    {
      perimeter_pattern: String.raw`/\/wp-login.*/`,
      http_path: '/wp-login.php?x=1',
      http_referer: 'https://r.example/',
      http_user_agent: 'agent 7',
    },
    {
      perimeter_pattern: String.raw`/.*\.aspx/`,
      http_path: 'https://example.org/a.aspx',
      http_referer: 'https://r.example/',
    },
  ]);
});
