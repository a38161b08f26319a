// What waits to be delivered: a dead receiver loses nothing, delays nobody else, and takes nothing twice.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Channel, Outgoing, Verdict } from '../../src/channels/channel.ts';
import { withoutSecrets, Outbox, type DeliveryRecord, type Job } from '../../src/outbox/outbox.ts';
import { readDeliveryLog, Spool } from '../../src/outbox/spool.ts';
import { attackMessage, channelOf } from '../samples.ts';

const MINUTE = 60_000;

class Bench {
  nowMs = 1_000_000;
  readonly sent: string[] = [];
  readonly records: DeliveryRecord[] = [];
  readonly health: string[] = [];
  readonly outbox: Outbox;
  answer: (outgoing: Outgoing) => Verdict | Promise<Verdict> = () => ({ ok: true, answer: '200' });

  constructor(channels: readonly Channel[], jobs: readonly Job[] = []) {
    this.outbox = new Outbox({
      channels: new Map(channels.map((one) => [one.name, one])),
      send: async (outgoing) => {
        const verdict = await this.answer(outgoing);
        if (verdict.ok && outgoing.kind === 'http')
          this.sent.push(`${outgoing.url} ${outgoing.headers['webhook-id'] ?? ''}`);
        return verdict;
      },
      now: () => this.nowMs,
      random: () => 0.5,
      host: 'h',
      version: '1',
      jobs,
      onRecord: (record) => this.records.push(record),
      onHealth: (channel, reason) => this.health.push(`${channel}: ${reason ?? 'works'}`),
    });
  }

  add(channel: string, ...ids: readonly string[]): void {
    this.outbox.add(ids.map((id) => ({ channel, message: attackMessage({ id }) })));
  }

  async pass(ms: number): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.nowMs += Math.min(1000, endMs - this.nowMs);
      this.outbox.pump();
      await this.outbox.idle();
    }
  }
}

const hook = (name: string): Channel =>
  channelOf('webhook', { name, url: `http://${name}/`, secret: 'hushhush' });

it('keeps what a dead receiver does not take, in order, and sends it once when it is back', async () => {
  const bench = new Bench([hook('dead'), hook('fine')]);
  let isDead = true;
  bench.answer = (outgoing) =>
    isDead && outgoing.kind === 'http' && outgoing.url === 'http://dead/'
      ? { ok: false, fault: 'unreachable', reason: 'ECONNREFUSED' }
      : { ok: true, answer: '200' };
  bench.add('dead', 'a', 'b', 'c');
  bench.add('fine', 'a', 'b', 'c');
  await bench.pass(10_000);
  expect(bench.sent).toEqual(['http://fine/ a', 'http://fine/ b', 'http://fine/ c']);
  await bench.pass(24 * 60 * MINUTE);
  expect(bench.outbox.jobs).toHaveLength(3);
  // About four an hour: it is not hammered.
  const tries = bench.records.filter(
    ({ channel, outcome }) => channel === 'dead' && outcome === 'failed',
  ).length;
  expect(tries).toBeGreaterThan(80);
  expect(tries).toBeLessThan(120);
  isDead = false;
  await bench.pass(20 * MINUTE);
  expect(bench.sent.slice(3)).toEqual(['http://dead/ a', 'http://dead/ b', 'http://dead/ c']);
  expect(bench.health).toEqual(['dead: ECONNREFUSED', 'dead: works']);
});

it('is not held up by a receiver that says nothing', async () => {
  const bench = new Bench([hook('slow'), hook('fine')]);
  let end: (verdict: Verdict) => void = () => {};
  bench.answer = (outgoing) =>
    outgoing.kind === 'http' && outgoing.url === 'http://slow/'
      ? new Promise<Verdict>((resolve) => (end = resolve))
      : { ok: true, answer: '200' };
  bench.add('slow', 'a');
  bench.add('fine', 'a', 'b');
  for (let i = 0; i < 5; i++) {
    bench.outbox.pump();
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(bench.sent).toEqual(['http://fine/ a', 'http://fine/ b']);
  end({ ok: true, answer: 'late' });
  await bench.outbox.idle();
  expect(bench.outbox.jobs).toHaveLength(0);
});

it('lets others pass when one message is refused, and gives that one up', async () => {
  const bench = new Bench([hook('strict')]);
  bench.answer = (outgoing) =>
    outgoing.kind === 'http' && outgoing.headers['webhook-id'] === 'odd'
      ? { ok: false, fault: 'refused', reason: 'status 400' }
      : { ok: true, answer: '200' };
  bench.add('strict', 'odd', 'plain');
  await bench.pass(5 * MINUTE);
  expect(bench.sent).toEqual(['http://strict/ plain']);
  expect(bench.outbox.jobs).toHaveLength(0);
  expect(bench.records.at(-1)).toMatchObject({
    id: 'odd',
    outcome: 'gave up',
    tries: 3,
    answer: 'refused: status 400',
  });
});

it('waits as long as the receiver asks', async () => {
  const bench = new Bench([hook('busy')]);
  const answers: Verdict[] = [{ ok: false, fault: 'busy', reason: '429', retryAfterMs: 10 * MINUTE }];
  bench.answer = () => answers.shift() ?? { ok: true, answer: '200' };
  bench.add('busy', 'a');
  await bench.pass(9 * MINUTE);
  expect(bench.sent).toEqual([]);
  await bench.pass(2 * MINUTE);
  expect(bench.sent).toHaveLength(1);
});

it('gives up after three days, and says so', async () => {
  const bench = new Bench([hook('gone')]);
  bench.answer = () => ({ ok: false, fault: 'misconfigured', reason: 'status 404' });
  bench.add('gone', 'a');
  await bench.pass(71 * 60 * MINUTE);
  expect(bench.outbox.jobs).toHaveLength(1);
  await bench.pass(2 * 60 * MINUTE);
  expect(bench.outbox.jobs).toHaveLength(0);
  expect(bench.records.at(-1)).toMatchObject({ outcome: 'gave up', answer: 'status 404' });
});

it('is bounded: what matters least goes first, and the log knows', () => {
  const bench = new Bench([hook('dead')]);
  bench.outbox.add([{ channel: 'dead', message: attackMessage({ id: 'grave', severity: 'critical' }) }]);
  for (let i = 0; i < 1000; i++) bench.add('dead', `m${i}`);
  expect(bench.outbox.jobs).toHaveLength(500);
  expect(bench.outbox.jobs[0]?.message.id).toBe('grave');
  expect(bench.records).toHaveLength(501);
  expect(bench.records[0]).toMatchObject({ outcome: 'gave up', answer: 'too many messages wait' });
});

it('tells secrets to nobody, whatever a receiver answers', async () => {
  const bench = new Bench([hook('leaky')]);
  bench.answer = () => ({ ok: false, fault: 'busy', reason: 'no such key: hushhush' });
  bench.add('leaky', 'a');
  await bench.pass(1000);
  bench.answer = () => ({ ok: true, answer: 'taken, hushhush' });
  await bench.pass(MINUTE);
  expect(bench.records.map(({ outcome }) => outcome)).toContain('delivered');
  expect(JSON.stringify([bench.records, bench.health, bench.outbox.jobs])).not.toContain('hushhush');
});

it.each([
  ['status 404: Cannot POST /services/T0AAAAAAA/B0hush?k=v', 'status 404: Cannot POST <secret>'],
  ['no hook https://chat.example/services/T0AAAAAAA/B0hush?k=v here', 'no hook <secret> here'],
  ['unknown: T0AAAAAAA', 'unknown: <secret>'],
  ['it was cut at /services/T0AAA', 'it was cut at <secret>'],
  ['all is well', 'all is well'],
])('of a URL that is a secret, says no part again: %s', (said, told) => {
  const url = 'https://chat.example/services/T0AAAAAAA/B0hush?k=v';
  expect(withoutSecrets(said, channelOf('slack', { name: 'chat', url }))).toBe(told);
});

it('sends to each number by itself, and counts', async () => {
  const phones = channelOf('sms', { name: 'phones', url: 'http://sms/', to: ['+1', '+2'] });
  const bench = new Bench([phones]);
  const failed = new Set(['+2']);
  bench.answer = (outgoing) =>
    outgoing.kind === 'http' && failed.has((JSON.parse(outgoing.body) as { to: string }).to)
      ? { ok: false, fault: 'busy', reason: '503' }
      : { ok: true, answer: '200' };
  bench.add('phones', 'a');
  await bench.pass(2000);
  expect(bench.outbox.jobs.map(({ target }) => target)).toEqual(['+2']);
  failed.clear();
  await bench.pass(MINUTE);
  expect(bench.sent).toHaveLength(2);
  expect(Object.fromEntries(bench.outbox.counts)).toEqual({
    phones: { delivered: 2, failed: 1, 'gave up': 0 },
  });
});

it('is on disk as a whole, and what is damaged there is put aside', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-spool-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const notes: string[] = [];
  const bench = new Bench([hook('dead')]);
  bench.add('dead', 'a', 'b');
  const desk = {
    ...{ savedMs: 1, incidents: [], seen: '', attention: {} },
    mailroom: { held: {}, sent: {} },
    digest: { sinceMs: 0, lines: [], more: 0 },
  };
  const spool = new Spool(path.join(folder, 'n'));
  expect(spool.load((note) => notes.push(note))).toBeUndefined();
  await Promise.all([spool.save({ desk, jobs: [] }), spool.save({ desk, jobs: bench.outbox.jobs })]);
  const again = new Spool(path.join(folder, 'n')).load((note) => notes.push(note));
  const later = new Bench([hook('dead')], again?.jobs);
  await later.pass(5000);
  expect(later.sent).toEqual(['http://dead/ a', 'http://dead/ b']);
  expect(notes).toEqual([]);
  fs.writeFileSync(path.join(folder, 'n/outbox.json'), '{"version":1,"jo');
  expect(spool.load((note) => notes.push(note))).toBeUndefined();
  expect(notes).toHaveLength(1);
  expect(fs.existsSync(path.join(folder, 'n/outbox.json.damaged'))).toBe(true);
});

it('keeps a log of what became of each, which begins anew when it is full', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-log-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  const spool = new Spool(folder);
  const record = { at: '', channel: 'c', target: '', kind: 'attack', severity: 'high', answer: '' } as const;
  for (let i = 0; i < 300; i++)
    spool.record({ ...record, id: String(i), title: 'x'.repeat(8000), outcome: 'delivered', tries: 1 });
  await spool.close();
  fs.appendFileSync(path.join(folder, 'deliveries.jsonl'), '{"cut of');
  const found = readDeliveryLog(folder, 5);
  expect(found.map(({ id }) => id)).toEqual(['295', '296', '297', '298', '299']);
  const bytes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_300_000);
});
