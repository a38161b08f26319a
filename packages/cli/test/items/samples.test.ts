// Our parsers on logs that real sites have written. The data is not in the repository; without it these skip.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Hub, type Event } from '@parapet/engine';
import { readHubFolder } from '../../src/hub/hubFolder.ts';
import { ownItems, replay, sharedFile, told } from './ownEngine.ts';

const drupal = sharedFile('data/drupal');
const elastic = sharedFile('data/logs/elastic-apache.log.gz');
const hub = sharedFile('data/hub');

function linesOf(file: string): readonly string[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Meta of each event, as it was before the next line. */
function metaOf(lines: readonly string[], type: string): { meta: Record<string, string>; timeMs: number }[] {
  const found: { meta: Record<string, string>; timeMs: number }[] = [];
  const onEvent = (event: Event): void =>
    void found.push({ meta: Object.fromEntries(event.entries('Meta')), timeMs: event.timeMs });
  expect(replay(lines, type, { onEvent }).unparsed).toEqual([]);
  return found;
}

describe.skipIf(drupal === undefined)('logs of a Drupal 10.6 site', () => {
  test.each([
    ['nginx-access-combined.log', 'nginx', 85],
    ['nginx-access-drupal_time.log', 'nginx', 85],
    ['drupal-syslog.log', 'drupal', 40],
    ['drupal-syslog.log', 'syslog', 40],
    ['drupal-watchdog-table.jsonl', 'drupal-watchdog', 40],
    ['drupal-logger-context.jsonl', 'drupal', 40],
  ])('every line of %s is parsed as %s', (file, type, lines) => {
    const events = metaOf(linesOf(`${drupal}/${file}`), type);
    expect(events).toHaveLength(lines);
    for (const { meta, timeMs } of events) {
      expect(meta['source_ip']).toMatch(/^[\d.]+$/);
      expect(new Date(timeMs).toISOString()).toMatch(/^2026-11-22T01:2/);
    }
  });

  test('its syslog, its watchdog table and its loggers tell the same', () => {
    const tell = (file: string, type: string): unknown[] =>
      metaOf(linesOf(`${drupal}/${file}`), type).map(({ meta, timeMs }) => [
        timeMs,
        meta['source_ip'],
        meta['drupal_type'],
        meta['drupal_event'],
        meta['target_user'] ?? '',
        meta['http_status'] ?? '',
      ]);
    const syslog = tell('drupal-syslog.log', 'drupal');
    expect(tell('drupal-watchdog-table.jsonl', 'drupal-watchdog')).toEqual(syslog);
    expect(tell('drupal-logger-context.jsonl', 'drupal-watchdog')).toEqual(syslog);
  });

  test('the access log and the Drupal log find the same attackers', () => {
    const fromAccess = told(replay(linesOf(`${drupal}/nginx-access-combined.log`), 'nginx').alerts);
    const fromDrupal = told(replay(linesOf(`${drupal}/drupal-syslog.log`), 'drupal').alerts);
    expect(fromAccess).toContain('parapet/perimeter ip 203.0.113.66');
    expect(fromAccess).toContain('parapet/drupal-login-bf ip 203.0.113.77');
    expect(fromDrupal).toContain('parapet/drupal-login-bf ip 203.0.113.77');
    const attackers = (alerts: readonly string[]): Set<string> =>
      new Set(alerts.map((alert) => alert.split(' ').at(-1)!));
    expect(attackers(fromAccess).has('198.51.100.7'), 'the visitor').toBe(false);
    expect(attackers(fromDrupal).has('198.51.100.7'), 'the visitor').toBe(false);
  });
});

describe.skipIf(elastic === undefined)('ten thousand lines of a real blog', () => {
  test('are all parsed, and nobody who says that he is a search engine and is one is accused', () => {
    const agents = new Map<string, Set<string>>();
    const result = replay(linesOf(elastic!), 'apache2', {
      onEvent(event) {
        const meta = Object.fromEntries(event.entries('Meta'));
        const ip = meta['source_ip'] ?? '';
        if (!agents.has(ip)) agents.set(ip, new Set());
        agents.get(ip)!.add(meta['http_user_agent'] ?? '');
      },
    });
    expect(result.loaded.pipeline.counts.parsed).toBe(10_000);
    expect(result.unparsed).toEqual([]);
    const claims = result.alerts
      .filter(({ source }) =>
        [...(agents.get(source.value) ?? [])].some((agent) =>
          /googlebot|bingbot|msnbot|slurp|yandex|baidu|duckduck|applebot/i.test(agent),
        ),
      )
      .map(({ source, scenario }) => `${scenario} ${source.value}`);
    expect(claims).toEqual([]);
  });

  test.skipIf(hub === undefined)('are all parsed by the parser of the hub, too', () => {
    const problems: never[] = [];
    const items = new Hub([readHubFolder(hub!)]).select(
      [
        'crowdsecurity/syslog-logs',
        'crowdsecurity/apache2-logs',
        'crowdsecurity/dateparse-enrich',
        'crowdsecurity/http-logs',
      ],
      problems,
    );
    const result = replay(linesOf(elastic!), 'apache2', {
      items: items.filter(({ kind }) => kind === 'parsers'),
    });
    expect(problems).toEqual([]);
    expect(result.unparsed).toEqual([]);
    expect(result.loaded.pipeline.counts.parsed).toBe(10_000);
  });

  test('lead to the same alerts when they are read as nginx, which writes the same lines', () => {
    const as = (type: string): string[] => told(replay(linesOf(elastic!), type).alerts);
    expect(as('nginx')).toEqual(as('apache2'));
  });
});

test('our items load without a problem', () => {
  const { loaded } = replay([], 'nginx');
  expect(loaded.problems).toEqual([]);
  expect(loaded.scenarios.length).toBe(ownItems().filter(({ kind }) => kind === 'scenarios').length);
});
