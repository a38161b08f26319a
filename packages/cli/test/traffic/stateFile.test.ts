import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrafficMonitor } from '@parapet/engine';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { COPIES, goBack, readState, stateFile, StateWriter } from '../../src/traffic/stateFile.ts';

const DAY_MS = 86_400_000;
let folder: string;
let monitor: TrafficMonitor;
let nowMs: number;

/** Lets a client come each minute for an hour. */
function come(ip: string): void {
  for (let k = 0; k < 60; k++)
    monitor.observe(
      {
        atMs: (nowMs += 60_000),
        ...{ site: '', ip, method: 'GET', rawPath: '/a', status: 200, referrer: '', userAgent: '' },
      },
      () => {},
    );
}

function known(copy = 0): { clients: number; minutes: number } {
  const site = new TrafficMonitor('live', readState(folder, copy)?.parts).site('');
  return { clients: site?.traffic.clients.size ?? 0, minutes: site?.traffic.length ?? 0 };
}

describe('the file of what was learnt', () => {
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parapet-traffic-'));
    monitor = new TrafficMonitor('live');
    nowMs = Date.UTC(2026, 0, 5);
    onTestFinished(() => {
      fs.rmSync(folder, { recursive: true });
    });
  });

  async function written(hours: number): Promise<StateWriter> {
    const writer = new StateWriter(folder, 0);
    onTestFinished(() => writer.close());
    come('192.0.2.0');
    await writer.writeAll(monitor.saveAll(), nowMs);
    for (let hour = 1; hour < hours; hour++) {
      come(`192.0.2.${hour}`);
      await writer.add(monitor.saveChanges());
    }
    return writer;
  }

  it('holds what was written and what was added', async () => {
    await written(5);
    // The minute that is running is not over.
    expect(known()).toEqual({ clients: 5, minutes: 299 });
    expect(fs.statSync(stateFile(folder)).mode & 0o777).toBe(0o600);
  });

  it('is read up to where it was cut, wherever that is, and goes on from there', async () => {
    await written(3);
    const whole = fs.readFileSync(stateFile(folder));
    const head = 16;
    for (let size = head; size < whole.length; size += 997) {
      fs.writeFileSync(stateFile(folder), whole.subarray(0, size));
      const read = readState(folder)!;
      expect(read.wholeBytes).toBeLessThanOrEqual(size);
      expect(read.damage === undefined).toBe(read.wholeBytes === size);
    }
    fs.writeFileSync(stateFile(folder), whole.subarray(0, -3));
    const { wholeBytes } = readState(folder)!;
    const writer = new StateWriter(folder, wholeBytes);
    come('192.0.2.99');
    await writer.add(monitor.saveChanges());
    await writer.close();
    expect(readState(folder)!.damage).toBeUndefined();
    expect(known().clients).toBe(3);
  });

  it('is read up to a byte that was changed', async () => {
    await written(3);
    const whole = fs.readFileSync(stateFile(folder));
    for (let at = 16; at < whole.length; at += 1013) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x40;
      fs.writeFileSync(stateFile(folder), bytes);
      expect(readState(folder)!.wholeBytes).toBeLessThanOrEqual(at);
    }
    fs.writeFileSync(stateFile(folder), 'something else');
    expect(() => readState(folder)).toThrow('of another version');
  });

  it('is written anew when the changes have grown large', async () => {
    const writer = await written(2);
    expect(writer.isAllDue).toBe(false);
    for (let i = 0; i < 40_000; i++)
      monitor.observe(
        {
          atMs: nowMs,
          ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
          ...{ site: '', method: 'GET', rawPath: '/a', status: 200, referrer: '', userAgent: '' },
        },
        () => {},
      );
    await writer.add(monitor.saveChanges());
    expect(writer.isAllDue).toBe(true);
    await writer.writeAll(monitor.saveAll(), nowMs);
    expect(writer.isAllDue).toBe(false);
    expect(known().clients).toBe(40_002);
  });

  it('keeps a copy of each day, to which one can go back', async () => {
    const writer = await written(1);
    for (let day = 1; day <= COPIES + 1; day++) {
      come(`198.18.0.${day}`);
      const atMs = nowMs + day * DAY_MS;
      await writer.writeAll(monitor.saveAll(), atMs);
      await writer.writeAll(monitor.saveAll(), atMs);
    }
    expect(fs.existsSync(stateFile(folder, COPIES + 1))).toBe(false);
    expect(known().clients).toBe(COPIES + 2);
    const before = known(1);
    expect(before.clients).toBeLessThan(COPIES + 2);
    goBack(folder, 1);
    expect(known()).toEqual(before);
  });
});
