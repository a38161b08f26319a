export { expandGlob, isGlob } from './glob.ts';
export { followJournal, type JournalOptions } from './journald.ts';
export { mergeSources, type LineBatch, type LineSource } from './line-batch.ts';
export { readLog, readStream, type LogReading, type ReadBatch } from './replay.ts';
export type {
  ChildProcess,
  Clock,
  Connection,
  FileHandle,
  FileStat,
  FileSystem,
  Listener,
  Network,
  Spawn,
} from './surroundings.ts';
export { tailFiles, type TailOptions } from './tail.ts';
export { detectLogType, type DetectedType, type LogType } from './detect-type.ts';
export { fileOrigins } from './origins.ts';
export {
  readAcquisition,
  type Acquisition,
  type FileAcquisition,
  type JournalAcquisition,
  type SyslogAcquisition,
} from './acquisition.ts';
export { listenSyslog, type SyslogOptions } from './syslog-server.ts';
export { followStream, type StreamOptions } from './stream.ts';
