// The door of the events stage: a line becomes an event that detectors can read.

export { DateParser } from './dates.ts';
export { createEnrichers } from './enrich.ts';
export { Event, EventSchema, type Bag } from './event.ts';
export { GeoLookup } from './geo.ts';
export { loadParsers, type DataFile, type ParserItem } from './loader.ts';
export { ParserSet, type ParserTrace } from './parserSet.ts';
export { WritableObject } from './target.ts';
export { eventVariable, type EventFrame } from './variable.ts';
