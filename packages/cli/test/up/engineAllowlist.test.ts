// The allowlist of parapet.yaml and that of the store are one.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadPipeline } from '@parapet/engine';
import type { Decision } from '@parapet/kinds';
import { openStore } from '@parapet/store';
import { expect, it, onTestFinished } from 'vitest';
import { EngineProcess, type Enforcer } from '../../src/up/engineProcess.ts';
import { NOW_MS, ownDataFile, ownItems } from '../items/ownEngine.ts';

it('both spare an address, and enforcers know both', async () => {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-allow-'));
  const store = await openStore({ dataDir, role: 'engine', now: () => new Date(NOW_MS) });
  onTestFinished(async () => {
    await store.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
  await store.addToAllowlist([{ list: 'own', value: '203.0.113.8', comment: 'the office' }], 'anna');
  const allowlist = [{ value: '203.0.113.7', comment: 'parapet.yaml' }];
  const { pipeline } = loadPipeline(
    {
      items: ownItems(),
      dataFile: ownDataFile,
      allowlist,
      mode: 'live',
      hostname: 'localhost',
      nowMs: () => NOW_MS,
    },
    {},
  );
  const told: string[] = [];
  const enforcer: Enforcer = {
    started: (decisions: readonly Decision[]) => void told.push(`started ${decisions.length}`),
    ended: () => {},
    allowlist: (entries) => void told.push(...entries.map(({ value }) => value)),
    saved: () => {},
  };
  const running = new EngineProcess({
    pipeline,
    store,
    sources: [],
    nowMs: () => NOW_MS,
    retention: { alertsForMs: 86_400_000 },
    allowlist,
    enforcer,
    onLines: () => {},
    onForeign: () => {},
  });
  await running.prepare();
  expect(told).toEqual(['203.0.113.7', '203.0.113.8']);
  expect(pipeline.stages.allowlist.size).toBe(2);
});
