import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  applyDelta,
  DecisionTable,
  decodeSnapshot,
  encodeSnapshot,
  readSnapshot,
  writeSnapshot,
  type Snapshot,
  type SnapshotFault,
  type SnapshotHead,
  type TableDelta,
} from '../../../src/index.ts';
import { decision, factsOf, words } from '../decisions.ts';
import { encodeSteps } from '../../../src/table/snapshot/encode.ts';

type Ask =
  | { readonly ip: string; readonly now: number }
  | { readonly scope: string; readonly value: string; readonly now: number };

interface Golden {
  readonly head: SnapshotHead;
  readonly delta: TableDelta;
  readonly ask: readonly Ask[];
  /** What a reader has to answer to each. */
  readonly answers: readonly unknown[];
}

const FIXTURES = path.join(import.meta.dirname, '../../fixtures');
const GOLDEN = ['empty', 'small', 'indexed'];

function golden(name: string): Golden & { readonly bytes: Uint8Array } {
  const json = readFileSync(path.join(FIXTURES, `decisions-${name}.json`), 'utf8');
  return {
    ...(JSON.parse(json) as Golden),
    bytes: readFileSync(path.join(FIXTURES, `decisions-${name}.bin`)),
  };
}

function tableOf(delta: TableDelta, seed?: number): DecisionTable {
  const table = new DecisionTable(seed === undefined ? {} : { seed });
  expect(applyDelta(table, delta).faults).toEqual([]);
  return table;
}

function answersOf(table: DecisionTable, asks: readonly Ask[]): unknown[] {
  return asks.map((ask) =>
    factsOf(
      table,
      'ip' in ask ? table.lookup(words(ask.ip), ask.now) : table.lookupText(ask.scope, ask.value, ask.now),
    ),
  );
}

function read(bytes: Uint8Array): Snapshot {
  const found = decodeSnapshot(bytes);
  if (!found.ok) throw new Error(found.message);
  return found;
}

function faultOf(found: Snapshot | SnapshotFault): string {
  return found.ok ? 'none' : `${found.code}: ${found.message}`;
}

describe.each(GOLDEN)('the golden file decisions-%s.bin', (name) => {
  it('is what the writer writes, to the byte', () => {
    const { head, delta, bytes } = golden(name);
    expect(Buffer.compare(encodeSnapshot(tableOf(delta), head), bytes)).toBe(0);
  });

  it('is read with everything that is in it', () => {
    const { head, ask, answers, bytes } = golden(name);
    const found = read(bytes);
    expect([found.generation, found.createdAtMs]).toEqual([head.generation, head.createdAtMs]);
    expect(answersOf(found.table, ask)).toEqual(answers);
  });

  const php = spawnSync('php', ['-r', 'exit(PHP_VERSION_ID >= 80100 ? 0 : 1);']).status === 0;
  it.skipIf(!php)('is read by PHP, from the page about the format alone (skipped without PHP 8.1)', () => {
    const { ask, answers } = golden(name);
    const reader = path.join(import.meta.dirname, 'reader.php');
    const file = path.join(FIXTURES, `decisions-${name}.bin`);
    const out = execFileSync('php', [reader, file], { input: JSON.stringify(ask), encoding: 'utf8' });
    expect(JSON.parse(out)).toEqual(answers);
  });
});

describe('a snapshot', () => {
  it('that was written before there was a section LOOK is read as well', () => {
    const { ask, answers } = golden('small');
    const { table } = read(readFileSync(path.join(FIXTURES, 'decisions-older.bin')));
    expect(answersOf(table, ask)).toEqual(answers);
  });

  it('is the same whatever way the table came to be', () => {
    const { head, delta, bytes } = golden('indexed');
    const other = tableOf({ ...delta, add: delta.add!.toReversed() }, 1);
    applyDelta(other, { add: [decision('192.0.2.1', { id: 'eeeeeeee' })] });
    other.remove('eeeeeeee');
    expect(Buffer.compare(encodeSnapshot(other, head), bytes)).toBe(0);
  });

  it('is the table as it was when writing began, whatever changes meanwhile', () => {
    const { head, delta, bytes } = golden('indexed');
    const table = tableOf(delta);
    const steps = encodeSteps(table, head);
    steps.next();
    for (const { id, target } of delta.add!) table.remove(id, target);
    applyDelta(table, { add: [decision('203.0.113.9', { scenario: 'later', id: 'eeeeeeee' })] });
    let stops = 1;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) stops++;
    expect(Buffer.compare(step.value, bytes)).toBe(0);
    expect(stops).toBeGreaterThan(10);
  });

  it('is read into a table that goes on from there', () => {
    const { delta, bytes } = golden('small');
    const { table } = read(bytes);
    for (const { id, target } of delta.add!) table.remove(id, target);
    expect(table.size).toBe(0);
  });

  it('leaves out what has ended', () => {
    const table = tableOf({ add: [decision('192.0.2.1'), decision('192.0.2.2', { expiresAtMs: 5000 })] });
    expect(read(encodeSnapshot(table, { generation: 1, createdAtMs: 5000 })).table.size).toBe(1);
  });

  it('holds any text, and millions of seconds', () => {
    const table = tableOf({
      add: [
        decision('192.0.2.1', { scenario: 'ß 日本 \u0000 \u{1F600}', origin: '', remediation: 'odd thing' }),
        decision('x', { target: { scope: 'own', value: 'a\u0000b\n' } }),
        decision('::', { expiresAtMs: 1e18 }),
      ],
    });
    const { table: again } = read(encodeSnapshot(table, { generation: 2 ** 52, createdAtMs: 0 }));
    expect(again.scenarioOf(again.lookup(words('192.0.2.1'), 0))).toBe('ß 日本 \u0000 \u{1F600}');
    expect(again.lookupText('own', 'a\u0000b\n', 0)).not.toBe(0);
    expect(again.expiresAtSecondsOf(again.lookup(words('::'), 0))).toBe(0xffffffff);
  });
});

describe('a file that is no whole snapshot', () => {
  it('is refused with one clear sentence, whatever byte is changed', () => {
    const { bytes } = golden('small');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Uint8Array.from(bytes);
        bad[at]! ^= change;
        expect(faultOf(decodeSnapshot(bad))).toMatch(/^E_SNAPSHOT_(DAMAGED|FOREIGN|VERSION): it /);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused wherever it is cut off, and when something follows it', () => {
    const { bytes } = golden('small');
    for (let length = 0; length < bytes.length; length++)
      expect(faultOf(decodeSnapshot(bytes.subarray(0, length)))).toContain('E_SNAPSHOT_DAMAGED');
    expect(faultOf(decodeSnapshot(Buffer.concat([bytes, Buffer.alloc(1)])))).toContain('E_SNAPSHOT_DAMAGED');
  });

  it('is never a crash, whatever the bytes are', () => {
    const { bytes } = golden('small');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (random, hasHead) => {
        const bad = hasHead ? Buffer.concat([bytes.subarray(0, 12), random]) : random;
        expect(decodeSnapshot(bad).ok).toBe(false);
      }),
    );
  });

  it('is refused or read, and never a crash, when somebody made its checksums right again', () => {
    const { bytes } = golden('small');
    const change = fc.tuple(
      fc.integer({ min: 276, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bad = Buffer.from(bytes);
        for (const [at, bits] of changes) bad[at]! ^= bits;
        expect(faultOf(decodeSnapshot(sealed(bad)))).toMatch(/^none$|^E_SNAPSHOT_DAMAGED: it is damaged: /);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused when it has more decisions on one target than a table takes, or rows out of order', () => {
    const { bytes } = golden('indexed');
    const same = Buffer.from(bytes);
    const at = same.readUInt32BE(32 + 3 * 24 + 4) + 4 * 17; // behind the index of IPV4, which has four bits
    for (let row = 1; row < 100; row++) same.copy(same, at + row * 16, at, at + 4);
    expect(faultOf(decodeSnapshot(sealed(same)))).toContain('too many decisions on one target');
    const turned = Buffer.from(bytes);
    turned.writeUInt32BE(0xffffffff, at);
    expect(faultOf(decodeSnapshot(sealed(turned)))).toContain('out of order');
  });

  it('says of another version and of another kind of file what it is', () => {
    const later = Uint8Array.from(golden('empty').bytes);
    later[9] = 2;
    expect(faultOf(decodeSnapshot(later))).toBe(
      'E_SNAPSHOT_VERSION: it is of version 2 and only version 1 is known here',
    );
    expect(faultOf(decodeSnapshot(Buffer.from('PK\u0003\u0004 something else')))).toBe(
      'E_SNAPSHOT_FOREIGN: it does not begin as a snapshot of decisions does',
    );
  });
});

/** The file with its checksums made right. */
function sealed(bytes: Buffer): Buffer {
  const end = 32 + 24 * bytes.readUInt16BE(10);
  for (let entry = 32; entry < end; entry += 24) {
    const [at, length] = [bytes.readUInt32BE(entry + 4), bytes.readUInt32BE(entry + 8)];
    bytes.writeUInt32BE(crc32(bytes.subarray(at, at + length)), entry + 20);
  }
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

describe('decisions.bin', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'parapet-table-'));
    file = path.join(folder, 'decisions.bin');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is replaced as a whole, and nothing else is left', async () => {
    const table = tableOf({ add: [decision('192.0.2.1')] });
    for (const generation of [1, 2])
      expect(await writeSnapshot(file, table, { generation, createdAtMs: 0 })).toBeUndefined();
    const found = readSnapshot(file);
    expect(found.ok && found.generation).toBe(2);
    expect(readdirSync(folder)).toEqual(['decisions.bin']);
  });

  it('that is not there, or cannot be read or written, is said so', async () => {
    expect(faultOf(readSnapshot(file))).toBe('E_SNAPSHOT_MISSING: there is no such file');
    expect(faultOf(readSnapshot(folder))).toContain('E_SNAPSHOT_UNREADABLE: it cannot be read: ');
    const fault = await writeSnapshot(path.join(file, 'below'), new DecisionTable(), {
      generation: 1,
      createdAtMs: 0,
    });
    expect(fault?.code).toBe('E_SNAPSHOT_UNWRITABLE');
  });

  it('that is damaged stays where it is', () => {
    writeFileSync(file, golden('small').bytes.subarray(0, 500));
    expect(faultOf(readSnapshot(file))).toContain('E_SNAPSHOT_DAMAGED');
    expect(readdirSync(folder)).toEqual(['decisions.bin']);
  });
});
