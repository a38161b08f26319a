// Opens a file of lines that a verb was given, plain or gzip; `-` is standard input.

import path from 'node:path';
import { readLog, readStream, type LogReading } from '@parapet/engine';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../run-verb.ts';
import { realFiles } from './files.ts';

/** Returns the lines; throws E_LOG_UNREADABLE or E_LOG_ABSENT. */
export async function openLines(context: CommandContext, file: string): Promise<LogReading> {
  if (file === '-') return readStream(asBuffers(context.stdin));
  let reading: LogReading | undefined;
  try {
    reading = await readLog(realFiles, path.resolve(context.folder, file));
  } catch (error) {
    throw new UsageError('E_LOG_UNREADABLE', `${file} cannot be read: ${(error as Error).message}`);
  }
  if (reading === undefined)
    throw new UsageError(
      'E_LOG_ABSENT',
      `There is no file ${file}`,
      'Check the path; patterns are for your shell',
    );
  return reading;
}

async function* asBuffers(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
