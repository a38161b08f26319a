// A real Drupal whose engine is dead, hangs, is full or slow: pages come as fast as without one, people can sign in,
// whoever is banned stays so, and what was to be told waits.

import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasPrograms, startProgram, until, type Program } from '../../packages/cli/test/gateway/programs.ts';
import { missing, startDrupal, type DrupalSite } from './drupalSite.ts';

const BANNED_BY_ENGINE = '203.0.113.200';
const BANNED_HERE = '203.0.113.201';
/** What a hanging engine may add to a request; what the settings allow a question; what a busy machine may add to it. */
const ADDED_MS = 25;
const ASK_MS = 20;
const NOISE_MS = 15;
const WAIT = { timeout: 30_000 };
const reason = missing ?? (hasPrograms('python3') ? undefined : 'python3 is not installed');

/** A socket of datagrams that nobody reads, and that is full. */
const FULL_DATAGRAMS = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
c = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); c.setblocking(False)
try:
    while True: c.sendto(b'x' * 1000, sys.argv[1])
except BlockingIOError: pass
print('full', flush=True); time.sleep(600)`;
/** A socket on which so many wait that nobody else can. */
const FULL_BACKLOG = `
import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); s.bind(sys.argv[1]); s.listen(0)
waiting = []
try:
    while True:
        c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM); c.setblocking(False); c.connect(sys.argv[1]); waiting.append(c)
except BlockingIOError: pass
print('full', flush=True); time.sleep(600)`;

describe.skipIf(reason !== undefined)(
  `Drupal without its engine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  () => {
    let site: DrupalSite;
    let visitors = 0;
    const clearUp: Array<() => void | Promise<unknown>> = [];

    const socketAt = (name: string): string => path.join(site.folder, '..', name);
    const settings = (values: Readonly<Record<string, string>>): string =>
      site.php(`
      $edited = \\Drupal::configFactory()->getEditable('parapet.settings');
      foreach (json_decode('${JSON.stringify(values)}', TRUE) as $key => $value) $edited->set($key, $value);
      $edited->save();`);
    const python = async (program: string, socket: string): Promise<Program> => {
      const running = startProgram('python3', ['-c', program, socket]);
      clearUp.push(() => running.stop());
      await running.says('full');
      return running;
    };
    /** Listens and does what it likes with each connection; returns how long each stayed open, in milliseconds. */
    const holding = async (socket: string, onConnection: (one: net.Socket) => void): Promise<number[]> => {
      const held: number[] = [];
      const server = net.createServer((one) => {
        const since = performance.now();
        one.on('error', () => one.destroy());
        one.on('close', () => held.push(performance.now() - since));
        one.resume();
        onConnection(one);
      });
      await once(server.listen(socket), 'listening');
      clearUp.push(() => void server.close());
      return held;
    };
    const folderOf = (name: string): string[] =>
      fs.existsSync(path.join(site.folder, name)) ? fs.readdirSync(path.join(site.folder, name)) : [];
    /** Asks for what the engine is asked about; returns how long the answers took, in milliseconds. */
    const signInTries = async (count: number): Promise<number[]> => {
      const took: number[] = [];
      for (let i = 0; i < count; i++) {
        const since = performance.now();
        const form = { form_id: 'user_login_form', name: '', pass: '', op: 'Log in' };
        const { status } = await site.ask({ ip: `198.18.0.${++visitors % 250}`, path: '/user/login', form });
        took.push(performance.now() - since);
        expect(status).toBe(200);
      }
      return took;
    };
    /**
     * How long a few questions took in a process of their own, in milliseconds, and how long the same process slept
     * after each that was told to sleep as long as a question may take: a busy machine wakes both too late.
     */
    const questionsTook = (): Array<{ asked: number; slept: number }> =>
      site
        .php(
          `
      use Drupal\\parapet\\Core\\Guard\\Visit;
      $visit = Visit::fromServer(['REMOTE_ADDR' => '198.18.0.1', 'REQUEST_URI' => '/user/login'], "\\xc6\\x12\\x00\\x01");
      for ($i = 0; $i < 3; $i++) {
        $from = hrtime(TRUE);
        echo \\Drupal::service('parapet.engine')->ask($visit, time()) === NULL ? (hrtime(TRUE) - $from) / 1e6 : 'answered', ' ';
        $from = hrtime(TRUE);
        usleep(${ASK_MS * 1000});
        echo (hrtime(TRUE) - $from) / 1e6, "\\n";
      }`,
        )
        .trim()
        .split('\n')
        .map((line) => {
          const [asked = Number.NaN, slept = Number.NaN] = line.split(' ').map(Number);
          return { asked, slept };
        });
    const everybodyIsAsBefore = async (): Promise<void> => {
      for (const ip of [BANNED_BY_ENGINE, BANNED_HERE])
        for (const target of ['/', `/user/login?${++visitors}`])
          expect((await site.ask({ ip, path: target })).status, `${ip} ${target}`).toBe(403);
      await site.ask({ ip: '203.0.113.1', path: '/' });
      const cached = await site.ask({ ip: '203.0.113.1', path: '/' });
      expect([cached.status, cached.header('X-Drupal-Cache')]).toEqual([200, 'HIT']);
    };

    beforeAll(async () => {
      site = await startDrupal();
      site.php(`
      use Drupal\\parapet\\Core\\Decisions\\{Decision, SnapshotWriter};
      \\Drupal::service('module_installer')->install(['parapet']);
      $one = new Decision('ip', '${BANNED_BY_ENGINE}', 'ban', 'x/y', 'crowdsec', time() + 6000, 'c0ffee01');
      SnapshotWriter::replace('${socketAt('engine.bin')}', SnapshotWriter::encode([$one], [], 1, time()));
      \\Drupal::service('parapet.decisions')->block('${BANNED_HERE}', 'ban', 6000, 'test');`);
      settings({
        ...{ mode: 'file', 'engine.decisions_file': socketAt('engine.bin') },
        ...{ 'engine.signals_address': `unix:${socketAt('signals.sock')}` },
        ...{ 'engine.ask': `unix:${socketAt('ask.sock')}` },
      });
      await signInTries(2);
    }, 300_000);
    afterEach(async () => {
      for (const one of clearUp.splice(0)) await one();
      for (const name of ['ask.sock', 'signals.sock']) fs.rmSync(socketAt(name), { force: true });
      fs.rmSync(path.join(site.folder, 'signals'), { recursive: true, force: true });
      // The next one is asked again.
      await pause(5500);
    }, 30_000);
    afterAll(async () => {
      await site?.stop();
    }, 180_000);

    it('is dead: all goes on, and what is told waits', async () => {
      await signInTries(3);
      await everybodyIsAsBefore();
      await expect.poll(() => folderOf('signals').join(' '), WAIT).toContain('.ndjson');
    });

    it('accepts and never answers: nobody waits longer than a question may take, and soon nobody asks', async () => {
      const held = await holding(socketAt('ask.sock'), () => undefined);
      await signInTries(8);
      await until(
        () => held.length > 0,
        () => 'nobody asked',
      );
      expect(Math.min(...held)).toBeLessThan(ASK_MS + NOISE_MS);
      expect(held.length, 'three, or one for each five seconds').toBeLessThan(8);
      await everybodyIsAsBefore();
    });

    it('accepts and never answers: whoever waits the longest does so for less than 25 ms', async () => {
      await holding(socketAt('ask.sock'), () => undefined);
      const took = questionsTook();
      expect(Math.min(...took.map(({ asked }) => asked)), 'it was asked, and waited for').toBeGreaterThan(
        ASK_MS / 2,
      );
      const overhead = Math.min(...took.map(({ asked, slept }) => asked - slept));
      expect(ASK_MS + overhead).toBeLessThan(ADDED_MS);
    });

    it('answers a byte at a time: the whole answer has to come in time', async () => {
      const text = 'HTTP/1.1 204 No Content\r\nX-Parapet-Record: 1\r\n\r\n';
      const held = await holding(socketAt('ask.sock'), (one) => {
        let at = 0;
        const timer = setInterval(() => one.write(text[at++] ?? ' '), 5);
        one.on('close', () => clearInterval(timer));
      });
      await signInTries(4);
      await until(
        () => held.length > 0,
        () => 'nobody asked',
      );
      expect(Math.min(...held)).toBeLessThan(ASK_MS + NOISE_MS);
      await everybodyIsAsBefore();
    });

    it('is full: whoever cannot connect at once does not wait', async () => {
      await python(FULL_BACKLOG, socketAt('ask.sock'));
      expect(Math.min(...questionsTook().map(({ asked }) => asked))).toBeLessThan(ASK_MS / 2);
      await signInTries(3);
      await everybodyIsAsBefore();
    });

    it('does not read what it is told: that waits in files, and no page does', async () => {
      await python(FULL_DATAGRAMS, socketAt('signals.sock'));
      const before = folderOf('signals').length;
      await site.ask({ ip: '203.0.113.2', path: '/not-there' });
      await expect.poll(() => folderOf('signals').length, WAIT).toBeGreaterThan(before);
      await everybodyIsAsBefore();
    });

    it('never says what is new: one process waits for it and the others answer', async () => {
      let asked = 0;
      const server = http.createServer(() => void asked++);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      clearUp.push(() => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as net.AddressInfo; // it listens on TCP
      settings({ mode: 'remote', 'engine.url': `http://127.0.0.1:${port}`, 'engine.ask': '' });
      await site.ask({ ip: '203.0.113.3', path: `/user/login?${Math.random()}` });
      await until(
        () => asked === 1,
        () => 'it was never asked',
      );
      const without: number[] = [];
      for (let i = 0; i < 6; i++) {
        const since = performance.now();
        expect((await site.ask({ ip: '203.0.113.3', path: `/user/login?${Math.random()}` })).status).toBe(
          200,
        );
        without.push(performance.now() - since);
      }
      expect(asked).toBe(1);
      expect(Math.max(...without)).toBeLessThan(5000);
      // It is given up within seconds, and asked less often from then on.
      const status = (): string =>
        site.php(`echo json_encode(\\Drupal::service('parapet.engine')->status());`);
      await expect.poll(status, { timeout: 15_000 }).toContain('"failures":1');
      expect(status()).toContain('did not answer in time');
      const due = site.php(`
        \\Drupal::configFactory()->getEditable('parapet.settings')->set('engine.pull_seconds', 10)->save();
        if (!function_exists('fastcgi_finish_request')) { function fastcgi_finish_request() {} }
        foreach ([11, 21] as $later) echo (int) \\Drupal::service('parapet.engine')->isDue(time() + $later), (int) \\Drupal::service('parapet.engine')->isDue(time() + $later, TRUE);`);
      expect(due, 'cron asks at the usual pace').toBe('1011');
      expect((await site.ask({ ip: BANNED_HERE, path: '/' })).status).toBe(403);
    });
  },
);

describe.skipIf(missing !== undefined)(
  `a database that does not answer${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  { timeout: 120_000 },
  () => {
    // Drupal's store of keys and values says then that it has nothing.
    const secret = (site: DrupalSite): string =>
      site.php(`
      $silent = new class implements \\Drupal\\Core\\KeyValueStore\\KeyValueFactoryInterface {
        public function get($collection) {
          return new class ($collection) extends \\Drupal\\Core\\KeyValueStore\\MemoryStorage {
            public function get($key, $default = NULL) {
              return $default;
            }
          };
        }
      };
      $asked = new \\Drupal\\parapet\\Site(\\Drupal::configFactory(), $silent, \\Drupal::state(), \\Drupal::moduleHandler());
      try {
        echo $asked->secret() === \\Drupal::service('parapet.site')->secret() ? 'the same' : 'another';
      }
      catch (\\RuntimeException $problem) {
        echo $problem->getMessage();
      }`);

    it('never has forms and cookies signed with another secret, or with none', async () => {
      const site = await startDrupal();
      try {
        site.php(`\\Drupal::service('module_installer')->install(['parapet']);`);
        expect(secret(site)).toBe('the same');
        fs.unlinkSync(path.join(site.folder, 'guard.json'));
        expect(secret(site)).toBe('the database does not give the secret of Parapet');
      } finally {
        await site.stop();
      }
    });
  },
);
