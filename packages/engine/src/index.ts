export { Event, EventSchema, type Bag } from './events/event.ts';
export {
  readLog,
  readStream,
  type Clock,
  type FileHandle,
  type FileStat,
  type FileSystem,
  type LogReading,
  type ReadBatch,
} from './sources/index.ts';
