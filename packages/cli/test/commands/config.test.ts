import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import { newSite } from './run.ts';

describe('config check', () => {
  it('finds nothing wrong with a right configuration, or with none', async () => {
    const site = newSite();
    expect(await site.run('config check')).toMatchObject({ code: 0, err: '' });
    site.write('access.log', '');
    site.write('parapet.yaml', 'logs:\n  - file: access.log\nallowlist: [192.0.2.0/24]\n');
    const { out, code } = await site.run('config check');
    expect(out).toMatch(/parapet\.yaml is fine \(\d+ parsers, \d+ scenarios load\)\.\n$/);
    expect(code).toBe(0);
  });

  it('says what is wrong with everything it names, each with its place', async () => {
    const site = newSite();
    site.write('acquis.yaml', 'filenames: [a.log]\nlabels:\n  type: nginx\nlebals: {}\n');
    site.write('sim.yaml', 'simulation: perhaps\n');
    site.write('city.mmdb', 'no database');
    site.write('settings.yml', 'flood_threshold: many\n');
    site.write(
      'parapet.yaml',
      [
        'logs:',
        '  - file: not-there.log',
        '  - file: "*.nothing"',
        'acquisition:',
        '  - acquis.yaml',
        '  - gone.yaml',
        'profiles: gone-too.yaml',
        'simulation: sim.yaml',
        'perimeter:',
        '  drupal_settings: settings.yml',
        'geo:',
        '  city: city.mmdb',
        'hub:',
        '  folders: [no-folder]',
        '',
      ].join('\n'),
    );
    const { problems } = JSON.parse((await site.run('config check --json')).out);
    const places = problems.map(
      ({ code, file, line, column }: { code: string; file: string; line: number; column: number }) =>
        `${path.basename(file)}:${line}:${column} ${code}`,
    );
    expect(places).toEqual([
      'parapet.yaml:2:11 E_LOG_ABSENT',
      'parapet.yaml:3:11 E_LOG_ABSENT',
      'acquis.yaml:4:1 E_UNKNOWN_KEY',
      'parapet.yaml:6:5 E_FILE_UNREADABLE',
      'parapet.yaml:7:11 E_FILE_UNREADABLE',
      'parapet.yaml:12:9 E_GEO_DATABASE',
      'parapet.yaml:14:13 E_HUB_FOLDER',
      'settings.yml:1:18 E_WRONG_TYPE',
      'sim.yaml:1:13 E_WRONG_TYPE',
    ]);
    const { out, code } = await site.run('config check parapet.yaml');
    expect(out).toContain('parapet.yaml:2:11: There is no file not-there.log (E_LOG_ABSENT). Check the path');
    expect(out).toMatch(/has 9 problems \(.*\)\.\n$/);
    expect(code).toBe(1);
  });

  it('says what is wrong with rules of the owner’s, each with its place', async () => {
    const site = newSite();
    const rule = (name: string, lines: string): string =>
      `rules:\n  - name: a/${name}\n    class: other\n    text: does things\n    in: query\n${lines}`;
    site.write('good.yaml', rule('good', "    weight: 2\n    match: 'coupon='\n"));
    site.write('slow.yaml', rule('slow', "    weight: 2\n    match: '(x+x+)+y'\n"));
    site.write('wrong.yaml', rule('wrong', "    strength: sure\n    match: 'coupon='\n"));
    site.write('parapet.yaml', 'inspection:\n  rules: [good.yaml, slow.yaml, wrong.yaml, gone]\n');
    const { out, code } = await site.run('config check --json');
    expect(code).toBe(1);
    const { problems } = JSON.parse(out) as {
      problems: readonly { code: string; file: string; line: number; column: number }[];
    };
    expect(
      problems.map((one) => `${path.basename(one.file)}:${one.line}:${one.column} ${one.code}`).toSorted(),
    ).toEqual([
      'gone:0:0 E_RULES_UNREADABLE',
      expect.stringMatching(/^slow\.yaml:7:\d+ E_/),
      expect.stringMatching(/^wrong\.yaml:6:\d+ E_RULE_VALUE$/),
    ]);
  });

  it('shows where a pattern of the perimeter is no regular expression', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'perimeter:\n  patterns:\n    - /fine/\n    - /(/\n');
    const { out } = await site.run('config check -o raw');
    expect(out).toMatch(/^.*parapet\.yaml:4:7: .*\(E_PERIMETER_PATTERN\)/);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses what is no address in an allowlist, and misspelt keys', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'allowlist:\n  - 192.0.2.300\nlosg: []\n');
    const { out, code } = await site.run('config check -o raw');
    expect(out).toContain(':2:5: ');
    expect(out).toContain("'allowlist.0': has to be an address or a range");
    expect(out).toContain(":3:1: 'losg' is no key of the configuration (E_UNKNOWN_KEY)");
    expect(code).toBe(1);
  });

  it('refuses two sites of one name: roles and what was learned belong to a site by it', async () => {
    const site = newSite();
    const named = (name: string): string => `    - { name: ${name}, hosts: [${name}.example] }\n`;
    site.write('parapet.yaml', `gateway:\n  sites:\n${named('shop')}${named('blog')}${named('shop')}`);
    const twice = await site.run('config check -o raw');
    expect(twice.out).toContain(':5:15: ');
    expect(twice.out).toContain('there are two sites shop');
    site.write('parapet.yaml', `gateway:\n  upstream: http://127.0.0.1:1\n  sites:\n${named('main')}`);
    expect((await site.run('config check -o raw')).out).toContain(
      "'main' is what the site of gateway.upstream is called: give this one another name",
    );
    site.write('parapet.yaml', `gateway:\n  sites:\n${named('main')}${named('shop')}`);
    expect((await site.run('config check -o raw')).code).toBe(0);
  });

  it('ends with 2 when the file that is named cannot be read', async () => {
    const { err, code } = await newSite().run('config check elsewhere.yaml');
    expect(err).toContain('E_CONFIG_UNREADABLE');
    expect(code).toBe(2);
  });
});

describe('config show', () => {
  it('prints YAML that means the same, with where each value comes from', async () => {
    const site = newSite();
    const text =
      'logs:\n  - file: "a: b.log"\n    type: nginx\nperimeter:\n  flood_threshold: 3\n  patterns: ["/x: #y/i"]\nsimulation: "yes"\n';
    site.write('parapet.yaml', text);
    const { out, code } = await site.run('config show');
    expect(configSchema.parse(parse(out))).toEqual(configSchema.parse(parse(text)));
    expect(out).toContain('  flood_threshold: 3 # parapet.yaml:5\n');
    expect(out).toContain('  flood_window: 3600 # default\n');
    expect(out).toContain('logs: # parapet.yaml:2\n');
    expect(code).toBe(0);
  });

  it('says of a token that it is there, and not what it is', async () => {
    const site = newSite();
    const token = 'abcdefghijklmnopqrstuvwxyz012345';
    site.write('parapet.yaml', `gateway: { health_token: ${token} }\n`);
    const { out } = await site.run('config show');
    expect(out).toContain('  health_token: <secret> # parapet.yaml:1\n');
    expect(out).not.toContain(token);
  });

  it('says when a variable decides where the data is', async () => {
    const { out } = await newSite().run('config show', { env: { PARAPET_DATA_DIR: '/srv/parapet' } });
    expect(out).toContain('data_dir: /srv/parapet # $PARAPET_DATA_DIR\n');
  });
});

describe('config schema', () => {
  it('describes every key of the configuration', async () => {
    const { out, code } = await newSite().run('config schema');
    const { properties, additionalProperties } = JSON.parse(out);
    expect(Object.keys(properties)).toEqual(Object.keys(configSchema.shape));
    expect(additionalProperties).toBe(false);
    expect(code).toBe(0);
  });
});
