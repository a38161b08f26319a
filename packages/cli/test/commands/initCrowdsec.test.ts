import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import { newSite, type Site } from './run.ts';

const FILES: Readonly<Record<string, string>> = {
  'config.yaml': `config_paths: {data_dir: /nowhere/data, hub_dir: /nowhere/hub, simulation_path: /etc/crowdsec/simulation.yaml}
crowdsec_service: {acquisition_path: /etc/crowdsec/acquis.yaml, acquisition_dir: /etc/crowdsec/acquis.d}
db_config: {type: sqlite, db_path: /etc/crowdsec/crowdsec.db}
api:
  server:
    listen_uri: 127.0.0.1:8080
    trusted_ips: [127.0.0.1, 'nonsense']
    online_client: {credentials_path: /etc/crowdsec/online_api_credentials.yaml}
prometheus: {enabled: true, listen_addr: 127.0.0.1, listen_port: 6060}
`,
  'config.yaml.local': 'api: {server: {listen_uri: 0.0.0.0:8081}}\n',
  'acquis.yaml': `# the site
filenames: [/var/log/nginx/*.log]
labels: {type: nginx}
---
source: journalctl
journalctl_filter: ["_SYSTEMD_UNIT=ssh.service"]
labels: {type: syslog}
---
source: kafka
brokers: [x]
labels: {type: nginx}
`,
  'acquis.d/appsec.yaml':
    'source: appsec\nlisten_addr: 127.0.0.1:7422\nappsec_config: x\nlabels: {type: appsec}\n',
  'profiles.yaml': `name: default
filters: ['Alert.Remediation == true && Alert.GetScope() == "Ip"']
decisions: [{type: ban, duration: 4h}]
notifications: [slack_default]
on_success: break
`,
  'simulation.yaml': 'simulation: off\nexclusions:\n - crowdsecurity/ssh-bf\n',
  'notifications/slack.yaml': 'type: slack\n',
  'parsers/s02-enrich/office.yaml':
    'name: mine/office\ndescription: our office\nwhitelist:\n  reason: our office\n  ip: [198.51.100.7]\n',
  'postoverflows/s01-whitelist/cdn.yaml':
    'name: mine/cdn\ndescription: our CDN\nwhitelist:\n  reason: our CDN\n  expression: ["evt.Overflow.Alert.Source.IP == \'198.51.100.8\'"]\n',
  'crowdsec.db': 'this is no database',
};

function crowdsec(site: Site, files: Readonly<Record<string, string>> = FILES): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(site.folder, 'theirs', path.dirname(name)), { recursive: true });
    site.write(path.join('theirs', name), text);
  }
}

describe('init --from-crowdsec', () => {
  it('takes over what it can and says what it cannot, of a copy of the folder too', async () => {
    const site = newSite();
    crowdsec(site);
    const { out, code } = await site.run('init --from-crowdsec theirs -o json');
    expect(code).toBe(0);
    const { taken, left } = JSON.parse(out) as {
      taken: { what: string; count: number }[];
      left: { what: string; why: string }[];
    };
    expect(taken.map(({ what, count }) => [what, count])).toEqual([
      ...[
        ['sources', 2],
        ['sources', 1],
        ['profiles', 1],
        ['local API', 1],
        ['simulation', 1],
        ['own items', 2],
      ],
    ]);
    const why = left.map((one) => `${one.what}: ${one.why}`).join('\n');
    for (const part of ["'kafka'", 'slack_default', 'notifications/slack.yaml', 'crowdsec.db'])
      expect(why).toContain(part);
    expect(why).not.toContain('as the engine reads it');
    const text = fs.readFileSync(path.join(site.folder, 'parapet.yaml'), 'utf8');
    const config = configSchema.parse(parse(text));
    expect(config.lapi).toMatchObject({ listen: ['0.0.0.0:8081'], trusted_ips: ['127.0.0.1'] });
    expect(config.metrics).toEqual({ enabled: true, listen: '127.0.0.1:6060' });
    const copied = fs.readFileSync(config.acquisition[0]!, 'utf8');
    expect(copied).toContain('journalctl');
    expect(copied).not.toContain('kafka');
    expect((await site.run('simulation status -o json')).out).toContain('crowdsecurity/ssh-bf');
    expect(await site.run('config check')).toMatchObject({ code: 0 });
  });

  it('writes nothing when it is only asked what it would do', async () => {
    const site = newSite();
    crowdsec(site);
    const before = fs.readdirSync(site.folder);
    const { out, code } = await site.run('init --from-crowdsec theirs --dry-run');
    expect([code, out.startsWith('Would be taken over:\n')]).toEqual([0, true]);
    expect(fs.readdirSync(site.folder)).toEqual(before);
  });

  it('never writes over a configuration, and refuses a folder that is none of CrowdSec', async () => {
    const site = newSite();
    crowdsec(site);
    site.write('parapet.yaml', '{}\n');
    const exists = await site.run('init --from-crowdsec theirs --force');
    expect([exists.code, exists.err.includes('E_INIT_EXISTS')]).toEqual([2, true]);
    expect(fs.readFileSync(path.join(site.folder, 'parapet.yaml'), 'utf8')).toBe('{}\n');
    fs.mkdirSync(path.join(site.folder, 'other'));
    const absent = await site.run('init --from-crowdsec other --config new.yaml');
    expect([absent.code, absent.err.includes('E_INIT_CROWDSEC')]).toEqual([2, true]);
    site.write('other/config.yaml', 'a: [');
    const broken = await site.run('init --from-crowdsec other --config new.yaml');
    expect([broken.code, broken.err.includes('E_INIT_CROWDSEC')]).toEqual([2, true]);
  });

  it('takes nothing for granted that is written there', async () => {
    const site = newSite();
    crowdsec(site, {
      'config.yaml': 'api: 7\ndb_config: [x]\nprometheus: {enabled: true, listen_port: x}\n',
      'acquis.yaml': '- a\n- b\n',
      'profiles.yaml': 'name: [\n',
    });
    const { code, err } = await site.run('init --from-crowdsec theirs --dry-run');
    expect([code, err]).toEqual([0, '']);
  });
});

/** Pieces of YAML as CrowdSec's files have them, in any order. */
const PIECES = [
  ...[
    'config_paths:',
    'data_dir: x',
    'hub_dir: [1]',
    'db_config:',
    'type: sqlite',
    'db_path: theirs/crowdsec.db',
  ],
  ...[
    'api:',
    'server:',
    'listen_uri: 127.0.0.1:80',
    'tls: {cert_file: a, key_file: b}',
    'trusted_ips: x',
    '---',
  ],
  ...[
    'filenames: [/var/log/x]',
    'labels: {type: nginx}',
    'source: docker',
    'source: [x]',
    'labels: 7',
    '- a',
  ],
  ...[
    'simulation: on',
    'exclusions: {a: b}',
    'notifications: 5',
    'filters: [1 +]',
    'decisions: [x]',
    '&a [*a]',
    '!!x',
  ],
  ...[
    'name: mine/x',
    'whitelist: {ip: [x]}',
    'filter: evt.',
    'data: [{dest_file: ../x, type: string}]',
    '\t',
    '{',
    '\0',
  ],
];

describe('whatever a CrowdSec folder holds', () => {
  it('is taken or listed, or is refused with what is wrong', { timeout: 120_000 }, async () => {
    const text = fc
      .array(fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 0, max: 4 })), { maxLength: 10 })
      .map((lines) => lines.map(([line, indent]) => `${' '.repeat(indent)}${line}\n`).join(''));
    const files = fc.record(
      Object.fromEntries(
        ['config.yaml', 'acquis.yaml', 'profiles.yaml', 'simulation.yaml', 'parsers/s02-enrich/x.yaml'].map(
          (name) => [name, text],
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(files, async (made) => {
        const site = newSite();
        crowdsec(site, { ...made, 'crowdsec.db': 'none' });
        const { code, err } = await site.run('init --from-crowdsec theirs');
        expect(code === 0 || err.startsWith('error: ')).toBe(true);
        expect(fs.existsSync(path.join(site.folder, 'parapet.yaml'))).toBe(code === 0);
      }),
      { numRuns: Number(process.env['PARAPET_FUZZ_RUNS'] ?? 25) },
    );
  });
});
