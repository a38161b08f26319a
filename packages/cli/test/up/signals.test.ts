// What applications tell a running engine, over every way in, as senders see it: the built program, in processes of its
// own, which are killed.

import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  freePort,
  hasPrograms,
  newFolder,
  processTree,
  startProgram,
  until,
  type Program,
} from '../gateway/programs.ts';
import { isBuilt, SKIPPED } from '../gateway/stack.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const LIMIT_MS = 120_000;

interface Site {
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  start: (env?: Readonly<Record<string, string>>) => Promise<Program>;
  parapet: (...args: readonly string[]) => string;
  post: (records: readonly object[]) => Promise<{ readonly status: number; readonly body: any }>; // eslint-disable-line -- what a test looks into
  get: (target: string) => Promise<any>; // eslint-disable-line -- the same
}

async function newSite(signals: string): Promise<Site> {
  const { folder, remove } = newFolder();
  const port = await freePort();
  const config = path.join(folder, 'parapet.yaml');
  fs.writeFileSync(
    config,
    `api: { listen: ['${port}', 'unix:${folder}/api.sock'] }\nsignals: { ${signals.replaceAll('FOLDER', folder)} }\n`,
  );
  const programs: Program[] = [];
  onTestFinished(async () => {
    for (const one of programs) await one.stop();
    remove();
  });
  const dataDir = path.join(folder, 'data');
  const parapet = (...args: readonly string[]): string => {
    const all = [PARAPET, ...args, '--data-dir', dataDir];
    const { stdout, stderr, status } = spawnSync(process.execPath, all, { encoding: 'utf8' });
    if (status === 2) throw new Error(stderr);
    return stdout;
  };
  const token = parapet('tokens', 'add', 'test', '--scope', 'all', '-o', 'raw').trim();
  const url = `http://127.0.0.1:${port}/api/v1`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    ...{ folder, url, token, parapet },
    start: async (env = {}) => {
      const args = [PARAPET, 'engine', '--config', config, '--data-dir', dataDir];
      const engine = startProgram(process.execPath, args, { env: { ...process.env, ...env } });
      programs.push(engine);
      await Promise.race([
        engine.says('The API is at'),
        engine.ended.then(() => {
          throw new Error(engine.text());
        }),
      ]);
      return engine;
    },
    post: async (records) => {
      const answer = await fetch(`${url}/signals`, {
        method: 'POST',
        headers,
        body: JSON.stringify(records),
      });
      return { status: answer.status, body: await answer.json() };
    },
    get: async (target) => (await fetch(url + target, { headers })).json(),
  };
}

const failedLogin = (id: string, ip: string, atMs = Date.now()): object => ({
  ...{ id, type: 'login.failed', site: 'www.example.org', ip },
  time: new Date(atMs).toISOString(),
});

describe.skipIf(!isBuilt)(`signals${isBuilt ? '' : SKIPPED}`, { timeout: LIMIT_MS }, () => {
  it('make alerts and decisions, and the API shows, makes and lifts them', async () => {
    const site = await newSite('');
    await site.start();
    const records = Array.from({ length: 7 }, (_, i) => failedLogin(`a${i}`, '203.0.113.5'));
    expect(await site.post(records)).toEqual({
      status: 202,
      body: { accepted: 7, duplicates: 0, refused: [] },
    });
    const decided = async (): Promise<readonly string[]> =>
      (await site.get('/decisions')).items.map((one: { value: string }) => one.value);
    await until(
      async () => (await decided()).includes('203.0.113.5'),
      () => 'a decision',
    );
    const [alert] = (await site.get('/alerts?ip=203.0.113.5')).items;
    expect(alert.scenario).toBe('parapet/signal-login-bf');
    const status = await site.get('/status');
    expect(status).toMatchObject({ state: 'ok', signals: { accepted: 7 }, threat: { alertsLastHour: 1 } });
    const made = await fetch(`${site.url}/decisions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${site.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ value: '198.51.100.66', duration: '1h' }),
    });
    expect(made.status).toBe(201);
    expect(await decided()).toContain('198.51.100.66');
    await fetch(`${site.url}/decisions?value=203.0.113.5`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${site.token}` },
    });
    expect(await decided()).not.toContain('203.0.113.5');
    expect(fs.readFileSync(path.join(site.folder, 'data/parapet.db')).includes(site.token)).toBe(false);
    site.parapet('tokens', 'delete', 'test');
    await until(
      async () =>
        (await fetch(`${site.url}/status`, { headers: { authorization: `Bearer ${site.token}` } })).status ===
        401,
      () => 'the end of the token',
    );
  });

  it('that were acknowledged survive kill -9, and count once', async () => {
    const site = await newSite('');
    let sent = 0;
    const acknowledged = new Set<string>();
    for (let life = 0; life < 4; life++) {
      const engine = await site.start();
      const isOver = engine.ended;
      let isCounting = false;
      for (;;) {
        // Six of each address: one more that was counted twice would be an alert.
        const batch = Array.from({ length: 6 }, (_, i) =>
          failedLogin(`k${sent}-${i}`, `198.18.${Math.floor(sent / 200)}.${(sent % 200) + 1}`),
        );
        try {
          const { status } = await site.post(batch);
          if (status === 202) {
            acknowledged.add(`198.18.${Math.floor(sent / 200)}.${(sent % 200) + 1}`);
            sent++;
            // From the first one on: a busy machine takes its time until then.
            if (!isCounting) setTimeout(() => engine.child.kill('SIGKILL'), 200 + 300 * life);
            isCounting = true;
          } else await pause(20);
        } catch {
          break;
        }
      }
      await isOver;
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    await site.start();
    // The batch that broke off is sent again as a whole, and every address gets its seventh: now each is an alert.
    const last = [...acknowledged];
    for (const [i, ip] of last.entries())
      await until(
        async () => (await site.post([failedLogin(`z${i}`, ip)])).status === 202,
        () => 'room',
      );
    await until(
      async () => (await site.get('/status')).signals.waiting === 0,
      () => 'all to be read',
    );
    const alerted = async (): Promise<string[]> => {
      const found: string[] = [];
      let cursor = '';
      for (;;) {
        const page = await site.get(`/alerts?limit=500${cursor}`);
        found.push(...page.items.map((one: { source: { value: string } }) => one.source.value));
        if (page.next === undefined) return found.toSorted();
        cursor = `&cursor=${page.next}`;
      }
    };
    await until(
      async () => (await alerted()).length >= last.length,
      () => 'the alerts',
    );
    expect(await alerted()).toEqual(last.toSorted());
  });

  it.skipIf(!hasPrograms('perl', 'python3'))('come by Unix datagram', async () => {
    const site = await newSite(`listen: ['unix:FOLDER/signals.sock']`);
    const engine = await site.start();
    const socket = path.join(site.folder, 'signals.sock');
    expect(fs.statSync(socket).mode & 0o777).toBe(0o660);
    const send = (text: string): void => {
      const program =
        'import socket,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.sendto(sys.stdin.buffer.read(), sys.argv[1])';
      const { status, stderr } = spawnSync('python3', ['-c', program, socket], {
        input: text,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    };
    const records = Array.from({ length: 4 }, (_, i) => JSON.stringify(failedLogin(`d${i}`, '203.0.113.6')));
    send(records[0]!);
    send(`[${records.slice(0, 2).join(',')}]`);
    send('no json');
    send(`${records.join('\n')}\n`);
    send(JSON.stringify({ type: 'x', id: 'bad' }));
    await until(
      async () => (await site.get('/signals')).refused.E_SIGNAL_TYPE === 1,
      () => 'the datagrams',
    );
    expect(await site.get('/signals')).toMatchObject({ accepted: 4, duplicates: 3 });
    const refused = fs.readFileSync(path.join(site.folder, 'data/refused-signals.ndjson'), 'utf8');
    const codes = refused
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { code: string }).code);
    expect(codes).toEqual(['E_SIGNAL_JSON', 'E_SIGNAL_TYPE']);
    await engine.stop();
    expect(fs.existsSync(socket), 'senders see that nobody listens').toBe(false);
  });

  it.skipIf(!hasPrograms('python3'))(
    'come no faster than they may: senders that do not wait are told so, and nothing that was taken is lost',
    async () => {
      const site = await newSite(`listen: ['unix:FOLDER/signals.sock'], records_per_second: 100`);
      await site.start();
      // A burst of a thousand is taken; the rest waits in the relay, in its pipe and in its socket, and then no more fits.
      const program = [
        'import json,socket,sys,time',
        's=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.setblocking(False); s.connect(sys.argv[1]); sent=refused=0; end=time.time()+4',
        'while time.time()<end:',
        '  try:',
        '    s.send(json.dumps({"type":"a.b","id":"f%d"%sent,"attributes":{"text":"x"*1000}}).encode()); sent+=1',
        '  except BlockingIOError:',
        '    refused+=1; time.sleep(0.0005)',
        'print(sent, refused)',
      ].join('\n');
      const { stdout, status } = spawnSync(
        'python3',
        ['-c', program, path.join(site.folder, 'signals.sock')],
        { encoding: 'utf8' },
      );
      expect(status).toBe(0);
      const [sent = 0, refused = 0] = stdout.split(' ').map(Number);
      expect(sent).toBeGreaterThan(900);
      expect(refused, 'waits that were asked for').toBeGreaterThan(0);
      await until(
        async () => (await site.get('/signals')).accepted === sent,
        () => `all ${sent} to be taken`,
        60_000,
      );
      expect((await site.get('/signals')).limited).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasPrograms('perl', 'python3'))(
    'find a relay again that was killed, and none when the engine was',
    async () => {
      const site = await newSite(`listen: ['unix:FOLDER/signals.sock']`);
      const engine = await site.start();
      const socket = path.join(site.folder, 'signals.sock');
      const relays = (): number[] =>
        [...processTree(engine.pid)].filter(([, name]) => /^(perl|python)/.test(name)).map(([pid]) => pid);
      const [first] = relays();
      process.kill(first!, 'SIGKILL');
      await until(
        () => relays().some((pid) => pid !== first),
        () => `another relay:\n${engine.text()}`,
      );
      const send = (): number | null =>
        spawnSync('python3', [
          '-c',
          'import socket,sys; socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM).sendto(b\'{"type":"a.b"}\', sys.argv[1])',
          socket,
        ]).status;
      await until(
        () => send() === 0,
        () => 'the socket',
      );
      await until(
        async () => (await site.get('/signals')).accepted > 0,
        () => 'the datagram',
      );
      engine.child.kill('SIGKILL');
      await engine.ended;
      await until(
        () => !fs.existsSync(socket),
        () => 'the relay to end',
      );
      expect(relays()).toEqual([]);
    },
  );

  it('come by UDP', async () => {
    const port = await freePort();
    const site = await newSite(`listen: ['udp:127.0.0.1:${port}']`);
    await site.start();
    const socket = createSocket('udp4');
    const send = (text: string): Promise<void> =>
      new Promise((resolve, reject) =>
        socket.send(text, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
      );
    for (let i = 0; i < 50; i++) await send(JSON.stringify(failedLogin(`u${i}`, '203.0.113.7')));
    await send('\0\0');
    socket.close();
    await until(
      async () => (await site.get('/signals')).accepted === 50,
      () => 'the datagrams',
    );
    expect((await site.get('/signals')).duplicates).toBe(0);
  });

  it('come from the spool, whole, once, and nothing else is read there', async () => {
    const site = await newSite(`spool: 'FOLDER/spool'`);
    const spool = path.join(site.folder, 'spool');
    fs.mkdirSync(spool);
    const put = (name: string, text: string): void => {
      fs.writeFileSync(path.join(spool, `.${name}`), text);
      fs.renameSync(path.join(spool, `.${name}`), path.join(spool, name));
    };
    const records = Array.from({ length: 1200 }, (_, i) =>
      JSON.stringify(failedLogin(`s${i}`, '2001:db8::6')),
    );
    put('1.ndjson', `${records.join('\n')}\n`);
    put('2.json', JSON.stringify([{ type: 'a.b' }, { type: 'a.b' }, { type: 'bad' }]));
    put('3.ndjson', '');
    fs.writeFileSync(path.join(spool, '4.tmp'), records[0]!);
    fs.symlinkSync(path.join(site.folder, 'parapet.yaml'), path.join(spool, '5.json'));
    const engine = await site.start();
    await until(
      async () => (await site.get('/signals')).accepted === 1202,
      () => 'the spool',
    );
    await until(
      () => fs.readdirSync(spool).length === 2,
      () => 'the files to be deleted',
    );
    expect(fs.readdirSync(spool).toSorted()).toEqual(['4.tmp', '5.json']);
    put('6.ndjson', `${records.slice(0, 3).join('\n')}\n`);
    await until(
      async () => (await site.get('/signals')).duplicates === 3,
      () => 'the late file',
    );
    expect(engine.text()).toContain('5.json');
  });

  it.skipIf(!hasPrograms('python3'))('need one of the two programs that can be a relay', async () => {
    const site = await newSite(`listen: ['unix:FOLDER/signals.sock']`);
    const programs = path.join(site.folder, 'bin');
    fs.mkdirSync(programs);
    await expect(site.start({ PATH: programs })).rejects.toThrow('E_SIGNALS_RELAY');
    const where = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
    fs.symlinkSync(where.stdout.trim(), path.join(programs, 'python3'));
    await site.start({ PATH: programs });
    const socket = path.join(site.folder, 'signals.sock');
    expect(fs.statSync(socket).mode & 0o777).toBe(0o660);
    const program =
      'import socket,sys; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.connect(sys.argv[1]);';
    const text = `${program} [s.send(b'{"type":"a.b","id":"%d"}' % i) for i in range(300)]`;
    expect(spawnSync('python3', ['-c', text, socket]).status).toBe(0);
    await until(
      async () => (await site.get('/signals')).accepted === 300,
      () => 'the datagrams',
    );
  });

  it('cannot be taken where that is impossible, and the owner is told why', async () => {
    const site = await newSite(`listen: ['unix:FOLDER/absent/signals.sock']`);
    await expect(site.start()).rejects.toThrow('E_SIGNALS_LISTEN');
  });
});
