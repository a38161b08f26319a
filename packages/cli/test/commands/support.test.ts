import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { newSite, sampleAlert, sampleDecision } from './run.ts';

const LINE = '192.0.2.77 - - [01/Mar/2026:11:59:00 +0000] "GET /private-path HTTP/1.1" 200 5 "-" "agent"\n';

it('writes versions, settings, health and counts, and neither lines nor addresses', async () => {
  const site = newSite();
  site.write('access.log', `${LINE.repeat(300)}not a line of any log with private words\n`);
  site.write('parapet.yaml', 'logs:\n  - file: access.log\nallowlist: [198.51.100.0/24]\n');
  await site.withStore(async (store) =>
    store.record({
      alerts: [sampleAlert('a1', '192.0.2.7')],
      decisions: [sampleDecision('d1', '192.0.2.7', { alertId: 'a1' })],
    }),
  );
  const { out, code } = await site.run('support dump');
  const file = path.join(site.folder, 'parapet-support-2026-03-01.json');
  expect(out).toContain(`Wrote ${file}`);
  expect(code).toBe(0);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  const text = fs.readFileSync(file, 'utf8');
  expect(text).not.toMatch(/192\.0\.2|198\.51|private-path|private words/);
  const dump = JSON.parse(text);
  expect(dump).toMatchObject({
    versions: { node: process.versions.node },
    configuration: { isValid: true, values: { allowlist: ['<address>'] } },
    store: { alerts: 1, alertsByScenario: { 'parapet/drupal-bf': 1 }, decisions: 1 },
    problems: [],
  });
  expect(dump.loaded.scenarios.length).toBeGreaterThan(5);
  expect(dump.health.map(({ says }: { says: string }) => says)).toContain(
    '100 % of the requests in access.log come from <address>',
  );
});

it('keeps addresses when asked, and says that a store is missing', async () => {
  const site = newSite();
  site.write('parapet.yaml', 'allowlist: [198.51.100.0/24]\n');
  const { out } = await site.run('support dump - --with-addresses');
  const dump = JSON.parse(out);
  expect(dump.configuration.values.allowlist).toEqual(['198.51.100.0/24']);
  expect(dump.store).toEqual({ error: 'E_STORE_ABSENT' });
});

it('can be written when the configuration is wrong: that is when it is needed', async () => {
  const site = newSite();
  site.write('parapet.yaml', 'losg: []\n');
  const { configuration, problems } = JSON.parse((await site.run('support dump -')).out);
  expect(configuration.isValid).toBe(false);
  expect(problems).toMatchObject([{ code: 'E_UNKNOWN_KEY', line: 1 }]);
});
