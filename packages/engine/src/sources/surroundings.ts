// What the sources need from the world. The real ones are in packages/cli/src/io, the tests have their own in
// memory: so every rotation, truncation and kill can be played again exactly.

export interface Clock {
  nowMs(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted; it never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface FileStat {
  /** Device and inode as decimal text: they may not fit a number. Together they say which file it is. */
  readonly dev: string;
  readonly ino: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly kind: 'file' | 'directory' | 'other';
}

export interface FileHandle {
  stat(): Promise<FileStat>;
  /** Fills `into` from `position` on and returns the number of bytes read, 0 at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Failures other than absence reject with an Error whose message says what was refused. */
export interface FileSystem {
  /** Follows symbolic links; undefined when nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The names in a directory; none when it is absent. */
  list(directory: string): Promise<readonly string[]>;
  /** Undefined when nothing is there. */
  open(path: string): Promise<FileHandle | undefined>;
  /**
   * Calls back when something in the directory may have changed, and returns how to stop. Only a hint: reading
   * never depends on it, because watches run out (inotify limits) and stay silent on network file systems.
   */
  watch?(directory: string, onChange: () => void): () => void;
}

export interface ChildProcess {
  readonly stdout: AsyncIterable<Buffer>;
  readonly stderr: AsyncIterable<Buffer>;
  /** Undefined when a signal ended it; rejects when it could not be started. */
  readonly exitCode: Promise<number | undefined>;
  kill(): void;
}

export type Spawn = (command: string, args: readonly string[]) => ChildProcess;

export interface Listener {
  /** The port that was opened; useful when port 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

export interface Connection {
  readonly client: string;
  /** Not read ahead: a sender waits while nobody takes the next chunk. */
  readonly chunks: AsyncIterable<Buffer>;
  close(): void;
}

export interface Network {
  openUdp(
    address: string,
    port: number,
    onDatagram: (bytes: Buffer, client: string) => void,
  ): Promise<Listener>;
  openTcp(address: string, port: number, onConnection: (connection: Connection) => void): Promise<Listener>;
}
