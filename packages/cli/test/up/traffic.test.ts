// What `parapet up` learns of traffic and does about it, in a process of its own: a wave is told once, although the
// engine is ended and killed meanwhile, and what was learnt is there again.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { openStore, type AlertSummary } from '@parapet/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attack } from '../../src/traffic/attacks.ts';
import { combinedLine } from '../../src/traffic/logLine.ts';
import { DAY_MS, FIRST_DAY_MS, SHAPES, Site } from '../../src/traffic/site.ts';
import { newSite } from '../commands/run.ts';
import { crawl, log as filterLog, MINUTE_MS, MONDAY, people } from '../traffic/filters.ts';

const PARAPET = path.resolve(import.meta.dirname, '../../bin/parapet.js');
const isBuilt = fs.existsSync(path.resolve(import.meta.dirname, '../../dist/main.js'));
const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const LIMIT_MS = 120_000;
const POLL = { timeout: 30_000, interval: 200 };
const DAYS = 8;
const START_MS = FIRST_DAY_MS + DAYS * DAY_MS + 11 * 3_600_000;

function log(requests: ReturnType<Site['day']>): string {
  return requests
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((request) => `${combinedLine(request)}\n`)
    .join('');
}

async function begin(folder: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [PARAPET, 'up', '--log', 'new.log=nginx', '--from-beginning', '--data-dir', '.parapet'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect.poll(() => text, POLL).toContain('Parapet watches');
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const isOver = once(child, 'exit');
  child.kill(signal);
  await isOver;
}

async function stored(folder: string): Promise<{ waves: readonly AlertSummary[]; clients: Set<string> }> {
  const store = await openStore({
    dataDir: path.join(folder, '.parapet'),
    role: 'reader',
    now,
  });
  const waves = await store.listAlerts({ scenario: 'parapet/attack-wave' });
  const decisions = await store.listDecisions({ scenario: 'parapet/attack-wave' });
  await store.close();
  return { waves, clients: new Set(decisions.map(({ target }) => target.value)) };
}

describe.skipIf(!isBuilt)(`traffic in a running engine${skipped}`, { timeout: LIMIT_MS }, () => {
  it('is learnt on, and a wave is one alert across restarts', async () => {
    const here = newSite();
    const site = new Site({ ...SHAPES[0]!, requestsADay: 6000, nightly: 0.7, pages: 200 }, 5);
    here.write('old.log.gz', gzipSync(Array.from({ length: DAYS }, (_, day) => log(site.day(day))).join('')));
    here.write('parapet.yaml', `traffic: { days: ${DAYS} }\ndashboard: { listen: off }\n`);
    expect((await here.run('train traffic old.log.gz')).code).toBe(0);

    const today = site.day(DAYS).filter(({ atMs }) => atMs < START_MS + 1_200_000);
    const wave = attack(site, 'one-url', { startMs: START_MS, minutes: 20, surplus: 6 });
    const attackers = new Set(wave.map(({ ip }) => ip));
    const all = [...today, ...wave];
    const write = (fromMinute: number, toMinute: number): void => {
      const [from, to] = [START_MS + fromMinute * 60_000, START_MS + toMinute * 60_000];
      const text = log(all.filter(({ atMs }) => atMs >= from && atMs < to));
      fs.appendFileSync(path.join(here.folder, 'new.log'), text);
    };

    fs.writeFileSync(path.join(here.folder, 'new.log'), '');
    const first = await begin(here.folder);
    write(-1000, 8);
    await expect.poll(async () => (await stored(here.folder)).waves.length, POLL).toBe(1);
    await expect.poll(async () => (await stored(here.folder)).clients.size, POLL).toBeGreaterThan(2);
    await end(first, 'SIGTERM');

    const second = await begin(here.folder);
    write(8, 14);
    const before = (await stored(here.folder)).clients.size;
    await expect.poll(async () => (await stored(here.folder)).clients.size, POLL).toBeGreaterThan(before - 1);
    await end(second, 'SIGKILL');

    const third = await begin(here.folder);
    write(14, 20);
    await end(third, 'SIGTERM');
    const { waves, clients } = await stored(here.folder);
    expect(waves).toHaveLength(1);
    expect(waves[0]).toMatchObject({ simulated: false, source: { scope: 'site', value: 'default' } });
    expect([...clients].filter((ip) => !attackers.has(ip))).toEqual([]);

    const { out, code } = await here.run('traffic status');
    expect(code).toBe(0);
    expect(out).toContain('learned 8 days; sure about nights, weekends and working days');
    expect(out).toContain('what is not normal is acted on');
  });

  it('tells a crawl through costly pages while it goes on, and knows them after a restart', async () => {
    const here = newSite();
    const monday = MONDAY + 2 * 3_600_000;
    const thursday = monday + 3 * DAY_MS;
    here.write('old.log', filterLog([...people(monday, 70), ...people(thursday, 5)]));
    here.write('parapet.yaml', 'dashboard: { listen: off }\n');
    expect((await here.run('train traffic old.log --type nginx')).code).toBe(0);

    const startMs = thursday + 20 * MINUTE_MS;
    const asked = [
      ...people(startMs - 10 * MINUTE_MS, 20),
      ...crawl(startMs, 1500, (n) => `100.${64 + (n >> 8)}.${n & 255}.7`),
    ];
    here.write('new.log', filterLog(asked));
    const child = await begin(here.folder);
    const crawls = async (): Promise<readonly AlertSummary[]> => {
      const store = await openStore({ dataDir: path.join(here.folder, '.parapet'), role: 'reader', now });
      const alerts = await store.listAlerts({ scenario: 'parapet/crawler-cost' });
      await store.close();
      return alerts;
    };
    await expect.poll(async () => (await crawls()).length, POLL).toBe(1);
    await end(child, 'SIGTERM');
    expect((await crawls())[0]).toMatchObject({
      simulated: true,
      source: { scope: 'site', value: 'default' },
    });
    const costs = fs.readFileSync(path.join(here.folder, '.parapet/page-costs.json'), 'utf8');
    expect(costs).toContain('/products?f[]');
  });
});

function now(): Date {
  return new Date();
}
