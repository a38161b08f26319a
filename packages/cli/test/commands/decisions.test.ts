import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newSite, NOON, sampleDecision } from './run.ts';

const LONG = { scope: 'user', value: 'mallory' };

describe('decisions add', () => {
  it('stores a ban and says until when and how to undo it', async () => {
    const site = newSite();
    const { out, code } = await site.run(
      'decisions add --ip 192.0.2.7 --duration 1d12h --reason "spams the form"',
    );
    expect(code).toBe(0);
    expect(out).toBe(
      '192.0.2.7: ban for 36h 00m, until 2026-03-03 00:00:00 (#1).\n' +
        'No engine is running here: it counts from the next `parapet up` on. To undo: parapet unban 192.0.2.7\n',
    );
    const [stored] = await site.withStore((store) => store.listDecisions({}));
    expect(stored).toMatchObject({
      target: { scope: 'ip', value: '192.0.2.7' },
      remediation: 'ban',
      startAt: NOON,
      expiresAt: new Date('2026-03-03T00:00:00Z'),
      scenario: 'spams the form',
      origin: 'operator',
      mode: 'live',
    });
  });

  it('uses the store that the configuration in this folder names, as `up` does', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'data_dir: elsewhere\n');
    await site.run('decisions add --ip 192.0.2.7');
    expect(fs.existsSync(path.join(site.folder, '.parapet'))).toBe(false);
    expect((await site.run('decisions list --config parapet.yaml')).out).toContain('192.0.2.7');
    expect((await site.run('decisions list --data-dir .parapet')).err).toContain('E_STORE_ABSENT');
  });

  it('is seen by a running engine, which it names', async () => {
    const site = newSite();
    await site.withStore(async (engine) => {
      const { token } = await engine.changesSince(0);
      const { out } = await site.run('decisions add --range 198.51.100.7/24 --type captcha');
      expect(out).toContain(`The engine (process ${process.pid}) acts on it within a second.`);
      const { started } = await engine.changesSince(token, { foreignOnly: true });
      expect(started.map(({ target, remediation }) => [target.value, remediation])).toEqual([
        ['198.51.100.0/24', 'captcha'],
      ]);
    }, 'engine');
  });

  it.each([
    ['--ip 10.0.0.1', 'no address of the Internet'],
    ['--ip ::1', 'no address of the Internet'],
    ['--range 8.0.0.0/5', 'no address of the Internet'],
    ['--range 16.0.0.0/7', 'millions of visitors'],
    ['--ip 203.0.113.250', 'an address of this machine'],
    ['--range 203.0.113.0/24', 'an address of this machine'],
    ['--ip 198.51.100.9', 'would lock you out'],
  ])('refuses %s, because it is %s, unless forced', async (option, reason) => {
    const site = newSite();
    const env = { SSH_CLIENT: '198.51.100.9 50000 22' };
    const refused = await site.run(`decisions add ${option}`, { env });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(reason);
    expect(fs.existsSync(path.join(site.folder, '.parapet'))).toBe(false);
    expect((await site.run(`decisions add ${option} --force`, { env })).code).toBe(0);
  });

  it('refuses what is allowlisted, and says how to go on', async () => {
    const site = newSite();
    await site.run('allowlist add 192.0.2.0/24 --list office --comment "our office"');
    const { err, code } = await site.run('decisions add --ip 192.0.2.7 --force');
    expect(code).toBe(2);
    expect(err).toContain('192.0.2.7 is on the allowlist office through 192.0.2.0/24 (our office)');
    expect(err).toContain('parapet allowlist remove 192.0.2.0/24 --list office');
    expect((await site.run('decisions list --all')).code).toBe(1);
  });

  it.each([
    ['', 'E_CLI_TARGET'],
    ['--ip 192.0.2.300', 'E_CLI_TARGET'],
    ['--ip 192.0.2.1/24', 'E_CLI_TARGET'],
    ['--ip 192.0.2.1 --range 192.0.2.0/24', 'E_CLI_TARGET'],
    ['--ip 192.0.2.1 --duration soon', 'E_CLI_PERIOD'],
    ['--ip 192.0.2.1 --duration -4h', 'E_CLI_PERIOD'],
    ['--scope country --value France', 'E_CLI_TARGET'],
  ])('answers wrong usage (%s) with %s and exit code 2', async (options, errorCode) => {
    const { err, code } = await newSite().run(`decisions add ${options}`);
    expect(err).toContain(errorCode);
    expect(code).toBe(2);
  });
});

describe('decisions list', () => {
  it('shows a table to people, cut to their window', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions([
        sampleDecision('d1', '192.0.2.7'),
        sampleDecision('d2', 'FR', { target: { scope: 'country', value: 'FR' }, mode: 'simulated' }),
      ]),
    );
    const piped = await site.run('decisions list');
    expect(piped.out.split('\n').map((line) => line.trimEnd())).toEqual([
      '#  on          does             ends       because of         made by   since',
      expect.stringMatching(/^─+ /),
      '1  192.0.2.7   ban              in 4h 00m  parapet/drupal-bf  crowdsec  2026-03-01 12:00:00',
      '2  country FR  ban (simulated)  in 4h 00m  parapet/drupal-bf  crowdsec  2026-03-01 12:00:00',
      '',
    ]);
    const seen = await site.run('decisions list', { isTerminal: true });
    for (const line of seen.out.split('\n'))
      expect(line.replace(/\u001B\[\d+m/g, '').length).toBeLessThanOrEqual(80);
    expect(seen.out).toContain('\u001B[');
  });

  it('gives programs JSON and scripts one line each', async () => {
    const site = newSite();
    await site.withStore((store) => store.addDecisions([sampleDecision('d1', '192.0.2.7')]));
    const expected = {
      number: 1,
      id: 'd1',
      scope: 'ip',
      value: '192.0.2.7',
      type: 'ban',
      duration: '4h0m0s',
      scenario: 'parapet/drupal-bf',
      origin: 'crowdsec',
      startAt: '2026-03-01T12:00:00.000Z',
      expiresAt: '2026-03-01T16:00:00.000Z',
      simulated: false,
    };
    expect(JSON.parse((await site.run('decisions list --json')).out)).toEqual([expected]);
    expect(JSON.parse((await site.run('decisions list -o json')).out)).toEqual([expected]);
    expect((await site.run('decisions list -o raw')).out).toBe(
      '1\tip\t192.0.2.7\tban\t4h0m0s\tcrowdsec\tparapet/drupal-bf\td1\n',
    );
  });

  it('finds by address, by range and around an address; exit code 1 when there is nothing', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions([
        sampleDecision('d1', '192.0.2.7'),
        sampleDecision('d2', '192.0.2.0/28'),
        sampleDecision('d3', '198.51.100.1'),
      ]),
    );
    const values = async (options: string): Promise<string[]> =>
      (await site.run(`decisions list -o raw ${options}`)).out
        .split('\n')
        .flatMap((line) => line.split('\t')[2] ?? []);
    expect(await values('--ip 192.0.2.7')).toEqual(['192.0.2.7']);
    expect(await values('--ip 192.0.2.7 --contains')).toEqual(['192.0.2.7', '192.0.2.0/28']);
    expect(await values('--range 192.0.2.0/24')).toEqual(['192.0.2.7', '192.0.2.0/28']);
    expect(await values('--scope Range')).toEqual(['192.0.2.0/28']);
    expect(await values('--limit 1')).toEqual(['198.51.100.1']);
    expect((await site.run('decisions list --ip 203.0.113.1')).code).toBe(1);
  });

  it('says where it looked when there is no store', async () => {
    const { err, code } = await newSite().run('decisions list --data-dir elsewhere');
    expect(code).toBe(2);
    expect(err).toMatch(/There is no store here: .*elsewhere \(E_STORE_ABSENT\)\n.*--data-dir/);
  });

  it('takes the data directory from the environment', async () => {
    const site = newSite();
    await site.run('decisions add --ip 192.0.2.7 --data-dir here');
    expect((await site.run('decisions list', { env: { PARAPET_DATA_DIR: 'here' } })).code).toBe(0);
  });
});

describe('decisions delete', () => {
  it('ends decisions by number and by filter, and keeps them as history', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip, i) => sampleDecision(`d${i}`, ip))),
    );
    const { out, code } = await site.run('decisions delete 1 --ip 192.0.2.2 --reason mistake');
    expect(code).toBe(0);
    expect(out).toContain('2 ended.');
    const all = await site.withStore((store) => store.listDecisions({}));
    expect(all.map(({ lift }) => lift?.reason)).toEqual(['mistake', 'mistake', undefined]);
    expect(all[0]?.lift?.by).toBe('anna');
    expect((await site.run('decisions delete 1')).code).toBe(1);
    expect((await site.run('decisions delete')).code).toBe(2);
    expect((await site.run('decisions delete last')).code).toBe(2);
  });

  it('ends a long list at once and shows its beginning', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions(
        Array.from({ length: 130_000 }, (_, i) =>
          sampleDecision(`d${i}`, 'x', { target: LONG, scenario: 'long' }),
        ),
      ),
    );
    const { out, code } = await site.run('decisions delete --scenario long');
    expect(code).toBe(0);
    expect(out.split('\n').slice(-3)).toEqual(['… and 129950 more.', '130000 ended.', '']);
  });
});

describe('decisions import', () => {
  it('reads a plain list with comments, and names each wrong line', async () => {
    const site = newSite();
    site.write(
      'drop.txt',
      '; a list\n192.0.2.7\n192.0.2.300 # what\n198.51.100.0/24 ; SBL1\r\n\n10.0.0.1\n2001:DB8::1\n',
    );
    const { out, err, code } = await site.run('decisions import drop.txt --duration 36h');
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      'drop.txt:3: 192.0.2.300 is no address',
      expect.stringContaining('drop.txt:6: 10.0.0.1 is no address of the Internet'),
      '',
    ]);
    expect(out).toContain('5 entries read: 3 added, 2 with errors left out.\n');
    const stored = await site.withStore((store) => store.listDecisions({}));
    expect(
      stored.map(({ target, scenario, origin, expiresAt }) => [target, scenario, origin, expiresAt]),
    ).toEqual(
      [
        { scope: 'ip', value: '192.0.2.7' },
        { scope: 'range', value: '198.51.100.0/24' },
        { scope: 'ip', value: '2001:db8::1' },
      ].map((target) => [target, 'drop.txt', 'list', new Date('2026-03-03T00:00:00Z')]),
    );
  });

  it("reads CrowdSec's CSV, JSON, alerts and stream", async () => {
    const site = newSite();
    site.write(
      'a.csv',
      'duration,scope,value,reason,type\n24h,Ip,192.0.2.1,"a, b",captcha\n,range,198.51.100.0/24,,\n',
    );
    site.write(
      'raw.txt',
      'id,source,ip,reason,action,country,as,events_count,expiration,simulated,alert_id\n7,crowdsec,Ip:192.0.2.2,crowdsecurity/ssh-bf,ban,FR,64500 X,6,3h2m1.5s,false,4\n',
    );
    site.write('b.json', '[{"duration": "4h", "scope": "ip", "type": "ban", "value": "192.0.2.3"}]');
    site.write(
      'alerts.json',
      JSON.stringify([
        {
          id: 1,
          decisions: [{ duration: '-5m', scope: 'Ip', value: '192.0.2.9', type: 'ban', scenario: 'x' }],
        },
        {
          id: 2,
          decisions: [{ duration: '1h', scope: 'Ip', value: '192.0.2.4', type: 'ban', scenario: 'x' }],
        },
      ]),
    );
    site.write(
      'stream.json',
      '{"new":[{"duration":"1h","scope":"Ip","value":"192.0.2.5","type":"ban"}],"deleted":null}',
    );
    for (const file of ['a.csv', 'raw.txt', 'b.json', 'alerts.json', 'stream.json']) {
      expect(await site.run(`decisions import ${file}`)).toMatchObject({ code: 0, err: '' });
    }
    const stored = await site.withStore((store) => store.listDecisions({}));
    expect(
      stored.map(({ target, remediation, scenario, expiresAt }) =>
        [target.value, remediation, scenario, (expiresAt.getTime() - NOON.getTime()) / 1000].join(' | '),
      ),
    ).toEqual([
      '192.0.2.1 | captcha | a, b | 86400',
      '198.51.100.0/24 | ban | a.csv | 86400',
      '192.0.2.2 | ban | crowdsecurity/ssh-bf | 10921.5',
      '192.0.2.3 | ban | b.json | 14400',
      '192.0.2.4 | ban | x | 3600',
      '192.0.2.5 | ban | stream.json | 3600',
    ]);
  });

  it('reads what export writes, in every format', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions([
        sampleDecision('d1', '192.0.2.7', { scenario: 'with "quotes", and commas' }),
        sampleDecision('d2', '2001:db8::/48', { remediation: 'captcha' }),
        sampleDecision('d3', '192.0.2.8', { expiresAt: NOON }),
      ]),
    );
    for (const format of ['csv', 'json', 'plain']) {
      const list = await site.run(`decisions export --format ${format}`);
      expect(list.code).toBe(0);
      const imported = await site.run(`decisions import - --data-dir ${format} --duration 4h`, {
        stdin: list.out,
      });
      expect(imported).toMatchObject({ code: 0, err: '' });
      const again = JSON.parse((await site.run(`decisions list --json --data-dir ${format}`)).out);
      expect(again).toMatchObject([
        {
          value: '192.0.2.7',
          duration: '4h0m0s',
          ...(format === 'plain' ? {} : { scenario: 'with "quotes", and commas' }),
        },
        { value: '2001:db8::/48', scope: 'range', type: format === 'plain' ? 'ban' : 'captcha' },
      ]);
    }
  });

  it('replaces an earlier import of the same name and leaves others alone', async () => {
    const site = newSite();
    await site.run('decisions import - --name drop', { stdin: '192.0.2.1\n192.0.2.2\n' });
    await site.run('decisions import - --name other', { stdin: '192.0.2.3\n' });
    const { out } = await site.run('decisions import - --name drop --replace', {
      stdin: '192.0.2.2\n192.0.2.4\n',
    });
    expect(out).toContain('2 of earlier imports ended');
    const active = await site.withStore((store) => store.listDecisions({ activeAt: NOON }));
    expect(active.map(({ target }) => target.value)).toEqual(['192.0.2.3', '192.0.2.2', '192.0.2.4']);
  });

  it('leaves allowlisted values out and counts them', async () => {
    const site = newSite();
    await site.run('allowlist add 192.0.2.1');
    const { out, code } = await site.run('decisions import - --json', { stdin: '192.0.2.1\n192.0.2.2\n' });
    expect(JSON.parse(out)).toMatchObject({ lines: 2, added: 1, allowlisted: 1, errors: 0 });
    expect(code).toBe(0);
  });

  it('checks without adding, and reads compressed lists', async () => {
    const site = newSite();
    site.write(
      'list.txt.gz',
      gzipSync(Array.from({ length: 5000 }, (_, i) => `198.18.${i >> 8}.${i & 255}\n`).join('')),
    );
    const checked = await site.run('decisions import list.txt.gz --dry-run');
    expect(checked).toMatchObject({ out: '5000 entries read: 5000 could be added.\n', code: 0 });
    expect((await site.run('decisions list')).code).toBe(2);
    await site.run('decisions import list.txt.gz');
    expect(await site.withStore((store) => store.countDecisions({ activeAt: NOON }))).toBe(5000);
  });

  it('says what is wrong with a file it cannot read', async () => {
    const site = newSite();
    site.write('broken.csv', 'address;country\n192.0.2.1;FR\n');
    site.write('cut.txt.gz', gzipSync('192.0.2.1\n'.repeat(100)).subarray(0, 20));
    expect(await site.run('decisions import none.txt')).toMatchObject({
      code: 2,
      err: expect.stringContaining('none.txt cannot be read'),
    });
    expect((await site.run('decisions import none.txt.gz')).code).toBe(2);
    expect((await site.run('decisions import cut.txt.gz')).code).toBe(2);
    expect(await site.run('decisions import broken.csv')).toMatchObject({
      code: 1,
      err: expect.stringContaining('broken.csv:1: the heading has no column "value"'),
    });
  });

  it('shows progress to a terminal only', async () => {
    const site = newSite();
    const seen = await site.run('decisions import -', { stdin: '192.0.2.1\n', isTerminal: true });
    expect(seen.err).toContain('1 lines read, 1 added');
  });
});

describe('decisions export', () => {
  it('writes a file in the format of its name', async () => {
    const site = newSite();
    await site.run('decisions add --ip 192.0.2.7');
    const { err, out } = await site.run('decisions export bans.txt');
    expect([out, err]).toEqual(['', '1 decisions written to bans.txt.\n']);
    expect(fs.readFileSync(path.join(site.folder, 'bans.txt'), 'utf8')).toBe('192.0.2.7\n');
    expect((await site.run('decisions export no/such/dir.csv')).code).toBe(2);
  });

  it('writes thousands, page by page, as valid JSON', async () => {
    const site = newSite();
    await site.withStore((store) =>
      store.addDecisions(
        Array.from({ length: 2500 }, (_, i) => sampleDecision(`d${i}`, `198.18.${i >> 8}.${i & 255}`)),
      ),
    );
    const { out } = await site.run('decisions export --json');
    expect(JSON.parse(out)).toHaveLength(2500);
  });
});

it.each(['decisions list', 'decisions add', 'decisions import', 'unban', 'alerts show', 'allowlist add'])(
  '%s --help shows an example',
  async (verb) => {
    const { out, code } = await newSite().run(`${verb} --help`);
    expect(out).toMatch(/Examples:\n {2}parapet /);
    expect(code).toBe(0);
  },
);
