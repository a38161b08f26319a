// Notifications as an engine runs them, on a disk of the test's own.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outgoing, Verdict } from '../src/channels/channel.ts';
import type { DeskSettings } from '../src/desk/settings.ts';
import { readDeliveryLog } from '../src/outbox/spool.ts';
import { acknowledgedFile, Notifications } from '../src/service.ts';
import { alertOf, banOf, channelOf, NIGHT_MS } from './samples.ts';

const SETTINGS: DeskSettings = {
  zone: 'UTC',
  rules: [
    {
      channels: ['hook', 'other'],
      severity: 'medium',
      about: ['attacks', 'appeals', 'health'],
      scenarios: [],
      sites: [],
      quiet: undefined,
      backToNormal: true,
      escalate: { afterMs: 60_000, channels: ['boss'] },
    },
  ],
  digest: undefined,
  gatherMs: 1000,
  calmMs: 600_000,
  atMost: new Map(),
  isEnforced: () => true,
  siteOf: (host) => host,
};

class Engine {
  nowMs = NIGHT_MS;
  /** How far the clock goes each time it is asked. */
  stepMs = 0;
  readonly folder: string;
  readonly sent: string[] = [];
  readonly notes: string[] = [];
  answer: (url: string) => Verdict | Promise<Verdict> = () => ({ ok: true, answer: '200' });
  notifications: Notifications;

  constructor() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-notify-'));
    onTestFinished(() => {
      fs.chmodSync(folder, 0o700);
      fs.rmSync(folder, { recursive: true, force: true });
    });
    this.folder = path.join(folder, 'notifications');
    this.notifications = this.#open();
  }

  /** What `kill -9` and a new start are: nothing is closed. */
  restart(): void {
    this.notifications = this.#open();
  }

  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1000;
      await this.notifications.turn();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.notifications.turn();
  }

  #open(): Notifications {
    const channels = ['hook', 'other', 'boss'].map((name) =>
      channelOf('webhook', { name, url: `http://${name}/`, secret: 'hushhush' }),
    );
    return new Notifications({
      settings: SETTINGS,
      channels: new Map(channels.map((one) => [one.name, one])),
      send: (outgoing) => this.#send(outgoing),
      folder: this.folder,
      now: () => (this.nowMs += this.stepMs),
      host: 'h',
      version: '1',
      onNote: (text) => this.notes.push(text),
    });
  }

  async #send(outgoing: Outgoing): Promise<Verdict> {
    this.stepMs = 0;
    if (outgoing.kind !== 'http') return { ok: false, fault: 'refused', reason: 'not HTTP' };
    const verdict = await this.answer(outgoing.url);
    const { type } = JSON.parse(outgoing.body) as { type: string };
    if (verdict.ok) this.sent.push(`${outgoing.url} ${type}`);
    return verdict;
  }
}

describe('a crash', () => {
  it('between the alert and the message loses neither, and doubles none', async () => {
    const engine = new Engine();
    const alert = alertOf(1, NIGHT_MS);
    engine.notifications.alert(alert, [banOf(alert)]);
    await engine.notifications.turn();
    engine.restart();
    expect(engine.notifications.hasSeen(alert.id)).toBe(true);
    // Lines behind the last checkpoint are read again.
    engine.notifications.alert(alert, [banOf(alert)]);
    await engine.pass(5);
    expect(engine.sent.toSorted()).toEqual(['http://hook/ parapet.attack', 'http://other/ parapet.attack']);
    engine.restart();
    await engine.pass(5);
    expect(engine.sent).toHaveLength(2);
  });

  it('while a receiver is dead keeps what waits', async () => {
    const engine = new Engine();
    engine.answer = (url) =>
      url === 'http://hook/'
        ? { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' }
        : { ok: true, answer: '' };
    const alert = alertOf(1, NIGHT_MS);
    engine.notifications.alert(alert, [banOf(alert)]);
    await engine.pass(5);
    expect(engine.notes).toEqual(['Messages to hook do not arrive and wait: ECONNREFUSED']);
    engine.answer = () => ({ ok: true, answer: '' });
    engine.restart();
    expect(engine.notifications.jobs).toHaveLength(1);
    await engine.pass(5);
    expect(engine.sent).toEqual(['http://other/ parapet.attack', 'http://hook/ parapet.attack']);
    expect(readDeliveryLog(engine.folder, 9).map(({ outcome }) => outcome)).toContain('delivered');
  });

  it('that left a file of another make does not keep the engine from starting', async () => {
    const engine = new Engine();
    fs.writeFileSync(
      path.join(engine.folder, 'outbox.json'),
      '{"version":1,"jobs":[],"desk":{"incidents":7}}',
    );
    engine.restart();
    expect(engine.notes[0]).toContain('What was to be told is lost');
    const alert = alertOf(1, NIGHT_MS);
    engine.notifications.alert(alert, [banOf(alert)]);
    await engine.pass(5);
    expect(engine.sent).toHaveLength(2);
  });
});

it('what is broken with one message is no trouble of others', async () => {
  const engine = new Engine();
  engine.answer = (url) => {
    if (url === 'http://hook/') throw new Error('a receiver that nobody foresaw');
    return { ok: true, answer: '' };
  };
  const alert = alertOf(1, NIGHT_MS);
  engine.notifications.alert(alert, [banOf(alert)]);
  await engine.pass(200);
  expect(engine.sent).toEqual(['http://other/ parapet.attack', 'http://boss/ parapet.still-on']);
  expect(engine.notifications.jobs).toEqual([]);
});

it('sends although nothing can be written down, and says so once', async () => {
  const engine = new Engine();
  // A folder where the file would be: no user can write that, not even root.
  fs.mkdirSync(path.join(engine.folder, 'outbox.json.next'));
  const alert = alertOf(1, NIGHT_MS);
  engine.notifications.alert(alert, [banOf(alert)]);
  await engine.pass(5);
  expect(engine.sent).toHaveLength(2);
  expect(engine.notes.filter((note) => note.includes('cannot be written down'))).toHaveLength(1);
});

it('does not take an attack for over because a turn took long', async () => {
  const engine = new Engine();
  for (let i = 0; i < 5000; i++) {
    const alert = alertOf(i, NIGHT_MS);
    engine.notifications.alert(alert, [banOf(alert)]);
  }
  // A machine so busy that minutes pass between two parts of one turn.
  engine.stepMs = 60_000;
  await engine.notifications.turn();
  await engine.pass(2);
  expect(engine.sent.filter((line) => line.endsWith('over'))).toEqual([]);
  expect(engine.sent).toContain('http://hook/ parapet.attack');
});

it('hears who takes care of an attack', async () => {
  const engine = new Engine();
  const alert = alertOf(1, NIGHT_MS);
  engine.notifications.alert(alert, [banOf(alert)]);
  await engine.pass(5);
  const spooled = JSON.parse(fs.readFileSync(path.join(engine.folder, 'outbox.json'), 'utf8')) as {
    desk: { incidents: { id: string }[] };
  };
  fs.appendFileSync(
    acknowledgedFile(engine.folder),
    `${spooled.desk.incidents[0]!.id.slice(0, 8)}\n\nnobody\n`,
  );
  await engine.pass(200);
  expect(engine.sent.filter((line) => line.includes('boss'))).toEqual([]);
});

it('tells the others when a channel is dead for half an hour, and not the dead one', async () => {
  const engine = new Engine();
  let isDead = true;
  engine.answer = (url) =>
    isDead && url === 'http://hook/'
      ? { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' }
      : { ok: true, answer: '' };
  const alert = alertOf(1, NIGHT_MS);
  engine.notifications.alert(alert, [banOf(alert)]);
  await engine.pass(3600);
  isDead = false;
  await engine.pass(1800);
  expect(engine.sent.filter((line) => line.endsWith('attention'))).toEqual([
    'http://other/ parapet.attention',
  ]);
  expect(engine.sent.filter((line) => line.startsWith('http://hook/'))).toEqual([
    'http://hook/ parapet.attack',
    'http://hook/ parapet.over',
  ]);
});
