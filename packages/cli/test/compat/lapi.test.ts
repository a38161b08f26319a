// Debian's CrowdSec 1.4.6 with our local API in the place of its own: its agent sends alerts, cscli looks and lifts,
// its bouncers fetch what was decided.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  freePort,
  hasPrograms,
  isRoot,
  newFolder,
  startProgram,
  until,
  type Program,
} from '../gateway/programs.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const hasCrowdsec = hasPrograms('crowdsec', 'cscli') && fs.existsSync('/usr/share/crowdsec/hub/.index.json');
const absent = !isBuilt ? SKIPPED : hasCrowdsec ? '' : ': crowdsec is not installed (apt install crowdsec)';

describe.skipIf(absent !== '')(
  `programs of CrowdSec with our local API${absent}`,
  { timeout: 240_000 },
  () => {
    const { folder, remove } = newFolder();
    const dataDir = path.join(folder, 'data');
    let engine: Program | undefined;
    let url = '';
    let key = '';
    let config = '';

    const parapet = (...args: readonly string[]): string => {
      const all = [PARAPET, ...args, '--data-dir', dataDir];
      const { stdout, stderr, status } = spawnSync(process.execPath, all, { encoding: 'utf8' });
      if (status === 2) throw new Error(stderr);
      return stdout;
    };
    const cscli = (...args: readonly string[]): string => {
      const { stdout, stderr } = spawnSync('cscli', ['-c', config, ...args], { encoding: 'utf8' });
      return stdout + stderr;
    };
    const decided = (): readonly string[] =>
      (JSON.parse(parapet('decisions', 'list', '--json')) as { value: string }[]).map(({ value }) => value);

    beforeAll(async () => {
      const make = path.resolve(import.meta.dirname, '../../../../bench/crowdsec.mjs');
      const made = spawnSync(process.execPath, [make, path.join(folder, 'crowdsec')], { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(made.stderr);
      config = path.join(folder, 'crowdsec/config.yaml');
      const port = await freePort();
      url = `http://127.0.0.1:${port}/`;
      fs.writeFileSync(
        path.join(folder, 'parapet.yaml'),
        `lapi: { listen: ['127.0.0.1:${port}', 'unix:${folder}/lapi.sock'] }\n`,
      );
      const credentials = parapet('machines', 'add', 'web1', '--url', url);
      fs.writeFileSync(path.join(folder, 'crowdsec/local_api_credentials.yaml'), credentials);
      key = parapet('bouncers', 'add', 'bouncers', '-o', 'raw').trim();
      engine = startProgram(process.execPath, [
        ...[PARAPET, 'up', '--config', path.join(folder, 'parapet.yaml'), '--data-dir', dataDir],
      ]);
      await engine.says('The local API is at');
    }, 120_000);
    afterAll(async () => {
      await engine?.stop();
      remove();
    });

    it('an agent logs in, follows a log, and its alerts become our decisions', async () => {
      const log = path.join(folder, 'access.log');
      fs.writeFileSync(log, '');
      fs.writeFileSync(
        path.join(folder, 'crowdsec/acquis.yaml'),
        `filenames: [${log}]\nforce_inotify: true\nlabels: {type: nginx}\n`,
      );
      const agent = startProgram('crowdsec', ['-c', config, '-no-api']);
      onTestFinished(() => agent.stop());
      await until(
        () => agent.text().includes('Starting processing data'),
        () => agent.text(),
        90_000,
      );
      const at = new Date().toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4 +0000');
      // Where it begins to read depends on when it looks; a probe sends more than it needs to.
      await until(
        () => {
          for (let i = 0; i < 15; i++) {
            const name = Math.random().toString(36).slice(2);
            const line = `198.51.100.23 - - [${at}] "GET /${name}.php HTTP/1.1" 404 153 "-" "Mozilla/5.0" "-"\n`;
            fs.appendFileSync(log, line);
          }
          return decided().includes('198.51.100.23');
        },
        () => `${agent.text()}\n${engine?.text()}`,
        90_000,
      );
      const machine = (): { scenarios: string[]; pushedAt?: string } | undefined =>
        (
          JSON.parse(parapet('machines', 'list', '--json')) as { scenarios: string[]; pushedAt?: string }[]
        )[0];
      // What is known of clients is written every few seconds.
      await until(
        () => machine()?.pushedAt !== undefined,
        () => JSON.stringify(machine()),
      );
      expect(machine()?.scenarios).toContain('crowdsecurity/http-probing');
      expect(parapet('alerts', 'list')).toContain('crowdsecurity/http-probing');
    });

    it('cscli adds, lists and deletes decisions and alerts', async () => {
      expect(cscli('decisions', 'add', '-i', '203.0.113.7', '-d', '2h', '-R', 'by cscli')).toContain(
        'successfully added',
      );
      expect(cscli('decisions', 'add', '-r', '203.0.113.128/25', '-t', 'captcha')).toContain(
        'successfully added',
      );
      expect(decided()).toEqual(expect.arrayContaining(['203.0.113.7', '203.0.113.128/25']));
      parapet('decisions', 'add', '--ip', '203.0.113.9', '--duration', '1h', '--reason', 'by hand');
      const listed = cscli('decisions', 'list');
      for (const value of ['Ip:203.0.113.7', 'Range:203.0.113.128/25', 'Ip:203.0.113.9'])
        expect(listed).toContain(value);
      const number = /\|\s*(\d+)\s*\|\s*Ip:203\.0\.113\.7/.exec(cscli('alerts', 'list'))?.[1] ?? '';
      expect(cscli('alerts', 'inspect', number)).toContain('by cscli');
      expect(cscli('decisions', 'delete', '-i', '203.0.113.7')).toContain('1 decision(s) deleted');
      expect(decided()).not.toContain('203.0.113.7');
      expect(cscli('alerts', 'delete', '-r', '203.0.113.128/25')).toContain('1 alert(s) deleted');
      expect(decided()).not.toContain('203.0.113.128/25');
      expect(cscli('alerts', 'list')).not.toContain('203.0.113.128/25');
    });

    const hasCustom = hasPrograms('crowdsec-custom-bouncer');
    it.skipIf(!hasCustom)('crowdsec-custom-bouncer is told what is in force, then what changes', async () => {
      const got = path.join(folder, 'custom.txt');
      const script = path.join(folder, 'custom.sh');
      fs.writeFileSync(script, `#!/bin/sh\necho "$1 $2" >> ${got}\n`, { mode: 0o755 });
      fs.writeFileSync(got, '');
      fs.writeFileSync(
        path.join(folder, 'custom.yaml'),
        `bin_path: ${script}\npiddir: ${folder}/\nupdate_frequency: 1s\ndaemonize: false\nlog_mode: stdout\nlog_level: info\napi_url: ${url}\napi_key: ${key}\ncache_retention_duration: 1s\nprometheus: {enabled: false}\n`,
      );
      parapet('decisions', 'add', '--ip', '203.0.113.20', '--duration', '1h');
      const bouncer = startProgram('crowdsec-custom-bouncer', ['-c', path.join(folder, 'custom.yaml')]);
      onTestFinished(() => bouncer.stop());
      const says = (line: string): Promise<void> =>
        until(
          () => fs.readFileSync(got, 'utf8').includes(`${line}\n`),
          () => `${line}: ${fs.readFileSync(got, 'utf8')}\n${bouncer.text()}`,
        );
      await says('add 203.0.113.20');
      parapet('decisions', 'add', '--ip', '203.0.113.21', '--duration', '1h');
      await says('add 203.0.113.21');
      parapet('unban', '203.0.113.20');
      await says('del 203.0.113.20');
      expect(fs.readFileSync(got, 'utf8')).not.toContain('del 203.0.113.21');
    });

    const hasFirewall = isRoot && hasPrograms('crowdsec-firewall-bouncer', 'nft', 'ip') && canUnshare();
    it.skipIf(!hasFirewall)(
      'crowdsec-firewall-bouncer fills a set of the firewall, and empties it',
      async () => {
        const space = `parapet-${process.pid}`;
        const bridge = await bridgeInto(space, path.join(folder, 'lapi.sock'));
        onTestFinished(bridge.close);
        fs.writeFileSync(
          path.join(folder, 'firewall.yaml'),
          `mode: nftables\npid_dir: ${folder}/\nupdate_frequency: 1s\ndaemonize: false\nlog_mode: stdout\nlog_level: info\napi_url: ${bridge.url}\napi_key: ${key}\ndeny_action: DROP\nsupported_decisions_types: [ban]\nblacklists_ipv4: bl4\nblacklists_ipv6: bl6\nnftables:\n  ipv4: {enabled: true, set-only: false, table: crowdsec, chain: crowdsec-chain}\n  ipv6: {enabled: true, set-only: false, table: crowdsec6, chain: crowdsec6-chain}\nprometheus: {enabled: false}\n`,
        );
        parapet('decisions', 'add', '--ip', '203.0.113.30', '--duration', '1h');
        parapet('decisions', 'add', '--ip', '2001:db8::30', '--duration', '1h');
        const file = path.join(folder, 'firewall.yaml');
        const bouncer = startProgram('ip', ['netns', 'exec', space, 'crowdsec-firewall-bouncer', '-c', file]);
        onTestFinished(() => bouncer.stop());
        const sets = (): string =>
          spawnSync('ip', ['netns', 'exec', space, 'nft', 'list', 'ruleset'], { encoding: 'utf8' }).stdout;
        const complaint = (): string => `${sets()}\n${bouncer.text()}`;
        await until(() => sets().includes('203.0.113.30') && sets().includes('2001:db8::30'), complaint);
        parapet('unban', '203.0.113.30');
        await until(() => !sets().includes('203.0.113.30'), complaint);
        expect(sets()).toContain('2001:db8::30');
      },
    );
  },
);

function canUnshare(): boolean {
  const name = `parapet-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]).status === 0;
  if (made) spawnSync('ip', ['netns', 'del', name]);
  return made;
}

/**
 * A network namespace, so that the firewall of this machine is never touched. Nothing of the network leads into it, yet
 * files do: a program inside takes connections on its loopback and passes them to the API's Unix socket.
 */
async function bridgeInto(
  space: string,
  socket: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const made = spawnSync('ip', ['netns', 'add', space], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  spawnSync('ip', ['-n', space, 'link', 'set', 'lo', 'up']);
  const program = `const net = require('node:net');
    net.createServer((a) => {
      const b = net.connect(${JSON.stringify(socket)});
      a.pipe(b).pipe(a);
      a.on('error', () => b.destroy());
      b.on('error', () => a.destroy());
    }).listen(8090, '127.0.0.1', () => console.log('ready'));`;
  const bridge = startProgram('ip', ['netns', 'exec', space, process.execPath, '-e', program]);
  await bridge.says('ready');
  return {
    url: 'http://127.0.0.1:8090/',
    close: async () => {
      await bridge.stop();
      spawnSync('ip', ['netns', 'del', space]);
    },
  };
}
