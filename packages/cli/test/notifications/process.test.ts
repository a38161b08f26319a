// An attack on a site behind `parapet up`, and who is told of it: the built program as processes, receivers of our own.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { httpReceiver, smtpReceiver, type HttpReceiver } from '../../../notify/test/receivers.ts';
import { gatewaySite, isBuilt, kill, until, type GatewaySite } from '../up/gatewaySite.ts';

const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ATTACKER = '198.51.100.77';
const ATTACKS = [
  "1' UNION SELECT name, pass FROM users_field_data-- -",
  "1' AND SLEEP(5)-- -",
  "' OR '1'='1' -- ",
  '1; DROP TABLE node;--',
  "-1' UNION ALL SELECT NULL,NULL,version()#",
];

function configuration(hook: HttpReceiver, more: string, rules: string): string {
  return `
gateway:
  trusted_proxies: [127.0.0.1]
  workers: 1
inspection: { mode: enforce }
notifications:
  time_zone: Europe/Berlin
  link: https://parapet.example.org
  gather: 2s
  calm: 6s
  allow_targets: [127.0.0.1]
  channels:
    - { name: hook, type: webhook, url: ${hook.url}/in, secret_env: PARAPET_TEST_HOOK }
${more}
  rules:
${rules}
`;
}

async function attack(site: GatewaySite, port: number): Promise<void> {
  for (const value of ATTACKS) await site.get(port, `/page?id=${encodeURIComponent(value)}`, ATTACKER);
}

function typesAt(hook: HttpReceiver): readonly string[] {
  return hook.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
}

describe.skipIf(!isBuilt)(`notifications of parapet up${skipped}`, { timeout: 90_000 }, () => {
  it('tell of an attack by e-mail and webhook, once, and that it is over', async () => {
    process.env['PARAPET_TEST_HOOK'] = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
    const hook = await httpReceiver();
    const smtp = await smtpReceiver({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const site = await gatewaySite();
    site.config(
      configuration(
        hook,
        `    - name: owner
      type: email
      url: smtp-plain://127.0.0.1:${smtp.port}
      from: parapet@example.org
      to: [owner@example.org]
      language: de`,
        '    - { severity: medium }',
      ),
    );
    const gateway = await site.start();
    await attack(site, gateway.port);
    await until(() => smtp.mails.length > 0 && hook.received.length > 0, 'nobody was told');
    expect(smtp.mails[0]).toMatchObject({ from: 'parapet@example.org', to: ['owner@example.org'] });
    const subject = /^Subject: ([^]*?)\r\n(?! )/m.exec(smtp.mails[0]!.raw)?.[1] ?? '';
    expect(subject).toContain('SQL-Injection-Angriff');
    const told = JSON.parse(hook.received[0]!.body) as Record<string, unknown>;
    expect(told).toMatchObject({
      type: 'parapet.attack',
      site: 'main',
      attack: {
        attack: 'sql-injection',
        outcome: 'blocked',
        sources: 1,
        examples: [{ value: ATTACKER }],
        paths: ['/page'],
      },
    });
    expect(told['title']).toMatch(/^Possible SQL injection attack blocked at \d{1,2}:\d\d [AP]M, /);
    // What strangers sent is no part of it.
    expect(hook.received[0]!.body + smtp.mails[0]!.raw).not.toMatch(/UNION|users_field_data/);
    await until(() => hook.received.length > 1 && smtp.mails.length > 1, 'nobody was told that it is over');
    expect(typesAt(hook)).toEqual(['parapet.attack', 'parapet.over']);
    expect(await site.parapet('notifications', 'log')).toMatch(/owner +owner@example.org +delivered/);
    const dump = await site.parapet('support', 'dump', '-');
    expect(dump).not.toMatch(/MDEyMzQ1Njc4OWFi|owner@example/);
  });

  it('make one message of a wave from thousands of addresses', async () => {
    process.env['PARAPET_TEST_HOOK'] = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
    const hook = await httpReceiver();
    const site = await gatewaySite();
    site.config(configuration(hook, '', '    - { severity: high }'));
    const log = path.join(site.folder, 'access.log');
    const time = new Date()
      .toISOString()
      .replace(
        /^(\d+)-(\d+)-(\d+)T(.*)\.\d+Z$/,
        (_, year, month, day, clock) => `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`,
      );
    for (let i = 0; i < 3000; i++)
      fs.appendFileSync(
        log,
        `203.0.${i >> 8}.${i & 255} - - [${time}] "GET /wp-login.php HTTP/1.1" 404 9 "-" "Mozilla/5.0"\n`,
      );
    site.spawn('up', '--log', `${log}=nginx`, '--from-beginning');
    await until(() => hook.received.length > 1, 'nobody was told that it is over');
    const messages = hook.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(messages).toMatchObject([
      { type: 'parapet.attack', severity: 'high', attack: { outcome: 'observed' } },
      { type: 'parapet.over', attack: { sources: 3000, alerts: 3000, sourcesAreMore: false } },
    ]);
    expect(messages[0]!['title']).toContain('seen, not stopped');
  });

  it('wait for a dead receiver, hold up nobody, and survive a kill', async () => {
    process.env['PARAPET_TEST_HOOK'] = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
    const hook = await httpReceiver();
    const other = await httpReceiver();
    let isDead = true;
    hook.answer = () => ({ status: isDead ? 503 : 204 });
    const site = await gatewaySite();
    site.config(
      configuration(
        hook,
        `    - { name: push, type: gotify, url: "${other.url}", secret_env: PARAPET_TEST_HOOK }`,
        '    - { severity: medium, back_to_normal: false }',
      ),
    );
    const gateway = await site.start();
    await attack(site, gateway.port);
    // The receiver that works has it, and visitors are served and stopped.
    await until(() => other.received.length > 0 && hook.received.length > 0, 'it was never tried');
    expect((await site.get(gateway.port, '/page', ATTACKER)).status).toBe(403);
    expect((await site.get(gateway.port, '/page')).status).toBe(200);
    await until(
      async () => (await site.parapet('notifications', 'list', '-o', 'json')).includes('"waiting": 1'),
      'it does not wait',
    );
    kill((await site.status()).engine);
    isDead = false;
    const before = hook.received.length;
    await gateway.says('The engine ended (killed) and is started again');
    await until(() => hook.received.length > before, 'it was lost');
    await until(
      async () => !(await site.parapet('notifications', 'list', '-o', 'json')).includes('"waiting": 1'),
      'it still waits',
    );
    expect(hook.received).toHaveLength(before + 1);
    // Each try had the same id, and nobody else was told twice.
    expect(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(other.received).toHaveLength(1);
  });
});
