// Where reading stands in one file, in a form that finds the file again after it was renamed, copied or compressed:
// by the hash of its first bytes, which an appended file never changes.

import { createHash } from 'node:crypto';
import type { FileStat } from './surroundings.ts';

export const HEAD_BYTES = 1024;

export interface Fingerprint {
  /** How many of the first bytes were hashed. */
  readonly length: number;
  readonly hash: string;
}

export interface FilePosition {
  /** The name the file is tailed under. */
  readonly path: string;
  readonly dev: string;
  readonly ino: string;
  /** Of the first byte not yet delivered, counted in uncompressed bytes. */
  readonly offset: number;
  readonly fingerprint: Fingerprint;
}

export function fingerprintOf(head: Uint8Array, length: number = head.length): Fingerprint {
  const hash = createHash('sha256').update(head.subarray(0, length)).digest('base64url').slice(0, 22);
  return { length, hash };
}

/** Whether a file that starts with `head` can be the one the fingerprint was taken of. */
export function hasFingerprint(head: Uint8Array, fingerprint: Fingerprint): boolean {
  return (
    head.length >= fingerprint.length && fingerprintOf(head, fingerprint.length).hash === fingerprint.hash
  );
}

export function isSameFile(a: Pick<FileStat, 'dev' | 'ino'>, b: Pick<FileStat, 'dev' | 'ino'>): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

export function positionKey(path: string, file: Pick<FileStat, 'dev' | 'ino'>): string {
  return `${path}|${file.dev}:${file.ino}`;
}

/** Returns the position, or undefined when the value is none (written by another version, or damaged). */
export function parsePosition(value: unknown): FilePosition | undefined {
  if (!isRecord(value) || !isRecord(value['fingerprint'])) return undefined;
  const { path, dev, ino, offset } = value;
  const { length, hash } = value['fingerprint'];
  if (typeof path !== 'string' || typeof dev !== 'string' || typeof ino !== 'string') return undefined;
  if (typeof hash !== 'string' || !isCount(offset) || !isCount(length)) return undefined;
  return { path, dev, ino, offset, fingerprint: { length, hash } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
