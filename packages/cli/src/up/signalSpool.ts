// Signals as files: an application that finds nobody listening renames a file into the spool, and it is taken when an
// engine runs. A file is deleted when its records are in the store. Should the engine die between the two, the file is
// read again: records without an id of their own get one from their place in the file, so that none counts twice.

import { createHash } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { open, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readBatch, type RawRecord } from '@parapet/api';
import { UsageError } from '../run-verb.ts';
import { takeAll, type SignalTaking } from './signalTaking.ts';

export interface SpoolOptions extends SignalTaking {
  readonly folder: string;
}

const LOOK_EVERY_MS = 500;
const MOST_BYTES = 8_388_608;
const MOST_RECORDS = 100_000;
const TAKEN_AT_ONCE = 500;
const NAME = /^[^.].*\.(json|ndjson)$/;

/** Takes what is in the folder and what is put there; rejects with a UsageError when the folder cannot be had. */
export async function watchSpool(options: SpoolOptions): Promise<{ close(): Promise<void> }> {
  const { folder } = options;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o770 });
    await readdir(folder);
  } catch (error) {
    throw new UsageError(
      'E_SIGNALS_SPOOL',
      `Signals cannot be taken from ${folder}: ${messageOf(error)}`,
      'Give another folder: signals.spool in the configuration',
    );
  }
  const end = new AbortController();
  const running = run(options, end.signal);
  return {
    close: async () => {
      end.abort();
      await running;
    },
  };
}

async function run(options: SpoolOptions, signal: AbortSignal): Promise<void> {
  const unreadable = new Set<string>();
  while (!signal.aborted) {
    const names = (await readdir(options.folder).catch(() => []))
      .filter((name) => NAME.test(name))
      .toSorted();
    for (const name of names) {
      if (signal.aborted) return;
      if (unreadable.has(name)) continue;
      try {
        await takeFile(options, name, signal);
      } catch (error) {
        // Once for each name: it is there until somebody mends it.
        if (unreadable.size < MOST_RECORDS) unreadable.add(name);
        options.onNote(
          `The signals in ${path.join(options.folder, name)} cannot be taken: ${messageOf(error)}`,
        );
      }
    }
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

async function takeFile(options: SpoolOptions, name: string, signal: AbortSignal): Promise<void> {
  const file = path.join(options.folder, name);
  const { text, stamp } = await readFile(file);
  const sender = `the spool (${name})`;
  const batch = readBatch(text, MOST_RECORDS);
  if (!batch.ok) options.refused.add(sender, [{ index: 0, code: batch.code, detail: batch.detail }]);
  const records = batch.ok ? batch.records.map((record, index) => withId(record, `${stamp} ${index}`)) : [];
  for (let from = 0; from < records.length; from += TAKEN_AT_ONCE)
    if (!(await takeAll(options, 'the spool', records.slice(from, from + TAKEN_AT_ONCE), signal))) return;
  await unlink(file);
}

/** Whoever may write into the folder must not be able to have another file read: links are not followed. */
async function readFile(file: string): Promise<{ readonly text: Buffer; readonly stamp: string }> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, mtimeMs, ino } = await handle.stat().then((stat) => {
      if (!stat.isFile()) throw new Error('it is no file');
      return stat;
    });
    if (size > MOST_BYTES) throw new Error(`it is longer than ${MOST_BYTES} bytes`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    const text = buffer.subarray(0, bytesRead);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    return { text, stamp: `${path.basename(file)} ${ino} ${mtimeMs} ${hash}` };
  } finally {
    await handle.close();
  }
}

function withId(record: RawRecord, place: string): RawRecord {
  const { value } = record.ok ? record : { value: undefined };
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'id' in value) return record;
  const id = `spool-${createHash('sha256').update(place).digest('hex').slice(0, 32)}`;
  return { ok: true, value: { ...value, id } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
