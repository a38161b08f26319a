// The verbs as somebody types them who comes from cscli: its short options, its names of verbs and its order of words.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Alert } from '@parapet/kinds';
import { NOON, newSite, type Site } from './run.ts';

const OLD = new Date(NOON.getTime() - 40 * 86_400_000);

function alertOf(id: string, ip: string, machine?: string): Alert {
  return {
    ...{ id, scenario: 'crowdsecurity/ssh-bf', scenarioVersion: '0.1', scenarioHash: 'ab' },
    source: { scope: 'ip', value: ip, ip },
    ...{ startAt: NOON, stopAt: NOON, knownAt: NOON, eventsCount: 2, message: 'tries passwords' },
    events: [1, 2, 3].map((n) => ({ at: NOON, meta: [['try', `number ${n}`]] })),
    ...{ remediation: true, simulated: false, labels: {}, capacity: 5, leakSpeedMs: 1000 },
    ...(machine === undefined ? {} : { machine }),
  };
}

async function filled(): Promise<Site> {
  const site = newSite();
  await site.withStore(async (store) => {
    store.record({ alerts: [alertOf('a1', '203.0.113.5', 'web1'), alertOf('a2', '203.0.113.6')] });
    await store.flush();
    await store.addDecisions(
      (['203.0.113.5', '203.0.113.6'] as const).map((value, i) => ({
        ...{ id: `d${i}`, target: { scope: 'ip', value }, scenario: 'crowdsecurity/ssh-bf' },
        remediation: i === 0 ? 'ban' : 'captcha',
        ...{ startAt: NOON, expiresAt: new Date(NOON.getTime() + 3_600_000), origin: 'scenario' },
        mode: i === 0 ? 'live' : 'simulated',
        alertId: `a${i + 1}`,
      })),
    );
    for (const name of ['old', 'new'])
      await store.clients.putBouncer({
        ...{ name, keyHash: name, ip: '', type: '', version: '', createdAt: OLD },
        ...(name === 'new' ? { pulledAt: NOON } : {}),
      });
    await store.clients.putMachine({
      ...{ name: 'waiting', isValidated: false, ip: '', version: '', scenarios: [], createdAt: OLD },
    });
  });
  return site;
}

describe('alerts', () => {
  it('are chosen by type, and say who has sent them', async () => {
    const site = await filled();
    const banned = JSON.parse((await site.run('alerts list --type ban -o json')).out);
    expect(banned.map(({ value, machine }: Record<string, string>) => [value, machine])).toEqual([
      ['203.0.113.5', 'web1'],
    ]);
    const { out } = await site.run('alerts list -a -m -i 203.0.113.6 -l 1');
    expect(out).toMatch(/machine *\n[^]*203\.0\.113\.6.* parapet *\n/);
    expect(
      (await site.run('alerts list -r 203.0.113.0/24 --contained -s crowdsecurity/ssh-bf -o raw')).out,
    ).toMatch(/203\.0\.113\.5[^]*203\.0\.113\.6/);
  });

  it('are inspected and deleted by their id', async () => {
    const site = await filled();
    expect((await site.run('alerts inspect 1 -d')).out).toContain('try=number 3');
    expect((await site.run('alerts delete --id 1')).out).toBe('1 alerts deleted.\n');
    expect(await site.run('alerts inspect 1')).toMatchObject({ code: 1 });
  });
});

describe('decisions', () => {
  it('are added, listed and deleted', async () => {
    const site = await filled();
    expect((await site.run('decisions add -i 198.51.100.7 -d 2h -R because -t captcha')).code).toBe(0);
    expect(
      (await site.run('decisions list -i 198.51.100.7 -t captcha -o raw')).out.split('\t').slice(1, 7),
    ).toEqual(['ip', '198.51.100.7', 'captcha', '2h0m0s', 'operator', 'because']);
    const machines = JSON.parse((await site.run('decisions list -m -o json')).out);
    expect(machines.map(({ machine }: { machine: string }) => machine)).toEqual(['web1', 'parapet', '']);
    expect((await site.run('decisions list --no-simu -o raw')).out).not.toContain('203.0.113.6');
    expect((await site.run('decisions list --until 1h -o raw')).out).toBe('');
    expect((await site.run('decisions list --since 1h -l 0 -o raw')).out.split('\n')).toHaveLength(4);
    expect((await site.run('decisions delete --id 1')).out).toContain('1 ended.');
    expect((await site.run('decisions delete -r 203.0.113.0/24 --contained')).out).toContain('1 ended.');
    expect((await site.run('decisions delete -a')).out).toContain('1 ended.');
  });
});

describe('allowlists', () => {
  it("may have the list's name first", async () => {
    const site = await filled();
    const { out } = await site.run('allowlists add office 203.0.113.5 192.0.2.0/24 -e 90d -d our-office');
    expect(out).toContain('will never be decided on for 90d (list office)');
    expect(out).toContain('203.0.113.5 is free');
    expect((await site.run('allowlists inspect office -o raw')).out.split('\n')).toHaveLength(3);
    expect(await site.run('allowlists check 192.0.2.9')).toMatchObject({
      ...{ out: '192.0.2.9 is allowlisted by 192.0.2.0/24 of office (our-office).\n', code: 0 },
    });
    expect(await site.run('allowlists check 192.0.3.9')).toMatchObject({ code: 1 });
    expect((await site.run('allowlists remove office 192.0.2.0/24')).out).toContain('1 removed');
    expect((await site.run('allowlists delete office')).out).toContain('203.0.113.5');
    expect((await site.run('allowlists list')).out).toBe('The allowlist is empty.\n');
  });

  it('take a single word that is no address for a mistake', async () => {
    const site = await filled();
    expect(await site.run('allowlists add office')).toMatchObject({ code: 2 });
  });
});

describe('machines and bouncers', () => {
  it('are pruned when they have not come for long, and only when that is wanted', async () => {
    const site = await filled();
    const listed = await site.run('bouncers prune -d 30d');
    expect(listed.out).toContain('1 would be forgotten');
    expect((await site.run('bouncers list -o raw')).out).toContain('old');
    expect((await site.run('bouncers prune -d 30d --force')).out).toContain('1 forgotten.');
    expect((await site.run('bouncers list -o raw')).out).not.toContain('old');
    const waiting = await site.run('machines prune --not-validated-only --force -o json');
    expect(JSON.parse(waiting.out)).toEqual({ forgotten: true, names: ['waiting'] });
    expect(await site.run('machines prune')).toMatchObject({ code: 1 });
  });

  it("get a machine's credentials into a file that only its owner reads", async () => {
    const site = newSite();
    const { out } = await site.run('machines add web9 -a -u http://127.0.0.1:8080 -f credentials.yaml');
    const file = path.join(site.folder, 'credentials.yaml');
    expect(out).toContain(file);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readFileSync(file, 'utf8')).toMatch(/^url: http:.*\nlogin: web9\npassword: ".{43}"\n$/);
    const list = (await site.run('bouncers add fw -k a-key-of-sixteen-or-more -o raw')).out;
    expect(list).toBe('a-key-of-sixteen-or-more\n');
    expect((await site.run('bouncers list -o raw')).out).toBe('fw\t\tnever\t\t\tkey\n');
  });
});

describe('explain', () => {
  it('takes a line, a file by option, and standard input', async () => {
    const site = newSite();
    const line = '203.0.113.5 - - [01/Mar/2026:11:00:00 +0000] "GET /wp-login.php HTTP/1.1" 404 5 "-" "x"';
    site.write('access.log', `${line}\n`);
    for (const [words, stdin] of [
      ['explain -t nginx -f access.log -v', ''],
      ['explain -t nginx -f -', `${line}\n`],
    ] as const) {
      const { out, code } = await site.run(words, { stdin });
      expect([code, out.includes('parapet/nginx-access')]).toEqual([0, true]);
    }
    expect((await site.run('explain -t nginx --log nonsense')).code).toBe(1);
    expect((await site.run('explain -t nginx')).err).toContain('E_LOG_ABSENT');
  });
});

describe('hub', () => {
  it('inspects an item', async () => {
    const site = newSite();
    const { out } = await site.run('hub inspect parsers:parapet/nginx-access');
    expect(out).toMatch(/kind {5}parsers\nname {5}parapet\/nginx-access\nstate {4}own\n/);
    expect(out).toContain('nginx-access.yaml');
    expect((await site.run('hub inspect none/such')).code).toBe(1);
  });
});
