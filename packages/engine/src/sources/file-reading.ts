// One file being read, from an offset to its end and on as it grows. It notices when the file was emptied and
// written anew under it, even if it has grown past the offset since: the first bytes are looked at after each read.

import { handleChunks, readHead, type Candidate } from './candidates.ts';
import { fingerprintOf, HEAD_BYTES, isSameFile, positionKey, type FilePosition } from './file-position.ts';
import { gunzip } from './gunzip.ts';
import { LineSplitter } from './line-splitter.ts';
import type { FileHandle, FileStat, FileSystem } from './surroundings.ts';

/** `end`: no more for now. `truncated`: what was read does not belong to the file any more, and was dropped. */
export type ReadOutcome = 'read' | 'end' | 'truncated';

export interface FileReading {
  readonly key: string;
  readonly file: Pick<FileStat, 'dev' | 'ino'>;
  /** A finished file, such as a gzip archive, does not grow. */
  readonly isFinished: boolean;
  /** Nothing has been read yet, and nothing is known of the file. */
  readonly isBlank: boolean;
  readonly cutLines: number;
  position(): FilePosition;
  /** Reads one chunk and appends its whole lines. */
  read(lines: string[]): Promise<ReadOutcome>;
  /** Whether the file as stated holds nothing new, so that reading can be spared. */
  isUpToDate(stat: FileStat): boolean;
  /** Appends the last line if it has no newline: the file is left for good. */
  finish(lines: string[]): void;
  close(): Promise<void>;
}

const CHUNK_BYTES = 65_536;
const ALIGN_BYTES = 65_536;

/** Opens the file from an offset; undefined when it is no longer the file that was looked at. */
export async function openReading(
  files: FileSystem,
  path: string,
  candidate: Candidate,
  offset: number,
  onDamage: (why: string) => void,
): Promise<FileReading | undefined> {
  const handle = await files.open(candidate.path);
  if (handle === undefined) return undefined;
  const stat = await handle.stat();
  if (!isSameFile(stat, candidate.stat)) {
    await handle.close();
    return undefined;
  }
  if (candidate.isGzip) return new GzipReading(path, handle, candidate, offset, onDamage);
  return new PlainReading(path, handle, stat, offset, await readHead(handle));
}

/** Returns the start of the line that the end of the file is in: an unfinished line is read when it is whole. */
export async function lastLineStart(files: FileSystem, candidate: Candidate): Promise<number> {
  const handle = await files.open(candidate.path);
  if (handle === undefined) return 0;
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - ALIGN_BYTES);
    const tail = Buffer.alloc(size - from);
    const length = await handle.read(tail, from);
    const newline = tail.subarray(0, length).lastIndexOf(10);
    if (newline >= 0) return from + newline + 1;
    return from === 0 ? 0 : size;
  } finally {
    await handle.close();
  }
}

/** What both kinds know: how far lines were taken, and how the file begins. */
abstract class Reading implements FileReading {
  abstract readonly isFinished: boolean;
  abstract readonly isBlank: boolean;
  readonly key: string;
  readonly file: Pick<FileStat, 'dev' | 'ino'>;
  protected readonly handle: FileHandle;
  protected readonly splitter = new LineSplitter();
  protected offset: number;
  protected head: Buffer;
  readonly #path: string;

  constructor(path: string, handle: FileHandle, stat: FileStat, offset: number, head: Buffer) {
    this.key = positionKey(path, stat);
    this.file = { dev: stat.dev, ino: stat.ino };
    this.handle = handle;
    this.offset = offset;
    this.head = head;
    this.#path = path;
  }

  abstract isUpToDate(stat: FileStat): boolean;
  abstract read(lines: string[]): Promise<ReadOutcome>;

  get cutLines(): number {
    return this.splitter.cutLines;
  }

  position(): FilePosition {
    return {
      path: this.#path,
      ...this.file,
      offset: this.offset - this.splitter.pendingBytes,
      fingerprint: fingerprintOf(this.head),
    };
  }

  finish(lines: string[]): void {
    this.splitter.end(lines);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

class PlainReading extends Reading {
  readonly isFinished = false;
  #checkedMtimeMs = -1;
  #buffer: Buffer | undefined;

  get isBlank(): boolean {
    return this.offset === 0 && this.head.length === 0;
  }

  isUpToDate(stat: FileStat): boolean {
    return stat.size === this.offset && stat.mtimeMs === this.#checkedMtimeMs;
  }

  async read(lines: string[]): Promise<ReadOutcome> {
    const buffer = (this.#buffer ??= Buffer.allocUnsafe(CHUNK_BYTES));
    const length = await this.handle.read(buffer, this.offset);
    if (length === 0) {
      const stat = await this.handle.stat();
      if (stat.size < this.offset) return 'truncated';
      if (stat.mtimeMs === this.#checkedMtimeMs) return 'end';
      if (!(await this.#hasSameHead())) return 'truncated';
      // A file that grew since the read is not up to date, whatever its time says.
      if (stat.size === this.offset) this.#checkedMtimeMs = stat.mtimeMs;
      return 'end';
    }
    // After the read, not before: what was read is only good if the file still starts as it did.
    const head = await readHead(this.handle);
    if (!startsWith(head, this.head)) return 'truncated';
    this.offset += length;
    if (this.head.length < HEAD_BYTES) this.head = head;
    this.splitter.push(buffer.subarray(0, length), lines);
    return 'read';
  }

  async #hasSameHead(): Promise<boolean> {
    return this.head.length === 0 || startsWith(await readHead(this.handle), this.head);
  }
}

class GzipReading extends Reading {
  readonly isFinished = true;
  readonly isBlank = false;
  readonly #chunks: AsyncGenerator<Buffer, string | undefined>;
  /** When it was looked at; what was added since may have been read, or not. */
  readonly #sizeBytes: number;
  readonly #onDamage: (why: string) => void;
  #toSkip: number;

  constructor(
    path: string,
    handle: FileHandle,
    { stat, head }: Candidate,
    offset: number,
    onDamage: (why: string) => void,
  ) {
    super(path, handle, stat, offset, head);
    this.#chunks = gunzip(handleChunks(handle));
    this.#sizeBytes = stat.size;
    this.#toSkip = offset;
    this.#onDamage = onDamage;
  }

  isUpToDate(stat: FileStat): boolean {
    return stat.size === this.#sizeBytes;
  }

  async read(lines: string[]): Promise<ReadOutcome> {
    const next = await this.#chunks.next();
    if (next.done === true) {
      if (next.value !== undefined) this.#onDamage(next.value);
      return 'end';
    }
    const skipped = Math.min(this.#toSkip, next.value.length);
    this.#toSkip -= skipped;
    this.offset += next.value.length - skipped;
    this.splitter.push(next.value.subarray(skipped), lines);
    return 'read';
  }

  override async close(): Promise<void> {
    await this.#chunks.return(undefined);
    await super.close();
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.subarray(0, start.length).equals(start);
}
