// The door of the events stage: a line becomes an event that detectors can read.

export { DateParser, type ParsedDate } from './dates.ts';
export { createEnrichers, type Enricher, type EnricherContext } from './enrich.ts';
export { Event, EventSchema, type Bag } from './event.ts';
export { Faults, type Fault, type FaultCode } from './faults.ts';
export { GeoLookup, type GeoDatabases } from './geo.ts';
export {
  loadParsers,
  type DataFile,
  type LoadedParsers,
  type ParserContext,
  type ParserFile,
  type ParserItem,
} from './loader.ts';
export { ParserSet, type ParserTrace } from './parserSet.ts';
export { WritableObject } from './target.ts';
export { eventObject, eventVariable, type EventFrame } from './variable.ts';
