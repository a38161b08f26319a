export { readLog, readStream, type LogReading, type ReadBatch } from './replay.ts';
export type { Clock, FileHandle, FileStat, FileSystem } from './surroundings.ts';
