import type { Clock, FileHandle, FileStat, FileSystem } from '../../src/sources/surroundings.ts';

// A small file system in memory with what log rotation needs: inodes that outlive their names, renames,
// truncation in place, links, permissions, and inode numbers that are used again as ext4 does.

interface Inode {
  ino: number;
  data: Buffer;
  mtimeMs: number;
  isReadable: boolean;
}

export class MemoryClock implements Clock {
  ms = 1_800_000_000_000;
  /** Called at every sleep; this is where a test lets the world go on. */
  onSleep: (ms: number) => void = () => {};
  /** What a sleep waits for before it returns. */
  hold: () => Promise<void> | undefined = () => undefined;

  nowMs(): number {
    return this.ms;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.ms += ms;
    this.onSleep(ms);
    await this.hold();
  }
}

export class MemoryFiles implements FileSystem {
  readonly names = new Map<string, Inode>();
  readonly links = new Map<string, string>();
  readonly #clock: Clock;
  #freed: number[] = [];
  #nextIno = 100;
  openHandles = 0;
  /** Called before every look at the file system: a place to let the world change between two of them. */
  onAccess: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  append(path: string, text: string | Buffer): void {
    const inode = this.names.get(path) ?? this.create(path);
    inode.data = Buffer.concat([inode.data, Buffer.from(text as string)]);
    inode.mtimeMs = this.#clock.nowMs();
  }

  create(path: string): Inode {
    const inode = {
      ino: this.#freed.pop() ?? this.#nextIno++,
      data: Buffer.alloc(0),
      mtimeMs: this.#clock.nowMs(),
      isReadable: true,
    };
    this.unlink(path);
    this.names.set(path, inode);
    return inode;
  }

  write(path: string, data: Buffer, mtimeMs = this.#clock.nowMs()): void {
    const inode = this.create(path);
    inode.data = data;
    inode.mtimeMs = mtimeMs;
  }

  rename(from: string, to: string): void {
    const inode = this.names.get(from);
    if (inode === undefined) throw new Error(`no ${from}`);
    this.unlink(to);
    this.names.delete(from);
    this.names.set(to, inode);
  }

  truncate(path: string): void {
    const inode = this.names.get(path)!;
    inode.data = Buffer.alloc(0);
    inode.mtimeMs = this.#clock.nowMs();
  }

  unlink(path: string): void {
    const inode = this.names.get(path);
    if (inode === undefined) return;
    this.names.delete(path);
    // With nobody holding it open, the number is free for the next file.
    if (this.openHandles === 0) this.#freed.push(inode.ino);
  }

  setReadable(path: string, isReadable: boolean): void {
    this.names.get(path)!.isReadable = isReadable;
  }

  async stat(path: string): Promise<FileStat | undefined> {
    this.onAccess();
    const inode = this.#resolve(path);
    if (inode !== undefined) return statOf(inode);
    const isDirectory = [...this.names.keys(), ...this.links.keys()].some((name) =>
      name.startsWith(`${path}/`),
    );
    return isDirectory
      ? { dev: '1', ino: '1', size: 0, mtimeMs: 0, kind: 'directory' }
      : await Promise.resolve(undefined);
  }

  async list(directory: string): Promise<readonly string[]> {
    this.onAccess();
    const prefix = directory.endsWith('/') ? directory : `${directory}/`;
    const found = new Set<string>();
    for (const name of [...this.names.keys(), ...this.links.keys()]) {
      if (name.startsWith(prefix)) found.add(name.slice(prefix.length).split('/')[0]!);
    }
    return await Promise.resolve([...found]);
  }

  async open(path: string): Promise<FileHandle | undefined> {
    this.onAccess();
    const inode = this.#resolve(path);
    if (inode === undefined) return await Promise.resolve(undefined);
    if (!inode.isReadable) throw new Error(`EACCES: permission denied, open '${path}'`);
    this.openHandles++;
    return {
      stat: async () => {
        this.onAccess();
        return await Promise.resolve(statOf(inode));
      },
      read: async (into, position) => {
        this.onAccess();
        return await Promise.resolve(inode.data.subarray(position, position + into.length).copy(into));
      },
      close: async () => {
        this.openHandles--;
        await Promise.resolve();
      },
    };
  }

  #resolve(path: string): Inode | undefined {
    const target = this.links.get(path);
    return this.names.get(target ?? path);
  }
}

function statOf(inode: Inode): FileStat {
  return {
    dev: '8',
    ino: String(inode.ino),
    size: inode.data.length,
    mtimeMs: inode.mtimeMs,
    kind: 'file',
  };
}
