// The files that may hold the lines of one log: the log itself and what rotation made of it, oldest first.

import { gunzip, isGzip } from './gunzip.ts';
import { HEAD_BYTES, hasFingerprint, isSameFile, type FilePosition } from './file-position.ts';
import { rotatedNames, type RotatedName } from './rotated-names.ts';
import type { FileHandle, FileStat, FileSystem } from './surroundings.ts';

export interface Candidate {
  readonly path: string;
  readonly stat: FileStat;
  readonly isGzip: boolean;
  /** The first bytes, uncompressed. */
  readonly head: Buffer;
}

const MAX_TRIES = 5;

/** Returns what is there of the log, oldest first; the log itself, when it exists, is the last. */
export async function findCandidates(
  files: FileSystem,
  path: string,
  onUnreadable: (path: string, why: string) => void,
): Promise<readonly Candidate[]> {
  for (let tries = 1; ; tries++) {
    const found = await lookAround(files, path, onUnreadable);
    // A rotation in the middle of looking shows a file twice or not at all: then it is looked at again.
    if (tries === MAX_TRIES || (await isAsFound(files, path, found))) return found.candidates;
  }
}

interface Found {
  readonly names: readonly string[];
  readonly candidates: readonly Candidate[];
}

async function isAsFound(files: FileSystem, path: string, found: Found): Promise<boolean> {
  for (const { path: other, stat } of found.candidates) {
    const now = await files.stat(other);
    if (now === undefined || !isSameFile(now, stat)) return false;
  }
  const hadLog = found.candidates.at(-1)?.path === path;
  if (!hadLog && (await files.stat(path)) !== undefined) return false;
  const names = (await rotatedFiles(files, path)).map((one) => one.path);
  return names.length === found.names.length && names.every((name) => found.names.includes(name));
}

async function rotatedFiles(
  files: FileSystem,
  path: string,
): Promise<readonly { path: string; name: RotatedName }[]> {
  const slash = path.lastIndexOf('/');
  const directory = slash < 0 ? '.' : path.slice(0, slash) || '/';
  const base = path.slice(slash + 1);
  const rotated: { path: string; name: RotatedName }[] = [];
  for (const name of await files.list(directory)) {
    const reading = rotatedNames(name).find((one) => one.base === base);
    if (reading !== undefined) rotated.push({ path: `${path.slice(0, slash + 1)}${name}`, name: reading });
  }
  return rotated;
}

async function lookAround(
  files: FileSystem,
  path: string,
  onUnreadable: (path: string, why: string) => void,
): Promise<Found> {
  const rotated = await rotatedFiles(files, path);
  const names = rotated.map((one) => one.path);
  const plainNames = new Set(rotated.filter((one) => one.name.compression === 'none').map((one) => one.path));
  const found: (Candidate & { name: RotatedName })[] = [];
  for (const { path: other, name } of rotated) {
    // While gzip is at work both exist; the original is whole, the archive is not.
    if (name.compression !== 'none' && plainNames.has(other.replace(/\.\w+$/, ''))) continue;
    if (name.compression === 'other') continue;
    const candidate = await readCandidate(files, other, onUnreadable);
    // An archive that has just been begun has nothing to read yet, and would be taken for an empty log.
    if (name.compression === 'gzip' && candidate?.head.length === 0) continue;
    if (candidate !== undefined) found.push({ ...candidate, name });
  }
  found.sort(byAge(found.map((one) => one.name)));
  const current = await readCandidate(files, path, onUnreadable);
  return { names, candidates: current === undefined ? found : [...found, current] };
}

/**
 * Returns which candidate continues the position: the same inode with the same first bytes, else the youngest
 * other file with the same first bytes that is long enough (a copy, or the file after compression).
 */
export function findPosition(
  position: FilePosition,
  candidates: readonly Candidate[],
  isFree: (candidate: Candidate) => boolean = () => true,
): Candidate | undefined {
  const canContinue = (candidate: Candidate): boolean =>
    (candidate.isGzip || candidate.stat.size >= position.offset) &&
    hasFingerprint(candidate.head, position.fingerprint);
  const same = candidates.find((one) => isSameFile(one.stat, position) && canContinue(one));
  if (same !== undefined) return same;
  if (position.fingerprint.length === 0) return undefined;
  return candidates.findLast((one) => isFree(one) && canContinue(one));
}

/**
 * Whether the candidate that follows the position's file in age is that same log once more: an archive beside the
 * file that it was made of, or a copy beside the log that is about to be emptied. Short files may well start alike:
 * those have to be the same as a whole.
 */
export function isOtherCopy(position: FilePosition, next: Candidate, isTheLog: boolean): boolean {
  const { length } = position.fingerprint;
  if (!hasFingerprint(next.head, position.fingerprint)) return false;
  if (!next.isGzip && next.stat.size < position.offset) return false;
  if (length >= HEAD_BYTES) return true;
  return length > 0 && next.head.length === length && !isTheLog;
}

export async function readHead(handle: FileHandle): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES);
  let length = 0;
  while (length < HEAD_BYTES) {
    const more = await handle.read(head.subarray(length), length);
    if (more === 0) break;
    length += more;
  }
  return head.subarray(0, length);
}

export async function* handleChunks(handle: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(65_536);
  for (let position = 0; ;) {
    const length = await handle.read(buffer, position);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}

async function readCandidate(
  files: FileSystem,
  path: string,
  onUnreadable: (path: string, why: string) => void,
): Promise<Candidate | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await files.open(path);
    if (handle === undefined) return undefined;
    const stat = await handle.stat();
    if (stat.kind !== 'file') return undefined;
    const head = await readHead(handle);
    if (!isGzip(head)) return { path, stat, isGzip: false, head };
    return { path, stat, isGzip: true, head: await inflatedHead(handle) };
  } catch (error) {
    onUnreadable(path, error instanceof Error ? error.message : String(error));
    return undefined;
  } finally {
    await handle?.close();
  }
}

async function inflatedHead(handle: FileHandle): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of gunzip(handleChunks(handle))) {
    pieces.push(piece);
    length += piece.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

/** By name where all names are of one style, by time of last writing otherwise. */
function byAge(
  names: readonly RotatedName[],
): (a: Candidate & { name: RotatedName }, b: Candidate & { name: RotatedName }) => number {
  const isOneStyle = names.every((one) => one.style === names[0]!.style && one.style !== 'old');
  return (a, b) => {
    if (!isOneStyle && a.stat.mtimeMs !== b.stat.mtimeMs) return a.stat.mtimeMs - b.stat.mtimeMs;
    if (a.name.rank < b.name.rank) return -1;
    return a.name.rank > b.name.rank ? 1 : 0;
  };
}
