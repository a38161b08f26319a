import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import { newSite, type Site } from './run.ts';

const NGINX = '203.0.113.5 - - [01/Mar/2026:11:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"\n';
const SSHD = 'Mar  1 11:00:00 web1 sshd[77]: Failed password for root from 203.0.113.5 port 4711 ssh2\n';
const DRUPAL =
  'Mar  1 11:00:00 web1 drupal: https://example.org|1772362800|user|203.0.113.5|https://example.org/user/login||0||Login attempt failed for alice.\n';

function machine(site: Site, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(site.folder, 'root', path.dirname(name)), { recursive: true });
    site.write(path.join('root', name), text);
  }
}

function configOf(site: Site): string {
  return fs.readFileSync(path.join(site.folder, 'parapet.yaml'), 'utf8');
}

describe('init', () => {
  it('finds logs, says what they are, and writes a configuration that is right', async () => {
    const site = newSite();
    machine(site, {
      'var/log/nginx/access.log': NGINX,
      'var/log/nginx/shop.access.log': '',
      'var/log/nginx/error.log': 'x',
      'var/log/auth.log': SSHD,
      'var/log/syslog': 'Mar  1 11:00:00 web1 cron[1]: hello\n',
    });
    const { out, code } = await site.run('init --root root');
    const root = path.join(site.folder, 'root');
    expect(out).toContain(`${root}/var/log/nginx/*access*.log: nginx (2 logs)\n`);
    expect(out).toContain(`${root}/var/log/syslog is left out: Drupal does not write there\n`);
    expect(out).toContain('1. parapet doctor ');
    expect(code).toBe(0);
    const text = configOf(site);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./parapet.schema.json');
    expect(configSchema.parse(parse(text)).logs).toEqual([
      { file: `${root}/var/log/nginx/*access*.log`, type: 'nginx' },
      { file: `${root}/var/log/auth.log`, type: 'syslog' },
    ]);
    const schema = JSON.parse(fs.readFileSync(path.join(site.folder, 'parapet.schema.json'), 'utf8'));
    expect(Object.keys(schema.properties)).toContain('logs');
    expect(await site.run('config check')).toMatchObject({ code: 0 });
  });

  it('shows settings that are right once their comment signs are gone', async () => {
    const site = newSite();
    machine(site, { 'var/log/syslog': DRUPAL });
    await site.run('init --root root');
    const text = configOf(site).replaceAll(/^# (?=(?: {2})*(?:[a-z_]+:|- ))/gm, '');
    const { metrics, geo, allowlist, perimeter, retention, logs } = configSchema.parse(parse(text));
    expect(logs).toHaveLength(1);
    expect(metrics).toEqual({ enabled: true, listen: '127.0.0.1:9464' });
    expect(geo.country).toContain('geo-whois-asn-country.mmdb');
    expect(allowlist).toHaveLength(2);
    expect(perimeter.drupal_settings).toBe('config/sync/perimeter.settings.yml');
    expect(retention.alerts).toBe('2160h');
  });

  it("takes over the Drupal module's settings", async () => {
    const site = newSite();
    fs.mkdirSync(path.join(site.folder, 'site/config/sync'), { recursive: true });
    site.write(
      'site/config/sync/perimeter.settings.yml',
      "not_found_exception_patterns:\n  - '/\\/cgi-bin/'\nflood_threshold: 5\n",
    );
    const { out } = await site.run('init --root root --drupal site');
    expect(out).toContain('perimeter.settings.yml: 1 patterns of the Perimeter module');
    expect(configSchema.parse(parse(configOf(site))).perimeter.drupal_settings).toBe(
      path.join(site.folder, 'site/config/sync/perimeter.settings.yml'),
    );
    expect((await site.run('config check')).code).toBe(0);
    const none = await site.run('init --root root --drupal root --force');
    expect(none.err).toContain('E_INIT_DRUPAL');
    expect(none.code).toBe(2);
  });

  it('leaves a configuration that is there as it is, unless it is forced', async () => {
    const site = newSite();
    site.write('parapet.yaml', '# mine\n');
    site.write('parapet.schema.json', '{"mine": true}');
    const { err, code } = await site.run('init --root root');
    expect(err).toContain('E_INIT_EXISTS');
    expect(code).toBe(2);
    expect(configOf(site)).toBe('# mine\n');
    expect((await site.run('init --root root --force')).code).toBe(0);
    expect(configOf(site)).toContain('No log was found');
    expect(fs.readFileSync(path.join(site.folder, 'parapet.schema.json'), 'utf8')).toBe('{"mine": true}');
  });

  it('asks in a terminal, and takes silence for no', async () => {
    const site = newSite();
    const given = { isTerminal: true };
    for (const stdin of ['n\n', ''])
      expect((await site.run('init --root root', { ...given, stdin })).out).toContain('Nothing was written.');
    expect(fs.readdirSync(site.folder)).toEqual([]);
    expect((await site.run('init --root root', { ...given, stdin: '\n' })).code).toBe(0);
    expect((await site.run('init --root root --force --yes', given)).out).not.toContain('[Y/n]');
  });
});
