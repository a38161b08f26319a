import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Closing } from '@parapet/dashboard';
import { expect, it, onTestFinished } from 'vitest';
import { closingDesk } from '../../src/up/closings.ts';

const NOW_MS = Date.UTC(2026, 2, 2);
const DAY_MS = 86_400_000;

function closing(atMs: number): Closing {
  return { reason: 'handled', note: 'done', by: 'anna', atMs, alerts: 3 };
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'parapet-closings-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('a closed incident stays so over a restart, and is forgotten after the incident', () => {
  const dataDir = folder();
  const desk = closingDesk(dataDir, () => NOW_MS);
  desk.keep('1', closing(NOW_MS - 10 * DAY_MS));
  desk.keep('2', closing(NOW_MS));
  const again = closingDesk(dataDir, () => NOW_MS);
  expect([again.find('1'), again.find('2')]).toEqual([undefined, closing(NOW_MS)]);
  again.keep('2', undefined);
  expect(closingDesk(dataDir, () => NOW_MS).find('2')).toBeUndefined();
});

it('what is no closing in the file is left out', () => {
  const dataDir = folder();
  const odd = { 1: 7, 2: null, 3: { ...closing(NOW_MS), reason: 'because' }, 4: closing(NOW_MS) };
  writeFileSync(path.join(dataDir, 'closed-incidents.json'), JSON.stringify(odd));
  const desk = closingDesk(dataDir, () => NOW_MS);
  expect(['1', '2', '3', '4'].map((id) => desk.find(id) !== undefined)).toEqual([false, false, false, true]);
});
