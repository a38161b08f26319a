import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadPipeline, PERIMETER_DEFAULTS, type LineBatch } from '@parapet/engine';
import type { Decision, LineOrigin } from '@parapet/kinds';
import { openStore, type Store } from '@parapet/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EngineProcess, STATE_CURSOR } from '../../src/up/engineProcess.ts';
import { NOW_MS, ownDataFile, ownItems } from '../items/ownEngine.ts';
import { entry } from './rotatedLog.ts';

const PROXY = '198.18.0.9';
const SCANNER = '198.18.0.10';
const ORIGIN: LineOrigin = { src: 'access.log', module: 'file', labels: { type: 'nginx' } };
const SCANNED = [
  '.env',
  '.git/config',
  'wp-login.php',
  'wp-config.php.bak',
  '.aws/credentials',
  'backup.sql',
];

describe('an address that is found to be a proxy after it was banned', () => {
  it('is let go by the engine and in the store, and others are not', async () => {
    const store = await newStore();
    const scanned = [PROXY, SCANNER].flatMap((ip) =>
      Array.from({ length: 24 }, (_, i) =>
        line(ip, i * 100, `GET /${SCANNED[i % SCANNED.length]}?${i}`, 404, 'curl/8.5.0'),
      ),
    );
    const visited = Array.from({ length: 1500 }, (_, i) =>
      line(PROXY, 10_000 + i * 10, `GET /node/${i}`, 200, `Browser ${i % 30}`),
    );

    const before = await runEngine(store, scanned);
    expect(valuesOf(before.inForce)).toEqual([SCANNER, PROXY]);
    expect(valuesOf(await store.listDecisions({ activeAt: new Date(NOW_MS) }))).toEqual([SCANNER, PROXY]);

    const after = await runEngine(store, visited);
    expect(after.lifted).toEqual([PROXY]);
    expect(valuesOf(after.inForce)).toEqual([SCANNER]);
    expect(valuesOf(await store.listDecisions({ activeAt: new Date(NOW_MS) }))).toEqual([SCANNER]);
  });
});

interface Ran {
  readonly inForce: readonly Decision[];
  readonly lifted: readonly string[];
}

/** Runs an engine over the lines, in batches, as `up` does: it goes on where the last one on the store ended. */
async function runEngine(store: Store, lines: readonly string[]): Promise<Ran> {
  const lifted: string[] = [];
  let running: EngineProcess | undefined;
  const { pipeline } = loadPipeline(
    {
      items: ownItems(),
      dataFile: ownDataFile,
      perimeter: PERIMETER_DEFAULTS,
      mode: 'live',
      idSalt: 'test',
      hostname: 'localhost',
      nowMs: () => NOW_MS,
    },
    {
      onAlert: (alert, decisions) => running?.onAlert(alert, decisions),
      onFinding: ({ message }, decisions) => {
        lifted.push(...valuesOf(decisions));
        running?.onLifted(decisions, message);
      },
    },
  );
  const saved = (await store.cursors()).get(STATE_CURSOR);
  if (typeof saved === 'string') pipeline.restoreState(Buffer.from(saved, 'base64'));
  running = new EngineProcess({
    pipeline,
    store,
    sources: [batches(lines)],
    nowMs: () => NOW_MS,
    retention: { alertsForMs: 86_400_000 },
    onLines: () => {},
    onForeign: () => {},
  });
  await running.prepare();
  await running.run(new AbortController().signal);
  await store.flush();
  return { inForce: pipeline.stages.decisions.list(), lifted };
}

async function* batches(lines: readonly string[]): AsyncGenerator<LineBatch> {
  for (let at = 0; at < lines.length; at += 100) {
    yield await Promise.resolve({
      lines: lines.slice(at, at + 100).map((raw) => ({ raw, origin: ORIGIN, readAtMs: NOW_MS })),
      cursors: new Map([['test', at]]),
    });
  }
}

function line(ip: string, sinceMs: number, request: string, status: number, agent: string): string {
  return entry(ip, new Date(NOW_MS - 60_000 + sinceMs), request, status, agent);
}

async function newStore(): Promise<Store> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-engine-'));
  const store = await openStore({ dataDir, role: 'engine', now: () => new Date(NOW_MS) });
  onTestFinished(async () => {
    await store.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
  return store;
}

function valuesOf(decisions: readonly Decision[]): readonly string[] {
  return [...new Set(decisions.map(({ target }) => target.value))].toSorted();
}
