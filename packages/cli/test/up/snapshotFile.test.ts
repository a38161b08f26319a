import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DecisionTable, readSnapshot } from '@parapet/enforcement';
import { expect, it, onTestFinished, vi } from 'vitest';
import { SnapshotFile } from '../../src/up/snapshotFile.ts';

const NOW_MS = 1_800_000_000_000;

it('is there from the start, and whole; what a killed engine left is gone', async () => {
  const { folder, snapshot, size } = newSnapshot();
  fs.writeFileSync(path.join(folder, 'decisions.bin.77-1.next'), 'half');
  await snapshot.open();
  expect(size()).toBe(0);
  expect(fs.readdirSync(folder)).toEqual(['decisions.bin']);
});

it('follows changes, once for many of them, and the last one when it is closed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { snapshot, ban, size } = newSnapshot();
  await snapshot.open();
  ban('198.51.100.1');
  ban('198.51.100.2');
  expect(size()).toBe(0);
  await snapshot.close();
  expect(size()).toBe(2);
});

it('says once that it cannot be written, and when it can again', async () => {
  const { folder, snapshot, ban, notes, size } = newSnapshot();
  const file = path.join(folder, 'decisions.bin');
  fs.mkdirSync(path.join(file, 'in the way'), { recursive: true });
  await snapshot.open();
  expect(snapshot.error).toContain('cannot be written');
  ban('198.51.100.1');
  fs.rmSync(file, { recursive: true });
  await snapshot.close();
  expect(snapshot.error).toBeUndefined();
  expect(size()).toBe(1);
  expect(notes).toEqual([
    expect.stringContaining('E_SNAPSHOT_UNWRITABLE'),
    'decisions.bin is written again.',
  ]);
});

function newSnapshot(): {
  folder: string;
  snapshot: SnapshotFile;
  notes: string[];
  ban: (ip: string) => void;
  size: () => number;
} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-snapshot-'));
  onTestFinished(() => {
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const table = new DecisionTable();
  const notes: string[] = [];
  const snapshot = new SnapshotFile({
    dataDir: folder,
    table,
    nowMs: () => NOW_MS,
    onNote: (text) => void notes.push(text),
  });
  return {
    folder,
    snapshot,
    notes,
    ban: (value) => {
      table.add({
        id: `0000000${value.at(-1)}-0000-4000-8000-000000000000`,
        target: { scope: 'ip', value },
        remediation: 'ban',
        expiresAtMs: NOW_MS + 3_600_000,
        scenario: 'x/y',
        origin: 'scenario',
        simulated: false,
      });
      snapshot.changed();
    },
    size: () => {
      const read = readSnapshot(path.join(folder, 'decisions.bin'));
      if (!read.ok) throw new Error(read.message);
      return read.table.size;
    },
  };
}
