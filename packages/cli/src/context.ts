// What a command may touch, handed to it: output, the clock, the environment. Tests hand it their own.
import os from 'node:os';
import process from 'node:process';

export type ExitCode = 0 | 1 | 2;

export interface Output {
  /** Resolves when the text is taken: a slow reader of a pipe slows the writer down. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  /** Width of the window; Infinity where nothing is to be cut. */
  readonly columns: number;
}

export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder the command was given in. */
  readonly folder: string;
  readonly now: () => Date;
  readonly out: Output;
  readonly err: Output;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Addresses of this machine. */
  readonly ownAddresses: () => readonly string[];
  /** Who gives the command, for the history of what was done. */
  readonly userName: string;
  readonly setExitCode: (code: ExitCode) => void;
}

/** Returns the context of this process. */
export function processContext(): CommandContext {
  return {
    env: process.env,
    folder: process.cwd(),
    now: () => new Date(),
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
    stdin: process.stdin,
    ownAddresses: () =>
      Object.values(os.networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
    userName: process.env['SUDO_USER'] ?? process.env['USER'] ?? 'operator',
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // A reader that has gone (`| head`) has what it wanted; there is nobody left to tell.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const isTerminal = stream.isTTY === true;
  return {
    write: (text) =>
      new Promise((resolve) => {
        stream.write(text, () => {
          resolve();
        });
      }),
    isTerminal,
    hasColor: isTerminal && process.env['NO_COLOR'] === undefined && stream.getColorDepth() > 1,
    columns: isTerminal ? stream.columns : Number.POSITIVE_INFINITY,
  };
}
