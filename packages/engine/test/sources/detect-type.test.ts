import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectLogType } from '../../src/sources/detect-type.ts';
import { fileOrigins } from '../../src/sources/origins.ts';

const COMBINED = '203.0.113.9 - - [22/Nov/2026:01:20:54 +0000] "GET / HTTP/1.1" 200 11653 "-" "Mozilla/5.0"';
const SYSLOG = 'Nov 22 01:20:50 web1 sshd[812]: Failed password for root from 203.0.113.66 port 4022 ssh2';
const DRUPAL = 'http://example.org|1795310455|page not found|203.0.113.66|http://example.org/.env||0||/.env';

it.each([
  ['nginx', COMBINED],
  ['nginx', '203.0.113.9 - alice [22/Nov/2026:01:20:54 +0000] "\\x16\\x03\\x01" 400 150 "-" "-"'],
  [
    'nginx',
    '2026/11/22 01:20:54 [error] 812#812: *1 access forbidden by rule, client: 203.0.113.9, server: _',
  ],
  ['apache2', '203.0.113.9 - - [22/Nov/2026:01:20:54 +0000] "GET / HTTP/1.1" 304 - "-" "Mozilla/5.0"'],
  ['apache2', '203.0.113.9 - frank [22/Nov/2026:01:20:54 +0000] "GET / HTTP/1.1" 200 2326'],
  [
    'apache2',
    'example.org:443 203.0.113.9 - - [22/Nov/2026:01:20:54 +0000] "GET / HTTP/1.1" 200 2326 "-" "-"',
  ],
  [
    'apache2',
    '[Sun Nov 22 01:20:54.1 2026] [core:error] [pid 9] [client 203.0.113.9:4] AH00126: Invalid URI',
  ],
  ['syslog', SYSLOG],
  ['syslog', `<38>${SYSLOG}`],
  ['syslog', '2026-11-22T01:20:50.123456+00:00 web1 kernel: [UFW BLOCK] IN=eth0'],
  ['syslog', '<165>1 2026-11-22T01:20:50Z web1 app 12 ID47 - something'],
  ['drupal', DRUPAL],
  ['drupal', `<132>Nov 22 01:20:55 web1 drupal: ${DRUPAL}`],
  ['drupal', `<132>1 2026-11-22T01:20:55Z web1 drupal - - - ${DRUPAL}`],
  [
    'signal',
    '{"id":"s1","time":"2026-11-22T12:30:00Z","type":"login.failed","ip":"203.0.113.9","attributes":{"a":1}}',
  ],
  ['json', '{"type":"login.failed","ip":"203.0.113.9","surprise":1}'],
  ['json', '{"type":"login","ip":"203.0.113.9"}'],
  [
    'drupal-watchdog',
    '{"wid":1,"uid":0,"type":"php","message":"x","variables":"","severity":3,"link":"","location":"","referer":"","hostname":"127.0.0.1","timestamp":1}',
  ],
  ['docker', '{"log":"hello\\n","stream":"stdout","time":"2026-11-22T01:20:50.1Z"}'],
  [
    'caddy',
    '{"level":"info","ts":1,"request":{"remote_ip":"203.0.113.9","method":"GET","uri":"/"},"status":200}',
  ],
  ['traefik', '{"ClientHost":"203.0.113.9","RequestMethod":"GET","RequestPath":"/","DownstreamStatus":200}'],
  ['json', '{"remote_addr":"203.0.113.9","request_uri":"/","status":200}'],
])('recognises %s: %s', (type, line) => {
  const detected = detectLogType([line]);
  expect(detected.type).toBe(type);
  expect(detected.confidence).toBeGreaterThanOrEqual(0.8);
});

it('is told by the path which server wrote lines that both write', () => {
  expect(detectLogType([COMBINED], '/var/log/apache2/access.log').type).toBe('apache2');
  expect(detectLogType([COMBINED], '/var/log/nginx/access.log')).toMatchObject({
    type: 'nginx',
    confidence: 0.95,
  });
  expect(detectLogType([COMBINED], '/srv/access.log').sentence).toContain('--type apache2');
});

it('takes a syslog in which Drupal is one of several programs for a syslog', () => {
  expect(
    detectLogType([
      SYSLOG,
      `Nov 22 01:20:55 web1 drupal: ${DRUPAL}`,
      `Nov 22 01:20:55 web1 drupal: ${DRUPAL}`,
    ]).type,
  ).toBe('syslog');
});

it('goes with the majority and says how large it is', () => {
  const detected = detectLogType([COMBINED, COMBINED, COMBINED, 'garbage'], '/var/log/nginx/access.log');
  expect(detected.type).toBe('nginx');
  expect(detected.sentence).toContain('75 % of the first 4 lines');
});

it('says that it does not know', () => {
  expect(detectLogType(['lorem ipsum', '']).type).toBeUndefined();
  expect(detectLogType([]).sentence).toContain('still empty');
});

it('asks the lines of each path once it can, and keeps one origin per path', () => {
  const detected: string[] = [];
  const originOf = fileOrigins({ site: 'main' }, (file, { type }) => detected.push(`${file} ${type}`));
  expect(originOf('/a', []).labels.type).toBe('unknown');
  const origin = originOf('/a', [COMBINED]);
  expect(origin).toEqual({ src: '/a', module: 'file', labels: { site: 'main', type: 'nginx' } });
  expect(originOf('/a', [SYSLOG])).toBe(origin);
  expect(originOf('/b', [SYSLOG]).labels.type).toBe('syslog');
  expect(detected).toEqual(['/a nginx', '/b syslog']);
  expect(fileOrigins({ type: 'mine' })('/c', [SYSLOG]).labels.type).toBe('mine');
});

it('never throws and takes no long time on any lines', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
      detectLogType(lines);
    }),
  );
  const startedAt = performance.now();
  for (const piece of ['"', '\\', ' ', '[', 'a ', '|', '<1>1 ', '{"a":', '1.1.1.1 - ', '": "']) {
    detectLogType(Array.from({ length: 200 }, () => piece.repeat(20_000)));
    detectLogType(Array.from({ length: 200 }, () => `${COMBINED.slice(0, 60)}${piece.repeat(20_000)}`));
  }
  // Alone it takes half a second; what grows with the square of a line's length would take hours.
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

const shared = process.env['PARAPET_SHARED'] ?? path.resolve('../shared');

it.skipIf(!existsSync(shared))('recognises the sample logs (skipped where the shared data is absent)', () => {
  const first = (file: string): string[] => {
    const bytes = readFileSync(path.join(shared, 'data', file));
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').slice(0, 100);
  };
  const typeOf = (file: string): string | undefined => detectLogType(first(file)).type;
  expect(typeOf('drupal/nginx-access-combined.log')).toBe('nginx');
  expect(typeOf('drupal/nginx-access-drupal_time.log')).toBe('nginx');
  expect(typeOf('drupal/drupal-syslog.log')).toBe('drupal');
  expect(typeOf('drupal/drupal-watchdog-table.jsonl')).toBe('drupal-watchdog');
  expect(typeOf('drupal/drupal-logger-context.jsonl')).toBe('drupal-watchdog');
  expect(typeOf('logs/elastic-apache.log.gz')).toBe('apache2');
});
