// What was learnt of traffic, in the data directory: everything as it was at some time, and behind it what each minute
// has changed since. Every part has its length and a checksum, so that after kill -9 or on a full disk all is there but
// the end. When the changes have grown as large as the rest, it is written anew beside the old one and takes its place.

import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { crc32, gunzipSync } from 'node:zlib';
import { readOldModel, type TrafficPart } from '@parapet/engine';
import { UsageError } from '../run-verb.ts';

/** Its last byte is the version of the format: raise it with every change of a saved type, and read the old ones. */
const HEAD = Buffer.from('PARAPET traffic\u0003', 'latin1');
const PART_HEAD_BYTES = 8;
const MOST_PART_BYTES = 1 << 28;
/** Changes are kept behind the rest at least up to this size. */
const LEAST_CHANGES = 1 << 20;
const DAY_MS = 86_400_000;
/** Days that one can go back. */
export const COPIES = 3;
const OLD_NAME = 'traffic-model.json.gz';
/** Unpacked. */
const MOST_OLD_BYTES = 1 << 29;

/** `copy`: 0 for what is in use, 1 for what was a day ago, and so on. */
export function stateFile(dataDir: string, copy = 0): string {
  return path.join(dataDir, copy === 0 ? 'traffic.state' : `traffic.state.${copy}`);
}

export interface ReadState {
  readonly parts: readonly TrafficPart[];
  /** So many bytes of the file are whole. */
  readonly wholeBytes: number;
  /** What is wrong with the rest, in words. */
  readonly damage?: string;
}

/** Returns what was learnt, or a copy; undefined when nothing was. Throws E_TRAFFIC_MODEL when it cannot be used. */
export function readState(dataDir: string, copy = 0): ReadState | undefined {
  const file = stateFile(dataDir, copy);
  const old = path.join(dataDir, OLD_NAME);
  if (existsSync(file)) return readParts(file);
  if (copy > 0) return undefined;
  return existsSync(old) ? { parts: readOld(old), wholeBytes: 0 } : undefined;
}

/** Forgets what was learnt; returns whether there was anything. */
export function removeState(dataDir: string): boolean {
  const files = [path.join(dataDir, OLD_NAME)];
  for (let copy = 0; copy <= COPIES; copy++) files.push(stateFile(dataDir, copy));
  const there = files.filter((file) => existsSync(file));
  for (const file of there) rmSync(file, { force: true });
  return there.length > 0;
}

/** Puts a copy in the place of what is in use; there has to be one. */
export function goBack(dataDir: string, copy: number): void {
  const next = `${stateFile(dataDir)}.next`;
  copyFileSync(stateFile(dataDir, copy), next);
  renameSync(next, stateFile(dataDir));
}

/** Moves what cannot be read out of the way; returns where it is then. */
export function setAside(dataDir: string): string {
  const file = [stateFile(dataDir), path.join(dataDir, OLD_NAME)].find((one) => existsSync(one));
  const aside = `${stateFile(dataDir)}.unreadable`;
  if (file !== undefined) renameSync(file, aside);
  return aside;
}

/** Writes what was learnt. One call at a time; each rejects with the error of the file system. */
export class StateWriter {
  readonly #dataDir: string;
  #handle: FileHandle | undefined;
  #size: number;
  #wholeSize: number;

  /** `wholeBytes`: as `readState` said of the file; what is behind it is written over. */
  constructor(dataDir: string, wholeBytes: number) {
    this.#dataDir = dataDir;
    this.#size = wholeBytes;
    this.#wholeSize = wholeBytes;
  }

  /** Whether everything has to be written, and not what has changed. */
  get isAllDue(): boolean {
    return this.#size === 0 || this.#size > 2 * this.#wholeSize + LEAST_CHANGES;
  }

  /** Adds what has changed. */
  async add(parts: Iterable<TrafficPart>): Promise<void> {
    this.#handle ??= await open(stateFile(this.#dataDir), 'r+');
    let size = this.#size;
    for (const part of parts) size += await writePart(this.#handle, part, size);
    await this.#handle.datasync();
    await this.#handle.truncate(size);
    this.#size = size;
  }

  /** Writes everything in place of what is there; of each day, one copy is kept. */
  async writeAll(parts: Iterable<TrafficPart>, nowMs: number): Promise<void> {
    await mkdir(this.#dataDir, { recursive: true });
    const file = stateFile(this.#dataDir);
    const next = `${file}.next`;
    // Who visits the site when is nobody else's business.
    const handle = await open(next, 'w', 0o600);
    try {
      await handle.write(HEAD, 0, HEAD.length, 0);
      let size = HEAD.length;
      for (const part of parts) size += await writePart(handle, part, size);
      await handle.datasync();
      keepCopy(this.#dataDir, nowMs);
      await rename(next, file);
      await this.#handle?.close();
      this.#handle = handle;
      this.#size = size;
      this.#wholeSize = size;
    } catch (error) {
      await handle.close();
      await rm(next, { force: true });
      throw error;
    }
    await rm(path.join(this.#dataDir, OLD_NAME), { force: true });
  }

  /** What is in the file is no longer ours: the next time everything is written. */
  forget(): void {
    this.#size = 0;
    this.#wholeSize = 0;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

async function writePart(handle: FileHandle, part: TrafficPart, at: number): Promise<number> {
  const body = serialize(part);
  const head = Buffer.alloc(PART_HEAD_BYTES);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt32LE(crc32(body), 4);
  await handle.write(head, 0, head.length, at);
  await handle.write(body, 0, body.length, at + head.length);
  return head.length + body.length;
}

/** The state of a day ago is the one that is about to be replaced, once a day. */
function keepCopy(dataDir: string, nowMs: number): void {
  const current = stateFile(dataDir);
  const newest = stateFile(dataDir, 1);
  if (!existsSync(current)) return;
  if (existsSync(newest) && Math.abs(nowMs - statSync(newest).mtimeMs) < DAY_MS) return;
  for (let copy = COPIES; copy > 1; copy--)
    if (existsSync(stateFile(dataDir, copy - 1)))
      renameSync(stateFile(dataDir, copy - 1), stateFile(dataDir, copy));
  linkSync(current, newest);
  // When the copy was made; the file itself is about to be replaced.
  utimesSync(newest, new Date(nowMs), new Date(nowMs));
}

function readParts(file: string): ReadState {
  const size = statSync(file).size;
  const fd = openSync(file, 'r');
  try {
    const head = bytesAt(fd, 0, HEAD.length);
    if (!head.equals(HEAD)) throw unusable(file, 'it is of another version, or nothing that was learnt');
    const parts: TrafficPart[] = [];
    let at = HEAD.length;
    while (at < size) {
      const part = readPart(fd, at, size);
      if (part === undefined)
        return { parts, wholeBytes: at, damage: `${size - at} bytes at its end are damaged` };
      parts.push(part.value);
      at += part.bytes;
    }
    return { parts, wholeBytes: at };
  } finally {
    closeSync(fd);
  }
}

function readPart(
  fd: number,
  at: number,
  size: number,
): { readonly value: TrafficPart; readonly bytes: number } | undefined {
  const head = bytesAt(fd, at, PART_HEAD_BYTES);
  if (head.length < PART_HEAD_BYTES) return undefined;
  const length = head.readUInt32LE(0);
  if (length > Math.min(MOST_PART_BYTES, size - at - PART_HEAD_BYTES)) return undefined;
  const body = bytesAt(fd, at + PART_HEAD_BYTES, length);
  if (crc32(body) !== head.readUInt32LE(4)) return undefined;
  try {
    // Head and checksum say that `writePart` of this version wrote it.
    return { value: deserialize(body) as TrafficPart, bytes: PART_HEAD_BYTES + length };
  } catch {
    return undefined;
  }
}

function bytesAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, at));
}

function readOld(file: string): readonly TrafficPart[] {
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(readFileSync(file), { maxOutputLength: MOST_OLD_BYTES }).toString('utf8'));
  } catch (error) {
    throw unusable(file, (error as Error).message); // Errors only
  }
  const parts = readOldModel(value);
  if (parts === undefined) throw unusable(file, 'it is of another version, or nothing that was learnt');
  return parts;
}

function unusable(file: string, why: string): UsageError {
  return new UsageError(
    'E_TRAFFIC_MODEL',
    `${file} cannot be read: ${why}`,
    'Learn anew: parapet train traffic FILE...',
  );
}
