// What past logs have taught holds for what comes through the gateway: a flood is refused within a minute, and people
// who shop meanwhile notice nothing. It goes by the minutes of the clock, so that it takes three of them.

import http from 'node:http';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { combinedLine } from '../../src/traffic/logLine.ts';
import { DAY_MS, FIRST_DAY_MS, MINUTE_MS, SHAPES, Site } from '../../src/traffic/site.ts';
import { newSite } from '../commands/run.ts';
import { isBuilt, NOT_INSPECTED, SKIPPED, startStackBefore, type Stack } from './stack.ts';
import { TRUSTS_LOOPBACK, visit } from './visitors.ts';

const isWanted = isBuilt && process.env['PARAPET_TEST_SLOW'] !== undefined;
const reason = isBuilt ? ' (skipped: it takes three minutes; set PARAPET_TEST_SLOW)' : SKIPPED;

const DAYS = 4;
const SHOPPERS = 6;
const ATTACKERS = 20;
/** The end of the minute in which it began, and some seconds to judge it on a busy machine. */
const STOPPED_WITHIN_MS = MINUTE_MS + 10_000;
const CONFIG = `${TRUSTS_LOOPBACK}${NOT_INSPECTED}traffic: { days: ${DAYS} }\ndashboard: { listen: off }\n`;

describe.skipIf(!isWanted)(
  `a flood through the gateway${isWanted ? '' : reason}`,
  { timeout: 360_000 },
  () => {
    it('is refused within a minute, and nobody who shops meanwhile', async () => {
      const here = newSite();
      here.write('old.log', pastLog());
      expect((await here.run('train traffic old.log --type nginx --data-dir data')).code).toBe(0);
      const site = http.createServer((_, res) => void res.end('welcome'));
      const stack = await startStackBefore(site, { config: CONFIG, folder: here.folder });
      onTestFinished(() => stack.stop());

      let isOver = false;
      onTestFinished(() => void (isOver = true));
      const refused: number[] = [];
      const people = Array.from({ length: SHOPPERS }, async (_, k) => {
        while (!isOver) refused.push(...(await shop(stack, k)).filter((status) => status !== 200));
      });
      // A wave is judged by two minutes: one before it has to be known.
      await pause(2 * MINUTE_MS - (Date.now() % MINUTE_MS));

      const startMs = Date.now();
      const last = Array.from({ length: ATTACKERS }, () => 200);
      const machines = last.map(async (_, k) => {
        while (!isOver) {
          last[k] = (await visit(stack, `/search?q=${Date.now()}`, { from: `45.33.32.${k + 1}` })).status;
          await pause(200);
        }
      });
      const isStopped = (): boolean => last.every((status) => status === 403 || status === 429);
      await expect.poll(isStopped, { timeout: STOPPED_WITHIN_MS, interval: 100 }).toBe(true);
      process.stdout.write(`a flood of ${ATTACKERS} clients: refused after ${Date.now() - startMs} ms\n`);
      await pause(10_000);
      isOver = true;
      await Promise.all([...people, ...machines]);
      expect(refused).toEqual([]);
      expect(isStopped()).toBe(true);
      expect((await stack.run('alerts', 'list', '--json')).text).toContain('parapet/attack-wave');
    });
  },
);

/** The days until now of a made-up site, which is as busy at all hours. */
function pastLog(): string {
  const site = new Site({ ...SHAPES[0]!, weekend: 1, nightly: 0.05 }, 5);
  const nowMs = Date.now();
  const shiftMs = (Math.floor((nowMs - FIRST_DAY_MS) / DAY_MS) - DAYS) * DAY_MS;
  return Array.from({ length: DAYS + 1 }, (_, day) => site.day(day))
    .flat()
    .map((request) => ({ ...request, atMs: request.atMs + shiftMs }))
    .filter(({ atMs }) => atMs < nowMs)
    .map((request) => `${combinedLine(request)}\n`)
    .join('');
}

/** A page with what belongs to it, and a while to read it. */
async function shop(stack: Stack, person: number): Promise<number[]> {
  const from = `81.2.69.${person + 10}`;
  const headers = { Referer: 'https://www.example.org/', Cookie: `SESS0=of-${person}` };
  const statuses: number[] = [];
  for (const path of [`/products/${Date.now() % 97}`, '/themes/site/a.css', '/themes/site/b.js'])
    statuses.push((await visit(stack, path, { from, headers })).status);
  await pause(12_000 + 2700 * person);
  return statuses;
}
