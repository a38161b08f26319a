// Debian's CrowdSec 1.4.6 with a bouncer, a machine, decisions and a parser of its own, taken over: the bouncer's key,
// the machine's credentials file and cscli go on as they are.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPrograms, newFolder, startProgram, until, type Program } from '../gateway/programs.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const hasCrowdsec = hasPrograms('crowdsec', 'cscli') && fs.existsSync('/usr/share/crowdsec/hub/.index.json');
const absent = !isBuilt ? SKIPPED : hasCrowdsec ? '' : ': crowdsec is not installed (apt install crowdsec)';
const KEY = 'the-key-that-the-bouncer-has';

describe.skipIf(absent !== '')(`a CrowdSec that is taken over${absent}`, { timeout: 240_000 }, () => {
  const { folder, remove } = newFolder();
  const theirs = path.join(folder, 'crowdsec');
  const ours = path.join(folder, 'parapet');
  const config = path.join(theirs, 'config.yaml');
  let url = '';
  let engine: Program | undefined;

  const cscli = (...args: readonly string[]): string => {
    const { stdout, stderr } = spawnSync('cscli', ['-c', config, ...args], { encoding: 'utf8' });
    return stdout + stderr;
  };
  const parapet = (...args: readonly string[]): string => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [PARAPET, ...args], {
      encoding: 'utf8',
      cwd: ours,
    });
    if (status === 2) throw new Error(stderr);
    return stdout;
  };

  beforeAll(async () => {
    const make = path.resolve(import.meta.dirname, '../../../../bench/crowdsec.mjs');
    const made = spawnSync(process.execPath, [make, theirs], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    url = /url: (\S+)/.exec(fs.readFileSync(path.join(theirs, 'local_api_credentials.yaml'), 'utf8'))![1]!;
    fs.mkdirSync(ours);
    fs.writeFileSync(path.join(folder, 'access.log'), '');
    fs.writeFileSync(
      path.join(theirs, 'acquis.yaml'),
      `# the site\nfilenames: [${folder}/access.log]\nlabels: {type: nginx}\n---\nsource: docker\ncontainer_name: [web]\nlabels: {type: nginx}\n`,
    );
    fs.writeFileSync(
      path.join(theirs, 'parsers/s02-enrich/office.yaml'),
      'name: mine/office\ndescription: our office\nwhitelist:\n  reason: our office\n  ip: [198.51.100.7]\n',
    );
    cscli('bouncers', 'add', 'firewall', '-k', KEY);
    const lapi = startProgram('crowdsec', ['-c', config, '-no-cs']);
    await until(
      () => cscli('lapi', 'status').includes('successfully interact'),
      () => lapi.text(),
      90_000,
    );
    cscli('decisions', 'add', '-i', '203.0.113.7', '-d', '24h', '-R', 'by hand');
    cscli('decisions', 'add', '-r', '203.0.113.128/25', '-d', '24h', '-t', 'captcha');
    cscli('decisions', 'add', '-i', '203.0.113.9', '-d', '24h');
    cscli('decisions', 'delete', '-i', '203.0.113.9');
    await lapi.stop();
  }, 180_000);
  afterAll(async () => {
    await engine?.stop();
    remove();
  });

  it('is listed before anything is written', () => {
    const listed = parapet('init', '--from-crowdsec', theirs, '--dry-run');
    expect(listed).toContain('1 bouncer (their keys go on working): firewall');
    expect(listed).toContain('source 2 of');
    expect(fs.readdirSync(ours)).toEqual([]);
  });

  it('is there afterwards: sources, items, clients and decisions', () => {
    const { taken, left } = JSON.parse(parapet('init', '--from-crowdsec', theirs, '-o', 'json')) as {
      taken: { what: string; count: number }[];
      left: { what: string; why: string }[];
    };
    const counts = new Map(taken.map(({ what, count }) => [what, count]));
    expect(counts).toEqual(
      new Map([
        ...([
          ['sources', 1],
          ['profiles', 1],
          ['local API', 1],
          ['bouncers', 1],
          ['machines', 1],
        ] as const),
        ...([
          ['decisions', 2],
          ['simulation', 1],
          ['hub items', expect.any(Number)],
          ['own items', 1],
        ] as const),
      ]),
    );
    expect(left.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('source 2 of'),
        expect.stringContaining('alerts of the past'),
      ]),
    );
    expect(JSON.parse(parapet('hub', 'list', '-o', 'json'))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'crowdsecurity/nginx', state: 'up to date' }),
        expect.objectContaining({ name: 'office', state: 'local' }),
      ]),
    );
    expect(parapet('config', 'check')).not.toContain('error');
    const again = spawnSync(process.execPath, [PARAPET, 'init', '--from-crowdsec', theirs], {
      encoding: 'utf8',
      cwd: ours,
    });
    expect([again.status, again.stderr.includes('E_INIT_EXISTS')]).toEqual([2, true]);
  });

  it('is not missed by its bouncer, its agent and cscli', async () => {
    engine = startProgram(process.execPath, [PARAPET, 'up', '--config', path.join(ours, 'parapet.yaml')], {
      cwd: ours,
    });
    await engine.says('The local API is at');
    const answer = await fetch(`${url}/v1/decisions/stream?startup=true`, { headers: { 'x-api-key': KEY } });
    expect(answer.status).toBe(200);
    const told = (await answer.json()) as { new: { value: string; type: string; origin: string }[] };
    expect(told.new.map(({ value, type, origin }) => [value, type, origin])).toEqual([
      ['203.0.113.7', 'ban', 'cscli'],
      ['203.0.113.128/25', 'captcha', 'cscli'],
    ]);
    expect(cscli('lapi', 'status')).toContain('successfully interact');
    expect(cscli('decisions', 'list')).toContain('Ip:203.0.113.7');
    expect(cscli('decisions', 'delete', '-i', '203.0.113.7')).toContain('1 decision(s) deleted');
  });
});
